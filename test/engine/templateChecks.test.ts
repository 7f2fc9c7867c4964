/** What a template requires is told before sending, in the same words by every node that sends templates. */
import type { IDataObject } from 'n8n-workflow';

import { startSandbox, type Sandbox } from '../../sandbox/server';
import { DEFAULT_SETTINGS } from '../../sandbox/settings';
import { onlySends, withGateway } from '../support/gateway';
import { NODE, locator, runNode } from '../support/harness';
import { OFFER, submit } from '../support/innoPaasGateway';
import { outputs } from '../support/massRun';

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox();
});
afterAll(() => sandbox.close());
beforeEach(() => {
	sandbox.reset();
	sandbox.configure(DEFAULT_SETTINGS);
});

const PHONE = '6591234567';
const PEOPLE = [
	{ phone: PHONE, name: 'Mia', order: 'A-1' },
	{ phone: '6591234568', name: 'Ben', order: 'A-2' },
];

const values = (given: Record<string, string>, isEntry = false): IDataObject => ({
	specifyVariables: 'pairs',
	templateVariablePairs: {
		variable: Object.entries(given).map(([name, field]) => ({
			name,
			value: isEntry ? field : `={{ $json.${field} }}`,
		})),
	},
});

interface TemplateCase {
	template: string;
	/** The variables, each with the field that holds its value. */
	given: Record<string, string>;
	options?: IDataObject;
}

const base = (template: string): IDataObject => ({
	operation: 'sendTemplate',
	channelType: 'whatsapp',
	from: locator('6580001111'),
	template: locator(template, 'list'),
	label: 'transaction',
});

/** Runs of the same two people: as items, as entries of a list, and one by one. */
const NODES: Array<[string, (sent: TemplateCase) => Promise<IDataObject[]>]> = [
	[
		'CAMS Send',
		async ({ template, given, options }) =>
			(
				await runNode(sandbox, {
					parameters: { ...base(template), to: '={{ $json.phone }}', ...values(given), options },
					items: PEOPLE,
					node: { onError: 'continueRegularOutput' },
				})
			).items(NODE),
	],
	[
		'CAMS Mass Send to items',
		async ({ template, given, options }) => {
			const run = await runNode(sandbox, {
				parameters: {
					...base(template),
					recipientSource: 'items',
					to: '={{ $json.phone }}',
					...values(given),
					options,
				},
				items: PEOPLE,
				node: { type: 'n8n-nodes-chatapp.camsMassSend', onError: 'continueRegularOutput' },
			});
			return outputs(run).flat();
		},
	],
	[
		'CAMS Mass Send to a list',
		async ({ template, given, options }) => {
			const run = await runNode(sandbox, {
				parameters: {
					...base(template),
					recipientSource: 'listField',
					listField: 'people',
					toField: 'phone',
					...values(given, true),
					options,
				},
				items: [{ people: PEOPLE }],
				node: { type: 'n8n-nodes-chatapp.camsMassSend', onError: 'continueRegularOutput' },
			});
			return outputs(run).flat();
		},
	],
];

const lookups = () => sandbox.stats().calls.byOperation.GetChatappTemplateDetail ?? 0;
const sends = () =>
	(sandbox.stats().calls.byOperation.SendChatappMessage ?? 0) +
	(sandbox.stats().calls.byOperation.SendChatappMassMessage ?? 0);

describe.each(NODES)('%s', (_node, send) => {
	it.each<[string, TemplateCase, string, string]>([
		[
			'a language that it does not have',
			{ template: '900100200/en_GB', given: { name: 'name', order: 'order' } },
			'invalidField',
			'The template does not exist in en_GB. It exists in en_US and zh_CN. Pick it again under Template; codes such as en_US are exact to the letter.',
		],
		[
			'a name where its code belongs',
			{ template: 'order_update/en_US', given: { name: 'name', order: 'order' } },
			'invalidField',
			'Template is a name, not a code. Set Template to By Name, or pick it from the list.',
		],
		[
			'a variable that is misspelt',
			{ template: '900100200/en_US', given: { Name: 'name', order: 'order' } },
			'invalidField',
			'The template has no variable "Name". It has name and order. Names are case-sensitive.',
		],
		[
			'a variable that is missing',
			{ template: '900100200/en_US', given: { name: 'name' } },
			'missingVariable',
			'Template variable "order" is missing. The template requires a value for order.',
		],
		[
			'a variable for a template that has none',
			{ template: '900100201/en', given: { name: 'name' } },
			'invalidField',
			'The template has no variable "name". It has no variables.',
		],
		[
			'a template that is not approved',
			{ template: '900100202/en_US', given: { name: 'name' } },
			'invalidField',
			'The template is not approved yet. Its status is "auditing". Send it once the console shows it as approved.',
		],
		[
			'a template of another channel',
			{ template: '900100300/en', given: { couponCode: 'order' } },
			'invalidField',
			'The template is for another channel. It is one for Viber. Pick one of this channel under Template.',
		],
		[
			'a one-time-code template without its code',
			{ template: '900100209/en', given: {} },
			'missingVariable',
			'The one-time code is missing. The template is for authentication and requires a code. Use Name and Value Pairs, with the name of the variable that the console shows.',
		],
	])('tells of %s, in a run and in Validate Only', async (_what, sent, cause, reason) => {
		for (const validateOnly of [false, true]) {
			sandbox.reset();
			const told = await send({ ...sent, options: { validateOnly } });
			expect(told).toMatchObject([
				{ outcome: 'notSent', cause, reason: expect.stringContaining(reason) },
				{ outcome: 'notSent', cause },
			]);
			expect(sends()).toBe(0);
		}
	});

	it('previews the template for each recipient, with its own values, and looks it up once', async () => {
		const before = lookups();
		const told = await send({
			template: '900100200/en_US',
			given: { name: 'name', order: 'order' },
			options: { validateOnly: true },
		});
		expect(told).toMatchObject(
			PEOPLE.map(({ phone, name, order }) => ({
				outcome: 'validated',
				to: phone,
				preview: `Hi ${name}, your order ${order} is on its way.\nSandbox Store`,
				buttons: [],
				warnings: [],
			})),
		);
		expect(lookups() - before).toBeLessThanOrEqual(1);
		expect(sends()).toBe(0);
	});

	it('sends a template that cannot be read, and Validate Only says that it was not checked', async () => {
		await withGateway(sandbox, onlySends, async (endpoint) => {
			const real = sandbox.url;
			Object.assign(sandbox, { url: endpoint });
			try {
				const sent = { template: '900100200/en_US', given: { name: 'name', order: 'order' } };
				expect(await send(sent)).toMatchObject([{ outcome: 'accepted' }, { outcome: 'accepted' }]);
				expect(await send({ ...sent, options: { validateOnly: true } })).toMatchObject(
					PEOPLE.map(() => ({
						outcome: 'validated',
						warnings: ['The template could not be read, so its variables were not checked.'],
					})),
				);
			} finally {
				Object.assign(sandbox, { url: real });
			}
		});
	});
});

it('CAMS Mass Send takes variables from the fields of the same name, of items and of entries', async () => {
	for (const parameters of [
		{ recipientSource: 'items', to: '={{ $json.phone }}' },
		{ recipientSource: 'json', recipientsJson: JSON.stringify(PEOPLE), toField: 'phone' },
	]) {
		sandbox.reset();
		await runNode(sandbox, {
			parameters: { ...base('900100200/en_US'), ...parameters, specifyVariables: 'sameName' },
			items: PEOPLE,
			node: { type: 'n8n-nodes-chatapp.camsMassSend' },
		});
		expect(sandbox.stats().messages.map(({ templateParams }) => templateParams)).toEqual(
			PEOPLE.map(({ name, order }) => ({ name, order })),
		);
	}
});

describe('InnoPaaS Submit in Validate Only', () => {
	const validated = async (parameters: IDataObject) => {
		const run = await submit(sandbox, {
			parameters: { ...OFFER, to: PHONE, ...parameters },
			items: [PEOPLE[0]],
			options: { validateOnly: true },
		});
		const [item] = run.items(NODE);
		expect(item).toMatchObject({ outcome: 'validated' });
		return item;
	};
	const body = (...texts: string[]) => ({ bodyValues: { value: texts.map((text) => ({ text })) } });

	it('previews the template with its values', async () => {
		expect(await validated({})).toMatchObject({
			preview: 'Hi Mia, 15% off until Sunday.\nSandbox Store',
			buttons: ['Shop now'],
			warnings: [],
		});
		expect(
			await validated({
				template: locator('visit_reminder/en_US', 'list'),
				headerType: 'text',
				headerText: 'Monday',
				headerLink: undefined,
				buttonValues: {},
				...body('Mia', '9:30'),
			}),
		).toMatchObject({
			preview: 'Your visit on Monday\nHi Mia, we see you at 9:30.\nSandbox Store',
			buttons: ['Keep', 'Cancel'],
			warnings: [],
		});
	});

	it.each<[string, IDataObject, string]>([
		[
			'a language that it does not have',
			{ template: locator('spring_offer_v1/id', 'list') },
			'The template does not exist in id. It exists in en_US. Pick it again under Template; codes such as en_US are exact to the letter.',
		],
		[
			'a template that the list lacks',
			{ template: locator('spring_offer_v9/en_US', 'list') },
			'The template is not in the list. Pick it again under Template.',
		],
		[
			'a value that is missing',
			body('Mia'),
			'The text of the template has 2 variables, and 1 value is given.',
		],
		[
			'a value too many',
			body('Mia', '15%', 'now'),
			'The text of the template has 2 variables, and 3 values are given.',
		],
		[
			'a header that is missing',
			{ headerType: 'none' },
			'The template requires its Header Image Link.',
		],
		[
			'a button without its value',
			{ buttonValues: {} },
			'The buttons of the template have 1 variable, and 0 values are given.',
		],
	])('warns of %s', async (_what, parameters, warning) => {
		const { warnings } = await validated(parameters);
		expect(warnings).toEqual([warning]);
	});
});
