// The layers of n8n's own configuration for community nodes (@n8n/node-cli), without its tool chain.
import js from '@eslint/js';
import { n8nCommunityNodesPlugin } from '@n8n/eslint-plugin-community-nodes';
import { importX } from 'eslint-plugin-import-x';
import n8nNodesBase from 'eslint-plugin-n8n-nodes-base';
import tseslint from 'typescript-eslint';

const nodesBase = (name, off = {}) => ({
	plugins: { 'n8n-nodes-base': n8nNodesBase },
	rules: { ...n8nNodesBase.configs[name].rules, ...off },
});

export default tseslint.config(
	{
		ignores: [
			'dist/**',
			'coverage/**',
			'test-results/**',
			'test/e2e/n8n-*/**',
			'test/e2e/node-*/**',
		],
	},
	{ linterOptions: { reportUnusedDisableDirectives: 'error', noInlineConfig: true } },
	{
		files: ['**/*.{ts,tsx}'],
		extends: [
			js.configs.recommended,
			...tseslint.configs.recommendedTypeChecked,
			importX.configs['flat/recommended'],
		],
		languageOptions: {
			// The tests' project holds every file of the repository but those of the sandbox's page.
			parserOptions: {
				project: ['./test/tsconfig.json', './sandbox/page/client/tsconfig.json'],
				tsconfigRootDir: import.meta.dirname,
			},
		},
		rules: {
			'@typescript-eslint/consistent-type-imports': [
				'error',
				{ fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
			],
			// A floating promise that is meant is marked with `void`.
			'@typescript-eslint/no-floating-promises': 'error',
			'@typescript-eslint/switch-exhaustiveness-check': [
				'error',
				{ considerDefaultExhaustiveForUnions: true },
			],
			// Functions that return a promise are async, whether or not they wait for anything.
			'@typescript-eslint/require-await': 'off',
			// Interfaces here describe objects of plain functions, which are not bound to anything.
			'@typescript-eslint/unbound-method': 'off',
			'import-x/no-unresolved': 'off',
			'import-x/namespace': 'off',
			'import-x/order': [
				'error',
				{
					groups: ['builtin', 'external', ['parent', 'sibling', 'index']],
					alphabetize: { order: 'asc', caseInsensitive: true },
				},
			],
		},
	},
	{
		// Jest's matchers, parsed JSON and the conditions of n8n's panels have no types.
		files: ['test/**/*.ts', 'bench/**/*.ts', 'scripts/**/*.ts'],
		rules: {
			'@typescript-eslint/no-base-to-string': 'off',
			'@typescript-eslint/no-implied-eval': 'off',
			'@typescript-eslint/no-unsafe-argument': 'off',
			'@typescript-eslint/no-unsafe-assignment': 'off',
			'@typescript-eslint/no-unsafe-call': 'off',
			'@typescript-eslint/no-unsafe-return': 'off',
		},
	},
	{
		files: ['nodes/**/*.ts', 'credentials/**/*.ts', 'index.ts'],
		extends: [n8nCommunityNodesPlugin.configs.recommended],
		rules: { 'no-console': 'error' },
	},
	{
		files: ['package.json'],
		extends: [n8nCommunityNodesPlugin.configs.recommended],
		...nodesBase('community'),
		languageOptions: { parser: tseslint.parser, parserOptions: { extraFileExtensions: ['.json'] } },
	},
	{
		files: ['credentials/**/*.ts'],
		...nodesBase('credentials', {
			// Off in n8n's own configuration too: the newer plugin has rules of its own for these.
			'n8n-nodes-base/cred-class-field-documentation-url-miscased': 'off',
			'n8n-nodes-base/cred-class-field-type-options-password-missing': 'off',
		}),
	},
	{
		files: ['nodes/**/*.ts'],
		...nodesBase('nodes', {
			'n8n-nodes-base/node-class-description-inputs-wrong-regular-node': 'off',
			'n8n-nodes-base/node-class-description-outputs-wrong': 'off',
			'n8n-nodes-base/node-param-type-options-max-value-present': 'off',
		}),
	},
);
