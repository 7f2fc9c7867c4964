import type { IDataObject } from 'n8n-workflow';

/**
 * The schema in which message types are described. One description decides what the panel shows, what is checked
 * before sending, how the content is built, and what the generated documentation says.
 */

interface BaseField {
	/**
	 * The internal name of the parameter. Workflows store it, so it never changes; fields that mean the same share it,
	 * so that a value survives a change of the message type.
	 */
	name: string;
	/** As the user sees it. */
	label: string;
	/** Path of the value in the content, e.g. "action.button"; absent for a field that is not sent. */
	path?: string;
	required?: boolean;
	description?: string;
	/** The field is shown and read only while another field has one of these values. */
	when?: { name: string; is: readonly string[] };
	/** How the recipient sees the value; absent if not at all. */
	shownAs?: 'text' | 'button';
}

/** A text, or a link, which is checked to be one. */
export interface TextField extends BaseField {
	kind: 'text' | 'link';
	/** Shown as the placeholder "e.g. ...". */
	example: string;
	maxCharacters?: number;
	/** For a limit of the channel that the API does not document: longer texts are sent with a warning. */
	warnAbove?: number;
	rows?: number;
	/** Trimmed, since blanks at the ends of an ID are never intended. */
	isId?: boolean;
	/** A variable of a template: an empty one is reported as missingVariable. */
	isVariable?: boolean;
	/** The name completes "Birthday is not ...". */
	format?: { matches(text: string): boolean; name: string; advice: string };
	/** The property of the uploaded file that fills in for an empty value; "type" is an extension such as pdf. */
	fromFile?: 'name' | 'type';
	/** Merged into the content along with the text. */
	constants?: IDataObject;
}

export interface NumberField extends BaseField {
	kind: 'number';
	example: number;
	min: number;
	max: number;
	/** The API takes the number as a string. */
	asText?: boolean;
}

export interface ChoiceField extends BaseField {
	kind: 'choice';
	choices: ReadonlyArray<{ name: string; value: string; description?: string }>;
	default: string;
	/** The choice that leaves the value out of the content. */
	none?: string;
	/** Values other than these pass, because the API may know more of them. */
	isOpen?: boolean;
}

/** Several IDs in one text, separated by commas. */
export interface IdsField extends BaseField {
	kind: 'ids';
	example: string;
	path: string;
	/** Each ID becomes an object with this one key. */
	key: string;
	/** Per ID. */
	maxCharacters?: number;
}

export type MediaKind = 'image' | 'video' | 'audio' | 'document' | 'sticker';

/** A file: a link, or the item's binary data, which is uploaded before sending. */
export interface FileField extends BaseField {
	kind: 'file';
	media: MediaKind;
	path: string;
	/** Description of the field for binary data; absent where only a link is possible. */
	upload?: string;
}

/** A list of entries with fields of their own. */
export interface ListField extends BaseField {
	kind: 'list';
	path: string;
	/** One entry: its internal name and its label, e.g. "Button". */
	entry: { name: string; label: string };
	fields: readonly Field[];
	min: number;
	/** In the first entry of its own list, this list too begins with an entry, although it may be empty. */
	opened?: boolean;
	max?: number;
	/** For a limit of the channel that the API does not document: longer lists are sent with a warning. */
	warnAbove?: number;
	/** The field whose value is the whole entry, for lists of plain values. */
	entryIs?: string;
	/** Merged into each entry. */
	constants?: IDataObject;
	/** JSON may have other values of the constants, because the API may know more of them. */
	constantsMayDiffer?: boolean;
	/** Fields whose values differ from entry to entry. */
	unique?: readonly string[];
	/** Limit for the values of a field that is a list itself, summed over all entries. */
	maxTotal?: { name: string; max: number };
	/** A field of an inner list whose values differ across all entries. */
	uniqueAcross?: { name: string; field: string };
	/** A field that each entry needs if there are two or more. */
	requiredIfSeveral?: string;
	/** Fields of which each entry needs at least one. */
	oneOf?: readonly string[];
}

/** JSON, for parts whose fields the documentation leaves open. */
export interface JsonField extends BaseField {
	kind: 'json';
	example: string;
	path: string;
	/** Only an object passes. */
	isObject?: boolean;
}

export type Field =
	TextField | NumberField | ChoiceField | FileField | IdsField | JsonField | ListField;

/** A type of message on one channel. */
export interface MessageType {
	channel: string;
	/** The value of MessageType in the request. */
	type: string;
	name: string;
	/** What it is for, in the list of types. */
	description?: string;
	/** Tells types apart that share the value of MessageType, e.g. interactive messages, by a parameter of their own. */
	variant?: { name: string; value: string; label: string; description: string };
	fields: readonly Field[];
	/** Merged into each content of this type. */
	constants?: IDataObject;
	/** Path of the field whose value is the whole content. */
	contentIs?: string;
	/** Paths that content written as JSON must not have. */
	forbidden?: ReadonlyArray<{ path: string; label: string }>;
	/** Warnings for content that is sent, but may not arrive as intended. */
	warningsFor?(content: IDataObject): string[];
	/** Questions that the API's documentation leaves open; shown in the generated documentation. */
	uncertain?: string;
}

/** The names of a file field's parameters. */
export function fileNames(name: string): { source: string; link: string; binary: string } {
	return {
		source: `${name}Source`,
		link: `${name}Link`,
		// The main file's binary data has the name that n8n's own nodes give to this parameter.
		binary: name === 'media' ? 'binaryPropertyName' : `${name}BinaryPropertyName`,
	};
}

/** A text that is sent under a path. @param example shown as the placeholder "e.g. ..." */
export function textField(
	name: string,
	label: string,
	path: string,
	example: string,
	more: Partial<TextField> = {},
): TextField {
	return { kind: 'text', name, label, path, example, ...more };
}

/** A file that the message cannot be sent without. @param upload as in FileField */
export function fileField(
	media: MediaKind,
	name: string,
	label: string,
	path: string,
	upload?: string,
): FileField {
	return { kind: 'file', media, name, label, path, required: true, upload };
}

/** A type of message. @param type the value of MessageType in the request */
export function messageType(
	channel: string,
	type: string,
	name: string,
	fields: readonly Field[],
	more: Partial<MessageType> = {},
): MessageType {
	return { channel, type, name, fields, ...more };
}
