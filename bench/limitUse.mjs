/**
 * How much of the service's limit a reading uses: the time that 5 requests a minute need at least, over the time that
 * it took, in virtual time with answers of 0.3 s. No request may be refused.
 */
import { clientOf, readTidyEntries, Run } from './compiled.mjs';
import { BASE, SLUG, virtualWorld } from './virtual.mjs';

const ROWS = 100_000;
const PER_PAGE = 500;
const PER_MINUTE = 5;

export async function limitUse() {
	const { clock, sandbox, app, transport } = virtualWorld(ROWS);
	const results = [];
	for (const share of [1, 0.5]) {
		const client = clientOf({ transport, clock, baseUrl: BASE, app });
		const run = new Run(clock, { share });
		const project = await client.project(SLUG, new Run(clock));
		const started = clock.now();
		const ids = new Set();
		for await (const rows of readTidyEntries(client, { slug: SLUG }, async () => project, run)) {
			for (const row of rows) ids.add(row.ec5_uuid);
		}
		if (ids.size !== ROWS) throw new Error(`${ids.size} of ${ROWS} entries were read`);
		const took = clock.now() - started;
		results.push({
			metric: share === 1 ? 'limit-use' : 'polite',
			value: leastMs(share) / took,
			atLeast: 0.97,
		});
		clock.advance(120_000);
	}
	const { rateLimited } = sandbox.stats();
	if (rateLimited > 0) throw new Error(`${rateLimited} requests were refused`);
	return results;
}

/** The last request of a full use of the limit starts this long after the first. */
function leastMs(share) {
	const requests = Math.ceil(ROWS / PER_PAGE);
	return share === 1
		? (Math.ceil(requests / PER_MINUTE) - 1) * 60_000
		: ((requests - 2) * 60_000) / (PER_MINUTE * share);
}
