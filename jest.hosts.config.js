/** The real hosts, one after the other: each suite starts its own n8n or Node-RED. */
module.exports = {
	...require('./jest.config.js'),
	roots: ['<rootDir>/test/e2e'],
	testPathIgnorePatterns: [
		'/node_modules/',
		...(process.env.FIELD_DATA_NIGHTLY ? [] : ['/test/e2e/nightly/']),
	],
	maxWorkers: 1,
	testTimeout: 180_000,
};
