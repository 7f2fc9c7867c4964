/** Stands in package.json until the owner of the project has a repository and an address. */
export const PLACEHOLDER = {
	repository: 'n8n-nodes-chatapp/n8n-nodes-chatapp',
	author: 'n8n-nodes-chatapp maintainers',
	email: 'maintainers@users.noreply.github.com',
};

/** What users and n8n's reviewers read. Tests and scripts may name any repository. */
const SHOWN = /^(README\.md|CHANGELOG\.md|(docs|examples|nodes|credentials|\.github)\/)/;
const TEXT = /\.(md|json|ts|yml|yaml|svg)$/;
/** n8n shows the links of these as the documentation of the node, so they lead nowhere but to the repository. */
const LINKS_HERE = /(\.node\.json|\.credentials\.ts)$/;

const REPOSITORY_URL = /github\.com[/:]([\w.-]+\/[\w.-]+)/g;

/** `owner/name` of a repository's address on GitHub, in any of npm's notations. */
export function readRepository(url: string): string | undefined {
	const path =
		/^(?:github:)?([\w-]+\/[\w.-]+)$/.exec(url)?.[1] ??
		/^(?:git\+)?(?:https|ssh|git):\/\/(?:git@)?github\.com\/([\w-]+\/[\w.-]+)\/?$/.exec(url)?.[1];
	return path?.replace(/\.git$/, '');
}

/**
 * Where another repository than that of package.json is named as this project's, or the placeholder still stands.
 * @returns `file:line: what is written there`
 */
export function findForeignAddresses(
	files: Record<string, string>,
	repository: string,
	packageName: string,
): string[] {
	const places: string[] = [];
	const ownNames = [repository, PLACEHOLDER.repository].map((path) => path.split('/')[1]);
	const isForeign = (file: string, path: string) =>
		path !== repository &&
		(LINKS_HERE.test(file) || [...ownNames, packageName].includes(path.split('/')[1]));
	for (const [file, text] of Object.entries(files)) {
		if (!SHOWN.test(file) || !TEXT.test(file)) continue;
		text.split('\n').forEach((line, index) => {
			const named = [...line.matchAll(REPOSITORY_URL)]
				.map((match) => match[1].replace(/\.git$/, '').replace(/\.$/, ''))
				.filter((path) => isForeign(file, path) || path === PLACEHOLDER.repository);
			if (named.length === 0 && line.includes(PLACEHOLDER.repository))
				named.push(PLACEHOLDER.repository);
			if (line.includes(PLACEHOLDER.email)) named.push(PLACEHOLDER.email);
			places.push(...named.map((what) => `${file}:${index + 1}: ${what}`));
		});
	}
	return places;
}

/** The files in which the placeholder stands, with the repository of package.json in its place. */
export function replacePlaceholder(
	files: Record<string, string>,
	repository: string,
): Record<string, string> {
	return Object.fromEntries(
		Object.entries(files)
			.filter(([file]) => file === 'package.json' || (SHOWN.test(file) && TEXT.test(file)))
			.filter(([, text]) => text.includes(PLACEHOLDER.repository))
			.map(([file, text]) => [file, text.replaceAll(PLACEHOLDER.repository, repository)]),
	);
}
