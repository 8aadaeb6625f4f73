/**
 * Mutation tests of what may never be wrong: `npm run test:mutation`. Each change that no test notices is a promise that
 * no test keeps. Too slow for CI.
 */
export default {
	testRunner: 'jest',
	jest: {
		configFile: 'jest.config.js',
		// Their own tests: with all that meet them on the way it would take hours.
		config: { roots: ['http', 'auth', 'epicollect5/sync'].map((folder) => `<rootDir>/test/core/${folder}`) },
	},
	coverageAnalysis: 'perTest',
	mutate: [
		'core/epicollect5/sync/cursor.ts',
		'core/http/limiter.ts',
		'core/http/window.ts',
		'core/auth/tokenKeeper.ts',
		'core/http/classify.ts',
	],
	// The words of messages are for people, and tests pin those that matter.
	mutator: { excludedMutations: ['StringLiteral'] },
	thresholds: { high: 95, low: 85, break: 85 },
	reporters: ['clear-text'],
	clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
	concurrency: 2,
	timeoutMS: 5_000,
	tempDirName: 'coverage/stryker',
	ignorePatterns: ['dist', 'node-red/dist', 'sandbox/dist', 'packs', 'test/hosts', 'test/e2e'],
	symlinkNodeModules: true,
	disableTypeChecks: false,
};
