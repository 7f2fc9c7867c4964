import { SendChatappMessageRequest } from '@alicloud/cams20200606';
import {
	NodeHelpers,
	type INode,
	type INodeParameters,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { CamsSend } from '../../nodes/CamsSend/CamsSend.node';
import { buildMessage } from '../../nodes/shared/apis/cams/sendMessage';
import { ADDRESSED, MESSAGES as OF_INNOPAAS, TEMPLATES } from '../messageTypes/innoPaasBodies';

/** Every parameter of SendChatappMessage (cams-api.md 3.1) can be given in CAMS Send, or is left out for a reason. */

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

const LEFT_OUT: Record<string, string> = {
	TemplateName: 'TemplateCode does it; whether the name alone suffices is not documented',
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
			ProductAction:
				'{"ThumbnailProductRetailerId":"sku-1","Sections":[{"Title":"New","ProductItems":[{"ProductRetailerId":"sku-1"},{"ProductRetailerId":"sku-2"}]}]}',
			ContextMessageId: 'wamid.1',
			TaskId: 'order-77',
			FallBackId: 'S01',
			FallBackContent: 'Instead',
			FallBackDuration: '120',
			FallBackRule: 'sentFailed',
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
	campaignId: 'made-up',
};

/** What goes out for parameters as n8n stores and runs them: only what the panel shows, and defaults for the rest. */
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
		const value = values[name];
		if (value === undefined) return missing;
		return typeof value === 'object' && value !== null && '__rl' in value ? value.value : value;
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

/** Every field of msg/submit, by where it stands in the body; flat and nested where the documents contradict each other. */
const INNOPAAS_FIELDS = `
wabaId messageType uid sendNumber recipientNumber body language templateName templateGroupId
header.type header.link header.caption header.paramValue bodyParams buttonParams.type buttonParams.value
media.link media.caption media.filename location.latitude location.longitude location.name location.address
contacts.name.formattedName contacts.name.firstName contacts.name.lastName contacts.name.middleName contacts.name.suffix contacts.name.prefix
contacts.phones.type contacts.phones.phone contacts.phones.waID contacts.org.company contacts.org.department contacts.org.title
contacts.addresses.type contacts.addresses.street contacts.addresses.city contacts.addresses.state contacts.addresses.zip contacts.addresses.country contacts.addresses.countryCode
contacts.birthday contacts.emails.type contacts.emails.email contacts.urls.type contacts.urls.url
interactive.type interactive.header.type interactive.header.link interactive.header.caption interactive.header.paramValue
interactive.header.text interactive.header.video.link interactive.body.text interactive.footer.text
interactive.action.buttons.type interactive.action.buttons.title interactive.action.buttons.id interactive.action.buttons.reply.title interactive.action.buttons.reply.id
interactive.action.button interactive.action.catalogId interactive.action.productRetailerId interactive.action.sections.title
interactive.action.sections.rows.id interactive.action.sections.rows.title interactive.action.sections.rows.description interactive.action.sections.productItems.productRetailerId
`
	.trim()
	.split(/\s+/);

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
