import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';

import { encodePairs, percentEncode, sha256, signAcs3 } from '../../../credentials/acs3';
import { anyString } from '../../support/anyString';

const VECTORS = join(__dirname, '../../vectors');

interface Vector {
	name: string;
	credentials: { accessKeyId: string; accessKeySecret: string };
	request: {
		method: string;
		path: string;
		rawQuery: string;
		headers: Record<string, string>;
		body: string;
	};
	decoded?: { query: Record<string, string>; form?: Record<string, string> };
	expected: Record<string, string>;
}

const vectors = readdirSync(VECTORS).map(
	(file) => JSON.parse(readFileSync(join(VECTORS, file), 'utf8')) as Vector,
);

describe('the signature of every request captured from the official SDK', () => {
	it('finds the vectors', () => expect(vectors).toHaveLength(6));

	it.each(vectors.map((vector) => [vector.name, vector] as const))(
		'%s',
		(_name, { request, credentials, expected }) => {
			const signature = signAcs3(
				{
					method: request.method,
					path: request.path,
					query: [...new URLSearchParams(request.rawQuery)],
					headers: request.headers,
					bodyHash: sha256(request.body),
				},
				{ id: credentials.accessKeyId, secret: credentials.accessKeySecret },
			);
			expect(sha256(request.body)).toBe(expected.hashedPayload);
			expect(signature.canonicalRequest).toBe(expected.canonicalRequest);
			expect(signature.stringToSign).toBe(expected.stringToSign);
			expect(signature.signedHeaders).toBe(expected.signedHeaders);
			expect(signature.signature).toBe(expected.signature);
			expect(signature.authorization).toBe(expected.authorization);
		},
	);

	it('gives another signature when any signed part changes by one character', () => {
		const { request, credentials, expected } = vectors.find(
			({ name }) => name === 'single-viber-freeform',
		)!;
		const sign = (change: Partial<Parameters<typeof signAcs3>[0]>) =>
			signAcs3(
				{
					method: request.method,
					path: request.path,
					query: [...new URLSearchParams(request.rawQuery)],
					headers: request.headers,
					bodyHash: sha256(request.body),
					...change,
				},
				{ id: credentials.accessKeyId, secret: credentials.accessKeySecret },
			).signature;
		expect(sign({})).toBe(expected.signature);
		expect(sign({ bodyHash: sha256(`${request.body} `) })).not.toBe(expected.signature);
		expect(sign({ path: '/x' })).not.toBe(expected.signature);
		expect(sign({ method: 'GET' })).not.toBe(expected.signature);
		expect(sign({ query: [] })).not.toBe(expected.signature);
		for (const name of expected.signedHeaders.split(';')) {
			expect(
				sign({ headers: { ...request.headers, [name]: `${request.headers[name]}0` } }),
			).not.toBe(expected.signature);
		}
	});

	it('does not depend on the order of query and headers', () => {
		const { request, credentials, expected } = vectors.find(
			({ name }) => name === 'list-templates',
		)!;
		const reversed = signAcs3(
			{
				method: request.method,
				path: request.path,
				query: [...new URLSearchParams(request.rawQuery)].reverse(),
				headers: Object.fromEntries(Object.entries(request.headers).reverse()),
				bodyHash: sha256(''),
			},
			{ id: credentials.accessKeyId, secret: credentials.accessKeySecret },
		);
		expect(reversed.signature).toBe(expected.signature);
	});
});

describe('percentEncode', () => {
	it.each([
		['', ''],
		['AZaz09-_.~', 'AZaz09-_.~'],
		[' ', '%20'],
		['+', '%2B'],
		["!'()*", '%21%27%28%29%2A'],
		['%20', '%2520'],
		['é', '%C3%A9'],
		['中', '%E4%B8%AD'],
		['😀', '%F0%9F%98%80'],
		['a\nb\0', 'a%0Ab%00'],
		['\ud800', '%EF%BF%BD'],
	])('%j becomes %s', (text, encoded) => expect(percentEncode(text)).toBe(encoded));

	it('leaves only unreserved characters bare, and any well-formed text can be read back', () => {
		fc.assert(
			fc.property(anyString(), (text) => {
				const encoded = percentEncode(text);
				expect(encoded).toMatch(/^([A-Za-z0-9\-_.~]|%[0-9A-F]{2})*$/);
				expect(decodeURIComponent(encoded)).toBe(Buffer.from(text).toString());
			}),
		);
	});

	it('makes a form that decodes to the pairs it was made of', () => {
		fc.assert(
			fc.property(
				fc.array(fc.tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }))),
				(pairs) => {
					expect([...new URLSearchParams(encodePairs(pairs))]).toEqual(pairs);
				},
			),
		);
	});
});
