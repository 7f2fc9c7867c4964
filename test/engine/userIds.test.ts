/** People without a phone number, whom WhatsApp names by a user ID, and groups: who can send to them, and how. */
import type { IDataObject } from 'n8n-workflow';

import { startSandbox, type Sandbox } from '../../sandbox/server';
import { DEFAULT_SETTINGS } from '../../sandbox/settings';
import { NODE, TEMPLATE, TEXT, locator, runNode } from '../support/harness';
import { submit } from '../support/innoPaasGateway';
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

/** From Meta's documentation of business-scoped user IDs. */
const USER_ID = 'US.13491208655302741918';
const OF_SEVERAL = 'US.ENT.11815799212886844830';

const reached = () => sandbox.stats().messages.map(({ to }) => to);
const mass = async (parameters: IDataObject, items: IDataObject[]) =>
	await runNode(sandbox, {
		parameters: { ...TEMPLATE, ...parameters },
		items,
		node: { type: 'n8n-nodes-chatapp.camsMassSend' },
	});

it.each([USER_ID, OF_SEVERAL, ` ${USER_ID}\n`])('CAMS Send sends to %j', async (phone) => {
	for (const parameters of [TEMPLATE, TEXT]) {
		const run = await runNode(sandbox, { parameters, items: [{ phone, name: 'Mia', text: 'Hi' }] });
		expect(run.items(NODE)).toMatchObject([{ outcome: 'accepted', to: phone.trim() }]);
	}
	expect(reached()).toEqual([phone.trim(), phone.trim()]);
});

it('CAMS Mass Send sends to them in calls of their own, so that a refusal of them costs no number its message', async () => {
	const people = ['6591234567', USER_ID, '6591234568', OF_SEVERAL];
	const run = await mass(
		{ recipientSource: 'items' },
		people.map((phone) => ({ phone, name: 'Mia' })),
	);
	expect(outputs(run)[0].map(({ to, chunk }) => [to, chunk])).toEqual([
		['6591234567', 1],
		[USER_ID, 2],
		['6591234568', 1],
		[OF_SEVERAL, 2],
	]);
	expect(reached().sort()).toEqual([...people].sort());
});

it('CAMS Mass Send uses RecipientType of an entry, in calls of their own too', async () => {
	const TemplateParams = { name: 'Mia', order: 'A-1' };
	const entries = [
		{ To: '6591234567', TemplateParams },
		{ To: '6591234568', TemplateParams, RecipientType: 'individual' },
		{ To: 'a-group@g.us', TemplateParams, RecipientType: 'group' },
		{ To: '6591234569', TemplateParams, RecipientType: 'everybody' },
	];
	const run = await mass(
		{ recipientSource: 'json', recipientsJson: JSON.stringify(entries), templateVariablePairs: {} },
		[{}],
	);
	const [accepted, others] = outputs(run);
	expect(accepted.map(({ to, chunk }) => [to, chunk])).toEqual([
		['6591234567', 1],
		['6591234568', 1],
		['a-group@g.us', 2],
	]);
	expect(others).toMatchObject([
		{ outcome: 'notSent', reason: expect.stringMatching(/^RecipientType is neither/) },
	]);
});

it('InnoPaaS Submit, whose documentation knows numbers only, says who can send to them', async () => {
	const run = await submit(sandbox, {
		items: [
			{ phone: USER_ID, text: 'Hi' },
			{ phone: '6591234567', text: 'Hi' },
		],
	});
	expect(outputs(run)).toMatchObject([
		[{ outcome: 'accepted', to: '6591234567' }],
		[
			{
				outcome: 'notSent',
				cause: 'invalidRecipient',
				to: USER_ID,
				reason: expect.stringMatching(/^To is a user ID\. .* send to it by CAMS Send/),
			},
		],
	]);
});

it.each(['us.13491208655302741918', 'USA.1349', 'US.', 'US.13-49', 'US 13491208655302741918'])(
	'nothing else is taken for a user ID: %s',
	async (phone) => {
		const run = await runNode(sandbox, {
			parameters: TEMPLATE,
			items: [{ phone, name: 'Mia' }],
			node: { onError: 'continueRegularOutput' },
		});
		expect(run.items(NODE)).toMatchObject([{ outcome: 'notSent', cause: 'invalidRecipient' }]);
	},
);

it('Viber has no user IDs', async () => {
	const run = await runNode(sandbox, {
		parameters: {
			operation: 'sendMessage',
			from: locator('20001'),
			to: USER_ID,
			messageType: 'text',
			text: 'Hello',
			label: 'promotion',
		},
		items: [{}],
		node: { type: 'n8n-nodes-chatapp.camsViberSend', onError: 'continueRegularOutput' },
	});
	expect(run.items(NODE)).toMatchObject([{ outcome: 'notSent', cause: 'invalidRecipient' }]);
});
