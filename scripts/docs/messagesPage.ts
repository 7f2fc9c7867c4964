import { MESSAGE_TYPES } from '../../nodes/shared/apis/cams/messageTypes';
import { FILE_LIMITS } from '../../nodes/shared/apis/cams/upload';
import {
	MESSAGE_TYPES as INNOPAAS_TYPES,
	TEMPLATE,
} from '../../nodes/shared/apis/innoPaas/messageTypes';
import { previewContent } from '../../nodes/shared/messages/preview';
import { readContent } from '../../nodes/shared/messages/read';
import type { Field, ListField, MessageType } from '../../nodes/shared/messages/schema';
import { formatCount } from '../../nodes/shared/util/format';
import { filledIn, validValues } from '../../test/messageTypes/cases';

/** Generates docs/messages.md and docs/innopaas-messages.md from the message types that the nodes use. */

const CHANNELS: Array<[string, string]> = [
	['whatsapp', 'WhatsApp'],
	['viber', 'Viber'],
	['messenger', 'Messenger'],
	['instagram', 'Instagram'],
	['telegram', 'Telegram'],
];

/** How many entries a list takes. */
function entryCounts({ min, max, warnAbove }: ListField): string {
	const soft = warnAbove ? `WhatsApp allows ${warnAbove}` : '';
	if (max === undefined) return [min > 0 ? `at least ${min}` : '', soft].filter(Boolean).join('; ');
	return min > 0 ? `${min} to ${max}` : `at most ${max}`;
}

function limitsOf(field: Field): string {
	switch (field.kind) {
		case 'text':
			if (field.warnAbove) return `WhatsApp allows ${formatCount(field.warnAbove)} characters`;
			return field.maxCharacters ? `at most ${formatCount(field.maxCharacters)} characters` : '';
		case 'link':
			return 'a public link';
		case 'number':
			return `${formatCount(field.min)} to ${formatCount(field.max)}`;
		case 'choice':
			return field.choices.map(({ name }) => name).join(', ');
		case 'file':
			return field.upload
				? `a public link, or the item's binary data (${field.media})`
				: 'a public link';
		case 'ids':
			return `comma-separated${field.maxCharacters ? `, each at most ${field.maxCharacters} characters` : ''}`;
		case 'json':
			return 'JSON';
		case 'list': {
			const { maxTotal, fields, requiredIfSeveral, unique = [], oneOf = [] } = field;
			const labels = (names: readonly string[], separator = ' and ') =>
				names
					.map((name) => fields.find((each) => each.name === name)?.label ?? name)
					.join(separator);
			return [
				entryCounts(field),
				maxTotal && `${labels([maxTotal.name])}: ${maxTotal.max} in total`,
				requiredIfSeveral && `${labels([requiredIfSeveral])} is required with two or more entries`,
				unique.length > 0 && `each entry has its own ${labels(unique)}`,
				oneOf.length > 0 && `at least one of ${labels(oneOf, ', ')}`,
			]
				.filter(Boolean)
				.join('; ');
		}
	}
}

function requirementOf({ required, when, kind, ...field }: Field): string {
	const isRequired = required || (kind === 'list' && 'min' in field && field.min > 0);
	const only = when ? `with ${when.is.join(' or ')}` : '';
	return isRequired ? ['yes', only].filter(Boolean).join(', ') : only;
}

function rowsOf(fields: readonly Field[], depth = 0): string[] {
	return fields.flatMap((field) => {
		const indent = '&nbsp;&nbsp;&nbsp;&nbsp;'.repeat(depth);
		const row = `| ${indent}${field.label} | ${requirementOf(field)} | ${limitsOf(field)} | ${field.path ? `\`${field.path}\`` : ''} |`;
		if (field.kind !== 'list') return [row];
		// In a list of plain values, the one field of an entry has no path of its own.
		const fields = field.entryIs
			? field.fields.map((each) => ({ ...each, path: '' }))
			: field.fields;
		return [row, ...rowsOf(fields, depth + 1)];
	});
}

function exampleOf(type: MessageType) {
	const header = type.fields.find(({ name }) => name === 'headerType');
	const values = header
		? filledIn(type.fields, { headerType: 'text' }, true)
		: validValues(type)[0].values;
	return readContent(type, (name) => values[name]).content;
}

function section(type: MessageType, whole: string): string {
	const { variant, name, fields, contentIs, uncertain } = type;
	const content = exampleOf(type);
	const { text, buttons } = previewContent(type, content);
	const files = fields.flatMap((field) =>
		field.kind === 'file' && !field.when ? [`*(${field.media})*`] : [],
	);
	const bubble = [
		...files,
		...text.split('\n').filter(Boolean),
		...buttons.map((label) => `[ ${label} ]`),
	];
	const shown =
		contentIs === undefined
			? fields
			: fields.map((field) => (field.path === contentIs ? { ...field, path: '' } : field));
	return [
		`### ${variant ? `${name}: ${variant.label}` : name}`,
		...(uncertain ? [uncertain] : []),
		[
			`| Field | Required | Limits | In ${whole} |`,
			'| --- | --- | --- | --- |',
			...rowsOf(shown),
		].join('\n'),
		...(bubble.length > 0 ? [bubble.map((line) => `> ${line}`).join('  \n')] : []),
		`<details><summary>${whole === 'the body' ? 'Body' : 'Content'}</summary>\n\n\`\`\`json\n${JSON.stringify(content, null, 2)}\n\`\`\`\n\n</details>`,
	].join('\n\n');
}

export function makePage(): string {
	const channels = CHANNELS.map(([channel, name]) => {
		const types = MESSAGE_TYPES.filter((type) => type.channel === channel);
		return [`## ${name}`, ...types.map((type) => section(type, '`Content`'))].join('\n\n');
	});
	const contents = CHANNELS.map(([channel, name]) => {
		const names = new Set(
			MESSAGE_TYPES.filter((type) => type.channel === channel).map((type) => type.name),
		);
		return `- [${name}](#${channel}): ${[...names].join('; ')}`;
	});
	return `${[
		'# Free-form messages',
		'What **Send Message** can send on each channel: the fields of each message type, what is checked before sending, and what the recipient sees. This page is generated from the message types in the code (`npm run docs`).',
		"On WhatsApp, free-form messages are delivered only within 24 hours of the recipient's last message. Outside that window, use **Send Template**.",
		'For a file, enter a public link, or set its source to **Input Data Field**: the binary data of the item is then uploaded to the storage of Chat App, and its link is sent. Alibaba Cloud documents such links for templates, but not for free-form messages. ' +
			`Size limits: ${Object.entries(FILE_LIMITS)
				.map(([kind, { bytes }]) => `${kind} ${bytes / 1024 ** 2} MB`)
				.join(', ')}.`,
		'**Raw JSON** sends any type with any content, for everything that the API documentation leaves open.',
		"![CAMS Send in n8n's editor: the fields of an interactive list with its sections and rows](images/cams-send-list.png)",
		"![CAMS Viber Send in n8n's editor: the fields of a message with text, image and button](images/cams-viber-send.png)",
		contents.join('\n'),
		...channels,
	].join('\n\n')}\n`;
}

/** The page of InnoPaaS Submit. */
export function makeInnoPaasPage(): string {
	return `${[
		'# Messages of InnoPaaS Submit',
		'What [InnoPaaS Submit](innopaas.md) can send: the fields of each message type, what is checked before sending, and what the recipient sees. This page is generated from the message types in the code (`npm run docs`).',
		'*At most* is a limit that InnoPaaS documents; a message that exceeds it is not sent. *WhatsApp allows* is a limit of WhatsApp that InnoPaaS does not document; a message that exceeds it is sent, and the output shows a warning.',
		"Free-form messages are delivered only within 24 hours of the recipient's last message. Templates are delivered at any time.",
		"![InnoPaaS Submit in n8n's editor: the fields of an interactive message with two buttons](images/innopaas-submit-buttons.png)",
		'Interactive messages are shown in the **Flat** style; see [Interactive Style](innopaas.md#what-innopaas-does-not-document).',
		'## Templates',
		section(TEMPLATE, 'the body'),
		'## Free-form messages',
		...INNOPAAS_TYPES.flat.map((type) => section(type, 'the body')),
	].join('\n\n')}\n`;
}
