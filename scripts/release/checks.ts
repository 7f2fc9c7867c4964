import { findForeignAddresses, PLACEHOLDER, readRepository } from './addresses';

/** What the check looks at; nothing is read from anywhere else. */
export interface Release {
	/** The texts of the files under version control, by path from the root, and '' for what is no text. */
	files: Record<string, string>;
	/** What `git status --porcelain` printed, undefined when git could not tell. */
	gitStatus: string | undefined;
	/** The tag that is about to be published, if any. */
	tag?: string;
}

export interface Finding {
	/** What was looked at. */
	title: string;
	/** What to do, one entry for each thing that is missing; empty when all is well. */
	missing: string[];
	/** Where exactly, when that is in many places. */
	places?: string[];
}

interface Manifest {
	name: string;
	version: string;
	description: string;
	license: string;
	keywords: string[];
	author: { name?: string; email?: string };
	repository: string;
	homepage: string;
	bugs: string;
	files: string[];
	scripts: Record<string, string>;
	peerDependencies: Record<string, string>;
	n8n: { n8nNodesApiVersion?: unknown; nodes: string[]; credentials: string[] };
	/** package.json as it is, for what it should not have. */
	raw: Record<string, unknown>;
}

const KEYWORD = 'n8n-community-node-package';
const PUBLISH_WORKFLOW = '.github/workflows/publish.yml';
/** npm runs these on the machine of whoever installs the package, or of whoever clones it. */
const INSTALL_SCRIPTS = [
	'preinstall',
	'install',
	'postinstall',
	'prepublish',
	'preprepare',
	'prepare',
	'postprepare',
];
const DEPENDENCIES = ['dependencies', 'bundledDependencies', 'bundleDependencies'];
const OVERRIDES = ['overrides', 'resolutions'];

const asRecord = (value: unknown): Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value)
		? (value as Record<string, unknown>)
		: {};
const asText = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');
const asTexts = (value: unknown): string[] =>
	Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];

/** "Name <email> (url)", npm's short form of a person, is read like the long one. */
function readPerson(person: unknown): { name?: string; email?: string } {
	if (typeof person !== 'string') return asRecord(person);
	const [, name, email] = /^([^<(]*)(?:<([^>]*)>)?/.exec(person) ?? [];
	return { name: name?.trim(), email };
}

function readManifest(text: string | undefined): Manifest {
	let raw: Record<string, unknown> = {};
	try {
		raw = asRecord(JSON.parse(text ?? ''));
	} catch {
		// Every check of it fails then, and says what is missing.
	}
	const n8n = asRecord(raw.n8n);
	return {
		name: asText(raw.name),
		version: asText(raw.version),
		description: asText(raw.description),
		license: asText(raw.license),
		keywords: asTexts(raw.keywords),
		author: readPerson(raw.author),
		repository: asText(asRecord(raw.repository).url) || asText(raw.repository),
		homepage: asText(raw.homepage),
		bugs: asText(asRecord(raw.bugs).url) || asText(raw.bugs),
		files: asTexts(raw.files),
		scripts: asRecord(raw.scripts) as Record<string, string>,
		peerDependencies: asRecord(raw.peerDependencies) as Record<string, string>,
		n8n: {
			n8nNodesApiVersion: n8n.n8nNodesApiVersion,
			nodes: asTexts(n8n.nodes),
			credentials: asTexts(n8n.credentials),
		},
		raw,
	};
}

/** The file that `dist/nodes/X/X.node.js` is compiled from. */
const sourceOf = (built: string) => built.replace(/^dist\//, '').replace(/\.js$/, '.ts');

const folderOf = (file: string) => file.slice(0, file.lastIndexOf('/'));

/** Resolves `../x` and `./x` against the folder of a file. */
function resolveBeside(file: string, path: string): string {
	const parts = folderOf(file).split('/');
	for (const part of path.split('/')) {
		if (part === '..') parts.pop();
		else if (part !== '.') parts.push(part);
	}
	return parts.join('/');
}

/** The given instructions whose condition does not hold. */
const unless = (...conditions: Array<[holds: boolean, instruction: string]>): string[] =>
	conditions.filter(([holds]) => !holds).map(([, instruction]) => instruction);

function checkAuthor({ author: { name, email } }: Manifest): string[] {
	return unless(
		[
			Boolean(name) && name !== PLACEHOLDER.author,
			'Set author.name in package.json to the name of the npm account that publishes.',
		],
		[
			Boolean(email?.includes('@')) && email !== PLACEHOLDER.email,
			'Set author.email in package.json to an address that is read.',
		],
	);
}

function checkRepository({ repository, homepage, bugs }: Manifest): string[] {
	const path = readRepository(repository);
	if (path === undefined || path === PLACEHOLDER.repository)
		return [
			'Set repository.url in package.json to the public repository on GitHub, as git+https://github.com/OWNER/NAME.git, and run npm run release:check -- --fix.',
		];
	const page = `https://github.com/${path}`;
	return unless(
		[
			homepage.startsWith(page) || /^https:\/\/(?!github\.com\/)\S+$/.test(homepage),
			`Set homepage in package.json to ${page} or to a site of its own.`,
		],
		[bugs === `${page}/issues`, `Set bugs.url in package.json to ${page}/issues`],
	);
}

/** What n8n reads of package.json in order to load the package. */
function checkEntryPoints({ n8n }: Manifest, files: Record<string, string>): string[] {
	const entries = [...n8n.nodes, ...n8n.credentials];
	const sources = new Set(entries.map(sourceOf));
	const absent = entries.filter(
		(entry) => !entry.startsWith('dist/') || files[sourceOf(entry)] === undefined,
	);
	const unlisted = Object.keys(files).filter(
		(file) =>
			/^(nodes\/.*\.node|credentials\/.*\.credentials)\.ts$/.test(file) && !sources.has(file),
	);
	return [
		...unless(
			[n8n.n8nNodesApiVersion === 1, 'Set n8n.n8nNodesApiVersion in package.json to 1.'],
			[n8n.nodes.length > 0, 'List the nodes in n8n.nodes of package.json, as dist/nodes/….js.'],
		),
		...absent.map((entry) => `${entry} has no source; correct it under n8n in package.json.`),
		...unlisted.map((file) => `List ${file} under n8n in package.json, as dist/….js.`),
	];
}

/** Both themes of n8n need an icon of their own, for each node and each credential. */
function checkIcons({ n8n }: Manifest, files: Record<string, string>): string[] {
	return [...n8n.nodes, ...n8n.credentials].map(sourceOf).flatMap((source) => {
		const text = files[source];
		if (text === undefined) return [];
		const icons = ['light', 'dark'].map(
			(theme) => new RegExp(`\\b${theme}:\\s*['"]file:([^'"]+)['"]`).exec(text)?.[1],
		);
		if (icons.includes(undefined))
			return [`Give ${source} an icon: { light: 'file:….svg', dark: 'file:….svg' }.`];
		return icons
			.map((icon) => resolveBeside(source, icon!))
			.filter((icon) => !icon.endsWith('.svg') || files[icon] === undefined)
			.map((icon) => `${source} names the icon ${icon}, which is no SVG under version control.`);
	});
}

/** The codex file of a node: its category, its search words and its documentation. */
function checkCodex({ name, n8n }: Manifest, files: Record<string, string>): string[] {
	return n8n.nodes.map(sourceOf).flatMap((source) => {
		const file = source.replace(/\.ts$/, '.json');
		try {
			const codex = asRecord(JSON.parse(files[file] ?? ''));
			const { primaryDocumentation } = asRecord(codex.resources);
			return unless(
				[
					asText(codex.node).startsWith(`${name}.`),
					`Let "node" in ${file} begin with "${name}.", the name of the package.`,
				],
				[asTexts(codex.categories).length > 0, `Name a category in ${file}.`],
				[
					Array.isArray(primaryDocumentation) && primaryDocumentation.length > 0,
					`Link the documentation in ${file}.`,
				],
			);
		} catch {
			return [`Write ${file}, the codex file, as JSON.`];
		}
	});
}

/** A credential brings its test along, or each node that uses it names one. */
function checkCredentialTests({ n8n }: Manifest, files: Record<string, string>): string[] {
	return n8n.credentials.map(sourceOf).flatMap((source) => {
		const text = files[source] ?? '';
		if (/^\s*test\b[^=\n]*=/m.test(text)) return [];
		const name = /^\s*name = '([^']+)'/m.exec(text)?.[1];
		const uses = n8n.nodes
			.map(sourceOf)
			.flatMap((node) =>
				[...(files[node] ?? '').matchAll(/\{[^{}]*\bname: '([^']+)'[^{}]*\}/g)]
					.filter((use) => use[1] === name)
					.map((use) => ({ node, tested: /\btestedBy\b/.test(use[0]) })),
			);
		if (uses.length === 0) return [`Give ${source} a test, or name one by testedBy in its nodes.`];
		return uses
			.filter(({ tested }) => !tested)
			.map(({ node }) => `Name the test of ${source} by testedBy in ${node}.`);
	});
}

function checkReadme(readme: string | undefined): string[] {
	if (!readme?.trim()) return ['Write README.md, in English.'];
	return unless(
		[/^#+ .*install/im.test(readme), 'Give README.md a section on installing.'],
		[/^#+ .*credential/im.test(readme), 'Give README.md a section on the credential.'],
		[/\bn8n \d+\.\d+/.test(readme), 'Say in README.md with which versions of n8n it works.'],
		[/^#+ .*(usage|send|example)/im.test(readme), 'Give README.md a section on how to use it.'],
	);
}

/** Whether there is a section for the version with something in it. */
function checkChangelog(changelog: string, version: string): string[] {
	const sections = changelog.split(/^## /m).slice(1);
	const section = sections.find((text) => text.startsWith(`[${version}]`));
	if (version !== '' && section !== undefined && /^\s*[-*] /m.test(section)) return [];
	return [
		`Put the changes under the heading "## [${version}] - YYYY-MM-DD" in CHANGELOG.md; what stands under [Unreleased] moves there.`,
	];
}

/** n8n takes only packages that a GitHub workflow published with a provenance statement (since May 2026). */
function checkPublishing(workflow: string | undefined): string[] {
	if (workflow === undefined) return [`Write ${PUBLISH_WORKFLOW}.`];
	const text = workflow.replace(/(^|\s)#.*$/gm, '');
	return unless(
		[/\btags:/.test(text), `Start ${PUBLISH_WORKFLOW} by a tag.`],
		[
			/\bid-token:\s*write\b/.test(text),
			`Give the publishing job in ${PUBLISH_WORKFLOW} the permission id-token: write.`,
		],
		[
			/\bnpm publish\b[^\n]*--provenance\b/.test(text),
			`Publish with --provenance in ${PUBLISH_WORKFLOW}.`,
		],
		[
			!/NODE_AUTH_TOKEN|NPM_TOKEN|_authToken/.test(text),
			`Leave npm tokens out of ${PUBLISH_WORKFLOW}: npm trusts the workflow itself.`,
		],
	);
}

function checkGit(status: string | undefined): string[] {
	if (status === undefined) return ['Run this in a clone with git, so that it can see the tree.'];
	return unless([
		status.trim() === '',
		'Commit or remove what git status shows: a release is what is committed.',
	]);
}

/** Everything n8n's verification asks for that can be read from the files, each with what to do about it. */
export function checkRelease({ files, gitStatus, tag }: Release): Finding[] {
	const manifest = readManifest(files['package.json']);
	const { name, version, raw } = manifest;
	const repository = readRepository(manifest.repository) ?? PLACEHOLDER.repository;
	const places = findForeignAddresses(files, repository, name);
	const installScripts = INSTALL_SCRIPTS.filter((script) => script in manifest.scripts);
	const isEmpty = (field: string) => Object.keys(raw[field] ?? {}).length === 0;

	const findings: Finding[] = [
		{
			title: 'Package name',
			missing: unless([
				/^(@[a-z\d][\w.-]*\/)?n8n-nodes-[a-z\d][a-z\d.-]*$/.test(name),
				'Let name in package.json begin with n8n-nodes-, after a scope if there is one.',
			]),
		},
		{
			title: 'Keyword',
			missing: unless([
				manifest.keywords.includes(KEYWORD),
				`Add ${KEYWORD} to keywords in package.json; n8n finds packages by it.`,
			]),
		},
		{
			title: 'Description',
			missing: unless([
				manifest.description !== '',
				'Say in description of package.json what it does.',
			]),
		},
		{
			title: 'License',
			missing: unless(
				[manifest.license === 'MIT', 'Set license in package.json to MIT.'],
				[/\bMIT License\b/.test(files.LICENSE ?? ''), 'Put the MIT License into the file LICENSE.'],
			),
		},
		{ title: 'Author', missing: checkAuthor(manifest) },
		{ title: 'Repository, homepage and bugs', missing: checkRepository(manifest) },
		{
			title: 'Addresses elsewhere',
			missing: unless([
				places.length === 0,
				'Let these name the repository of package.json; once it is set, npm run release:check -- --fix puts it in place of the placeholder.',
			]),
			places,
		},
		{
			title: 'No run-time dependencies',
			missing: [
				...DEPENDENCIES.filter((field) => !isEmpty(field)).map(
					(field) => `Take ${field} out of package.json: n8n brings everything the nodes may use.`,
				),
				...OVERRIDES.filter((field) => !isEmpty(field)).map(
					(field) => `Take ${field} out of package.json.`,
				),
			],
		},
		{
			title: 'No install scripts',
			missing: installScripts.map((script) => `Take scripts.${script} out of package.json.`),
		},
		{
			title: 'Peer dependencies',
			missing: unless([
				JSON.stringify(manifest.peerDependencies) === '{"n8n-workflow":"*"}',
				'Let peerDependencies in package.json be { "n8n-workflow": "*" } and nothing else.',
			]),
		},
		{
			title: 'Published files',
			missing: unless([
				manifest.files.length === 1 && /^dist\/?$/.test(manifest.files[0]),
				'Let files in package.json be ["dist"].',
			]),
		},
		{ title: 'Nodes and credentials', missing: checkEntryPoints(manifest, files) },
		{ title: 'Icons', missing: checkIcons(manifest, files) },
		{ title: 'Codex files', missing: checkCodex(manifest, files) },
		{ title: 'Credential test', missing: checkCredentialTests(manifest, files) },
		{ title: 'README', missing: checkReadme(files['README.md']) },
		{
			title: 'Version',
			missing: unless([
				/^\d+\.\d+\.\d+$/.test(version) && version !== '0.0.0',
				'Set version in package.json to three numbers, e.g. 0.1.0.',
			]),
		},
		{ title: 'Changelog', missing: checkChangelog(files['CHANGELOG.md'] ?? '', version) },
		{ title: 'Publish workflow', missing: checkPublishing(files[PUBLISH_WORKFLOW]) },
		{ title: 'Git tree', missing: checkGit(gitStatus) },
	];
	if (tag !== undefined)
		findings.push({
			title: 'Tag',
			missing: unless([
				tag === `v${version}`,
				`The tag is ${tag}, the version in package.json ${version}: tag the commit as v${version}.`,
			]),
		});
	return findings;
}
