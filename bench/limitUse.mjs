/**
 * How much of the service's limit a reading uses: the time that 5 requests a minute need at least, over the time that
 * it took, in virtual time with answers of 0.3 s. No request may be refused.
 */
import { clientOf, createSandbox, readTidyEntries, Run } from './compiled.mjs';

const ROWS = 100_000;
const PER_PAGE = 500;
const PER_MINUTE = 5;
const ANSWER_MS = 300;
const BASE = 'http://sandbox';

export async function limitUse() {
	const clock = steppingClock(Date.UTC(2026, 0, 5, 12, 0, 0, 700));
	const sandbox = createSandbox({ clock, entries: ROWS, limits: 'production' });
	const app = sandbox.clients.find(({ project }) => project === 'sandbox-private');
	const transport = inProcess(sandbox.epicollect5, clock);
	const results = [];
	for (const share of [1, 0.5]) {
		const client = clientOf({ transport, clock, baseUrl: BASE, app });
		const run = new Run(clock, { share });
		const project = await client.project('sandbox-private', new Run(clock));
		const started = clock.now();
		const ids = new Set();
		for await (const rows of readTidyEntries(client, { slug: 'sandbox-private' }, async () => project, run)) {
			for (const row of rows) ids.add(row.ec5_uuid);
		}
		if (ids.size !== ROWS) throw new Error(`${ids.size} of ${ROWS} entries were read`);
		const took = clock.now() - started;
		results.push({ metric: share === 1 ? 'limit-use' : 'polite', value: leastMs(share) / took, goal: 0.97 });
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

/** Time moves only when somebody waits for it: one reader, so the next waker is always the one who sleeps. */
function steppingClock(start) {
	let time = start;
	return {
		kind: 'virtual',
		now: () => time,
		set: (ms) => (time = ms),
		advance: (ms) => (time += ms),
		sleep: async (ms) => void (time += ms),
	};
}

function inProcess(service, clock) {
	return {
		async request({ method, url, query = {}, headers = {}, body = '' }) {
			clock.advance(ANSWER_MS);
			const params = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
			const response = await service.handle({
				method,
				path: new URL(url).pathname,
				query: params,
				headers: Object.fromEntries(
					Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
				),
				body: Buffer.from(body),
				ip: '127.0.0.1',
				origin: BASE,
			});
			return { status: response.status, headers: response.headers, body: response.body.toString('utf8') };
		},
	};
}
