/**
 * What a day of following one form costs: the first reading of all entries, then a look every hour, while 200 come in.
 * Counted are all requests for data, definitions included, and the tokens. In virtual time, the state saved as text.
 */
import { clientOf, ProjectCache, Run, syncOnce, syncQuestion } from './compiled.mjs';
import { BASE, SLUG, virtualWorld } from './virtual.mjs';

const ROWS = 20_000;
const NEW = 200;
const HOURS = 24;
const HOUR = 3_600_000;
/** As the triggers do: a definition is asked for again once an hour at most. */
const DEFINITION_FRESH_MS = HOUR;

export async function requestThrift() {
	const { clock, sandbox, app, transport } = virtualWorld(ROWS);
	const client = clientOf({ transport, clock, baseUrl: BASE, app });
	const projects = new ProjectCache(clock);
	const begun = clock.now();
	let kept = 'null';
	let delivered = 0;
	for (let hour = 0; hour <= HOURS; hour++) {
		if (hour > 0) {
			const count = Math.round((NEW * hour) / HOURS) - Math.round((NEW * (hour - 1)) / HOURS);
			clock.advance(begun + (hour - 0.5) * HOUR - clock.now());
			sandbox.admin.addEntries({ project: SLUG, count, perSecond: 1 });
			clock.advance(begun + hour * HOUR - clock.now());
		}
		const run = new Run(clock);
		const project = await projects.get(app.id, client, SLUG, run, clock.now() - DEFINITION_FRESH_MS);
		const streams = [{ formRef: project.forms[0].ref }];
		const question = syncQuestion({ server: BASE, slug: SLUG, project, streams, start: 'beginning' });
		const { events, state, stoppedBy } = await syncOnce({ client, question, state: JSON.parse(kept), run });
		if (stoppedBy !== 'end') throw new Error(`Hour ${hour} ended with ${stoppedBy}`);
		delivered += events.length;
		kept = JSON.stringify(state);
	}
	if (delivered !== ROWS + NEW) throw new Error(`${delivered} of ${ROWS + NEW} entries were delivered`);
	const { total, tokensIssued, requests, rateLimited } = sandbox.stats();
	if (rateLimited > 0) throw new Error(`${rateLimited} requests were refused`);
	return [
		{ metric: 'request-thrift', value: total - (requests.token ?? 0), atMost: 96 },
		{ metric: 'token-thrift', value: tokensIssued, atMost: 13 },
	];
}
