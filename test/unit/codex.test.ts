import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { n8n, name as packageName } from '../../package.json';

/** What n8n reads beside each node: search terms and links. */
interface Codex {
	node: string;
	alias: string[];
}

const CODEX = n8n.nodes.map((built) => {
	const file = join(
		__dirname,
		'../..',
		built.replace(/^dist\//, '').replace(/\.node\.js$/, '.node.json'),
	);
	return JSON.parse(readFileSync(file, 'utf8')) as Codex;
});

/** The nodes with a term that is exactly this, which n8n's search puts before every longer one and before names. */
const exactly = (term: string) =>
	CODEX.filter(({ alias }) => alias.includes(term)).map(({ node }) => node.split('.')[1]);

describe("the search of n8n's node panel", () => {
	it('knows the terms of each node, each once and in small letters', () => {
		for (const { node, alias } of CODEX) {
			expect(node).toMatch(new RegExp(`^${packageName}\\.\\w+$`));
			expect(alias).toEqual([...new Set(alias.map((term) => term.toLowerCase()))]);
		}
		expect(new Set(CODEX.map(({ node }) => node)).size).toBe(n8n.nodes.length);
	});

	it('puts CAMS Viber Send first for "viber", and finds the others that reach Viber after it', () => {
		expect(exactly('viber')).toEqual(['camsViberSend']);
		const longer = CODEX.filter(({ alias }) => alias.some((term) => term.startsWith('viber ')));
		expect(longer.map(({ node }) => node.split('.')[1]).sort()).toEqual([
			'camsMassSend',
			'camsSend',
			'chatAppReceiptTrigger',
		]);
	});

	it('promises no SMS, which is a fallback only', () => {
		expect(exactly('sms')).toEqual([]);
	});
});
