import type { ICredentialDataDecryptedObject } from 'n8n-workflow';

import { credentialText } from '../../../credentials/authenticate';

/** Shorter values are no secrets, and masking them would tear ordinary words apart. */
const MIN_CHARACTERS = 8;
/** So much of a longer secret is masked too: servers shorten what they quote. */
const PART = 16;
/** An encoding may be encoded again, e.g. JSON within JSON. */
const MAX_DECODINGS = 6;

const SECRET_FIELDS = [
	'accessKeySecret',
	'securityToken',
	'appKey',
	'accessToken',
	'receiptSecret',
] as const;

/** A text without secrets. */
export type Hide = (text: string) => string;

/** Blanks and characters that nobody sees, at which long words are wrapped. */
const BREAKS = /[\s\u00ad\u200b-\u200f\u2060\ufeff]|\\{1,8}[nrt]/g;

/** What servers make of a character: percent, JSON and HTML escapes. */
const ENCODED =
	/(?:%|\\u00|\\x|&#x0{0,6})([\da-f]{2});?|&#0{0,6}(\d{2,3});?|&([a-z]{2,6});|\\([^\w\s])/gi;

/** HTML's names of the characters that a key can have beside letters and digits. */
const HTML_NAMES: Readonly<Record<string, string>> = {
	amp: '&',
	apos: "'",
	ast: '*',
	bsol: '\\',
	colon: ':',
	comma: ',',
	commat: '@',
	dollar: '$',
	equals: '=',
	excl: '!',
	grave: '`',
	gt: '>',
	hat: '^',
	lbrack: '[',
	lcub: '{',
	lowbar: '_',
	lpar: '(',
	lsqb: '[',
	lt: '<',
	num: '#',
	percnt: '%',
	period: '.',
	plus: '+',
	quest: '?',
	quot: '"',
	rbrack: ']',
	rcub: '}',
	rpar: ')',
	rsqb: ']',
	semi: ';',
	sol: '/',
	verbar: '|',
	vert: '|',
};

function decodedCharacter(
	encoded: string,
	hex?: string,
	decimal?: string,
	name?: string,
	escaped?: string,
): string {
	if (hex !== undefined) return String.fromCharCode(parseInt(hex, 16));
	if (decimal !== undefined) return String.fromCharCode(Number(decimal));
	if (name !== undefined) return HTML_NAMES[name.toLowerCase()] ?? encoded;
	return escaped ?? encoded;
}

const nothing = () => '';

/** A text as it reads after decoding, and where in the text each character begins and ends. */
interface Reading {
	text: string;
	from: number[];
	to: number[];
}

/** @param pattern of what becomes a character, or nothing */
function decoded(
	{ text, from, to }: Reading,
	pattern: RegExp,
	characterOf: typeof decodedCharacter | (() => string),
): Reading {
	const characters: string[] = [];
	const next: Reading = { text: '', from: [], to: [] };
	let end = 0;
	const add = (character: string, first: number, last: number) => {
		characters.push(character);
		next.from.push(from[first]);
		next.to.push(to[last]);
	};
	const copyTo = (index: number) => {
		for (; end < index; end++) add(text[end], end, end);
	};
	for (const match of text.matchAll(pattern)) {
		copyTo(match.index);
		const [first, last] = [end, (end += match[0].length) - 1];
		for (const character of characterOf(...(match as unknown as [string])))
			add(character, first, last);
	}
	copyTo(text.length);
	next.text = characters.join('');
	return next;
}

/** The forms in which a secret is looked for in a decoded text: as it is, in hex, and in Base64 wherever it begins there. */
function formsOf(secret: string): string[] {
	const inBase64 = ['', '.', '..'].flatMap((before) => {
		const bytes = Buffer.from(before + secret);
		// Characters that depend on what stands before or behind the secret are left out.
		const [start, end] = [[0, 2, 3][before.length], Math.floor((bytes.length * 8) / 6)];
		return (['base64', 'base64url'] as const).map((form) => bytes.toString(form).slice(start, end));
	});
	const hex = Buffer.from(secret).toString('hex');
	return [secret, hex, hex.toUpperCase(), ...inBase64];
}

const runsOf = (text: string, length: number) =>
	Array.from({ length: text.length - length + 1 }, (_, at) => text.slice(at, at + length));

/** Texts of one length to look for, and all runs of three characters in them. */
interface Wanted {
	length: number;
	texts: ReadonlySet<string>;
	triples: ReadonlySet<string>;
}

function wantedOf(secrets: readonly string[]): Wanted[] {
	const byLength = new Map<number, Set<string>>();
	for (const form of secrets.flatMap(formsOf)) {
		const length = Math.min(form.length, PART);
		const texts = byLength.get(length) ?? new Set();
		byLength.set(length, texts);
		for (const text of runsOf(form, length)) texts.add(text);
	}
	return [...byLength].map(([length, texts]) => {
		const triples = new Set([...texts].flatMap((text) => runsOf(text, 3)));
		return { length, texts, triples };
	});
}

/** Where the wanted texts begin and end. Most triples of a text are in none of them, so it is passed over in large steps. */
function findIn(text: string, wanted: Wanted[]): Array<[number, number]> {
	return wanted.flatMap(({ length, texts, triples }) => {
		const found: Array<[number, number]> = [];
		for (let at = 0; at + length <= text.length;) {
			const end = at + length;
			if (triples.has(text.slice(end - 3, end))) {
				if (texts.has(text.slice(at, end))) found.push([at, end]);
				at++;
			} else at = end - 2;
		}
		return found;
	});
}

function withMasked(text: string, spans: Array<[number, number]>): string {
	let masked = '';
	let done = 0;
	for (const [from, to] of spans.sort(([left], [right]) => left - right)) {
		if (from > done || masked === '') masked += `${text.slice(done, from)}***`;
		done = Math.max(done, to);
	}
	return masked + text.slice(done);
}

/** A text, and how it reads after each decoding that changes it. */
function readingsOf(text: string): string[] {
	const readings = [text];
	for (let last = text; readings.length <= MAX_DECODINGS;) {
		const next = last.replace(BREAKS, '').replace(ENCODED, decodedCharacter);
		if (next === last) break;
		readings.push((last = next));
	}
	return readings;
}

/**
 * Returns a function that replaces the secrets of a credential by ***: a server may quote in its answer what it was sent,
 * also in part, encoded or in several lines.
 * @param more secrets that are not in the credential
 */
export function hidingSecrets(
	credentials: ICredentialDataDecryptedObject,
	...more: string[]
): Hide {
	// A secret may look encoded itself.
	const secrets = [...SECRET_FIELDS.map((field) => credentialText(credentials, field)), ...more]
		.flatMap(readingsOf)
		.filter((secret) => secret.length >= MIN_CHARACTERS);
	const wanted = wantedOf(secrets);
	return (text) => {
		const isClean = (reading: string) => findIn(reading, wanted).length === 0;
		if (text.length < MIN_CHARACTERS || readingsOf(text).every(isClean)) return text;
		const places = Array.from({ length: text.length }, (_, index) => index);
		const spans: Array<[number, number]> = [];
		let reading: Reading = { text, from: places, to: places.map((index) => index + 1) };
		for (let rounds = 0; rounds <= MAX_DECODINGS; rounds++) {
			const { from, to } = reading;
			for (const [start, end] of findIn(reading.text, wanted))
				spans.push([from[start], to[end - 1]]);
			const next = decoded(decoded(reading, BREAKS, nothing), ENCODED, decodedCharacter);
			if (next.text === reading.text) break;
			reading = next;
		}
		return withMasked(text, spans);
	};
}
