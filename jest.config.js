/** Everything that needs no host folder. The real-host suites are started by scripts/test-hosts.mjs. */
module.exports = {
	testEnvironment: 'node',
	roots: ['<rootDir>/test'],
	testMatch: ['**/*.test.ts'],
	testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/e2e/', '<rootDir>/test/hosts/'],
	modulePathIgnorePatterns: ['<rootDir>/test/hosts/', '<rootDir>/dist/', '<rootDir>/packs/'],
	transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }] },
	// With --coverage, as in .ci/run: parts of the tests, which people run at the desk, would never take all branches.
	collectCoverageFrom: ['core/**/*.ts'],
	coverageReporters: ['text-summary'],
	coverageThreshold: { global: { branches: 95 } },
};
