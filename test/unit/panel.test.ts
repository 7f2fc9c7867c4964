import { NodeHelpers, type INode, type INodeParameters, type INodeProperties, type INodeTypeDescription } from 'n8n-workflow';

import { CamsSend } from '../../nodes/CamsSend/CamsSend.node';
import { CamsViberSend } from '../../nodes/CamsViberSend/CamsViberSend.node';
import { MESSAGE_TYPES } from '../../nodes/shared/cams/send/messageTypes';
import { fileNames, type Field, type MessageType } from '../../nodes/shared/messages/describe';
import { titleOf } from '../messages/cases';

/** What the panel shows for every type of message, as n8n decides it. */

const SEND: INodeTypeDescription = new CamsSend().description;
const VIBER_SEND: INodeTypeDescription = new CamsViberSend().description;
const NODE = { typeVersion: 1 } as INode;

function shownIn(description: INodeTypeDescription, parameters: INodeParameters): INodeProperties[] {
	const values = NodeHelpers.getNodeParameters(description.properties, parameters, true, false, NODE, description) ?? {};
	return description.properties.filter((property) => property.type !== 'hidden' && NodeHelpers.displayParameter(values, property, NODE, description));
}

const namesIn = (description: INodeTypeDescription, parameters: INodeParameters) => shownIn(description, parameters).map(({ name }) => name);

/** Ways in which the choices of a type can be made, the sources of its files included: by the names of the parameters. */
function choicesOf(fields: readonly Field[]): INodeParameters[] {
	const usual = Object.fromEntries(fields.flatMap((field) => (field.kind === 'choice' ? [[field.name, field.default]] : [])));
	const single = fields.flatMap((field): INodeParameters[] => {
		if (field.kind === 'choice') return field.choices.map(({ value }) => ({ [field.name]: value }));
		if (field.kind !== 'file') return [];
		const when = field.when ? { [field.when.name]: field.when.is[0] } : {};
		return ['link', 'binary'].map((source) => ({ ...when, [fileNames(field.name).source]: source }));
	});
	return [{}, ...single].map((choice) => ({ ...usual, ...choice }));
}

/** The parameters that a description asks for, in its order. */
function expectedOf(fields: readonly Field[], chosen: INodeParameters): Array<[name: string, label: string]> {
	return fields.flatMap((field): Array<[string, string]> => {
		if (field.when && !field.when.is.includes(String(chosen[field.when.name]))) return [];
		if (field.kind !== 'file') return [[field.name, field.label]];
		const { source, link, binary } = fileNames(field.name);
		const file: [string, string] = chosen[source] === 'binary' ? [binary, 'Input Data Field Name'] : [link, `${field.label} Link`];
		return [[source, `${field.label} Source`], file];
	});
}

const messageOf = ({ channel, type, variant }: MessageType): INodeParameters => ({ operation: 'sendMessage', channelType: channel, messageType: type, ...(variant && { [variant.name]: variant.value }) });

describe.each(MESSAGE_TYPES.map((type) => [titleOf(type), type] as const))('%s', (_title, type) => {
	it.each(choicesOf(type.fields).map((chosen) => [chosen] as const))('shows its own fields and no others, in their order, with %j', (chosen) => {
		const parameters = { ...messageOf(type), ...chosen };
		const frame = ['operation', 'channelType', 'custSpaceId', 'from', 'to', 'messageType', ...(type.variant ? [type.variant.name] : [])];
		const after = [...(type.channel === 'viber' ? ['label'] : []), 'options'];
		const own = expectedOf(type.fields, chosen);
		const shown = shownIn(SEND, parameters);
		expect(shown.map(({ name }) => name)).toEqual([...frame, ...own.map(([name]) => name), ...after]);
		expect(shown.slice(frame.length, -after.length).map(({ displayName }) => displayName)).toEqual(own.map(([, label]) => label));

		if (type.channel !== 'viber') return;
		expect(namesIn(VIBER_SEND, { ...parameters, channelType: undefined })).toEqual(['operation', 'custSpaceId', 'from', 'to', 'messageType', ...own.map(([name]) => name), ...after]);
	});

	it('has no two parameters of one name in sight', () => {
		for (const chosen of choicesOf(type.fields)) {
			const names = namesIn(SEND, { ...messageOf(type), ...chosen });
			expect(new Set(names).size).toBe(names.length);
		}
	});

	it('is in the list of its channel', () => {
		const [selector] = shownIn(SEND, messageOf(type)).filter(({ name }) => name === 'messageType');
		expect(selector.options).toContainEqual(expect.objectContaining({ value: type.type, name: type.name }));
	});

	it('shows every field as its kind, with its example', () => {
		for (const field of type.fields) {
			if (field.kind === 'file') continue;
			const chosen = field.when ? { [field.when.name]: field.when.is[0] } : {};
			const property = shownIn(SEND, { ...messageOf(type), ...chosen }).find(({ name }) => name === field.name) as INodeProperties;
			const kind = { text: 'string', link: 'string', ids: 'string', number: 'number', choice: 'options', json: 'json', list: 'fixedCollection' }[field.kind];
			expect(property.type).toBe(kind);
			if ('example' in field) expect(property.placeholder).toBe(`e.g. ${field.example}`);
			// An example is never a value: it would go out.
			if ('example' in field) expect(property.default).toBe('');
			if (field.kind === 'text' && field.fromFile === undefined) expect(property.required === true).toBe(field.required === true);
		}
	});
});

describe.each([
	['CAMS Send', SEND],
	['CAMS Viber Send', VIBER_SEND],
] as const)('%s', (_name, description) => {
	const CHANNELS = ['whatsapp', 'viber', 'messenger', 'instagram', 'telegram'];
	const channels = description === SEND ? CHANNELS.map((channelType) => ({ channelType })) : [{}];

	it('shows nothing of a message of one\'s own for a template', () => {
		for (const channel of channels) {
			const names = namesIn(description, { operation: 'sendTemplate', ...channel, template: { __rl: true, mode: 'list', value: '1/en' } });
			const isViber = !('channelType' in channel) || channel.channelType === 'viber';
			expect(names).toEqual([
				'operation',
				...('channelType' in channel ? ['channelType'] : []),
				'custSpaceId',
				'from',
				'to',
				'template',
				'specifyVariables',
				'templateVariables',
				...(isViber ? ['label'] : []),
				'options',
			]);
		}
	});

	it.each([
		['fields', 'templateVariables'],
		['sameName', undefined],
		['pairs', 'templateVariablePairs'],
		['json', 'templateVariablesJson'],
	])('asks for the variables of a template as %s', (specifyVariables, field) => {
		const names = namesIn(description, { operation: 'sendTemplate', template: { __rl: true, mode: 'list', value: '1/en' }, specifyVariables });
		expect(names.filter((name) => name.startsWith('templateVariable'))).toEqual(field === undefined ? [] : [field]);
	});

	it.each([
		['nothing before a template is chosen', { __rl: true, mode: 'list', value: '' }, []],
		['the variables once it is picked', { __rl: true, mode: 'list', value: '1/en' }, ['specifyVariables', 'templateVariables']],
		['its language too when it is typed', { __rl: true, mode: 'code', value: '1' }, ['language', 'specifyVariables', 'templateVariables']],
		['its language too when it is an expression', { __rl: true, mode: 'code', value: '={{ $json.template }}' }, ['language', 'specifyVariables', 'templateVariables']],
	])('asks for %s', (_what, template, expected) => {
		const names = namesIn(description, { operation: 'sendTemplate', template });
		expect(names.filter((name) => ['language', 'specifyVariables', 'templateVariables'].includes(name))).toEqual(expected);
	});

	it('always has a label for Viber, which is required', () => {
		for (const operation of ['sendTemplate', 'sendMessage']) {
			const [label] = shownIn(description, { operation, channelType: 'viber' }).filter(({ name }) => name === 'label');
			expect(label).toMatchObject({ required: true, default: 'promotion' });
		}
	});

	const OPTIONS: Record<string, Array<[string, string]>> = {
		buttonPayloads: [['whatsapp', 'sendTemplate']],
		flow: [['whatsapp', 'sendTemplate']],
		products: [['whatsapp', 'sendTemplate']],
		contextMessageId: [['whatsapp', 'sendTemplate'], ['whatsapp', 'sendMessage']],
		recipientType: [['whatsapp', 'sendTemplate'], ['whatsapp', 'sendMessage']],
		tag: [['viber', 'sendTemplate'], ['viber', 'sendMessage']],
		ttl: [['viber', 'sendTemplate'], ['viber', 'sendMessage']],
		trackingData: [['viber', 'sendTemplate'], ['viber', 'sendMessage']],
	};

	it('offers each option only where it means something', () => {
		const collection = description.properties.find(({ name }) => name === 'options') as INodeProperties;
		const options = collection.options as INodeProperties[];
		for (const channelType of description === SEND ? CHANNELS : ['viber']) {
			for (const operation of ['sendTemplate', 'sendMessage']) {
				const parameters = NodeHelpers.getNodeParameters(description.properties, { operation, channelType, specifyVariables: 'pairs', template: { __rl: true, mode: 'list', value: '1/en' }, options: {} }, true, false, NODE, description) ?? {};
				for (const option of options) {
					const isShown = NodeHelpers.displayParameterPath({ parameters }, option, 'parameters.options', NODE, description);
					const where = OPTIONS[option.name];
					const expected = !where || where.some(([channel, what]) => channel === channelType && what === operation);
					expect([option.name, channelType, operation, isShown]).toEqual([option.name, channelType, operation, expected]);
				}
			}
		}
	});
});
