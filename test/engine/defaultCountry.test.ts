/** Default Country, as an option and in the credential, in every node and for every way of giving recipients. */
import type { IDataObject } from 'n8n-workflow';

import type { Sandbox } from '../../sandbox/server';
import type { EngineRun } from '../../scripts/n8n/engine';
import { MASS } from '../support/camsMassSend';
import { NODE, TEMPLATE, TEXT, locator, newExecutionId, runNode } from '../support/harness';
import { OFFER, TEXT as INNOPAAS_TEXT, credentialOf } from '../support/innoPaasGateway';
import { SharedSandbox } from '../support/sharedSandbox';

const shared = new SharedSandbox();
let sandbox: Sandbox;
beforeEach(async () => {
	sandbox = await shared.atNewAddress();
});
afterEach(() => sandbox.close());
afterAll(() => shared.close());

type Way = (phones: Array<string | number>) => { items: IDataObject[]; parameters: IDataObject };

/** Every person is an item. */
const asItems =
	(parameters: IDataObject): Way =>
	(phones) => ({
		items: phones.map((phone) => ({ phone, name: 'Mia', order: 'A-77', text: 'Hello' })),
		parameters,
	});

const ofList = {
	toField: 'phone',
	templateVariablePairs: {
		variable: [
			{ name: 'name', value: 'name' },
			{ name: 'order', value: 'order' },
		],
	},
};
const entries = (phones: Array<string | number>, field = 'phone') =>
	phones.map((phone) => ({ [field]: phone, name: 'Mia', order: 'A-77' }));

const VIBER = { ...TEXT, channelType: 'viber', from: locator('20001'), label: 'transaction' };

const NODES: Array<[string, string, Way]> = [
	['CAMS Send, a text', 'camsSend', asItems(TEXT)],
	['CAMS Send, a template', 'camsSend', asItems(TEMPLATE)],
	['CAMS Send on Viber', 'camsSend', asItems(VIBER)],
	['CAMS Viber Send', 'camsViberSend', asItems(VIBER)],
	['CAMS Mass Send to items', 'camsMassSend', asItems(MASS)],
	[
		'CAMS Mass Send to a list',
		'camsMassSend',
		(phones) => ({
			items: [{ customers: entries(phones) }],
			parameters: { ...MASS, ...ofList, recipientSource: 'listField', listField: 'customers' },
		}),
	],
	[
		'CAMS Mass Send to JSON',
		'camsMassSend',
		(phones) => ({
			items: [{}],
			parameters: {
				...MASS,
				...ofList,
				recipientSource: 'json',
				recipientsJson: JSON.stringify(entries(phones)),
			},
		}),
	],
	[
		"CAMS Mass Send to entries in the API's form",
		'camsMassSend',
		(phones) => ({
			items: [{}],
			parameters: {
				...MASS,
				...ofList,
				recipientSource: 'json',
				recipientsJson: JSON.stringify(entries(phones, 'To')),
			},
		}),
	],
	['InnoPaaS Submit, a text', 'innoPaasSubmit', asItems(INNOPAAS_TEXT)],
	['InnoPaaS Submit, a template', 'innoPaasSubmit', asItems(OFFER)],
	[
		'InnoPaaS Submit, several in To',
		'innoPaasSubmit',
		(phones) => ({
			items: [{ phone: phones.join(', '), text: 'Hello' }],
			parameters: INNOPAAS_TEXT,
		}),
	],
	[
		'InnoPaaS Submit, a list in To',
		'innoPaasSubmit',
		(phones) => ({ items: [{ phone: phones, text: 'Hello' }], parameters: INNOPAAS_TEXT }),
	],
];

interface Sending {
	options?: IDataObject;
	credential?: IDataObject;
}

async function send(
	[, type, way]: (typeof NODES)[number],
	phones: Array<string | number>,
	{ options = {}, credential }: Sending,
): Promise<IDataObject[]> {
	const { items, parameters } = way(phones);
	const run: EngineRun = await runNode(sandbox, {
		parameters: { ...parameters, options },
		items,
		node: { type: `n8n-nodes-chatapp.${type}`, onError: 'continueRegularOutput' },
		credential: { ...(type === 'innoPaasSubmit' && credentialOf(sandbox.url)), ...credential },
	});
	return run.output(NODE).flatMap((output) => output.map(({ json }) => json));
}

const arrived = () => sandbox.stats().messages.map(({ to }) => to);
const outcomesByTo = (items: IDataObject[]) =>
	Object.fromEntries(items.map(({ to, outcome }) => [to, outcome]));

/** As a sheet of Indonesia holds them, with customers from Singapore, and what cannot be told. */
const PHONES = [
	'0812-3456-789',
	'8123456780',
	62812345678,
	'+65 9123 4567',
	'0065 9123 4568',
	'9123 4567',
];

describe.each(NODES)('%s', (...node) => {
	const completed = {
		'628123456789': 'accepted',
		'628123456780': 'accepted',
		'62812345678': 'accepted',
		'6591234567': 'accepted',
		'6591234568': 'accepted',
		'9123 4567': 'notSent',
	};

	it.each<[string, Sending]>([
		['the option', { options: { defaultCountry: 'ID' } }],
		["the credential's", { credential: { defaultCountry: 'ID' } }],
		[
			"the option before the credential's",
			{ options: { defaultCountry: 'ID' }, credential: { defaultCountry: 'SG' } },
		],
	])('completes numbers without a country code, and no others: %s', async (_name, sending) => {
		const items = await send(node, PHONES, sending);
		expect(outcomesByTo(items)).toEqual(completed);
		expect(arrived().sort()).toEqual(
			Object.keys(completed)
				.filter((to) => /^\d+$/.test(to))
				.sort(),
		);
		expect(items.find(({ outcome }) => outcome === 'notSent')).toMatchObject({
			cause: 'invalidRecipient',
			reason: expect.stringMatching(
				/^To is not a mobile number of the Default Country, Indonesia\. /,
			),
		});
	});

	it.each<[string, Sending]>([
		['without a default country', {}],
		['with None in the credential', { credential: { defaultCountry: 'none' } }],
		[
			"with None instead of the credential's",
			{ options: { defaultCountry: 'none' }, credential: { defaultCountry: 'ID' } },
		],
	])('leaves numbers as they are %s', async (_name, sending) => {
		const items = await send(node, ['8123456780', '+65 9123 4567', '0812-3456-789'], sending);
		expect(outcomesByTo(items)).toEqual({
			'8123456780': 'accepted',
			'6591234567': 'accepted',
			'0812-3456-789': 'notSent',
		});
		expect(arrived().sort()).toEqual(['6591234567', '8123456780']);
	});

	it('shows completed numbers in Validate Only', async () => {
		const items = await send(node, ['0812-3456-789', '8123456780'], {
			options: { defaultCountry: 'ID', validateOnly: true },
		});
		expect(outcomesByTo(items)).toEqual({
			'628123456789': 'validated',
			'628123456780': 'validated',
		});
		expect(arrived()).toEqual([]);
	});

	it('refuses a country that is none', async () => {
		const items = await send(node, ['8123456780'], { options: { defaultCountry: 'Indonesia' } });
		expect(items).toMatchObject([{ outcome: 'notSent', cause: 'invalidField' }]);
		expect(arrived()).toEqual([]);
	});

	it('takes the country from each item', async () => {
		const [, , way] = node;
		// The recipients of one item share its options.
		if (way(['1', '2']).items.length === 1) return;
		const { items, parameters } = way(['0812-3456-789', '9123 4567', '9123 4567']);
		const run = await runNode(sandbox, {
			parameters: { ...parameters, options: { defaultCountry: '={{ $json.country }}' } },
			items: items.map((item, index) => ({ ...item, country: ['id', 'SG', 'none'][index] })),
			node: { type: `n8n-nodes-chatapp.${node[1]}`, onError: 'continueRegularOutput' },
			credential: node[1] === 'innoPaasSubmit' ? credentialOf(sandbox.url) : {},
		});
		const sent = run.output(NODE).flatMap((output) => output.map(({ json }) => json.to));
		expect(sent.sort()).toEqual(['628123456789', '6591234567', '91234567']);
	});

	it('sends on to numbers of receipts and of earlier sends as they are', async () => {
		const [, type, way] = node;
		const { parameters } = way(['1']);
		// With its country code it is a number of Singapore; without it, one of India.
		const receipt = { api: 'cams', event: 'messageStatus', status: 'Failed', to: '6591234567' };
		const run = await runNode(sandbox, {
			parameters: {
				...parameters,
				...(type === 'camsMassSend' && MASS),
				to: '={{ $json.to }}',
				options: { defaultCountry: 'IN' },
			},
			items: [{ ...receipt, name: 'Mia', order: 'A-77', text: 'Hello' }],
			node: { type: `n8n-nodes-chatapp.${type}`, onError: 'continueRegularOutput' },
			credential: type === 'innoPaasSubmit' ? credentialOf(sandbox.url) : {},
		});
		expect(run.output(NODE).flat()).toHaveLength(1);
		expect(arrived()).toEqual(['6591234567']);
	});
});

it.each(NODES.filter(([, type]) => type === 'camsMassSend' || type === 'innoPaasSubmit'))(
	'%s finds duplicates after completion',
	async (...node) => {
		const items = await send(node, ['0812-3456-789', '+62 812 3456 789', '628123456789'], {
			options: { defaultCountry: 'ID' },
		});
		expect(items.map(({ outcome, cause }) => cause ?? outcome)).toEqual([
			'accepted',
			'duplicate',
			'duplicate',
		]);
		expect(arrived()).toEqual(['628123456789']);
	},
);

it.each(NODES.filter(([name]) => /^(CAMS Mass Send|InnoPaaS Submit)/.test(name)))(
	'%s does not send to a completed number again after Retry',
	async (name, type, way) => {
		const { items, parameters } = way(['0812-3456-789', '9123 4567']);
		const attempt = async (mode: 'manual' | 'retry', country: Sending) =>
			await runNode(sandbox, {
				parameters: { ...parameters, options: { ...country.options, failIfAnyNotAccepted: true } },
				items,
				node: { id: `${name} of the ledger`, type: `n8n-nodes-chatapp.${type}` },
				credential: {
					...(type === 'innoPaasSubmit' && credentialOf(sandbox.url)),
					...country.credential,
				},
				engine: { mode, executionId: newExecutionId() },
			});
		const first = await attempt('manual', { options: { defaultCountry: 'ID' } });
		const second = await attempt('retry', { credential: { defaultCountry: 'ID' } });
		expect([first.status, second.status]).toEqual(['error', 'error']);
		expect(arrived()).toEqual(['628123456789']);
	},
);
