/**
 * Mutation tests of what may never be wrong: `npm run test:mutation`. Each change that no test notices is a promise that
 * no test keeps. Too slow for CI. One file alone: `npm run test:mutation -- --mutate core/epicollect5/crowd.ts`.
 */

/** Each file's own tests: with all that meet it on the way it would take hours. */
const TESTS = {
	'core/epicollect5/sync/cursor.ts': ['epicollect5/sync/cursor', 'epicollect5/sync/advance'],
	'core/epicollect5/sync/take.ts': ['epicollect5/sync/cursor', 'epicollect5/sync/advance'],
	'core/epicollect5/sync/recent.ts': ['epicollect5/sync/recent'],
	'core/epicollect5/sync/idSet.ts': ['epicollect5/sync/idSet'],
	'core/epicollect5/sync/pendingMedia.ts': ['epicollect5/sync/pendingMedia'],
	'core/epicollect5/crowd.ts': ['epicollect5/crowd'],
	'core/epicollect5/anchor.ts': ['epicollect5/keyset', 'epicollect5/crowd'],
	'core/epicollect5/rules.ts': ['epicollect5/rules', 'http/classify', 'epicollect5/client'],
	'core/http/limiter.ts': ['http/limiter'],
	'core/http/window.ts': ['http/limiter'],
	'core/http/classify.ts': ['http/classify', 'http/basics'],
	'core/auth/tokenKeeper.ts': ['auth/'],
};

const at = process.argv.indexOf('--mutate');
const files = at < 0 ? Object.keys(TESTS) : process.argv[at + 1].split(',').map((file) => file.split(':')[0]);
const tests = [...new Set(files.flatMap((file) => TESTS[file] ?? []))];

export default {
	testRunner: 'jest',
	jest: {
		configFile: 'jest.config.js',
		config: { testMatch: tests.map((path) => `<rootDir>/test/core/${path}*.test.ts`) },
	},
	coverageAnalysis: 'perTest',
	mutate: Object.keys(TESTS),
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
