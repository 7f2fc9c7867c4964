import {
	NodeHelpers,
	type INode,
	type INodeParameters,
	type INodeProperties,
	type INodePropertyOptions,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { CamsSend } from '../../../nodes/CamsSend/CamsSend.node';
import { CamsViberSend } from '../../../nodes/CamsViberSend/CamsViberSend.node';
import { InnoPaasSubmit } from '../../../nodes/InnoPaasSubmit/InnoPaasSubmit.node';
import { MESSAGE_TYPES } from '../../../nodes/shared/apis/cams/messageTypes';
import {
	MESSAGE_TYPES as OF_INNOPAAS,
	TEMPLATE,
} from '../../../nodes/shared/apis/innoPaas/messageTypes';
import { fileNames, type Field, type MessageType } from '../../../nodes/shared/messages/schema';
import { titleOf } from '../../messageTypes/cases';

/** The parameters that n8n shows for each message type. */

const SEND: INodeTypeDescription = new CamsSend().description;
const VIBER_SEND: INodeTypeDescription = new CamsViberSend().description;
const INNOPAAS_SUBMIT: INodeTypeDescription = new InnoPaasSubmit().description;
const NODE = { typeVersion: 1 } as INode;

/** The values that a node works with: those that are stored, and the defaults. */
const valuesIn = (description: INodeTypeDescription, parameters: INodeParameters) =>
	NodeHelpers.getNodeParameters(
		description.properties,
		parameters,
		true,
		false,
		NODE,
		description,
	) ?? {};

function shownIn(
	description: INodeTypeDescription,
	parameters: INodeParameters,
): INodeProperties[] {
	const values = valuesIn(description, parameters);
	return description.properties.filter(
		(property) =>
			property.type !== 'hidden' &&
			NodeHelpers.displayParameter(values, property, NODE, description),
	);
}

const namesIn = (description: INodeTypeDescription, parameters: INodeParameters) =>
	shownIn(description, parameters).map(({ name }) => name);

/** Ways in which the choices of a type can be made, the sources of its files included: by the names of the parameters. */
function choicesOf(fields: readonly Field[]): INodeParameters[] {
	const usual = Object.fromEntries(
		fields.flatMap((field) => (field.kind === 'choice' ? [[field.name, field.default]] : [])),
	);
	const single = fields.flatMap((field): INodeParameters[] => {
		if (field.kind === 'choice') return field.choices.map(({ value }) => ({ [field.name]: value }));
		if (field.kind !== 'file' || field.upload === undefined) return [];
		const when = field.when ? { [field.when.name]: field.when.is[0] } : {};
		return ['link', 'binary'].map((source) => ({
			...when,
			[fileNames(field.name).source]: source,
		}));
	});
	return [{}, ...single].map((choice) => ({ ...usual, ...choice }));
}

/** The parameters that a description asks for, in its order. */
function expectedOf(
	fields: readonly Field[],
	chosen: INodeParameters,
): Array<[name: string, label: string]> {
	return fields.flatMap((field): Array<[string, string]> => {
		if (field.when && !field.when.is.includes(String(chosen[field.when.name]))) return [];
		if (field.kind !== 'file') return [[field.name, field.label]];
		const { source, link, binary } = fileNames(field.name);
		if (field.upload === undefined) return [[link, `${field.label} Link`]];
		const file: [string, string] =
			chosen[source] === 'binary'
				? [binary, 'Input Data Field Name']
				: [link, `${field.label} Link`];
		return [[source, `${field.label} Source`], file];
	});
}

const messageOf = ({ channel, type, variant }: MessageType): INodeParameters => ({
	operation: 'sendMessage',
	channelType: channel,
	messageType: type,
	...(variant && { [variant.name]: variant.value }),
});

/** Every type of every node, and what stands before and behind its fields. */
const TYPES = [
	...MESSAGE_TYPES.map((type) => ({
		node: SEND,
		type,
		before: ['operation', 'channelType', 'from', 'to'],
		after:
			type.channel === 'viber' ? ['label', 'custSpaceId', 'options'] : ['custSpaceId', 'options'],
	})),
	...OF_INNOPAAS.flat.map((type) => ({
		node: INNOPAAS_SUBMIT,
		type,
		before: ['operation', 'from', 'recipientSource', 'to'],
		after: ['campaignId', 'options'],
	})),
];

describe.each(TYPES.map((each) => [each.node.displayName, titleOf(each.type), each] as const))(
	'%s: %s',
	(_node, _title, { node, type, before, after }) => {
		it.each(choicesOf(type.fields).map((chosen) => [chosen] as const))(
			'shows its own fields and no others, in their order, with %j',
			(chosen) => {
				const parameters = { ...messageOf(type), ...chosen };
				const frame = [...before, 'messageType', ...(type.variant ? [type.variant.name] : [])];
				const own = expectedOf(type.fields, chosen);
				const shown = shownIn(node, parameters);
				expect(shown.map(({ name }) => name)).toEqual([
					...frame,
					...own.map(([name]) => name),
					...after,
				]);
				expect(
					shown.slice(frame.length, -after.length).map(({ displayName }) => displayName),
				).toEqual(own.map(([, label]) => label));

				if (type.channel !== 'viber') return;
				expect(namesIn(VIBER_SEND, { ...parameters, channelType: undefined })).toEqual([
					'operation',
					'from',
					'to',
					'messageType',
					...own.map(([name]) => name),
					...after,
				]);
			},
		);

		it('has no two parameters of one name in sight', () => {
			for (const chosen of choicesOf(type.fields)) {
				const names = namesIn(node, { ...messageOf(type), ...chosen });
				expect(new Set(names).size).toBe(names.length);
			}
		});

		it('is in the list of its channel', () => {
			const [selector] = shownIn(node, messageOf(type)).filter(
				({ name }) => name === 'messageType',
			);
			const option = (selector.options as INodePropertyOptions[]).find(
				({ value }) => value === type.type,
			)!;
			// A type with variants is found by the names of the first ones, too.
			expect(option.name.startsWith(type.name)).toBe(true);
			if (type.variant) expect(option.name).toBe('Interactive (Reply Buttons, List Menu and more)');
			expect(option.description).toMatch(/^[A-Z].*[^.]$/);
			expect(selector.hint ?? '').toMatch(type.channel === 'whatsapp' ? /24 hours/ : /^$/);
		});

		it('has an open entry in every list that needs one', () => {
			const values = valuesIn(node, messageOf(type));
			for (const field of type.fields) {
				if (field.kind !== 'list') continue;
				const entries = (values[field.name] as Record<string, unknown[]>)[field.entry.name];
				expect(entries?.length ?? 0).toBe(field.min > 0 ? 1 : 0);
				for (const inner of field.fields)
					if (inner.kind === 'list' && (inner.min > 0 || inner.opened))
						expect(entries[0]).toMatchObject({
							[inner.name]: { [inner.entry.name]: [expect.any(Object)] },
						});
			}
		});

		it('begins with what is used most', () => {
			const [selector] = shownIn(node, messageOf(type)).filter(
				({ name }) => name === 'messageType',
			);
			const values = (selector.options as INodePropertyOptions[]).map(({ value }) => value);
			expect(values[0]).toBe('text');
			expect(values.at(-1)).toBe('raw');
		});

		it('shows every field as its kind, with its example', () => {
			for (const field of type.fields) {
				if (field.kind === 'file') continue;
				const chosen = field.when ? { [field.when.name]: field.when.is[0] } : {};
				const property = shownIn(node, { ...messageOf(type), ...chosen }).find(
					({ name }) => name === field.name,
				) as INodeProperties;
				const kind = {
					text: 'string',
					link: 'string',
					ids: 'string',
					number: 'string',
					choice: 'options',
					json: 'json',
					list: 'fixedCollection',
				}[field.kind];
				expect(property.type).toBe(kind);
				if ('example' in field) expect(property.placeholder).toBe(`e.g. ${field.example}`);
				// An example is never a value: it would go out.
				if ('example' in field) expect(property.default).toBe('');
				// A required field that is empty is red, so n8n does not run the node.
				if (field.kind === 'number' || (field.kind === 'text' && field.fromFile === undefined))
					expect(property.required === true).toBe(field.required === true);
			}
		});
	},
);

describe.each([
	['CAMS Send', SEND],
	['CAMS Viber Send', VIBER_SEND],
] as const)('%s', (_name, description) => {
	const CHANNELS = ['whatsapp', 'viber', 'messenger', 'instagram', 'telegram'];
	const channels = description === SEND ? CHANNELS.map((channelType) => ({ channelType })) : [{}];

	it('shows no fields of free-form messages for a template', () => {
		for (const channel of channels) {
			const names = namesIn(description, {
				operation: 'sendTemplate',
				...channel,
				template: { __rl: true, mode: 'list', value: '1/en' },
			});
			const isViber = !('channelType' in channel) || channel.channelType === 'viber';
			expect(names).toEqual([
				'operation',
				...('channelType' in channel ? ['channelType'] : []),
				'from',
				'to',
				'template',
				'specifyVariables',
				'templateVariables',
				...(isViber ? ['label'] : []),
				'custSpaceId',
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
		const names = namesIn(description, {
			operation: 'sendTemplate',
			template: { __rl: true, mode: 'list', value: '1/en' },
			specifyVariables,
		});
		expect(names.filter((name) => name.startsWith('templateVariable'))).toEqual(
			field === undefined ? [] : [field],
		);
	});

	it.each([
		['nothing before a template is chosen', { __rl: true, mode: 'list', value: '' }, []],
		[
			'the variables once it is picked',
			{ __rl: true, mode: 'list', value: '1/en' },
			['specifyVariables', 'templateVariables'],
		],
		[
			'its language too when it is typed',
			{ __rl: true, mode: 'code', value: '1' },
			['language', 'specifyVariables', 'templateVariables'],
		],
		[
			'its language too when it is an expression',
			{ __rl: true, mode: 'code', value: '={{ $json.template }}' },
			['language', 'specifyVariables', 'templateVariables'],
		],
	])('asks for %s', (_what, template, expected) => {
		const names = namesIn(description, { operation: 'sendTemplate', template });
		expect(
			names.filter((name) => ['language', 'specifyVariables', 'templateVariables'].includes(name)),
		).toEqual(expected);
	});

	it('always has a label for Viber, which is required', () => {
		for (const operation of ['sendTemplate', 'sendMessage']) {
			const [label] = shownIn(description, { operation, channelType: 'viber' }).filter(
				({ name }) => name === 'label',
			);
			expect(label).toMatchObject({ required: true, default: 'promotion' });
		}
	});

	const OPTIONS: Record<string, Array<[string, string]>> = {
		buttonPayloads: [['whatsapp', 'sendTemplate']],
		buttonPayloadGroup: [['whatsapp', 'sendTemplate']],
		cleanVariables: [['whatsapp', 'sendTemplate']],
		defaultCountry: [
			['viber', 'sendTemplate'],
			['viber', 'sendMessage'],
			['whatsapp', 'sendTemplate'],
			['whatsapp', 'sendMessage'],
		],
		flow: [['whatsapp', 'sendTemplate']],
		products: [['whatsapp', 'sendTemplate']],
		contextMessageId: [
			['whatsapp', 'sendTemplate'],
			['whatsapp', 'sendMessage'],
		],
		recipientType: [
			['whatsapp', 'sendTemplate'],
			['whatsapp', 'sendMessage'],
		],
		tag: [
			['viber', 'sendTemplate'],
			['viber', 'sendMessage'],
		],
		ttl: [
			['viber', 'sendTemplate'],
			['viber', 'sendMessage'],
		],
		trackingData: [
			['viber', 'sendTemplate'],
			['viber', 'sendMessage'],
		],
	};

	it.each([
		[1, 'buttonPayloadGroup'],
		[1.1, 'buttonPayloads'],
	])('offers each option of version %s only where it means something', (typeVersion, unknown) => {
		const node = { typeVersion } as INode;
		const collection = description.properties.find(
			({ name }) => name === 'options',
		) as INodeProperties;
		const options = collection.options as INodeProperties[];
		for (const channelType of description === SEND ? CHANNELS : ['viber']) {
			for (const operation of ['sendTemplate', 'sendMessage']) {
				const parameters =
					NodeHelpers.getNodeParameters(
						description.properties,
						{
							operation,
							channelType,
							specifyVariables: 'pairs',
							template: { __rl: true, mode: 'list', value: '1/en' },
							options: {},
						},
						true,
						false,
						node,
						description,
					) ?? {};
				for (const option of options) {
					const isShown = NodeHelpers.displayParameterPath(
						{ parameters },
						option,
						'parameters.options',
						node,
						description,
					);
					const where = OPTIONS[option.name];
					const expected =
						!where ||
						(option.name !== unknown &&
							where.some(([channel, what]) => channel === channelType && what === operation));
					expect([option.name, channelType, operation, isShown]).toEqual([
						option.name,
						channelType,
						operation,
						expected,
					]);
				}
			}
		}
	});
});

it.each([
	['', 'fields', []],
	['1/en', 'fields', []],
	['1/en', 'pairs', ['buttonPayloadGroup']],
])(
	'with template "%s" and its variables as %s, these payloads are offered: %j',
	(value, how, names) => {
		const node = { typeVersion: 1.1 } as INode;
		const parameters = {
			operation: 'sendTemplate',
			channelType: 'whatsapp',
			template: { __rl: true, mode: 'list', value },
			// Before a template is picked, n8n has stored nothing.
			...(value !== '' && { specifyVariables: how }),
		};
		const { options } = SEND.properties.find(({ name }) => name === 'options') as INodeProperties;
		expect(
			(options as INodeProperties[])
				.filter(({ displayName }) => displayName === 'Button Payloads')
				.filter((option) =>
					NodeHelpers.displayParameterPath(
						{ parameters },
						option,
						'parameters.options',
						node,
						SEND,
					),
				)
				.map(({ name }) => name),
		).toEqual(names);
	},
);

describe('InnoPaaS Submit', () => {
	const template = { __rl: true, mode: 'list', value: 'spring_offer_v1/en_US' };
	const namesOf = (parameters: INodeParameters) =>
		namesIn(INNOPAAS_SUBMIT, { operation: 'sendTemplate', template, ...parameters });

	it('has the same parameters in both styles of interactive messages', () => {
		const parametersOf = (style: 'flat' | 'nested') =>
			OF_INNOPAAS[style].map((type) =>
				choicesOf(type.fields).map((chosen) =>
					expectedOf(type.fields, chosen).filter(([name]) => name !== 'headerCaption'),
				),
			);
		expect(parametersOf('nested')).toEqual(parametersOf('flat'));
	});

	it.each([
		['sendTemplate', ['operation', 'from', 'recipientSource', 'to']],
		['sendMmLite', ['operation', 'mmLitePath', 'from', 'recipientSource', 'to']],
	])(
		'shows no fields of free-form messages for %s, and no variables before a template is chosen',
		(operation, before) => {
			expect(namesOf({ operation, template: { ...template, value: '' } })).toEqual([
				...before,
				'template',
				'campaignId',
				'options',
			]);
			expect(namesOf({ operation })).toEqual([
				...before,
				'template',
				'specifyVariables',
				'headerType',
				'bodyValues',
				'buttonValues',
				'campaignId',
				'options',
			]);
			expect(
				namesOf({ operation, template: { ...template, mode: 'name', value: 'spring_offer_v1' } }),
			).toContain('language');
			expect(
				namesOf({
					operation,
					template: { ...template, mode: 'name', value: '={{ $json.template }}' },
				}),
			).toContain('language');
		},
	);

	it.each(choicesOf(TEMPLATE.fields).map((chosen) => [chosen] as const))(
		'shows the variables of a template in order with %j',
		(chosen) => {
			const shown = shownIn(INNOPAAS_SUBMIT, { operation: 'sendTemplate', template, ...chosen });
			expect(shown.slice(6, -2).map(({ name, displayName }) => [name, displayName])).toEqual(
				expectedOf(TEMPLATE.fields, chosen),
			);
		},
	);

	it.each([
		['ordered', ['headerType', 'bodyValues', 'buttonValues']],
		['fields', ['templateVariables']],
		['json', ['templateVariablesJson']],
	])('asks for the variables of a template as %s', (specifyVariables, fields) => {
		for (const operation of ['sendTemplate', 'sendMmLite']) {
			expect(
				namesOf({ operation, specifyVariables }).slice(operation === 'sendMmLite' ? 7 : 6, -2),
			).toEqual(fields);
		}
	});

	it('shows no MMLite path and no template for a message', () => {
		const names = namesIn(INNOPAAS_SUBMIT, {
			operation: 'sendMessage',
			template,
			mmLitePath: '/x',
		});
		expect(names).toEqual([
			'operation',
			'from',
			'recipientSource',
			'to',
			'messageType',
			'text',
			'campaignId',
			'options',
		]);
	});

	it('offers each option only where it means something, in alphabetical order', () => {
		const collection = INNOPAAS_SUBMIT.properties.find(
			({ name }) => name === 'options',
		) as INodeProperties;
		const options = collection.options as INodeProperties[];
		const labels = options.map(({ displayName }) => displayName);
		expect(labels).toEqual([...labels].sort((left, right) => left.localeCompare(right, 'en')));
		const offered = (chosen: INodeParameters) => {
			const parameters =
				NodeHelpers.getNodeParameters(
					INNOPAAS_SUBMIT.properties,
					{ template, options: {}, ...chosen },
					true,
					false,
					NODE,
					INNOPAAS_SUBMIT,
				) ?? {};
			return options
				.filter((option) =>
					NodeHelpers.displayParameterPath(
						{ parameters },
						option,
						'parameters.options',
						NODE,
						INNOPAAS_SUBMIT,
					),
				)
				.map(({ name }) => name);
		};
		const ALWAYS = [
			'additionalBodyFields',
			'defaultCountry',
			'duplicateRecipients',
			'failIfAnyNotAccepted',
			'includeInputFields',
			'invalidRecipients',
			'maxRecipientsPerRequest',
			'maxRequestsPerSecond',
			'output',
			'taskId',
			'timeout',
			'validateOnly',
			'wabaId',
		];
		expect(offered({ operation: 'sendMmLite' }).sort()).toEqual(
			[...ALWAYS, 'cleanVariables'].sort(),
		);
		expect(offered({ operation: 'sendTemplate' }).sort()).toEqual(
			[...ALWAYS, 'cleanVariables', 'repeatCodeInButton'].sort(),
		);
		expect(offered({ operation: 'sendMessage', messageType: 'text' }).sort()).toEqual(ALWAYS);
		expect(offered({ operation: 'sendMessage', messageType: 'interactive' }).sort()).toEqual(
			[...ALWAYS, 'interactiveStyle'].sort(),
		);
	});

	it.each([
		[{ operation: 'sendTemplate' }, 'Template'],
		[{ operation: 'sendMmLite' }, 'MMLite Template'],
		[{ operation: 'sendMessage', messageType: 'image' }, 'Image'],
	])('is subtitled by what it sends: %j', (parameters, subtitle) => {
		const expression = String(INNOPAAS_SUBMIT.subtitle).replace(/^=\{\{|\}\}$/g, '');
		expect(
			new Function('$parameter', `return ${expression}`)({ messageType: 'text', ...parameters }),
		).toBe(subtitle);
	});
});
