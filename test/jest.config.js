/** One project per level, so that `jest --selectProjects unit` runs just that. */
const path = require('path');

const project = (displayName) => ({
	displayName,
	rootDir: path.join(__dirname, '..'),
	roots: [`<rootDir>/test/${displayName}`],
	testEnvironment: 'node',
	// Globals are slow to reach inside jest; these two stand in the inner loops of the rate limiter.
	sandboxInjectedGlobals: ['Infinity', 'Math'],
	transform: {
		'\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } }],
	},
	modulePathIgnorePatterns: ['<rootDir>/test/e2e/(n8n|node)-', '<rootDir>/test-results/'],
});

module.exports = {
	// No test is about its own time; a machine that is busy with something else is no reason to fail.
	testTimeout: 60_000,
	collectCoverageFrom: ['<rootDir>/../nodes/**/*.ts', '<rootDir>/../credentials/**/*.ts'],
	coverageDirectory: path.join(__dirname, '../coverage'),
	coverageReporters: ['text-summary', 'html'],
	projects: [project('unit'), project('sandbox'), project('engine'), project('e2e')],
};
