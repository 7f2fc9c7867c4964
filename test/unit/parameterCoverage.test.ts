import { SendChatappMessageRequest } from '@alicloud/cams20200606';
import {
	NodeHelpers,
	type INode,
	type INodeParameters,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { CamsSend } from '../../nodes/CamsSend/CamsSend.node';
import { buildMessage } from '../../nodes/shared/apis/cams/sendMessage';
import { at } from '../../nodes/shared/util/path';
import { ADDRESSED, MESSAGES as OF_INNOPAAS, TEMPLATES } from '../messageTypes/innoPaasBodies';

/**
 * The nodes cover the APIs: every parameter of an API can be set in the node, or is left out for a reason that is
 * written down here.
 *
 * CAMS Send: four examples (a template by its code and by its name, a message to a WhatsApp group and on Viber) are taken
 * from what the panel stores to what goes over the wire. Between them they have to set every parameter of
 * SendChatappMessage, and that list has to hold every parameter that Alibaba Cloud's own client knows.
 *
 * InnoPaaS Submit: the bodies of test/messageTypes/innoPaasBodies.ts, which other tests send, have to contain every
 * field of the documented request, and no other field.
 */

/** The documented parameters of SendChatappMessage. */
const PARAMETERS = [
	'ChannelType',
	'Type',
	'MessageType',
	'TemplateCode',
	'TemplateName',
	'Language',
	'From',
	'To',
	'TemplateParams',
	'Content',
	'Payload',
	'ProductAction',
	'FlowAction',
	'ContextMessageId',
	'RecipientType',
	'CustSpaceId',
	'TaskId',
	'Label',
	'Ttl',
	'Tag',
	'TrackingData',
	'FallBackId',
	'FallBackContent',
	'FallBackDuration',
	'FallBackRule',
	'CustWabaId',
	'IsvCode',
	'Category',
	'AdAccountId',
	'MessageCampaignId',
	'TokenType',
	'OwnerId',
	'ResourceOwnerId',
	'ResourceOwnerAccount',
];

/** The parameters that CAMS Send has no field for, and why. */
const LEFT_OUT: Record<string, string> = {
	CustWabaId: 'deprecated: CustSpaceId took its place',
	IsvCode: 'deprecated',
	Category: 'a beta by invitation of Meta: sending fails otherwise',
	AdAccountId: 'a test parameter; the documents say to ignore it',
	MessageCampaignId: 'a test parameter; the documents say to ignore it',
	TokenType: 'a test parameter; the documents say to ignore it',
	OwnerId: 'generic for all products; the documents say to ignore it',
	ResourceOwnerId: 'generic for all products; the documents say to ignore it',
	ResourceOwnerAccount: 'generic for all products; the documents say to ignore it',
};

const locator = (value: string, mode = 'id') => ({ __rl: true, mode, value });
const fallback = {
	values: {
		fallbackId: 'S01',
		fallbackContent: 'Instead',
		fallbackDuration: 120,
		fallbackRule: 'sentFailed',
	},
};

/** What is filled in, and what goes over the wire. */
const MESSAGES: Array<[string, INodeParameters, Record<string, string>]> = [
	[
		'a template on WhatsApp',
		{
			operation: 'sendTemplate',
			channelType: 'whatsapp',
			custSpaceId: locator('cams-own'),
			from: locator('6580001111'),
			to: '+65 9123 4567',
			template: locator('900100200', 'code'),
			language: locator('en_US', 'code'),
			specifyVariables: 'json',
			templateVariablesJson: '{"name": "Mia"}',
			options: {
				buttonPayloads: { payload: [{ value: 'yes' }, { value: 'no' }] },
				flow: { values: { flowReference: 'visit-77', flowDataJson: '{"a": 1}' } },
				products: {
					values: {
						thumbnailProductId: 'sku-1',
						sections: { section: [{ title: 'New', productIds: 'sku-1, sku-2' }] },
					},
				},
				contextMessageId: 'wamid.1',
				taskId: 'order-77',
				fallback,
			},
		},
		{
			ChannelType: 'whatsapp',
			Type: 'template',
			CustSpaceId: 'cams-own',
			From: '6580001111',
			To: '6591234567',
			TemplateCode: '900100200',
			Language: 'en_US',
			TemplateParams: '{"name":"Mia"}',
			Payload: '["yes","no"]',
			FlowAction: '{"FlowToken":"visit-77","FlowActionData":{"a":1}}',
			ProductAction: JSON.stringify({
				ThumbnailProductRetailerId: 'sku-1',
				Sections: [
					{
						Title: 'New',
						ProductItems: [{ ProductRetailerId: 'sku-1' }, { ProductRetailerId: 'sku-2' }],
					},
				],
			}),
			ContextMessageId: 'wamid.1',
			TaskId: 'order-77',
			FallBackId: 'S01',
			FallBackContent: 'Instead',
			FallBackDuration: '120',
			FallBackRule: 'sentFailed',
		},
	],
	[
		'a template by its name',
		{
			operation: 'sendTemplate',
			channelType: 'whatsapp',
			from: locator('6580001111'),
			to: '6591234567',
			template: locator('opening_hours', 'name'),
			language: locator('en', 'code'),
			options: { taskId: 't' },
		},
		{
			ChannelType: 'whatsapp',
			Type: 'template',
			CustSpaceId: 'cams-credential',
			From: '6580001111',
			To: '6591234567',
			TemplateName: 'opening_hours',
			Language: 'en',
			TaskId: 't',
		},
	],
	[
		'a message to a group on WhatsApp',
		{
			operation: 'sendMessage',
			channelType: 'whatsapp',
			from: locator('6580001111'),
			to: 'group-1',
			messageType: 'text',
			text: 'Hello',
			options: { recipientType: 'group', taskId: 't' },
		},
		{
			ChannelType: 'whatsapp',
			Type: 'message',
			MessageType: 'text',
			Content: '{"text":"Hello"}',
			CustSpaceId: 'cams-credential',
			From: '6580001111',
			To: 'group-1',
			RecipientType: 'group',
			TaskId: 't',
		},
	],
	[
		'a message on Viber',
		{
			operation: 'sendMessage',
			channelType: 'viber',
			from: locator('20001'),
			to: '6591234567',
			messageType: 'text',
			text: 'Hello',
			label: 'transaction',
			options: { ttl: 60, tag: 'spring', trackingData: 'visit-77', taskId: 't', fallback },
		},
		{
			ChannelType: 'viber',
			Type: 'message',
			MessageType: 'text',
			Content: '{"text":"Hello"}',
			CustSpaceId: 'cams-credential',
			From: '20001',
			To: '6591234567',
			Label: 'transaction',
			Ttl: '60',
			Tag: 'spring',
			TrackingData: 'visit-77',
			TaskId: 't',
			FallBackId: 'S01',
			FallBackContent: 'Instead',
			FallBackDuration: '120',
			FallBackRule: 'sentFailed',
		},
	],
];

const { description }: { description: INodeTypeDescription } = new CamsSend();
const account = {
	custSpaceId: 'cams-credential',
	key: 'account',
	readerKey: 'reader',
	defaultCountry: '',
	hide: (text: string) => text,
	campaignId: 'made-up',
};

/** The API's parameters for a node's parameters as n8n stores and runs them: those that the panel shows, and defaults. */
function wireOf(parameters: INodeParameters): Record<string, string> {
	const through = (values: INodeParameters, withDefaults: boolean) =>
		NodeHelpers.getNodeParameters(
			description.properties,
			values,
			withDefaults,
			false,
			{ typeVersion: 1 } as INode,
			description,
		) ?? {};
	const stored = through(parameters, false);
	const values = through(stored, true);
	const read = (name: string, missing?: unknown) => {
		const value = at(values, name);
		if (value === undefined) return missing;
		return typeof value === 'object' && value !== null && '__rl' in value
			? at(value, 'value')
			: value;
	};
	return buildMessage(read, 0, account).parameters;
}

it.each(MESSAGES)('CAMS Send gives the API all of %s', (_what, parameters, wire) => {
	expect(wireOf(parameters)).toEqual(wire);
});

it.each(PARAMETERS)('%s can be given, or is left out for a reason', (name) => {
	const isGiven = MESSAGES.some(([, parameters]) => name in wireOf(parameters));
	expect([name, isGiven || name in LEFT_OUT]).toEqual([name, true]);
	// A reason that no longer holds is taken off the list.
	expect([name, isGiven && name in LEFT_OUT]).toEqual([name, false]);
});

it('no parameter is left out that the documents do not have', () => {
	expect(Object.keys(LEFT_OUT).filter((name) => !PARAMETERS.includes(name))).toEqual([]);
});

it("knows every parameter of Alibaba's own client", () => {
	const names = Object.values(SendChatappMessageRequest.names());
	expect(names.length).toBeGreaterThan(20);
	expect(names.filter((name) => !PARAMETERS.includes(name))).toEqual([]);
});

const within = (path: string, names: string) =>
	names.split(' ').map((name) => (path === '' ? name : `${path}.${name}`));

/**
 * The documented fields of InnoPaaS's msg/submit, by their path in the body. Where the documents contradict each other,
 * both the flat and the nested form of an interactive message are listed.
 */
const INNOPAAS_FIELDS = [
	...within('', 'wabaId messageType uid sendNumber recipientNumber body'),
	...within('', 'language templateName templateGroupId bodyParams'),
	...within('header', 'type link caption paramValue'),
	...within('buttonParams', 'type value'),
	...within('media', 'link caption filename'),
	...within('location', 'latitude longitude name address'),
	...within('contacts', 'birthday'),
	...within('contacts.name', 'formattedName firstName lastName middleName suffix prefix'),
	...within('contacts.phones', 'type phone waID'),
	...within('contacts.org', 'company department title'),
	...within('contacts.addresses', 'type street city state zip country countryCode'),
	...within('contacts.emails', 'type email'),
	...within('contacts.urls', 'type url'),
	...within('interactive', 'type'),
	...within('interactive.header', 'type link caption paramValue text video.link'),
	...within('interactive.body', 'text'),
	...within('interactive.footer', 'text'),
	...within('interactive.action', 'button catalogId productRetailerId'),
	...within('interactive.action.buttons', 'type title id reply.title reply.id'),
	...within('interactive.action.sections', 'title'),
	...within('interactive.action.sections.rows', 'id title description'),
	...within('interactive.action.sections.productItems', 'productRetailerId'),
];

/** The paths of all values in a body; the items of a list share the path of the list. */
function pathsIn(value: unknown, path = ''): string[] {
	if (Array.isArray(value)) return value.flatMap((each) => pathsIn(each, path));
	if (typeof value !== 'object' || value === null) return [path];
	return Object.entries(value).flatMap(([key, each]) =>
		pathsIn(each, path === '' ? key : `${path}.${key}`),
	);
}

it('InnoPaaS Submit gives the API each of its fields, and no others', () => {
	const bodies = [
		...Object.values(TEMPLATES),
		...Object.entries(OF_INNOPAAS).flatMap(([what, example]) =>
			what.startsWith('raw') ? [] : [example],
		),
	].map(({ body }) => body);
	const given = new Set([
		...Object.keys(ADDRESSED),
		'uid',
		...bodies.flatMap((body) => pathsIn(body)),
	]);
	expect([...given].sort()).toEqual([...INNOPAAS_FIELDS].sort());
});
