/** The real hosts, one after the other: each suite starts its own n8n or Node-RED. */
module.exports = {
	...require('./jest.config.js'),
	roots: ['<rootDir>/test/e2e'],
	testPathIgnorePatterns: ['/node_modules/'],
	maxWorkers: 1,
	testTimeout: 180_000,
};
