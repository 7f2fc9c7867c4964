import { ACCOUNT, CHANNEL_TYPES, INSTAGRAM, INSTANCES } from './accounts';
import {
	ok,
	isObject,
	parseJson,
	required,
	refuse,
	findSpace,
	type Operation,
	type CallParameters,
} from './call';
import type { Template } from './templates';

/** The operations that read. Names and defaults: the models of Alibaba's SDK 5.3.0. */

function cut<T>(rows: readonly T[], index: number, size: number): T[] {
	if (![index, size].every((number) => Number.isInteger(number) && number >= 1)) {
		throw refuse('InvalidParameter.PageInvalid', 'Page is not valid.');
	}
	return rows.slice((index - 1) * size, index * size);
}

function pageOf<T>(rows: readonly T[], parameters: CallParameters): T[] {
	const page = parseJson(parameters, 'Page') ?? {};
	if (!isObject(page)) throw refuse('InvalidParameter.PageInvalid', 'Page is not valid.');
	return cut(rows, Number(page.Index ?? 1), Number(page.Size ?? 10));
}

/** Says whether a row passes a filter that may be absent. */
const passes = (parameters: CallParameters, name: string, value: string | undefined) =>
	!parameters.get(name) || parameters.get(name) === value;

function checkOneOf(
	parameters: CallParameters,
	name: string,
	values: string[],
	code: string,
): void {
	const value = parameters.get(name);
	if (value && !values.includes(value)) throw refuse(code, `${name} ${value} is not supported.`);
}

/** The channels. In its model the example of ChannelType is VIBER, both ways, while the text has lower case. */
export const listInstances: Operation = (parameters) => {
	const channelType = parameters.get('ChannelType')?.toLowerCase() ?? '';
	if (channelType && !CHANNEL_TYPES.includes(channelType)) {
		throw refuse(
			'InvalidParameter.ChannelTypeNotSupport',
			`ChannelType ${channelType} is not supported.`,
		);
	}
	const rows = INSTANCES.filter(
		(instance) => !channelType || instance.channelType === channelType,
	).map((instance) => ({
		InstanceId: instance.instanceId,
		InstanceName: `${instance.space.name} ${instance.channelType}`,
		ChannelType: instance.channelType.toUpperCase(),
		CustSpaceId: instance.space.custSpaceId,
		State: 'published',
	}));
	const page = cut(
		rows,
		Number(parameters.get('PageIndex') || 1),
		Number(parameters.get('PageSize') || 10),
	);
	return ok({ Success: true, Data: page, TotalCount: rows.length });
};

export const listViberServices: Operation = (parameters) => {
	required(parameters, 'CustSpaceId');
	return ok({ Success: true, Data: findSpace(parameters).viberServices });
};

export const listInstagramPage: Operation = (parameters) => {
	const instanceId = required(parameters, 'InstanceId');
	if (
		!INSTANCES.some(
			(instance) => instance.instanceId === instanceId && instance.channelType === 'instagram',
		)
	) {
		throw refuse(
			'Unknown.ResourceOwnerId',
			`${instanceId} is no Instagram instance of this account.`,
		);
	}
	return ok({ Success: true, Data: { InstagramInfo: INSTAGRAM } });
};

export const listFlows: Operation = (parameters) => {
	const rows = findSpace(parameters).flows.filter(({ FlowName }) =>
		passes(parameters, 'FlowName', FlowName),
	);
	return ok({ Data: pageOf(rows, parameters) });
};

/** The numbers for WhatsApp, and where their pushes go; whether they go there by HTTP is not told. */
export const phoneNumbers: Operation = (parameters, { webhooks }) => {
	const { custSpaceId, phoneNumbers: rows } = findSpace(parameters);
	return ok({
		PhoneNumbers: rows
			.filter(({ Status }) => passes(parameters, 'Status', Status))
			.map((row) => ({ ...row, ...webhooks.readBack(custSpaceId, row.PhoneNumber) })),
	});
};

export const listTemplates: Operation = (parameters) => {
	const { templates } = findSpace(parameters);
	checkOneOf(
		parameters,
		'TemplateType',
		['WHATSAPP', 'VIBER'],
		'InvalidParameter.TemplateTypeNotSupport',
	);
	checkOneOf(
		parameters,
		'AuditStatus',
		['pass', 'fail', 'auditing', 'unaudit'],
		'InvalidParameter.AuditStatusNotSupport',
	);
	const rows = templates
		.map((template) => ({
			TemplateCode: template.code,
			TemplateName: template.name,
			Language: template.language,
			Category: template.category,
			AuditStatus: template.auditStatus,
			TemplateType: template.type,
			LastUpdateTime: Date.UTC(2026, 10, 1),
		}))
		.filter(
			(row) =>
				passes(parameters, 'TemplateType', row.TemplateType) &&
				passes(parameters, 'AuditStatus', row.AuditStatus) &&
				passes(parameters, 'Language', row.Language) &&
				passes(parameters, 'Name', row.TemplateName) &&
				passes(parameters, 'Code', row.TemplateCode) &&
				passes(parameters, 'Category', row.Category),
		);
	return ok({ Total: rows.length, ListTemplate: pageOf(rows, parameters) });
};

/** The template that a call names: by its code, or by its name, in one language. */
export function findTemplate(parameters: CallParameters): Template {
	const code = parameters.get('TemplateCode');
	const name = parameters.get('TemplateName');
	if (!code && !name)
		throw refuse('InvalidParameter.TemplateCodeNotEmpty', 'TemplateCode must not be empty.');
	const language = parameters.get('Language');
	if (!language) throw refuse('InvalidParameter.LanguageNotEmpty', 'Language must not be empty.');
	const template = findSpace(parameters).templates.find(
		(each) => (code ? each.code === code : each.name === name) && each.language === language,
	);
	if (!template) throw refuse('DetailError.TemplateNotExist', 'The template does not exist.');
	return template;
}

function withLowerCaseKeys(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(withLowerCaseKeys);
	if (!isObject(value)) return value;
	return Object.fromEntries(
		Object.entries(value).map(([key, each]) => [
			key[0].toLowerCase() + key.slice(1),
			withLowerCaseKeys(each),
		]),
	);
}

function partsOf({ encodedAs, components, example }: Template): {
	Components: unknown;
	Example: unknown;
} {
	switch (encodedAs) {
		case 'jsonTexts':
			return { Components: JSON.stringify(components), Example: JSON.stringify(example) };
		case 'lowerCaseKeys':
			return { Components: withLowerCaseKeys(components), Example: example };
		default:
			return { Components: components, Example: example };
	}
}

export const templateDetail: Operation = (parameters) => {
	const template = findTemplate(parameters);
	return ok({
		Data: {
			TemplateCode: template.code,
			Name: template.name,
			Language: template.language,
			Category: template.category,
			AuditStatus: template.auditStatus,
			TemplateType: template.type,
			...partsOf(template),
		},
	});
};

export const listMessages: Operation = (parameters, { history }) => {
	const businessNumber = required(parameters, 'BusinessNumber');
	const channelType = required(parameters, 'ChannelType').toLowerCase();
	required(parameters, 'CustSpaceId');
	required(parameters, 'Page');
	const { custSpaceId } = findSpace(parameters);
	const rows = history
		.filter(
			(message) =>
				message.api === 'cams' &&
				(message.custSpaceId || ACCOUNT.custSpaceId) === custSpaceId &&
				message.from === businessNumber &&
				message.channelType === channelType &&
				passes(parameters, 'UserNumber', message.to) &&
				passes(parameters, 'GroupMessageId', message.groupMessageId) &&
				passes(parameters, 'TemplateCode', message.templateCode) &&
				message.at >= Number(parameters.get('StartTime') ?? 0) &&
				message.at <= Number(parameters.get('EndTime') ?? Infinity),
		)
		.map((message) => ({
			MessageId: message.messageId,
			UserNumber: message.to,
			BusinessNumber: message.from,
			MessageStatus: 'Sent',
			ClientAcceptStatusName: 'success',
			SendTime: new Date(message.at).toISOString(),
			TemplateCode: message.templateCode,
			LanguageCode: message.language,
			EventAction: 'DOWN',
		}));
	return ok({ Data: pageOf(rows, parameters) });
};

/** Permission to upload files. The keys of the answer and what they hold: its model in SDK 5.3.0. */
export const uploadAuthorization: Operation = (parameters, { address, grantUpload }) => {
	required(parameters, 'CustSpaceId');
	findSpace(parameters);
	const grant = grantUpload();
	return ok({
		Data: {
			AccessKeyId: grant.accessKeyId,
			AccessKeySecret: grant.accessKeySecret,
			SecurityToken: grant.securityToken,
			BucketName: grant.bucket,
			Dir: grant.dir,
			EndPoint: address,
			Expire: grant.seconds,
		},
	});
};
