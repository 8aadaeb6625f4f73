/** A sandbox in this process whose time moves only when somebody waits, or for an answer. */
import { createSandbox } from './compiled.mjs';

export const BASE = 'http://sandbox';
export const SLUG = 'sandbox-private';
const ANSWER_MS = 300;
const START = Date.UTC(2026, 0, 5, 12, 0, 0, 700);

/** A private project with that many entries, the public service's limits, and the app that may read it. */
export function virtualWorld(entries) {
	const clock = steppingClock(START);
	const sandbox = createSandbox({ clock, entries, limits: 'production', projects: ['private'] });
	const app = sandbox.clients.find(({ project }) => project === SLUG);
	return { clock, sandbox, app, transport: inProcess(sandbox.epicollect5, clock) };
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
		async request({ method, url, query = {}, headers = {}, body = '', responseType }) {
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
			const answer = responseType === 'bytes' ? response.body : response.body.toString('utf8');
			return { status: response.status, headers: response.headers, body: answer };
		},
	};
}
