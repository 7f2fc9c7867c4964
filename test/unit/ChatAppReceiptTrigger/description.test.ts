import {
	NodeHelpers,
	type INode,
	type INodeParameters,
	type INodeProperties,
	type TriggerPanelDefinition,
} from 'n8n-workflow';

import { ChatAppReceiptTrigger } from '../../../nodes/ChatAppReceiptTrigger/ChatAppReceiptTrigger.node';
import { MIN_SECRET_CHARACTERS, authProblem } from '../../../nodes/shared/webhook/auth';
import { searchUrlSecrets } from '../../../nodes/shared/webhook/urlSecret';

const { description, methods, webhookMethods, ...node } = new ChatAppReceiptTrigger();
const NODE = { typeVersion: 1 } as INode;
const EVENTS = [
	'accountEvent',
	'inboundMessage',
	'messageStatus',
	'other',
	'outboundMessage',
	'templateEvent',
];

const valuesOf = (parameters: INodeParameters) =>
	NodeHelpers.getNodeParameters(
		description.properties,
		parameters,
		true,
		false,
		NODE,
		description,
	) ?? {};

/** The fields in sight, in their order, as n8n decides it. */
function shown(parameters: INodeParameters = {}): string[] {
	const values = valuesOf(parameters);
	return description.properties
		.filter(
			(property) =>
				!['hidden', 'notice'].includes(property.type) &&
				NodeHelpers.displayParameter(values, property, NODE, description),
		)
		.map(({ name }) => name);
}

const collection = description.properties.find(({ name }) => name === 'options') as INodeProperties;
const options = collection.options as INodeProperties[];

/** The field of a name that is there for an API. */
const field = (name: string, api = 'cams') =>
	description.properties.find(
		(each) =>
			each.name === name &&
			NodeHelpers.displayParameter(valuesOf({ api }), each, NODE, description),
	) as INodeProperties;
const valuesIn = (name: string, api?: string) =>
	field(name, api).options!.map((each) => ('value' in each ? each.value : undefined));

describe('the panel', () => {
	it.each([
		['cams', /Chat App console: Channel Management/],
		['innoPaas', /InnoPaaS console: Developer Tools/],
	])('of %s says where its console takes the URL', (api, where) => {
		const notices = description.properties.filter(
			(property) =>
				property.type === 'notice' &&
				NodeHelpers.displayParameter(valuesOf({ api }), property, NODE, description),
		);
		expect(notices.map(({ displayName }) => displayName)).toEqual([expect.stringMatching(where)]);
	});

	it('says beside it where each console takes the URL, and then how to test', () => {
		const { executionsHelp } = description.triggerPanel as TriggerPanelDefinition;
		const { inactive } = executionsHelp as { inactive: string };
		const places = ['Alibaba Cloud: Channel Management', 'InnoPaaS: Developer Tools', 'Test URL'];
		const found = places.map((place) => inactive.indexOf(place));
		expect(found).not.toContain(-1);
		expect(found).toEqual([...found].sort((left, right) => left - right));
	});

	it.each([
		[{ authentication: 'urlSecret', urlSecret: 'abc' }, 'abc'],
		[{ authentication: 'urlSecret', urlSecret: '' }, 'select-a-url-secret-first'],
		[{ authentication: 'basicAuth' }, 'receipts'],
		[{ authentication: 'headers' }, 'receipts'],
	])('has the address of %j, which says so where it cannot work', (parameters, path) => {
		for (const webhook of description.webhooks!) {
			const [, expression] = /^=\{\{(.*)\}\}$/.exec(String(webhook.path))!;
			// As n8n evaluates it.
			expect(new Function('$parameter', `return ${expression}`)(parameters)).toBe(path);
		}
	});

	it('of a new trigger asks for what is needed and nothing else', () => {
		expect(shown()).toEqual([
			'api',
			'triggerOn',
			'statuses',
			'authentication',
			'urlSecret',
			'registerUrl',
			'options',
		]);
		expect(valuesOf({})).toMatchObject({
			api: 'cams',
			triggerOn: ['messageStatus'],
			statuses: ['all'],
			authentication: 'urlSecret',
			registerUrl: false,
			options: {},
		});
	});

	it.each([
		[['messageStatus'], ['statuses']],
		[['inboundMessage'], ['messageTypes']],
		[
			['messageStatus', 'inboundMessage'],
			['statuses', 'messageTypes'],
		],
		[['templateEvent', 'accountEvent'], []],
		[[], []],
	])('on %j asks for %j', (triggerOn, expected) => {
		expect(
			shown({ triggerOn }).filter((name) => ['statuses', 'messageTypes'].includes(name)),
		).toEqual(expected);
	});

	it.each([
		['cams', 'urlSecret', true],
		['cams', 'basicAuth', false],
		['innoPaas', 'urlSecret', true],
		['innoPaas', 'basicAuth', false],
		['innoPaas', 'headers', false],
	])('of %s with %s shows a secret in the URL: %s', (api, authentication, isShown) => {
		expect(shown({ api, authentication }).includes('urlSecret')).toBe(isShown);
	});

	it('of InnoPaaS asks for the two headers unless told otherwise', () => {
		expect(valuesOf({ api: 'innoPaas' })).toMatchObject({ authentication: 'headers' });
		expect(shown({ api: 'innoPaas' })).toEqual([
			'api',
			'triggerOn',
			'statuses',
			'authentication',
			'options',
		]);
	});

	it('registers with CAMS only, and asks for the numbers then', () => {
		const numbers = ['custSpaceId', 'phoneNumbers'];
		expect(shown({ registerUrl: true })).toEqual([
			'api',
			'triggerOn',
			'statuses',
			'authentication',
			'urlSecret',
			'registerUrl',
			...numbers,
			'options',
		]);
		expect(shown({ registerUrl: false })).not.toEqual(expect.arrayContaining(numbers));
		expect(shown({ api: 'innoPaas', registerUrl: true })).toEqual([
			'api',
			'triggerOn',
			'statuses',
			'authentication',
			'options',
		]);
	});

	it.each([
		[['accountEvent'], true],
		[['messageStatus', 'templateEvent'], true],
		[['messageStatus', 'inboundMessage'], false],
	])(
		'on %j offers to register for the account: %s, and never does so by itself',
		(triggerOn, isShown) => {
			expect(shown({ triggerOn, registerUrl: true }).includes('registerAccountUrl')).toBe(isShown);
			expect(shown({ triggerOn, registerUrl: false })).not.toContain('registerAccountUrl');
			expect(shown({ api: 'innoPaas', triggerOn, registerUrl: true })).not.toContain(
				'registerAccountUrl',
			);
			expect(valuesOf({ triggerOn, registerUrl: true }).registerAccountUrl).toBe(
				isShown ? false : undefined,
			);
		},
	);

	it('never shows two fields of one name', () => {
		for (const api of ['cams', 'innoPaas']) {
			for (const authentication of ['basicAuth', 'urlSecret', 'headers']) {
				const names = shown({ api, authentication, registerUrl: true, triggerOn: EVENTS });
				expect(new Set(names).size).toBe(names.length);
			}
		}
	});

	it('offers each option where it means something, in alphabetical order', () => {
		const labels = options.map(({ displayName }) => displayName);
		expect(labels).toEqual([...labels].sort((left, right) => left.localeCompare(right, 'en')));
		const offered = (parameters: INodeParameters) =>
			options
				.filter((option) =>
					NodeHelpers.displayParameterPath(
						{ parameters: valuesOf(parameters) },
						option,
						'parameters.options',
						NODE,
						description,
					),
				)
				.map(({ name }) => name);
		const ALWAYS = [
			'acknowledge',
			'allowedIps',
			'filterFrom',
			'includeRaw',
			'lateStatuses',
			'repeatedReceipts',
			'filterTaskId',
			'filterTo',
		];
		expect(offered({}).sort()).toEqual([...ALWAYS, 'filterCustSpaceIds'].sort());
		expect(offered({ registerUrl: true }).sort()).toEqual(
			[...ALWAYS, 'filterCustSpaceIds', 'replaceExistingUrl'].sort(),
		);
		expect(offered({ api: 'innoPaas', registerUrl: true }).sort()).toEqual([...ALWAYS].sort());
	});

	it.each([
		['api', 'cams', ['cams', 'innoPaas']],
		['triggerOn', 'cams', EVENTS],
		['authentication', 'cams', ['basicAuth', 'urlSecret']],
		['authentication', 'innoPaas', ['basicAuth', 'urlSecret', 'headers']],
	])('lets choose %s with %s', (name, api, values) => {
		expect([...valuesIn(name, api)].sort()).toEqual([...values].sort());
	});

	it('has no authentication that is none', () => {
		for (const authentication of [
			...valuesIn('authentication'),
			...valuesIn('authentication', 'innoPaas'),
		])
			expect(authProblem(authentication as never, '', {})).toBeDefined();
	});

	it('offers nothing that it does not know, and every method that it names', () => {
		expect(Object.keys(methods!.listSearch!)).toEqual(
			expect.arrayContaining(['searchChannels', 'searchUrlSecrets']),
		);
		for (const property of description.properties) {
			for (const { typeOptions } of property.modes ?? [])
				if (typeOptions?.searchListMethod)
					expect(methods!.listSearch).toHaveProperty(typeOptions.searchListMethod);
			if (property.typeOptions?.loadOptionsMethod)
				expect(methods!.loadOptions).toHaveProperty(property.typeOptions.loadOptionsMethod);
		}
	});

	it('has placeholders that are examples, and words that frighten nobody', () => {
		const texts: string[] = [];
		const look = (value: unknown): void => {
			if (typeof value === 'string') texts.push(value);
			else if (typeof value === 'object' && value !== null) Object.values(value).forEach(look);
		};
		look([description.properties, description.triggerPanel, description.description]);
		for (const text of texts) expect(text).not.toMatch(/\b(error|problem|failure|mistake)s?\b/i);
		for (const { type, placeholder } of [...description.properties, ...options])
			if (type === 'string') expect(placeholder).toMatch(/^e\.g\. /);
	});
});

/** What holds where an option is not added; receive.ts, deduplicate.ts, auth.ts and webhookRegistration.ts read it so. */
const WITHOUT: Record<string, string | boolean> = {
	acknowledge: 'immediately',
	allowedIps: '',
	filterCustSpaceIds: '',
	filterFrom: '',
	includeRaw: false,
	lateStatuses: 'mark',
	repeatedReceipts: 'drop',
	replaceExistingUrl: false,
	filterTaskId: '',
	filterTo: '',
};

/** Values that workflows have stored, those of each choice and switch among them. */
const STORED = options.flatMap(({ name, type, options: choices }) => {
	const values =
		type === 'boolean'
			? [true, false]
			: (choices?.map((choice) => ('value' in choice ? choice.value : '')) ?? ['', '65, 66']);
	return values.map((value) => [name, value] as const);
});

describe('an option', () => {
	/** As the editor saves a workflow: without the defaults of fields that nobody changed. */
	const saved = (parameters: INodeParameters) =>
		NodeHelpers.getNodeParameters(
			description.properties,
			parameters,
			false,
			false,
			NODE,
			description,
		) ?? {};

	it('that is added shows what holds without it', () => {
		expect(Object.fromEntries(options.map(({ name, default: value }) => [name, value]))).toEqual(
			WITHOUT,
		);
	});

	it.each(STORED)('that is stored keeps its value, default or not: %s %j', (name, value) => {
		const stored = { registerUrl: true, options: { [name]: value } };
		// To the node and to the editor.
		expect(valuesOf(stored).options).toEqual({ [name]: value });
		expect(saved(stored).options).toEqual({ [name]: value });
		expect(saved(valuesOf(stored)).options).toEqual({ [name]: value });
	});

	it('that is absent stays absent', () => {
		for (const stored of [{}, { options: {} }, { options: { includeRaw: true } }]) {
			const kept = 'options' in stored ? stored.options : {};
			expect(valuesOf(stored).options).toEqual(kept);
			expect(saved(valuesOf(stored)).options ?? {}).toEqual(kept);
		}
	});
});

describe('the node in the workflow', () => {
	it.each([
		[['messageStatus'], 'Message Status'],
		[['templateEvent', 'accountEvent'], 'Template Event, Account Event'],
		[
			EVENTS,
			'Account Event, Inbound Message, Message Status, Other, Outbound Message, Template Event',
		],
		[[], ''],
	])('on %j is subtitled %j', (triggerOn, subtitle) => {
		const expression = String(description.subtitle).replace(/^=\{\{|\}\}$/g, '');
		expect(new Function('$parameter', `return ${expression}`)({ triggerOn })).toBe(subtitle);
	});

	it('has in its subtitle every choice by the name that the list shows', () => {
		for (const option of field('triggerOn').options as Array<{ name: string; value: string }>)
			expect(description.subtitle).toContain(`${option.value}: "${option.name}"`);
	});

	it('starts workflows: no input, one output, one address that takes POST, and GET and HEAD unseen', () => {
		expect(description).toMatchObject({ group: ['trigger'], inputs: [], outputs: ['main'] });
		const [{ responseData, ...webhook }, check, ...more] = description.webhooks!;
		expect(webhook).toMatchObject({
			name: 'default',
			httpMethod: 'POST',
			responseMode: 'onReceived',
		});
		// Whatever n8n would answer in place of what the API expects.
		expect(responseData).toBe('');
		expect(check).toEqual({
			...webhook,
			name: 'setup',
			httpMethod: '={{ ["GET", "HEAD"] }}',
			ndvHideUrl: true,
		});
		expect(more).toEqual([]);
		expect(Object.keys(webhookMethods.default).sort()).toEqual(['checkExists', 'create', 'delete']);
		expect(node).toEqual({});
	});
});

describe('a new secret', () => {
	it('is another one each time, and will do', async () => {
		const made = await Promise.all(
			Array.from({ length: 100 }, async () => (await searchUrlSecrets.call({} as never)).results),
		);
		const secrets = made.map(([{ value }]) => String(value));
		expect(new Set(secrets).size).toBe(100);
		for (const [{ name, value }, ...more] of made) {
			expect(more).toEqual([]);
			expect(String(value).length).toBeGreaterThanOrEqual(2 * MIN_SECRET_CHARACTERS);
			expect(authProblem('urlSecret', String(value), {})).toBeUndefined();
			// The list shows only its beginning.
			expect(name).toBe(`Secret ${String(value).slice(0, 4)}…`);
		}
	});
});
