import { isObject } from '../validation';
import { CHANNEL_TYPES, INSTAGRAM, INSTANCES } from './accounts';
import { findSpace, ok, parseJson, required, type CallParameters, type Operation } from './call';
import { refuse } from './refusal';
import type { Template } from './templates';

/** Read operations. Names and defaults are from the models of Alibaba's SDK 5.3.0. */

function slicePage<T>(rows: readonly T[], index: number, size: number): T[] {
	if (![index, size].every((number) => Number.isInteger(number) && number >= 1)) {
		throw refuse('InvalidParameter.PageInvalid', 'Page is not valid.');
	}
	return rows.slice((index - 1) * size, index * size);
}

function pageOf<T>(rows: readonly T[], parameters: CallParameters): T[] {
	const page = parseJson(parameters, 'Page') ?? {};
	if (!isObject(page)) throw refuse('InvalidParameter.PageInvalid', 'Page is not valid.');
	return slicePage(rows, Number(page.Index ?? 1), Number(page.Size ?? 10));
}

/** An absent or empty filter matches everything. */
export const matches = (parameters: CallParameters, name: string, value: string | undefined) =>
	!parameters.get(name) || parameters.get(name) === value;

/** @throws Refusal if a parameter is given and has none of the values */
export function checkOneOf(
	parameters: CallParameters,
	name: string,
	values: string[],
	code: string,
): void {
	const value = parameters.get(name);
	if (value && !values.includes(value)) throw refuse(code, `${name} ${value} is not supported.`);
}

/** ChannelType in any case: the model's examples have VIBER, its text has lower case. */
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
	const page = slicePage(
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
			`${instanceId} is not an Instagram instance of this account.`,
		);
	}
	return ok({ Success: true, Data: { InstagramInfo: INSTAGRAM } });
};

export const listFlows: Operation = (parameters) => {
	const rows = findSpace(parameters).flows.filter(({ FlowName }) =>
		matches(parameters, 'FlowName', FlowName),
	);
	return ok({ Data: pageOf(rows, parameters) });
};

/** WhatsApp numbers with their webhooks. The API does not return HttpFlag. */
export const phoneNumbers: Operation = (parameters, { webhooks }) => {
	const { custSpaceId, phoneNumbers: rows } = findSpace(parameters);
	return ok({
		PhoneNumbers: rows
			.filter(({ Status }) => matches(parameters, 'Status', Status))
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
				matches(parameters, 'TemplateType', row.TemplateType) &&
				matches(parameters, 'AuditStatus', row.AuditStatus) &&
				matches(parameters, 'Language', row.Language) &&
				matches(parameters, 'Name', row.TemplateName) &&
				matches(parameters, 'Code', row.TemplateCode) &&
				matches(parameters, 'Category', row.Category),
		);
	return ok({ Total: rows.length, ListTemplate: pageOf(rows, parameters) });
};

/** Finds the template with a call's TemplateCode or TemplateName, in its Language. */
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

function encodeDetail({ encodedAs, components, example }: Template): {
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
			...encodeDetail(template),
		},
	});
};

/** Keys and values are those of the response model in SDK 5.3.0. */
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
