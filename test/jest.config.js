/** One project per level, so that `jest --selectProjects unit` runs just that. */
const path = require('path');

const project = (displayName, more = {}) => ({
	displayName,
	rootDir: path.join(__dirname, '..'),
	roots: [`<rootDir>/test/${displayName}`],
	testEnvironment: 'node',
	transform: { '\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } }] },
	modulePathIgnorePatterns: ['<rootDir>/test/e2e/n8n-', '<rootDir>/test-results/'],
	...more,
});

module.exports = {
	projects: [project('unit'), project('sandbox'), project('engine'), project('e2e', { testTimeout: 60_000 })],
};
