import { NodeHelpers, type INode, type INodeParameters, type INodeProperties } from 'n8n-workflow';

import { ChatAppReceiptTrigger } from '../../nodes/ChatAppReceiptTrigger/ChatAppReceiptTrigger.node';
import { searchUrlSecrets } from '../../nodes/shared/receipts/urlSecret';
import { LEAST_SECRET_CHARACTERS, lackOf } from '../../nodes/shared/receipts/guard';

const { description, methods, webhookMethods, ...node } = new ChatAppReceiptTrigger();
const NODE = { typeVersion: 1 } as INode;
const EVENTS = ['accountEvent', 'inboundMessage', 'messageStatus', 'templateEvent'];

const valuesOf = (parameters: INodeParameters) => NodeHelpers.getNodeParameters(description.properties, parameters, true, false, NODE, description) ?? {};

/** The fields in sight, in their order, as n8n decides it. */
function shown(parameters: INodeParameters = {}): string[] {
	const values = valuesOf(parameters);
	return description.properties.filter((property) => property.type !== 'hidden' && NodeHelpers.displayParameter(values, property, NODE, description)).map(({ name }) => name);
}

const collection = description.properties.find(({ name }) => name === 'options') as INodeProperties;
const options = collection.options as INodeProperties[];

const field = (name: string) => description.properties.find((each) => each.name === name) as INodeProperties;
const valuesIn = (name: string) => field(name).options!.map((each) => ('value' in each ? each.value : undefined));

describe('the panel', () => {
	it('of a new trigger asks for what is needed and nothing else', () => {
		expect(shown()).toEqual(['api', 'triggerOn', 'statuses', 'authentication', 'urlSecret', 'registerUrl', 'options']);
		expect(valuesOf({})).toMatchObject({ api: 'cams', triggerOn: ['messageStatus'], statuses: ['all'], authentication: 'urlSecret', registerUrl: false, options: {} });
	});

	it.each([
		[['messageStatus'], ['statuses']],
		[['inboundMessage'], ['messageTypes']],
		[['messageStatus', 'inboundMessage'], ['statuses', 'messageTypes']],
		[['templateEvent', 'accountEvent'], []],
		[[], []],
	])('on %j asks for %j', (triggerOn, expected) => {
		expect(shown({ triggerOn }).filter((name) => ['statuses', 'messageTypes'].includes(name))).toEqual(expected);
	});

	it.each([
		['urlSecret', true],
		['basicAuth', false],
		['headers', false],
	])('with %s shows a secret in the URL: %s', (authentication, isShown) => {
		expect(shown({ authentication }).includes('urlSecret')).toBe(isShown);
	});

	it('registers with CAMS only, and asks for the numbers then', () => {
		const numbers = ['custSpaceId', 'phoneNumbers'];
		expect(shown({ registerUrl: true })).toEqual(['api', 'triggerOn', 'statuses', 'authentication', 'urlSecret', 'registerUrl', ...numbers, 'options']);
		expect(shown({ registerUrl: false })).not.toEqual(expect.arrayContaining(numbers));
		expect(shown({ api: 'innoPaas', registerUrl: true })).toEqual(['api', 'triggerOn', 'statuses', 'authentication', 'urlSecret', 'options']);
	});

	it('has no two fields of one name', () => {
		const names = description.properties.map(({ name }) => name);
		expect(new Set(names).size).toBe(names.length);
	});

	it('offers each option where it means something, in alphabetical order', () => {
		const labels = options.map(({ displayName }) => displayName);
		expect(labels).toEqual([...labels].sort((left, right) => left.localeCompare(right, 'en')));
		const offered = (parameters: INodeParameters) => options.filter((option) => NodeHelpers.displayParameterPath({ parameters: valuesOf(parameters) }, option, 'parameters.options', NODE, description)).map(({ name }) => name);
		const ALWAYS = ['acknowledge', 'allowedIps', 'filterCustSpaceIds', 'filterFrom', 'includeRaw', 'lateStatuses', 'repeatedReceipts', 'filterTaskId', 'filterTo'];
		expect(offered({}).sort()).toEqual([...ALWAYS].sort());
		expect(offered({ registerUrl: true }).sort()).toEqual([...ALWAYS, 'replaceExistingUrl'].sort());
		expect(offered({ api: 'innoPaas', registerUrl: true }).sort()).toEqual([...ALWAYS].sort());
	});

	it.each([
		['api', ['cams', 'innoPaas']],
		['triggerOn', EVENTS],
		['authentication', ['basicAuth', 'urlSecret', 'headers']],
	])('lets choose %s', (name, values) => {
		expect([...valuesIn(name)].sort()).toEqual([...values].sort());
	});

	it('has no authentication that is none', () => {
		expect(valuesIn('authentication')).not.toContain('none');
		for (const authentication of valuesIn('authentication')) expect(lackOf(authentication as never, '', {})).toBeDefined();
	});

	it('offers nothing that it does not know, and every method that it names', () => {
		expect(Object.keys(methods!.listSearch!)).toEqual(expect.arrayContaining(['searchChannels', 'searchUrlSecrets']));
		for (const property of description.properties) {
			for (const { typeOptions } of property.modes ?? []) if (typeOptions?.searchListMethod) expect(methods!.listSearch).toHaveProperty(typeOptions.searchListMethod);
			if (property.typeOptions?.loadOptionsMethod) expect(methods!.loadOptions).toHaveProperty(property.typeOptions.loadOptionsMethod);
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
		for (const { type, placeholder } of [...description.properties, ...options]) if (type === 'string') expect(placeholder).toMatch(/^e\.g\. /);
	});
});

describe('the node in the workflow', () => {
	it.each([
		[['messageStatus'], 'Message Status'],
		[['templateEvent', 'accountEvent'], 'Template Event, Account Event'],
		[EVENTS, 'Account Event, Inbound Message, Message Status, Template Event'],
		[[], ''],
	])('on %j is subtitled %j', (triggerOn, subtitle) => {
		const expression = String(description.subtitle).replace(/^=\{\{|\}\}$/g, '');
		expect(new Function('$parameter', `return ${expression}`)({ triggerOn })).toBe(subtitle);
	});

	it('has in its subtitle every choice by the name that the list shows', () => {
		for (const option of field('triggerOn').options as Array<{ name: string; value: string }>) expect(description.subtitle).toContain(`${option.value}: "${option.name}"`);
	});

	it('starts workflows: no input, one output, one webhook that takes POST', () => {
		expect(description).toMatchObject({ group: ['trigger'], inputs: [], outputs: ['main'] });
		expect(description.webhooks).toEqual([expect.objectContaining({ name: 'default', httpMethod: 'POST', responseMode: 'onReceived' })]);
		expect(Object.keys(webhookMethods.default).sort()).toEqual(['checkExists', 'create', 'delete']);
		expect(node).toEqual({});
	});
});

describe('a new secret', () => {
	it('is another one each time, and will do', async () => {
		const made = await Promise.all(Array.from({ length: 100 }, async () => (await searchUrlSecrets.call({} as never)).results));
		const secrets = made.map(([{ value }]) => String(value));
		expect(new Set(secrets).size).toBe(100);
		for (const [{ name, value }, ...more] of made) {
			expect(more).toEqual([]);
			expect(String(value).length).toBeGreaterThanOrEqual(2 * LEAST_SECRET_CHARACTERS);
			expect(lackOf('urlSecret', String(value), {})).toBeUndefined();
			// The list shows only its beginning.
			expect(name).toBe(`New secret (${String(value).slice(0, 4)}…)`);
		}
	});
});
