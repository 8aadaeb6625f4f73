/** The compiled packages as a user has them, for plain scripts. `npm run bench` builds them first. */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

export const { createSandbox } = require('../sandbox/dist/index.js');
export const { listen } = require('../sandbox/dist/shared/server.js');
export const { transport } = require('../node-red/dist/node-red/shared/transport.js');
export const { LimiterRegistry } = require('../node-red/dist/core/http/limiter.js');
export const { Run } = require('../node-red/dist/core/run.js');
export const { TokenKeeper } = require('../node-red/dist/core/auth/tokenKeeper.js');
export const { Epicollect5Client } = require('../node-red/dist/core/epicollect5/client.js');
export const { issueEpicollect5Token } = require('../node-red/dist/core/epicollect5/token.js');
export const { Placeholders } = require('../node-red/dist/core/epicollect5/media.js');
export const { readTidyEntries } = require('../node-red/dist/core/epicollect5/reading.js');
export const { collectEntries } = require('../node-red/dist/core/epicollect5/entries.js');
export const { readByKey } = require('../node-red/dist/core/epicollect5/keyset.js');
export const { PageSource } = require('../node-red/dist/core/epicollect5/pages.js');
export const { ProjectCache } = require('../node-red/dist/core/epicollect5/projectCache.js');
export const {
	streamRef,
	syncOnce,
	syncQuestion,
} = require('../node-red/dist/core/epicollect5/sync/index.js');
export const {
	advance,
	newCursor,
	nextRequest,
} = require('../node-red/dist/core/epicollect5/sync/cursor.js');
export const { IdSet } = require('../node-red/dist/core/epicollect5/sync/idSet.js');
export const { openState, saveState } = require('../node-red/dist/core/epicollect5/sync/state.js');

/** A client for a project of the sandbox, with the token kept in memory only. */
export function clientOf({ transport, clock, baseUrl, app }) {
	const limiters = new LimiterRegistry(clock);
	const issue = () =>
		issueEpicollect5Token({
			transport,
			clock,
			limiters,
			baseUrl,
			clientId: app.id,
			clientSecret: app.secret,
		});
	const source = { store: { read: async () => undefined, write: async () => undefined }, issue };
	const tokens = app && { keeper: new TokenKeeper(clock), source };
	return new Epicollect5Client({
		transport,
		clock,
		limiters,
		placeholders: new Placeholders(),
		baseUrl,
		tokens,
	});
}
