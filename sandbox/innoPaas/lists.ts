import { z } from 'zod';

import { nonEmpty } from '../validation';
import { findWaba, parseBody, type Operation } from './call';

/** Read operations. */

const wabaQuery = z.object({ wabaId: nonEmpty });

/** Source: docs.innopaas.com, number query. */
export const phoneInfo: Operation = ({ body }) => ({
	data: findWaba(parseBody(wabaQuery, body).wabaId).phoneNumbers,
	messages: [],
});

/** A JSON number or a string of digits; the documentation does not say which. */
const count = z
	.number()
	.or(z.string().regex(/^\d+$/).transform(Number))
	.pipe(z.number().int().min(1));
const list = z.array(z.string().or(z.number()).transform(String)).optional();

const templateQuery = wabaQuery.extend({
	page: count,
	size: count,
	name: z.string().optional(),
	templateId: z.string().optional(),
	category: list,
	messageLanguage: list,
	auditStatus: list,
});

/** An absent or empty filter matches everything. */
const matches = (filter: string | string[] | undefined, value: string | number) =>
	filter === undefined || filter.length === 0 || [filter].flat().includes(String(value));

/** Source: template query in the vendor's predecessor documentation. That v3 has this path is an inference. */
export const templateList: Operation = ({ account, body }) => {
	const { wabaId, page, size, ...filters } = parseBody(templateQuery, body);
	const rows = findWaba(wabaId).templates.filter(
		(template) =>
			matches(filters.name, template.name) &&
			matches(filters.templateId, template.templateId) &&
			matches(filters.category, template.category) &&
			matches(filters.messageLanguage, template.messageLanguage) &&
			matches(filters.auditStatus, template.auditStatus),
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
