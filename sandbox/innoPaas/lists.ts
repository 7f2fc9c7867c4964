import { z } from 'zod';

import { findWaba, parseBody, type Operation } from './call';

/** The calls that read. */

const ofWaba = z.object({ wabaId: z.string().min(1, 'must not be empty') });

/** docs.innopaas.com, number query. */
export const phoneInfo: Operation = ({ body }) => ({
	data: findWaba(parseBody(ofWaba, body).wabaId).phoneNumbers,
	messages: [],
});

/** A number, or its digits as a text: the documents do not say which. */
const count = z
	.number()
	.or(z.string().regex(/^\d+$/).transform(Number))
	.pipe(z.number().int().min(1));
const list = z.array(z.string().or(z.number()).transform(String)).optional();

const templateQuery = ofWaba.extend({
	page: count,
	size: count,
	name: z.string().optional(),
	templateId: z.string().optional(),
	category: list,
	messageLanguage: list,
	auditStatus: list,
});

/** Says whether a row passes a filter that may be absent or empty. */
const passes = (wanted: string | string[] | undefined, value: string | number) =>
	wanted === undefined || wanted.length === 0 || [wanted].flat().includes(String(value));

/** Predecessor docs of the same vendor, template query; that v3 has it under this path is an inference. */
export const templateList: Operation = ({ account, body }) => {
	const { wabaId, page, size, ...filters } = parseBody(templateQuery, body);
	const rows = findWaba(wabaId).templates.filter(
		(template) =>
			passes(filters.name, template.name) &&
			passes(filters.templateId, template.templateId) &&
			passes(filters.category, template.category) &&
			passes(filters.messageLanguage, template.messageLanguage) &&
			passes(filters.auditStatus, template.auditStatus),
	);
	return {
		data: {
			total: rows.length,
			pages: Math.ceil(rows.length / size),
			list: rows
				.slice((page - 1) * size, page * size)
				.map((template) => ({ ...template, wabaId, accountName: account.accountName })),
		},
		messages: [],
	};
};
