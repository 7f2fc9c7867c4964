import type { IDataObject } from 'n8n-workflow';

/**
 * The vocabulary in which message types are described. A description is the one source of what the panel shows, what
 * is checked before sending, how the content is built, and what the reference page says.
 */

/** What every field has. */
interface Described {
	/** The parameter's internal name: stored in workflows, it does not change. The same meaning has the same name everywhere. */
	name: string;
	/** As the user sees it. */
	label: string;
	/** Where the value stands in the content, e.g. "action.button"; absent for a field that is not sent. */
	path?: string;
	required?: boolean;
	description?: string;
	/** Shown and read only while another field has one of these values. */
	when?: { name: string; is: readonly string[] };
	/** What the recipient sees of it, for the preview. */
	shownAs?: 'text' | 'button';
}

/** A text; links are texts that lead somewhere. */
export interface TextField extends Described {
	kind: 'text' | 'link';
	/** An example, shown as "e.g. ..." */
	example: string;
	maxCharacters?: number;
	/** A limit that the API does not name but the channel has: beyond it, it is sent with a warning. */
	maxAdvised?: number;
	rows?: number;
	/** An id: blanks at its ends are never meant. */
	isId?: boolean;
	/** A text that a template leaves open: without it, that is what the user is told to be missing. */
	isVariable?: boolean;
	/** What it has to look like. */
	form?: { is(text: string): boolean; called: string; advice: string };
	/** What the message's file tells when this is empty: its name, or its type such as pdf. */
	fromFile?: 'name' | 'type';
	/** Stands in the content together with the text. */
	constants?: IDataObject;
}

export interface NumberField extends Described {
	kind: 'number';
	example: number;
	least: number;
	most: number;
	/** The API takes it in quotes. */
	asText?: boolean;
}

export interface ChoiceField extends Described {
	kind: 'choice';
	choices: ReadonlyArray<{ name: string; value: string; description?: string }>;
	default: string;
	/** The choice that is not sent. */
	none?: string;
	/** Others may be known to the API as well. */
	isOpen?: boolean;
}

/** Several ids in one text, separated by commas. */
export interface IdsField extends Described {
	kind: 'ids';
	example: string;
	path: string;
	/** Each id becomes an object with this key. */
	key: string;
	/** Of each. */
	maxCharacters?: number;
}

export type MediaKind = 'image' | 'video' | 'audio' | 'document' | 'sticker';

/** A file: by its link, or from the item's binary data, which is uploaded first. */
export interface FileField extends Described {
	kind: 'file';
	media: MediaKind;
	path: string;
	/** The help for the item's file; absent where only a link will do. */
	upload?: string;
}

/** Any number of entries with fields of their own. */
export interface ListField extends Described {
	kind: 'list';
	path: string;
	/** One entry: its internal name, and what the user calls it, e.g. "Button". */
	entry: { name: string; label: string };
	fields: readonly Field[];
	least: number;
	most?: number;
	/** As for texts: more are sent with a warning. */
	maxAdvised?: number;
	/** Names the field whose value is the whole entry, where entries are no objects. */
	entryIs?: string;
	/** Stands in every entry. */
	constants?: IDataObject;
	/** The API may know other values of them. */
	constantsMayDiffer?: boolean;
	/** Names of fields in which no two entries may agree. */
	unique?: readonly string[];
	/** The most of what a field of the entries holds, all entries together. */
	maxInAll?: { name: string; most: number };
	/** A field of a list within the entries in which no two agree, all entries together. */
	uniqueInAll?: { name: string; field: string };
	/** A field that is needed as soon as there are several entries. */
	neededIfSeveral?: string;
	/** Fields of which an entry needs one at least. */
	oneOf?: readonly string[];
}

/** An object, or whatever the documents leave open. */
export interface JsonField extends Described {
	kind: 'json';
	example: string;
	path: string;
	/** Nothing but an object will do. */
	isObject?: boolean;
}

export type Field =
	TextField | NumberField | ChoiceField | FileField | IdsField | JsonField | ListField;

/** A kind of message on a channel. */
export interface MessageType {
	channel: string;
	/** The wire value of MessageType. */
	type: string;
	name: string;
	/** A kind of its own within the type: the value of the parameter that tells them apart. */
	variant?: { name: string; value: string; label: string; description: string };
	fields: readonly Field[];
	/** Stands in every content of this type. */
	constants?: IDataObject;
	/** Names a list whose entries are the whole content. */
	contentIs?: string;
	/** Where nothing may stand in a content that the user writes. */
	without?: ReadonlyArray<{ path: string; label: string }>;
	/** What is sent with a warning, because it may not arrive as it is meant. */
	advise?(content: IDataObject): string[];
	/** What the documents leave open about it, for the reference page. */
	uncertain?: string;
}

const FILE_NAMES = {
	source: 'mediaSource',
	link: 'mediaLink',
	binary: 'binaryPropertyName',
} as const;

/** The parameters that belong to a field for a file. The one file of a message has plain names. */
export function fileNames(name: string): { source: string; link: string; binary: string } {
	if (name === 'media') return FILE_NAMES;
	return { source: `${name}Source`, link: `${name}Link`, binary: `${name}BinaryPropertyName` };
}
