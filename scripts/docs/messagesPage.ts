import { MESSAGE_TYPES } from '../../nodes/shared/apis/cams/messageTypes';
import { FILE_LIMITS } from '../../nodes/shared/apis/cams/upload';
import {
	MESSAGE_TYPES as INNOPAAS_TYPES,
	TEMPLATE,
} from '../../nodes/shared/apis/innoPaas/messageTypes';
import { previewContent } from '../../nodes/shared/messages/preview';
import { readContent } from '../../nodes/shared/messages/read';
import type { Field, ListField, MessageType } from '../../nodes/shared/messages/schema';
import { filledIn, validValues } from '../../test/messageTypes/cases';

/** docs/messages.md and docs/innopaas-messages.md, made from the descriptions that the nodes work by. */

const CHANNELS: Array<[string, string]> = [
	['whatsapp', 'WhatsApp'],
	['viber', 'Viber'],
	['messenger', 'Messenger'],
	['instagram', 'Instagram'],
	['telegram', 'Telegram'],
];

const formatCount = (count: number) => count.toLocaleString('en-US');

/** How many a list takes. */
function countsOf({ min, max, warnAbove }: ListField): string {
	const advised = warnAbove ? `WhatsApp takes ${warnAbove}` : '';
	if (max === undefined)
		return [min > 0 ? `at least ${min}` : '', advised].filter(Boolean).join('; ');
	return min > 0 ? `${min} to ${max}` : `at most ${max}`;
}

function limitsOf(field: Field): string {
	switch (field.kind) {
		case 'text':
			if (field.warnAbove) return `WhatsApp takes ${formatCount(field.warnAbove)} characters`;
			return field.maxCharacters ? `at most ${formatCount(field.maxCharacters)} characters` : '';
		case 'link':
			return 'a link that the internet can reach';
		case 'number':
			return `${formatCount(field.min)} to ${formatCount(field.max)}`;
		case 'choice':
			return field.choices.map(({ name }) => name).join(', ');
		case 'file':
			return field.upload
				? `a link, or the file of the item (${field.media})`
				: 'a link that the internet can reach';
		case 'ids':
			return 'separated by commas';
		case 'json':
			return 'JSON';
		case 'list': {
			const { maxTotal, fields, requiredIfSeveral, unique = [], oneOf = [] } = field;
			const labels = (names: readonly string[]) =>
				names.map((name) => fields.find((each) => each.name === name)?.label ?? name).join(' and ');
			return [
				countsOf(field),
				maxTotal && `${labels([maxTotal.name])}: ${maxTotal.max} in all`,
				requiredIfSeveral && `${labels([requiredIfSeveral])} is needed when there are several`,
				unique.length > 0 && `${labels(unique)} differ`,
				oneOf.length > 0 && 'one more part of the name is needed',
			]
				.filter(Boolean)
				.join('; ');
		}
	}
}

function needed({ required, when, kind, ...field }: Field): string {
	const isNeeded = required || (kind === 'list' && 'min' in field && field.min > 0);
	const only = when ? `with ${when.is.join(' or ')}` : '';
	return isNeeded ? ['yes', only].filter(Boolean).join(', ') : only;
}

function rowsOf(fields: readonly Field[], depth = 0): string[] {
	return fields.flatMap((field) => {
		const indent = '&nbsp;&nbsp;&nbsp;&nbsp;'.repeat(depth);
		const row = `| ${indent}${field.label} | ${needed(field)} | ${limitsOf(field)} | ${field.path ? `\`${field.path}\`` : ''} |`;
		if (field.kind !== 'list') return [row];
		// Where an entry is a text, its field has no place of its own.
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
			`| Field | Needed | Limits | In ${whole} |`,
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
		'# Messages of your own',
		'What **Send Message** can send on each channel: the fields of each type, what is checked before sending, and how it looks to the recipient. This page is made from the descriptions that the nodes work by (`npm run docs`).',
		"On WhatsApp a message of your own arrives only within 24 hours of the recipient's last message; use **Send Template** otherwise.",
		'Files: give a link that the internet can reach, or set the source to **Input Data Field**: the file of the item is then uploaded to the storage that Chat App offers for it, and its link is sent. That a link made this way may stand in a message is not documented by Alibaba Cloud; it is documented for templates. ' +
			`The most, by kind: ${Object.entries(FILE_LIMITS)
				.map(([kind, { bytes }]) => `${kind} ${bytes / 1024 ** 2} MB`)
				.join(', ')}.`,
		'**Raw JSON** sends any type with any content, for what the documents leave open.',
		"![CAMS Send in n8n's editor: the fields of an interactive list with its sections and rows](images/cams-send-list.png)",
		"![CAMS Viber Send in n8n's editor: the fields of a message with text, image and button](images/cams-viber-send.png)",
		contents.join('\n'),
		...channels,
	].join('\n\n')}\n`;
}

/** The same of InnoPaaS Submit. */
export function makeInnoPaasPage(): string {
	return `${[
		'# Messages of InnoPaaS Submit',
		'What [InnoPaaS Submit](innopaas.md) can send: the fields of each type, what is checked before sending, and how it looks to the recipient. This page is made from the descriptions that the node works by (`npm run docs`).',
		'*At most* is a limit that InnoPaaS documents, and stops a message. *WhatsApp takes* is one that WhatsApp has and the documents of InnoPaaS do not name: the message is sent, and a warning stands above the output.',
		"A message of your own arrives only within 24 hours of the recipient's last message; a template arrives at any time.",
		"![InnoPaaS Submit in n8n's editor: the fields of an interactive message with two buttons](images/innopaas-submit-buttons.png)",
		'Interactive messages are shown in the style **Flat**; see [Interactive Style](innopaas.md#what-innopaas-does-not-document).',
		'## Templates',
		section(TEMPLATE, 'the body'),
		'## Messages of your own',
		...INNOPAAS_TYPES.flat.map((type) => section(type, 'the body')),
	].join('\n\n')}\n`;
}
