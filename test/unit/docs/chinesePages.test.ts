import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const ROOT = join(__dirname, '../../..');

/** All in docs/, since npm would pack a README of any name at the top level. */
const PAGES = readdirSync(join(ROOT, 'docs/zh'))
	.filter((file) => file.endsWith('.md'))
	.map((file) => `docs/zh/${file}`);

const read = (page: string) => readFileSync(join(ROOT, page), 'utf8');

const englishOf = (page: string) =>
	page === 'docs/zh/README.md' ? 'README.md' : page.replace('docs/zh/', 'docs/');

const chineseOf = (page: string) =>
	page === 'README.md' ? 'docs/zh/README.md' : page.replace(/^docs\/(?!zh\/)/, 'docs/zh/');

const FENCED = /^([ \t]*)```.*\n[\s\S]*?^\1```$/gm;

const codeBlocksOf = (text: string) => text.match(FENCED) ?? [];

const linesOf = (text: string) => text.replace(FENCED, '').split('\n');

const headingsOf = (text: string) => linesOf(text).filter((line) => /^#{1,6} /.test(line));

/** What the two pages have in common, whatever the language. */
const shapeOf = (text: string) => ({
	headings: headingsOf(text).map((line) => line.split(' ')[0]),
	// Cells count, too: one that was left out shifts the rest of its row.
	tableRows: linesOf(text)
		.filter((line) => /^\s*\|/.test(line))
		.map((line) => line.replace(/`[^`]*`/g, '').split('|').length - 2),
	listItems: linesOf(text).filter((line) => /^\s*(-|\d+\.) /.test(line)).length,
	images: linesOf(text).filter((line) => line.startsWith('![')).length,
});

/** The anchors that GitHub makes: a second heading with the same text gets a number. */
function anchorsOf(text: string): string[] {
	const seen = new Map<string, number>();
	return headingsOf(text).map((line) => {
		const slug = line
			.replace(/^#+ /, '')
			.toLowerCase()
			.replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
			.replaceAll(' ', '-');
		const count = seen.get(slug) ?? 0;
		seen.set(slug, count + 1);
		return count === 0 ? slug : `${slug}-${count}`;
	});
}

const linksOf = (text: string) =>
	[
		...linesOf(text)
			.join('\n')
			.matchAll(/\]\(([^)\s]+)\)/g),
	].map((match) => match[1]);

/** @returns what is wrong with the link, if anything */
function findFault(page: string, link: string): string | undefined {
	if (/^https?:/.test(link)) return undefined;
	const [path, anchor] = link.split('#');
	const target = path === '' ? page : relative(ROOT, join(ROOT, dirname(page), path));
	if (!existsSync(join(ROOT, target))) return `${link}: there is no ${target}`;
	if (anchor !== undefined && !anchorsOf(read(target)).includes(decodeURIComponent(anchor)))
		return `${link}: ${target} has no such heading`;
	// The second line of the page is the one link that leads to English on purpose.
	if (target !== englishOf(page) && PAGES.includes(chineseOf(target)) && !PAGES.includes(target))
		return `${link}: link to ${chineseOf(target)} instead`;
	return undefined;
}

/**
 * Bold text that GitHub shows with its asterisks: CommonMark does not end it between a punctuation mark and a letter,
 * and Chinese has no spaces there.
 */
const brokenBold = (text: string) =>
	linesOf(text).flatMap((line) =>
		[...line.matchAll(/\*\*(.+?)\*\*/g)]
			.filter(({ 0: { length }, 1: bold, index }) => {
				const before = line.slice(0, index);
				const after = line.slice(index + length);
				return (
					(/^[\p{P}\p{S}]/u.test(bold) && /[\p{L}\p{N}]$/u.test(before)) ||
					(/[\p{P}\p{S}]$/u.test(bold) && /^[\p{L}\p{N}]/u.test(after))
				);
			})
			.map(([found]) => found),
	);

/** @returns what to do if the Chinese page was written from another text than the English one of today */
function findDrift(page: string, text: string, english: string): string | undefined {
	const original = englishOf(page);
	const hash = createHash('sha256').update(english).digest('hex').slice(0, 16);
	const written = /^<!-- Translates (\S+) as of sha256 ([0-9a-f]{16}) -->\n/.exec(text);
	if (written?.[1] !== original)
		return `The first line of ${page} has to be <!-- Translates ${original} as of sha256 ${hash} -->`;
	if (written[2] === hash) return undefined;
	return `${original} has changed since ${page} was written. Bring the Chinese page up to date, then put ${hash} into its first line`;
}

describe.each(PAGES)('%s', (page) => {
	const text = read(page);
	const english = read(englishOf(page));

	it('was written from the English page as it is now', () => {
		expect(findDrift(page, text, english)).toBeUndefined();
	});

	it('links to the English page in its second line', () => {
		const path = relative(dirname(page), englishOf(page));
		expect(text.split('\n')[1]).toBe(`[English](${path})`);
	});

	it('has the headings, tables, lists and pictures of the English page', () => {
		expect(shapeOf(text)).toEqual(shapeOf(english));
	});

	it('has the code of the English page, byte for byte', () => {
		expect(codeBlocksOf(text)).toEqual(codeBlocksOf(english));
	});

	it('has no broken link, and links to Chinese pages where there are any', () => {
		const faults = linksOf(text).map((link) => findFault(page, link));
		expect(faults.filter((fault) => fault !== undefined)).toEqual([]);
	});

	it('shows its bold text as bold', () => {
		expect(brokenBold(text)).toEqual([]);
	});
});

it('tells what to do about an English page that has changed', () => {
	const page = 'docs/zh/credential.md';
	expect(findDrift(page, read(page), 'changed')).toBe(
		'docs/credential.md has changed since docs/zh/credential.md was written. Bring the Chinese page up to date, then put d67e2e944994496c into its first line',
	);
	expect(findDrift(page, '# 凭证', 'changed')).toMatch(
		/^The first line of docs\/zh\/credential\.md has to be <!-- Translates docs\/credential\.md as of /,
	);
});

it.each([
	['none.md', 'there is no docs/zh/none.md'],
	['#none', 'docs/zh/README.md has no such heading'],
	['../credential.md', 'link to docs/zh/credential.md instead'],
])('finds the fault of the link %s', (link, fault) => {
	expect(findFault('docs/zh/README.md', link)).toBe(`${link}: ${fault}`);
});

it.each([
	['**一个不漏。**每位', 1],
	['**一个不漏**。每位', 0],
	['设置**“值”**为', 1],
	['设置 **“值”** 为 **空**', 0],
	['**甲**、**乙。**丙', 1],
])('finds bold text that is not shown as such: %s', (text, count) => {
	expect(brokenBold(text)).toHaveLength(count);
});
