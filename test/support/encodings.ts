/** What servers on the way make of a text that they quote. */

const each = (text: string, change: (character: string, code: number) => string) =>
	Array.from(text, (character) => change(character, character.charCodeAt(0))).join('');
const hex = (code: number, digits: number) => code.toString(16).padStart(digits, '0');
const special = (character: string, encoded: string) =>
	/\w/.test(character) ? character : encoded;
const NAMES: Readonly<Record<string, string>> = {
	'=': 'equals',
	'+': 'plus',
	'/': 'sol',
	'&': 'amp',
	'<': 'lt',
	'>': 'gt',
	'"': 'quot',
};

/** Escapes, which leave what stands before and behind a secret as it is. */
export const ESCAPES: Readonly<Record<string, (text: string) => string>> = {
	'as it is': (text) => text,
	'percent, where a URL needs it': (text) =>
		each(text, (character) => encodeURIComponent(character)),
	'percent, everywhere': (text) => each(text, (_character, code) => `%${hex(code, 2)}`),
	'percent, everywhere, in capitals': (text) =>
		each(text, (_character, code) => `%${hex(code, 2).toUpperCase()}`),
	JSON: (text) => JSON.stringify(text).slice(1, -1),
	'JSON with slashes, as PHP writes it': (text) =>
		JSON.stringify(text).slice(1, -1).replaceAll('/', '\\/'),
	'JSON with code points, where it is no letter': (text) =>
		each(text, (character, code) => special(character, `\\u${hex(code, 4)}`)),
	'JSON with code points, everywhere': (text) =>
		each(text, (_character, code) => `\\u${hex(code, 4)}`),
	JavaScript: (text) => each(text, (_character, code) => `\\x${hex(code, 2)}`),
	'HTML names': (text) =>
		each(text, (character, code) => special(character, `&${NAMES[character] ?? `#${code}`};`)),
	'HTML numbers': (text) => each(text, (_character, code) => `&#${code};`),
	'HTML numbers in hex': (text) => each(text, (_character, code) => `&#x${hex(code, 4)};`),
};

/** Breaks within a long run of characters. */
export const WRAPS: Readonly<Record<string, (text: string) => string>> = {
	'in lines': (text) => text.replace(/.{7}(?=.)/g, '$&\r\n'),
	'in indented lines': (text) => text.replace(/.{20}(?=.)/g, '$&\n    '),
	'with invisible breaks': (text) => text.replace(/.{5}(?=.)/g, '$&\u200b'),
	'with escaped line breaks': (text) => text.replace(/[^\\]{6}(?=[^\\])/g, '$&\\n'),
};

/** Codes in which a secret is part of a longer run of characters. */
export const CODES: Readonly<Record<string, (text: string) => string>> = {
	Base64: (text) => Buffer.from(text).toString('base64'),
	'Base64 behind a user name': (text) => Buffer.from(`user:${text}`).toString('base64'),
	'Base64 in an object': (text) => Buffer.from(`{"a":"${text}!"}`).toString('base64'),
	'Base64 for URLs': (text) => Buffer.from(`k=${text}`).toString('base64url'),
	'Base64 in lines': (text) => Buffer.from(text).toString('base64').replace(/.{16}/g, '$&\n'),
	'Base64, percent': (text) => encodeURIComponent(Buffer.from(text).toString('base64')),
	hex: (text) => Buffer.from(text).toString('hex'),
	'hex in capitals': (text) => Buffer.from(text).toString('hex').toUpperCase(),
};
