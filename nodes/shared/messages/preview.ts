import type { IDataObject } from 'n8n-workflow';

import { at } from '../util/path';
import type { Field, MessageType } from './schema';

export const WITHIN_24_HOURS =
	"WhatsApp accepts this only within 24 hours of the recipient's last message.";

/** A message as the recipient would see it. */
export interface Preview {
	text: string;
	buttons: string[];
}

function shownAs(as: 'text' | 'button', fields: readonly Field[], content: IDataObject): string[] {
	return fields.flatMap((field) => {
		const value = field.path === undefined ? undefined : at(content, field.path);
		if (field.kind === 'list') {
			const entries = Array.isArray(value) ? (value as IDataObject[]) : [];
			return entries.flatMap((entry) => shownAs(as, field.fields, entry));
		}
		return field.shownAs === as && typeof value === 'string' ? [value] : [];
	});
}

/** Previews the content of a free-form message from the fields whose description says how they are shown. */
export function previewContent({ fields, contentIs }: MessageType, content: unknown): Preview {
	const whole =
		contentIs === undefined ? (content as IDataObject) : { [contentIs]: content as IDataObject };
	return {
		text: shownAs('text', fields, whole).join('\n'),
		buttons: shownAs('button', fields, whole),
	};
}
