import {
	findForeignAddresses,
	readRepository,
	replacePlaceholder,
} from '../../scripts/release/addresses';
import { checkRelease, type Release } from '../../scripts/release/checks';

const PAGE = 'https://github.com/acme/n8n-nodes-x';
const PLACEHOLDER = 'n8n-nodes-chatapp/n8n-nodes-chatapp';

const MANIFEST = {
	name: 'n8n-nodes-x',
	version: '1.2.0',
	description: 'Sends things',
	license: 'MIT',
	keywords: ['n8n-community-node-package'],
	author: { name: 'Acme', email: 'nodes@acme.example' },
	repository: { type: 'git', url: `git+${PAGE}.git` },
	homepage: PAGE,
	bugs: { url: `${PAGE}/issues` },
	files: ['dist'],
	scripts: { prepack: 'node gulpfile.js build' },
	peerDependencies: { 'n8n-workflow': '*' },
	n8n: {
		n8nNodesApiVersion: 1,
		nodes: ['dist/nodes/X/X.node.js'],
		credentials: ['dist/credentials/XApi.credentials.js'],
	},
};

const ICON = "icon: { light: 'file:x.svg', dark: 'file:x.dark.svg' }";

const FILES = {
	LICENSE: 'MIT License\n\nCopyright',
	'README.md':
		'# X\n\n## Install\n\nSeen working in n8n 2.8.4.\n\n## Credential\n\n## First send\n',
	'CHANGELOG.md': '# Changelog\n\n## [Unreleased]\n\n## [1.2.0] - 2026-12-01\n\n### Added\n\n- X\n',
	'nodes/X/X.node.ts': `${ICON}\ncredentials: [{ name: 'xApi', required: true, testedBy: 'testX' }],`,
	'nodes/X/X.node.json': JSON.stringify({
		node: 'n8n-nodes-x.x',
		categories: ['Communication'],
		resources: { primaryDocumentation: [{ url: `${PAGE}#readme` }] },
	}),
	'nodes/X/x.svg': '<svg/>',
	'nodes/X/x.dark.svg': '<svg/>',
	'credentials/XApi.credentials.ts': `\tname = 'xApi';\n${ICON.replaceAll('file:', 'file:../nodes/X/')}`,
	'.github/workflows/publish.yml': [
		"on: { push: { tags: ['v*'] } }",
		'      id-token: write',
		'      - run: npm publish ./x.tgz --provenance',
	].join('\n'),
};

function release(manifest: object = {}, files: Record<string, string | undefined> = {}): Release {
	const all = {
		'package.json': JSON.stringify({ ...MANIFEST, ...manifest }),
		...FILES,
		...files,
	};
	return {
		files: Object.fromEntries(
			Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined),
		),
		gitStatus: '',
	};
}

/** The findings in which something is missing, as `title: instruction`. */
const missingOf = (input: Release) =>
	checkRelease(input).flatMap(({ title, missing }) => missing.map((text) => `${title}: ${text}`));

test('nothing is missing in a package that is ready', () => {
	expect(missingOf({ ...release(), tag: 'v1.2.0' })).toEqual([]);
});

test.each<[string, object, RegExp]>([
	['a name without the prefix', { name: 'x-for-n8n' }, /^Package name: .*n8n-nodes-/],
	['no keyword', { keywords: ['n8n'] }, /^Keyword: Add n8n-community-node-package/],
	['no description', { description: ' ' }, /^Description: /],
	['another license', { license: 'ISC' }, /^License: .*MIT/],
	['an author without an address', { author: 'Acme' }, /^Author: .*email/],
	[
		'the placeholder as author',
		{ author: { name: 'Acme', email: 'maintainers@users.noreply.github.com' } },
		/^Author: .*email/,
	],
	[
		'the placeholder as repository',
		{ repository: `github:${PLACEHOLDER}` },
		/^Repository.*: Set repository\.url/,
	],
	[
		'a repository elsewhere',
		{ repository: 'https://gitlab.com/acme/n8n-nodes-x' },
		/^Repository.*: Set repository\.url/,
	],
	[
		'the homepage of another repository',
		{ homepage: 'https://github.com/other/n8n-nodes-x' },
		/^Repository.*: Set homepage/,
	],
	['no bugs', { bugs: undefined }, /^Repository.*: Set bugs\.url/],
	['a dependency', { dependencies: { axios: '1' } }, /^No run-time dep.*: Take dependencies out/],
	['overrides', { overrides: { a: '1' } }, /^No run-time dep.*: Take overrides out/],
	['an install script', { scripts: { postinstall: 'x' } }, /^No install.*: .*postinstall/],
	[
		'a second peer',
		{ peerDependencies: { 'n8n-workflow': '*', luxon: '*' } },
		/^Peer dependencies: /,
	],
	['no files', { files: undefined }, /^Published files: /],
	[
		'a version of the node API that n8n does not run',
		{ n8n: { ...MANIFEST.n8n, n8nNodesApiVersion: 2 } },
		/^Nodes and credentials: .*ApiVersion/,
	],
	[
		'a node without a source',
		{ n8n: { ...MANIFEST.n8n, nodes: [...MANIFEST.n8n.nodes, 'dist/nodes/Y/Y.node.js'] } },
		/^Nodes and credentials: dist\/nodes\/Y/,
	],
	[
		'a credential that is not listed',
		{ n8n: { ...MANIFEST.n8n, credentials: [] } },
		/^Nodes and credentials: List credentials\/XApi/,
	],
	['a version with a suffix', { version: '1.2.0-rc.1' }, /^Version: /],
	['a version that the changelog lacks', { version: '1.3.0' }, /^Changelog: .*\[1\.3\.0\]/],
])('package.json with %s', (_title, manifest, expected) => {
	expect(missingOf(release(manifest))).toContainEqual(expect.stringMatching(expected));
});

test.each<[string, Record<string, string | undefined>, RegExp]>([
	['no package.json', { 'package.json': undefined }, /^Package name: /],
	['an unreadable package.json', { 'package.json': '{' }, /^Package name: /],
	['no LICENSE', { LICENSE: undefined }, /^License: .*LICENSE/],
	['no README', { 'README.md': undefined }, /^README: Write/],
	['a README without versions', { 'README.md': '# Install' }, /^README: .*versions of n8n/],
	['an empty changelog section', { 'CHANGELOG.md': '## [1.2.0]\n## [1.1.0]\n- X' }, /^Changelog/],
	['no dark icon', { 'nodes/X/x.dark.svg': undefined }, /^Icons: nodes\/X\/X\.node\.ts names/],
	[
		'an icon for one theme only',
		{ 'nodes/X/X.node.ts': FILES['nodes/X/X.node.ts'].replace(/, dark[^}]*/, '') },
		/^Icons: Give nodes\/X/,
	],
	['no codex file', { 'nodes/X/X.node.json': undefined }, /^Codex files: Write nodes\/X/],
	[
		'the codex file of another package',
		{ 'nodes/X/X.node.json': FILES['nodes/X/X.node.json'].replace('-x.x', '-base.x') },
		/^Codex files: Let "node"/,
	],
	[
		'a node that names no test',
		{ 'nodes/X/X.node.ts': FILES['nodes/X/X.node.ts'].replace(/, testedBy: '\w+'/, '') },
		/^Credential test: Name the test/,
	],
	[
		'an unlisted node',
		{ 'nodes/Y/Y.node.ts': '' },
		/^Nodes and credentials: List nodes\/Y\/Y\.node\.ts/,
	],
	['no publish workflow', { '.github/workflows/publish.yml': undefined }, /^Publish.*: Write/],
	[
		'a workflow without the permission',
		{
			'.github/workflows/publish.yml': FILES['.github/workflows/publish.yml'].replace(
				'id-token: write',
				'# id-token: write',
			),
		},
		/^Publish workflow: .*id-token/,
	],
	[
		'a workflow without provenance',
		{ '.github/workflows/publish.yml': "tags: ['v*']\nid-token: write\nrun: npm publish" },
		/^Publish workflow: .*--provenance/,
	],
	[
		'a workflow with a token',
		{
			'.github/workflows/publish.yml': `${FILES['.github/workflows/publish.yml']}\nNODE_AUTH_TOKEN: x`,
		},
		/^Publish workflow: .*tokens/,
	],
])('files with %s', (_title, files, expected) => {
	expect(missingOf(release({}, files))).toContainEqual(expect.stringMatching(expected));
});

test('a credential with a test of its own needs none in the nodes', () => {
	const files = {
		'nodes/X/X.node.ts': FILES['nodes/X/X.node.ts'].replace(/, testedBy: '\w+'/, ''),
		'credentials/XApi.credentials.ts': `${FILES['credentials/XApi.credentials.ts']}\n\ttest: ICredentialTestRequest = {};`,
	};
	expect(missingOf(release({}, files))).toEqual([]);
});

test('what is not committed, and a tag of another version, are no release', () => {
	expect(missingOf({ ...release(), gitStatus: ' M README.md\n', tag: 'v1.1.0' })).toEqual([
		expect.stringMatching(/^Git tree: /),
		expect.stringMatching(/^Tag: .*v1\.1\.0.*v1\.2\.0/),
	]);
});

test('every place of the placeholder and of another repository is listed, and --fix replaces the placeholder', () => {
	const files = {
		'package.json': `{ "homepage": "https://github.com/${PLACEHOLDER}" }`,
		'README.md': `[fork](https://github.com/other/n8n-nodes-x.git), [n8n](https://github.com/n8n-io/n8n)\n${PAGE}/issues`,
		'nodes/X/X.node.json': `"https://github.com/${PLACEHOLDER}/blob/main/docs/x.md"`,
		'credentials/XApi.credentials.ts': '"https://github.com/acme/elsewhere"',
		'.github/ISSUE_TEMPLATE/config.yml': 'mailto:maintainers@users.noreply.github.com',
		'test/x.test.ts': PLACEHOLDER,
	};
	expect(findForeignAddresses(files, 'acme/n8n-nodes-x', 'n8n-nodes-x')).toEqual([
		'README.md:1: other/n8n-nodes-x',
		`nodes/X/X.node.json:1: ${PLACEHOLDER}`,
		'credentials/XApi.credentials.ts:1: acme/elsewhere',
		'.github/ISSUE_TEMPLATE/config.yml:1: maintainers@users.noreply.github.com',
	]);
	expect(replacePlaceholder(files, 'acme/n8n-nodes-x')).toEqual({
		'package.json': `{ "homepage": "${PAGE}" }`,
		'nodes/X/X.node.json': `"${PAGE}/blob/main/docs/x.md"`,
	});
});

test.each([
	['acme/n8n-nodes-x', 'acme/n8n-nodes-x'],
	['github:acme/n8n-nodes-x', 'acme/n8n-nodes-x'],
	['git+https://github.com/acme/n8n-nodes-x.git', 'acme/n8n-nodes-x'],
	['git+ssh://git@github.com/acme/n8n-nodes-x.git', 'acme/n8n-nodes-x'],
	['https://example.com/acme/n8n-nodes-x', undefined],
])('the repository %s is %s', (url, expected) => {
	expect(readRepository(url)).toBe(expected);
});
