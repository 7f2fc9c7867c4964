import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import axios from 'axios';
import Fastify from 'fastify';
import type { IDataObject, INode, IWorkflowBase } from 'n8n-workflow';

import { startSandbox, type Sandbox } from '../../sandbox/server';
import { DEFAULT_SETTINGS } from '../../sandbox/settings';
import {
	CREDENTIAL_NAME,
	INNOPAAS_CREDENTIAL_NAME,
	innoPaasCredential,
	readExample,
	sandboxCredential,
} from '../../scripts/exampleRun';
import {
	RealN8n,
	ensureN8n,
	freePort,
	installPackage,
	type N8nRelease,
	type RealRun,
} from '../../scripts/n8n/realN8n';
import { pattern } from '../support/pattern';

/**
 * The product as a user has it: the packed tarball in a real n8n of its own. The n8n is installed on demand and
 * kept; what it is run on is told by the first line.
 */
const userFolder = mkdtempSync(join(tmpdir(), 'chatapp-e2e-'));
let release: N8nRelease;
let sandbox: Sandbox;
let n8n: RealN8n;
let credentialIds: Record<string, string>;

beforeAll(async () => {
	release = await ensureN8n();
	sandbox = await startSandbox();
	await installPackage(userFolder);
	n8n = await RealN8n.start(release, userFolder, await freePort());
	const values = sandboxCredential(sandbox);
	credentialIds = {
		[CREDENTIAL_NAME]: await n8n.addCredential(CREDENTIAL_NAME, values),
		'Wrong Secret': await n8n.addCredential('Wrong Secret', {
			...values,
			accessKeySecret: WRONG_SECRET,
		}),
		[INNOPAAS_CREDENTIAL_NAME]: await n8n.addCredential(
			INNOPAAS_CREDENTIAL_NAME,
			innoPaasCredential(sandbox),
		),
		'Old Token': await n8n.addCredential('Old Token', {
			...innoPaasCredential(sandbox),
			accessToken: OLD_TOKEN,
		}),
	};
}, 1_200_000);

afterAll(async () => {
	await n8n?.stop();
	await sandbox?.close();
	rmSync(userFolder, { recursive: true, force: true });
}, 60_000);

beforeEach(() => {
	sandbox.reset();
	sandbox.configure(DEFAULT_SETTINGS);
});

const NODE = 'CAMS Send';
const MASS = 'CAMS Mass Send';
const SUBMIT = 'InnoPaaS Submit';
const WRONG_SECRET = 'wrongSecretThatNobodyMaySee';
/** One that the account had before it made a newer one. */
const OLD_TOKEN = 'sandboxOldToken';
const example = () => readExample('send-template');

/** A workflow with other parameters or settings of one node. Pairs take the place of the template's fields. */
function withChanges(
	workflow: Partial<IWorkflowBase>,
	nodeName: string,
	parameters: IDataObject,
	settings: Partial<INode>,
): Partial<IWorkflowBase> {
	const node = workflow.nodes!.find(({ name }) => name === nodeName)!;
	const inPairs = 'templateVariablePairs' in parameters && { specifyVariables: 'pairs' };
	Object.assign(node, settings, { parameters: { ...node.parameters, ...inPairs, ...parameters } });
	return workflow;
}

/** The example with other parameters or settings of its CAMS Send. */
const changed = (parameters: IDataObject, settings: Partial<INode> = {}) =>
	withChanges(example(), NODE, parameters, settings);

async function runIt(workflow: Partial<IWorkflowBase>): Promise<RealRun> {
	return await n8n.runWorkflow(await n8n.addWorkflow(workflow, credentialIds));
}

const itemsOf = ({ data }: RealRun, output = 0, node = NODE): IDataObject[] =>
	(data.resultData.runData[node]?.[0]?.data?.main?.[output] ?? []).map(({ json }) => json);
const errorOf = ({ data }: RealRun) =>
	data.resultData.error as unknown as {
		message: string;
		description: string;
		context: IDataObject;
	};

/** Waits for something that another process does. */
async function until(isSo: () => boolean): Promise<void> {
	while (!isSo()) await delay(20);
}

/** An HTTP Request node that signs in with a credential of ours. */
function httpRequest(name: string, credential: string, parameters: IDataObject): INode {
	return {
		id: name,
		name,
		type: 'n8n-nodes-base.httpRequest',
		typeVersion: 4.2,
		position: [200, 0],
		credentials: { chatAppApi: { id: '', name: credential } },
		parameters: {
			authentication: 'predefinedCredentialType',
			nodeCredentialType: 'chatAppApi',
			options: {},
			...parameters,
		} as INode['parameters'],
	};
}

/** Runs nodes side by side behind the trigger of the example, on one empty item. */
async function runNodes(nodes: INode[]): Promise<RealRun> {
	const workflow = example();
	const trigger = workflow.nodes![0];
	return await runIt({
		...workflow,
		nodes: [trigger, ...nodes],
		pinData: { [trigger.name]: [{ json: {} }] },
		connections: {
			[trigger.name]: {
				main: [nodes.map(({ name }) => ({ node: name, type: 'main' as const, index: 0 }))],
			},
		},
	});
}

test('the example workflow sends a template to each of its three customers', async () => {
	const run = await runIt(example());
	expect(run.status).toBe('success');
	expect(itemsOf(run)).toMatchObject([
		{ outcome: 'accepted', to: '6591234567', taskId: 'order-A-77' },
		{ outcome: 'accepted', to: '3546111234', taskId: 'order-A-78' },
		{ outcome: 'accepted', to: '8613800000001', taskId: 'order-A-79' },
	]);
	const { calls, recipients, messages } = sandbox.stats();
	// The template is read once, to check its variables.
	expect(calls).toMatchObject({
		rejected: 0,
		byOperation: { SendChatappMessage: 3, GetChatappTemplateDetail: 1 },
	});
	expect(recipients).toEqual({ accepted: 3, unique: 3, duplicate: 0 });
	// The second and the third are under way at the same time.
	const texts = new Map(messages.map(({ to, text }) => [to, text.split('\n')[0]]));
	expect(itemsOf(run).map(({ to }) => texts.get(String(to)))).toEqual([
		'Hi Mia, your order A-77 is on its way.',
		'Hi Ólafur, your order A-78 is on its way.',
		'Hi 小米, your order A-79 is on its way.',
	]);
	const ids = new Map(messages.map(({ to, messageId }) => [to, messageId]));
	expect(itemsOf(run).map(({ messageId }) => messageId)).toEqual(
		itemsOf(run).map(({ to }) => ids.get(String(to))),
	);
});

describe('the examples', () => {
	test('otp-template sends each person the code that was made for them', async () => {
		const run = await runIt(readExample('otp-template'));
		expect(run.status).toBe('success');
		expect(itemsOf(run)).toMatchObject([
			{ outcome: 'accepted', to: '6591234567', taskId: 'login-mia', templateCode: '900100209' },
			{ outcome: 'accepted', to: '3546111234', taskId: 'login-olafur', templateCode: '900100209' },
		]);
		const codes = itemsOf(run, 0, 'Make Code').map(({ code }) => code);
		expect(codes).toEqual([expect.stringMatching(/^\d{6}$/), expect.stringMatching(/^\d{6}$/)]);
		expect(sandbox.stats().messages.map(({ text, buttons }) => [text, buttons])).toEqual(
			codes.map((code) => [`${String(code)} is your verification code.`, ['Copy code']]),
		);
	});

	test('order-update-buttons fills header, text, link and the payloads of both buttons', async () => {
		const run = await runIt(readExample('order-update-buttons'));
		expect(run.status).toBe('success');
		expect(itemsOf(run).map(({ outcome }) => outcome)).toEqual(['accepted', 'accepted']);
		const buttons = ['Keep', 'Cancel', 'Show the way'];
		expect(sandbox.stats().messages).toMatchObject([
			{
				to: '6591234567',
				text: 'Your visit on Monday\nHi Mia, we see you at 9:30.\nSandbox Store',
				buttons,
				payload: ['keep A-77', 'cancel A-77'],
				// What is put into the link of the third button.
				templateParams: { day: 'Monday', name: 'Mia', time: '9:30', visitId: 'A-77' },
			},
			{
				to: '3546111234',
				text: 'Your visit on Tuesday\nHi Ólafur, we see you at 14:00.\nSandbox Store',
				buttons,
				payload: ['keep A-78', 'cancel A-78'],
			},
		]);
	});

	test('image-from-binary uploads the image, and its link leads to the very same bytes', async () => {
		const workflow = readExample('image-from-binary');
		const [made] = Object.values(workflow.pinData!)[0];
		const bytes = Buffer.from(String(made.json.image), 'base64');
		const run = await runIt(workflow);
		expect(run.status).toBe('success');
		expect(itemsOf(run)).toMatchObject([
			{ outcome: 'accepted', to: '6591234567', messageType: 'image' },
		]);
		const { messages, uploads } = sandbox.stats();
		expect(uploads).toMatchObject({
			count: 1,
			refusedBy: {},
			files: [
				{
					bytes: bytes.length,
					contentType: 'image/png',
					sha256: createHash('sha256').update(bytes).digest('hex'),
					key: expect.stringMatching(/\.png$/),
				},
			],
		});
		expect(messages).toMatchObject([
			{
				messageType: 'image',
				text: 'Order A-77 is packed',
				content: {
					caption: 'Order A-77 is packed',
					link: expect.stringContaining(uploads.files[0].key),
				},
			},
		]);
		const { data } = await axios.get<ArrayBuffer>((messages[0].content as { link: string }).link, {
			responseType: 'arraybuffer',
			proxy: false,
		});
		expect(Buffer.from(data).equals(bytes)).toBe(true);
	});

	test('viber-promotion sends picture and button as a promotion, with its fallback', async () => {
		const run = await runIt(readExample('viber-promotion'));
		expect(run.status).toBe('success');
		expect(itemsOf(run, 0, 'CAMS Viber Send')).toMatchObject([
			{ outcome: 'accepted', to: '6591234567', channelType: 'viber', taskId: 'hats-77' },
			{ outcome: 'accepted', to: '3546111234', channelType: 'viber', taskId: 'hats-78' },
		]);
		const sms = (name: string) =>
			`Hi ${name}, hats are 15% off until Sunday: https://example.com/hats`;
		const fallback = (name: string) => ({
			FallBackId: 'S01',
			FallBackContent: sms(name),
			FallBackDuration: '300',
			FallBackRule: 'undelivered',
		});
		const shared = {
			from: '20001',
			messageType: 'text_image_button',
			label: 'promotion',
			ttl: '3600',
			tag: 'spring-hats',
			buttons: ['Shop now'],
		};
		expect(sandbox.stats().messages).toMatchObject([
			{
				...shared,
				text: 'Hi Mia, hats are 15% off until Sunday.',
				content: {
					link: 'https://example.com/hat.jpg',
					action: 'https://example.com/hats?customer=77',
				},
				trackingData: 'customer-77',
				fallback: fallback('Mia'),
			},
			{
				...shared,
				text: 'Hi Ólafur, hats are 15% off until Sunday.',
				trackingData: 'customer-78',
				fallback: fallback('Ólafur'),
			},
		]);
	});

	test('innopaas-campaign sends who gets the same message in one call, and keeps a list of whom to reach another way', async () => {
		const run = await runIt(readExample('innopaas-campaign'));
		expect(run.status).toBe('success');
		expect(itemsOf(run, 0, SUBMIT)).toMatchObject([
			{
				outcome: 'accepted',
				api: 'innoPaas',
				to: '6591234567',
				templateName: 'spring_offer_v1',
				chunk: 1,
			},
			{ outcome: 'accepted', to: '3546111234', chunk: 2 },
			{ outcome: 'accepted', to: '8613800000001', chunk: 1 },
			{ outcome: 'accepted', to: '6591234570', chunk: 2 },
		]);
		expect(itemsOf(run, 1, SUBMIT).map(({ cause }) => cause)).toEqual([
			'invalidRecipient',
			'duplicate',
		]);
		expect(itemsOf(run, 0, 'To Call')).toEqual([
			{
				name: 'Ben',
				phone: '65 9123 ABCD',
				why: expect.stringMatching(/^To is not a phone number\./),
			},
		]);
		const { calls, messages } = sandbox.stats();
		expect(calls).toMatchObject({ received: 2, rejected: 0 });
		const text = (discount: string) =>
			`Hi book lover, ${discount} off until Sunday.\nSandbox Store`;
		expect(new Map(messages.map((message) => [message.to, message.text]))).toEqual(
			new Map([
				['6591234567', text('25%')],
				['8613800000001', text('25%')],
				['3546111234', text('15%')],
				['6591234570', text('15%')],
			]),
		);
		expect(messages.find(({ to }) => to === '3546111234')).toMatchObject({
			body: {
				header: { type: 'image', link: 'https://example.com/spring.jpg' },
				buttonParams: [{ type: 'text', value: 'spring?off=15' }],
			},
		});
	});

	test('each says in a note what it shows', () => {
		const files = readdirSync(join(__dirname, '../../examples'));
		const notes = files.map(
			(file) =>
				readExample(file.replace(/\.json$/, '')).nodes!.find(
					({ type }) => type === 'n8n-nodes-base.stickyNote',
				)?.parameters.content,
		);
		expect(notes).toEqual(files.map(() => expect.stringMatching(/^## /)));
	});
});

test('a text is sent as it was typed', async () => {
	const run = await runIt(
		changed({ operation: 'sendMessage', text: '=Hi {{ $json.name }} 👋 100% & "more"' }),
	);
	expect(itemsOf(run).map(({ outcome }) => outcome)).toEqual(['accepted', 'accepted', 'accepted']);
	const contents = new Map(sandbox.stats().messages.map(({ to, content }) => [to, content]));
	expect(itemsOf(run).map(({ to }) => contents.get(String(to)))).toEqual(
		['Mia', 'Ólafur', '小米'].map((name) => ({ text: `Hi ${name} 👋 100% & "more"` })),
	);
});

/** Bad input, struck at the second item alone where that is possible. */
const BAD: Array<[string, IDataObject, string, string, number]> = [
	[
		'a wrong secret',
		{},
		'The AccessKey Secret does not belong to this AccessKey ID [item 0]',
		'SignatureDoesNotMatch',
		0,
	],
	[
		'an unknown template',
		{
			template:
				'={{ { __rl: true, mode: "code", value: $json.order === "A-78" ? "123" : "900100200" } }}',
			language: { __rl: true, mode: 'code', value: 'en_US' },
		},
		'The template does not exist in this language [item 1]',
		'DetailError.TemplateNotExist',
		2,
	],
	[
		'a sender that is not registered',
		{
			from: '={{ { __rl: true, mode: "id", value: $json.order === "A-78" ? "6580009999" : "6580001111" } }}',
		},
		'The sender is not registered for this channel [item 1]',
		'InvalidParameter.PhoneNumberError',
		2,
	],
	[
		'a variable that the template has and the node lacks',
		{ templateVariablePairs: { variable: [{ name: 'name', value: '={{ $json.name }}' }] } },
		'Template variable "order" is missing [item 0]',
		'The template requires a value for order',
		0,
	],
	[
		'a variable that is empty for one item',
		{
			templateVariablePairs: {
				variable: [
					{ name: 'name', value: '={{ $json.name }}' },
					{ name: 'order', value: '={{ $json.order === "A-78" ? "" : $json.order }}' },
				],
			},
		},
		'Template variable "order" is empty [item 1]',
		'check that every item has the field',
		2,
	],
	[
		'no recipient',
		{ to: '={{ $json.order === "A-78" ? "" : $json.phone }}' },
		'To is empty [item 1]',
		'Enter a phone number',
		2,
	],
	[
		'a recipient with letters',
		{ to: '={{ $json.order === "A-78" ? "65 9123 ABCD" : $json.phone }}' },
		'To is not a phone number [item 1]',
		'65 9123 ABCD',
		2,
	],
	[
		'invalid JSON',
		{
			specifyVariables: 'json',
			templateVariablesJson:
				'={{ $json.order === "A-78" ? \'{"name" "x"}\' : \'{"name": "x", "order": "y"}\' }}',
		},
		'Template Variables (JSON) is not valid JSON [item 1]',
		'Look near position 8',
		2,
	],
];

describe.each(BAD)('%s', (name, parameters, title, described, others) => {
	const settings: Partial<INode> =
		name === 'a wrong secret'
			? { credentials: { chatAppApi: { id: '', name: 'Wrong Secret' } } }
			: {};

	test('stops the workflow with a clear title, the item and a next step', async () => {
		// An answer that takes its time: the next item is under way when it comes.
		sandbox.configure({ latencyMs: 250 });
		const run = await runIt(changed(parameters, settings)).finally(() =>
			sandbox.configure({ latencyMs: 0 }),
		);
		expect(run.status).toBe('error');
		expect(errorOf(run).message.replace(/(\[item \d): .*\]$/, '$1]')).toBe(title);
		expect(errorOf(run).description).toContain(described);
		expect(errorOf(run).context.itemIndex).toBe(Number(/item (\d)/.exec(title)![1]));
		// What the API alone can tell stops the run when others are under way: the message says who has got it.
		const isRefused = described.startsWith('InvalidParameter');
		expect(sandbox.stats().recipients.accepted).toBe(isRefused ? 2 : 0);
		expect(errorOf(run).description.startsWith('Items 0 and 2 were accepted and sent,')).toBe(
			isRefused,
		);
	});

	test('lets the other items go with On Error = Continue', async () => {
		const run = await runIt(changed(parameters, { ...settings, onError: 'continueRegularOutput' }));
		expect(run.status).toBe('success');
		expect(itemsOf(run)).toHaveLength(3);
		expect(itemsOf(run).filter(({ outcome }) => outcome === 'accepted')).toHaveLength(others);
		expect(sandbox.stats().recipients).toEqual({ accepted: others, unique: others, duplicate: 0 });
	});
});

test('Retry On Fail sends nobody a second message', async () => {
	sandbox.configure({ faults: [{ kind: 'otherCode', calls: [2] }] });
	const run = await runIt(changed({}, { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 }));
	expect(run.status).toBe('success');
	expect(sandbox.stats().recipients).toEqual({ accepted: 3, unique: 3, duplicate: 0 });
});

test('Continue (using error output) gives the error output the reason and the input', async () => {
	const run = await runIt(
		changed(
			{ to: '={{ $json.order === "A-78" ? "" : $json.phone }}' },
			{ onError: 'continueErrorOutput' },
		),
	);
	expect(itemsOf(run)).toHaveLength(2);
	expect(itemsOf(run, 1)).toEqual([
		{
			name: 'Ólafur',
			phone: '+354 611 1234',
			order: 'A-78',
			error: expect.objectContaining({ outcome: 'notSent', cause: 'invalidRecipient' }),
			message: expect.stringMatching(/^To is empty \[item 1\]\. Enter a phone number/),
		},
	]);
});

describe('a mass send', () => {
	/** The mass example with other parameters or settings of its node. */
	const changedMass = (parameters: IDataObject, settings: Partial<INode> = {}) =>
		withChanges(readExample('mass-send'), MASS, parameters, settings);
	const small = (more: IDataObject = {}) => ({ maxRecipientsPerRequest: 500, ...more });
	const outcomesOf = (run: RealRun) =>
		[0, 1].map((output) => itemsOf(run, output, MASS).map(({ outcome }) => outcome));

	test('goes out in as few calls as the API takes, and tells of everybody', async () => {
		const run = await runIt(changedMass({}));
		expect(run.status).toBe('success');
		const [accepted, notAccepted] = [itemsOf(run, 0, MASS), itemsOf(run, 1, MASS)];
		expect([accepted.length, notAccepted.length]).toEqual([2496, 4]);
		expect(sandbox.stats().recipients).toEqual({ accepted: 2496, unique: 2496, duplicate: 0 });
		expect(sandbox.stats().calls).toMatchObject({ received: 3, accepted: 3 });
		expect(notAccepted).toMatchObject([
			{
				outcome: 'notSent',
				cause: 'duplicate',
				to: '6580000004',
				reason: expect.stringMatching(
					/^Same recipient as an earlier one\. Item 4 has the same number or ID\./,
				),
			},
			{ outcome: 'notSent', cause: 'invalidRecipient', to: 'ask at the desk' },
			{ outcome: 'notSent', cause: 'missingVariable', to: '+65 8000 1732' },
			{ outcome: 'notSent', cause: 'duplicate', to: '6580000099' },
		]);
		// What each recipient reads is their own.
		expect(sandbox.stats().messages[2495]).toMatchObject({
			to: '6580002499',
			text: expect.stringContaining('A-3499'),
		});
		expect(accepted[0].taskId).toMatch(/^n8n-\d+-[0-9a-f]{6}-c1$/);
		expect(run.data.resultData.runData[MASS][0].hints!.map(({ message }) => message)).toEqual([
			'2,496 accepted, 4 not sent. Not Accepted says why: 2 duplicates, 1 invalid recipient, 1 missing variable.',
		]);
	});

	test('pairs each item of both outputs with the row it came from', async () => {
		const workflow = changedMass({});
		for (const name of ['Accepted', 'Not Accepted']) {
			const node = workflow.nodes!.find((each) => each.name === name)!;
			Object.assign(node, {
				type: 'n8n-nodes-base.set',
				typeVersion: 3.4,
				parameters: {
					assignments: {
						assignments: [
							{
								id: '1',
								name: 'order',
								type: 'string',
								value: "={{ $('Read CSV').item.json.order }}",
							},
						],
					},
					options: {},
				},
			});
		}
		const run = await runIt(workflow);
		expect(itemsOf(run, 0, 'Accepted')[2495]).toEqual({ order: 'A-3499' });
		expect(itemsOf(run, 0, 'Not Accepted').map(({ order }) => order)).toEqual([
			'A-1812',
			'A-2206',
			'A-2732',
			'A-3043',
		]);
	});

	test.each(['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'] as const)(
		'with On Error = %s and Retry On Fail doubles nobody, whatever becomes of a call',
		async (onError) => {
			sandbox.configure({
				faults: [
					{ kind: 'resetAfter', calls: [2] },
					{ kind: 'otherCode', calls: [3] },
					{ kind: 'throttle', calls: [4] },
				],
			});
			const run = await runIt(
				changedMass(
					{ options: small() },
					{ onError, retryOnFail: true, maxTries: 3, waitBetweenTries: 1 },
				),
			);
			expect(run.status).toBe('success');
			const [accepted, notAccepted] = outcomesOf(run);
			expect(accepted).toEqual(Array(1496).fill('accepted'));
			expect(notAccepted.filter((outcome) => outcome === 'unknown')).toHaveLength(500);
			expect(notAccepted.filter((outcome) => outcome === 'rejected')).toHaveLength(500);
			// The unknown ones had arrived; the throttled call was repeated.
			expect(sandbox.stats().recipients).toEqual({ accepted: 1996, unique: 1996, duplicate: 0 });
			expect(sandbox.stats().calls.received).toBe(6);
		},
	);

	test('fails when nobody was accepted, and says why; the Continue modes send everybody to Not Accepted', async () => {
		const unknownSender = {
			from: { __rl: true, mode: 'list', value: '6589999999' },
			options: { invalidRecipients: 'skip' },
		};
		const stopped = await runIt(changedMass(unknownSender));
		expect(stopped.status).toBe('error');
		expect(errorOf(stopped).message).toBe('None of 2,500 recipients was accepted');
		expect(errorOf(stopped).description).toMatch(
			/^Nothing was sent; it is safe to run again\.<br>2,496 rejected: .*The number 6589999999 is not registered\./,
		);
		const went = await runIt(changedMass(unknownSender, { onError: 'continueErrorOutput' }));
		expect(outcomesOf(went).map(({ length }) => length)).toEqual([0, 2500]);
	});

	test('with Fail If Any Not Accepted, Retry On Fail sends only what was not accepted', async () => {
		sandbox.configure({ faults: [{ kind: 'otherCode', calls: [2] }] });
		const rows = 'name,phone,order\nMia,+6580000001,1\nBen,+6580000002,2\nAna,+6580000003,3\n';
		const workflow = changedMass(
			{ options: { failIfAnyNotAccepted: true, maxRecipientsPerRequest: 1 } },
			{ retryOnFail: true, maxTries: 3, waitBetweenTries: 1 },
		);
		workflow.pinData = Object.fromEntries(
			Object.keys(workflow.pinData!).map((name) => [name, [{ json: { csv: rows } }]]),
		);
		const run = await runIt(workflow);
		expect(run.status).toBe('success');
		expect(outcomesOf(run)).toEqual([['accepted', 'accepted', 'accepted'], []]);
		expect(sandbox.stats().recipients).toEqual({ accepted: 3, unique: 3, duplicate: 0 });
		expect(sandbox.stats().calls.received).toBe(4);
	});

	test('a stopped run sends nothing more, n8n keeps how far it got, and Retry doubles nobody', async () => {
		const id = await n8n.addWorkflow(
			changedMass({ options: { maxRecipientsPerRequest: 50 } }),
			credentialIds,
		);
		const run = await n8n.startWorkflow(id);
		await until(() => sandbox.stats().calls.received >= 10);
		await n8n.stopExecution(run);
		const { calls, recipients } = sandbox.stats();
		const stopped = await n8n.waitForExecution(run);
		expect(stopped.status).toBe('canceled');
		// Whatever still had been on its way would have arrived by now.
		await runIt(changedMass({ options: { validateOnly: true } }));
		expect(sandbox.stats().calls.received - calls.received).toBeLessThanOrEqual(1);
		expect(recipients.duplicate).toBe(0);
		const customData = await n8n.customData(run);
		expect(customData.sent_by_CAMS_Mass_Send).toMatch(
			/^[\d,]+ accepted, .*of 2,500; campaign n8n-/,
		);
	});

	test('Validate Only sends nothing and says what would be sent', async () => {
		const run = await runIt(changedMass({ options: { validateOnly: true, output: 'summary' } }));
		expect(itemsOf(run, 0, MASS)).toMatchObject([
			{
				outcome: 'validated',
				recipients: 2500,
				valid: 2496,
				invalid: 2,
				duplicates: 2,
				requests: 3,
				expectedSeconds: 1,
			},
		]);
		expect(sandbox.stats().calls.received).toBe(0);
	});

	test('a list inside an item goes out as well', async () => {
		const workflow = changedMass({
			recipientSource: 'listField',
			listField: 'customers',
			toField: 'customers[0].tel',
			templateVariablePairs: {
				variable: [
					{ name: 'name', value: '={{ $json.customers[0].first }}' },
					{ name: 'order', value: '' },
				],
			},
		});
		const [trigger] = workflow.nodes!;
		workflow.pinData = {
			[trigger.name]: [
				{
					json: {
						customers: [
							{ tel: '+6580000001', first: 'Mia', order: 1 },
							{ tel: '+6580000002', first: 'Ben', order: 2 },
						],
					},
				},
			],
		};
		workflow.connections = {
			...workflow.connections,
			[trigger.name]: { main: [[{ node: MASS, type: 'main', index: 0 }]] },
		};
		const run = await runIt(workflow);
		expect(outcomesOf(run)).toEqual([['accepted', 'accepted'], []]);
		expect(sandbox.stats().messages.map(({ text }) => text.split('\n')[0])).toEqual([
			'Hi Mia, your order 1 is on its way.',
			'Hi Ben, your order 2 is on its way.',
		]);
	});
});

describe('the credential test', () => {
	const temporary = {
		accessKeyId: 'STS.sandboxTemporary',
		accessKeySecret: 'sandboxTemporarySecret',
		securityToken: 'sandboxSecurityToken+/==',
	};

	test.each<[string, IDataObject, string, RegExp]>([
		['a good key', {}, 'OK', /^Connection successful!$/],
		['a good temporary key', temporary, 'OK', /^Connection successful!$/],
		[
			'a temporary key without its token',
			{ ...temporary, securityToken: '' },
			'Error',
			/^The STS Security Token does not match this AccessKey\./,
		],
		['an unknown key', { accessKeyId: 'nobody' }, 'Error', /^This AccessKey ID does not exist\./],
		[
			'a wrong secret',
			{ accessKeySecret: WRONG_SECRET },
			'Error',
			/^The AccessKey Secret does not belong to this AccessKey ID\./,
		],
		[
			'a key without permission',
			{ accessKeyId: 'sandboxNoPermission', accessKeySecret: 'sandboxNoPermissionSecret' },
			'Error',
			/^The AccessKey works, but lacks a permission\./,
		],
		[
			'a service that is not activated',
			{ accessKeyId: 'sandboxNotActivated', accessKeySecret: 'sandboxNotActivatedSecret' },
			'Error',
			/^Chat App Message Service is not activated/,
		],
		[
			'a wrong region',
			{ endpoint: '', region: 'ap-nowhere-1' },
			'Error',
			/^cams\.ap-nowhere-1\.aliyuncs\.com cannot be found\./,
		],
		[
			'an address where nothing listens',
			{ endpoint: 'http://127.0.0.1:9' },
			'Error',
			/^127\.0\.0\.1:9 cannot be reached\./,
		],
		[
			'an address that is none',
			{ endpoint: 'sandbox' },
			'Error',
			/^Endpoint is not a web address\./,
		],
		[
			'no channel',
			{ custSpaceId: '' },
			'Error',
			/^The AccessKey works, but there are 2 channels for \w+ to choose from\./,
		],
		[
			'a character that cannot be seen',
			{ accessKeyId: 'sandboxAccessKeyId\u200b' },
			'Error',
			/^AccessKey ID contains the character U\+200B\./,
		],
		['an empty key', { accessKeyId: ' ' }, 'Error', /^AccessKey ID is empty\./],
		[
			'a key with a blank inside',
			{ accessKeyId: 'sandbox AccessKeyId' },
			'Error',
			/^AccessKey ID contains a space\./,
		],
		[
			'InnoPaaS at an address that is not',
			{
				api: 'innoPaas',
				appKey: 'a',
				accessToken: 'b',
				wabaId: '1',
				baseUrl: 'http://127.0.0.1:9',
			},
			'Error',
			/^127\.0\.0\.1:9 cannot be reached\./,
		],
	])('%s', async (_name, change, status, message) => {
		const values = { ...sandboxCredential(sandbox), ...change };
		const result = await n8n.testCredential(
			credentialIds[CREDENTIAL_NAME],
			CREDENTIAL_NAME,
			values,
		);
		expect(result).toMatchObject({ status, message: expect.stringMatching(message) });
	});

	test('a clock that is 22 minutes off', async () => {
		sandbox.configure({ clockAheadMinutes: 22 });
		const result = await n8n.testCredential(
			credentialIds[CREDENTIAL_NAME],
			CREDENTIAL_NAME,
			sandboxCredential(sandbox),
		);
		expect(result.message).toMatch(/^The clock of this n8n server is 22 minutes off\./);
	});

	test('an answer that nobody foresaw is no success', async () => {
		const result = await n8n.testCredential(credentialIds[CREDENTIAL_NAME], CREDENTIAL_NAME, {
			...sandboxCredential(sandbox),
			endpoint: `${sandbox.url}/__sandbox/stats`,
		});
		expect(result).toMatchObject({
			status: 'Error',
			message: expect.stringMatching(/^The address does not answer like Alibaba Cloud\./),
		});
	});
});

describe('InnoPaaS', () => {
	/** The campaign with other parameters or settings of its node. */
	function changedSubmit(
		parameters: IDataObject,
		settings: Partial<INode> = {},
	): Partial<IWorkflowBase> {
		const workflow = readExample('innopaas-campaign');
		const node = workflow.nodes!.find(({ name }) => name === SUBMIT)!;
		Object.assign(node, settings, { parameters: { ...node.parameters, ...parameters } });
		return workflow;
	}
	const oldToken = { credentials: { chatAppApi: { id: '', name: 'Old Token' } } };

	test('a message of your own goes to all valid numbers in one call, as it was typed', async () => {
		const run = await runIt(
			changedSubmit({ operation: 'sendMessage', messageType: 'text', text: 'Hi 👋 100% & "more"' }),
		);
		expect(run.status).toBe('success');
		expect(
			itemsOf(run, 0, SUBMIT).map(({ outcome, messageType, chunk }) => [
				outcome,
				messageType,
				chunk,
			]),
		).toEqual(Array(4).fill(['accepted', 'text', 1]));
		const { calls, messages } = sandbox.stats();
		expect(calls.received).toBe(1);
		expect(messages.map(({ body }) => body?.body)).toEqual(Array(4).fill('Hi 👋 100% & "more"'));
	});

	test('a token that a newer one has replaced stops the run, and the message says what stopped it', async () => {
		const run = await runIt(changedSubmit({}, oldToken));
		expect(run.status).toBe('error');
		expect(errorOf(run).message).toBe('None of 6 recipients was accepted');
		expect(errorOf(run).description).toMatch(
			pattern(
				/^Nothing was sent; it is safe to run again\.<br>4 rejected: The Access Token no longer works\./,
				/.*Creating a new token in the console revokes the old one\./,
			),
		);
		expect(sandbox.stats().messages).toEqual([]);
	});

	test('with On Error = Continue whoever was refused comes out of Not Accepted, with the code', async () => {
		const run = await runIt(changedSubmit({}, { ...oldToken, onError: 'continueRegularOutput' }));
		expect(run.status).toBe('success');
		expect(itemsOf(run, 1, SUBMIT).map(({ outcome, code }) => [outcome, code])).toEqual([
			...Array(3).fill(['rejected', '102']),
			['notSent', undefined],
			['rejected', '102'],
			['notSent', undefined],
		]);
		expect(itemsOf(run, 0, 'To Call').map(({ name }) => name)).toEqual([
			'Mia',
			'Ólafur',
			'小米',
			'Ben',
			'Ana',
		]);
	});

	test.each<[string, IDataObject, string, RegExp]>([
		['a good token', {}, 'OK', /^Connection successful!$/],
		[
			'a token that a newer one has replaced',
			{ accessToken: OLD_TOKEN },
			'Error',
			/^The Access Token no longer works\. .*a new token.*revokes the old one/,
		],
		['an unknown key', { appKey: 'nobody' }, 'Error', /^InnoPaaS does not know this App Key\./],
	])('the credential test with %s', async (_name, change, status, message) => {
		const result = await n8n.testCredential(
			credentialIds[INNOPAAS_CREDENTIAL_NAME],
			INNOPAAS_CREDENTIAL_NAME,
			{ ...innoPaasCredential(sandbox), ...change },
		);
		expect(result).toMatchObject({ status, message: expect.stringMatching(message) });
	});

	test('the credential signs in the HTTP Request node', async () => {
		const run = await runNodes([
			httpRequest('Numbers', INNOPAAS_CREDENTIAL_NAME, {
				method: 'POST',
				url: `${sandbox.url}/api/whatsapp/v3/account/phoneInfo`,
				sendBody: true,
				specifyBody: 'json',
				jsonBody: '{"wabaId": "100000000000001"}',
			}),
		]);
		expect(run.data.resultData.runData.Numbers[0].data!.main[0]![0].json).toMatchObject({
			code: '0',
			data: [{ displayPhoneNumber: '+65 8000-1111' }, {}],
		});
	});
});

test('the HTTP Request node signs any other operation with the credential, parameters in query, form or address', async () => {
	const request = (name: string, parameters: IDataObject) =>
		httpRequest(name, CREDENTIAL_NAME, {
			method: 'POST',
			sendHeaders: true,
			headerParameters: { parameters: [{ name: 'x-acs-action', value: 'ListChatappTemplate' }] },
			...parameters,
		});
	const page = { name: 'Page', value: '{"Index":1,"Size":2}' };
	const language = { name: 'Language', value: 'en_US' };
	const nodes = [
		request('Query', {
			url: sandbox.url,
			sendQuery: true,
			queryParameters: { parameters: [page, language] },
		}),
		request('Form', {
			url: `${sandbox.url}/`,
			sendBody: true,
			contentType: 'form-urlencoded',
			bodyParameters: { parameters: [page, language] },
		}),
		request('Raw', {
			url: `${sandbox.url}/?Language=en_US`,
			sendBody: true,
			contentType: 'raw',
			rawContentType: 'application/x-www-form-urlencoded',
			body: 'Page=%7B%22Index%22%3A1%2C%22Size%22%3A2%7D',
		}),
		request('Action in the address', {
			url: `${sandbox.url}/?Action=ListChatappTemplate&Version=2020-06-06&Language=en_US`,
			sendHeaders: false,
			method: 'GET',
		}),
	];
	const run = await runNodes(nodes);
	expect(run.data.resultData.error).toBeUndefined();
	for (const { name } of nodes) {
		const json = run.data.resultData.runData[name]?.[0]?.data?.main?.[0]?.[0]?.json as {
			Code: string;
			ListTemplate: Array<{ Language: string }>;
		};
		expect(json.Code).toBe('OK');
		const languages = json.ListTemplate.map(({ Language }) => Language);
		expect(new Set(languages)).toEqual(new Set(['en_US']));
		// All but the last ask for pages of two.
		expect(languages.length === 2).toBe(name !== 'Action in the address');
	}
});

test('the HTTP Request node carries nothing of the credential to another host by a redirect', async () => {
	const arrived: unknown[] = [];
	const other = Fastify();
	other.all('/', async (request) => {
		arrived.push(request.headers);
		return {};
	});
	const target = await other.listen({ host: '127.0.0.1', port: 0 });
	const redirecting = Fastify();
	redirecting.all('/', async (_request, reply) => reply.redirect(target, 302));
	const url = await redirecting.listen({ host: '127.0.0.1', port: 0 });
	await runNodes([
		httpRequest('Request', CREDENTIAL_NAME, { url: `${url}/?Action=ListChatappTemplate` }),
	]);
	expect(arrived).toEqual([]);
	await Promise.all([other.close(), redirecting.close()]);
});

test.each([
	['camsSend', ['Communication'], 'whatsapp'],
	['camsMassSend', ['Communication', 'Marketing & Content'], 'whatsapp'],
	['camsViberSend', ['Communication'], 'viber'],
	['innoPaasSubmit', ['Communication', 'Marketing & Content'], 'innopaas'],
])('%s is there with its icon, its codex and as a tool', async (nodeName, categories, alias) => {
	const types = await n8n.get<Array<IDataObject & { name: string }>>('/types/nodes.json');
	const node = types.find(({ name }) => name === `n8n-nodes-chatapp.${nodeName}`) as unknown as {
		iconUrl: { light: string; dark: string };
		codex: { categories: string[]; alias: string[] };
	};
	expect(node.codex.categories).toEqual(categories);
	expect(node.codex.alias).toContain(alias);
	expect(types.map(({ name }) => name)).toContain(`n8n-nodes-chatapp.${nodeName}Tool`);
	for (const icon of [node.iconUrl.light, node.iconUrl.dark]) {
		const { status, headers } = await axios.get(`${n8n.url}/${icon}`, {
			validateStatus: () => true,
			httpAgent: new Agent({ keepAlive: false }),
		});
		expect([status, headers['content-type']]).toEqual([
			200,
			expect.stringContaining('image/svg+xml'),
		]);
	}
});

test('no secret, signature or token is in what n8n stored or logged', async () => {
	const stopped = await runIt(
		changed({}, { credentials: { chatAppApi: { id: '', name: 'Wrong Secret' } } }),
	);
	sandbox.configure({ faults: [{ kind: 'resetAfter', every: 1 }] });
	const broken = await runIt(changed({}, { onError: 'continueRegularOutput' }));
	sandbox.configure({ faults: [] });
	const campaign = readExample('innopaas-campaign');
	Object.assign(
		campaign.nodes!.find(({ name }) => name === SUBMIT)!,
		{ credentials: { chatAppApi: { id: '', name: 'Old Token' } } },
	);
	const refused = await runIt(campaign);
	const accepted = await runIt(readExample('innopaas-campaign'));
	const seen = [
		stopped.stored,
		broken.stored,
		refused.stored,
		accepted.stored,
		n8n.log(),
		readFileSync(join(userFolder, 'n8n.log'), 'utf8'),
	].join('\n');
	expect(seen).toContain('SignatureDoesNotMatch');
	expect(seen).toContain('The Access Token no longer works');
	for (const secret of [
		WRONG_SECRET,
		OLD_TOKEN,
		'sandboxAccessToken',
		'sandboxAppKey',
		'sandboxAccessKeySecret',
		'sandboxTemporarySecret',
		'sandboxSecurityToken',
		'Signature=',
		'ACS3-HMAC-SHA256 ',
	]) {
		expect(seen).not.toContain(secret);
	}
});

test('after a restart the same workflow runs again', async () => {
	const id = await n8n.addWorkflow(example(), credentialIds);
	await n8n.stop();
	n8n = await RealN8n.start(release, userFolder, await freePort());
	const run = await n8n.runWorkflow(id);
	expect(run.status).toBe('success');
	expect(itemsOf(run).map(({ outcome }) => outcome)).toEqual(['accepted', 'accepted', 'accepted']);
}, 180_000);
