/**
 * The CPU time of moving a kept state over entries that it knows (opening it, every page, saving it), over that of
 * fetching these pages as the core does, page by page in turns. The server is a process of its own.
 *
 * Twice: over entries from long ago, of which only the IDs are known, and over as many that all lie in the overlap, so that
 * each is looked up, hashed and compared with what was delivered of it.
 */
import {
	advance,
	clientOf,
	IdSet,
	newCursor,
	nextRequest,
	openState,
	PageSource,
	readByKey,
	Run,
	saveState,
	streamRef,
	syncQuestion,
	transport,
} from './compiled.mjs';
import { cpuOf, median, realClock as clock, SLUG, withServer } from './support.mjs';

const ROWS = 100_000;
const ROUNDS = 5;
const PATHS = [
	{ metric: 'state', overlapMs: 300_000, atMost: 0.25 },
	// Every letter of every row has to be looked at, in JavaScript, where the fetch reads them in C++.
	{ metric: 'state-overlap', overlapMs: 1e12, atMost: 0.5 },
];

export async function state() {
	return await withServer(ROWS, async (server) => {
		const client = clientOf({ transport, clock, baseUrl: server });
		const project = await client.project(SLUG, new Run(clock));
		const streams = [{ formRef: project.forms[0].ref }];
		const question = syncQuestion({ server, slug: SLUG, project, streams, start: 'beginning' });
		const measured = [];
		for (const { metric, overlapMs, atMost } of PATHS) {
			const value = await ratio(new Follower(client, question, overlapMs));
			measured.push({ metric, value, atMost });
		}
		return measured;
	});
}

async function ratio(follower) {
	let kept = await follower.firstContact();
	const ratios = [];
	for (let round = 0; round <= ROUNDS; round++) {
		const { saved, ratio } = await follower.again(kept);
		kept = saved;
		// The first round warms up.
		if (round > 0) ratios.push(ratio);
	}
	return median(ratios);
}

class Follower {
	constructor(client, question, overlapMs) {
		const [stream] = question.streams;
		const { slug, mapIndex } = question;
		this.question = question;
		this.ref = streamRef(stream);
		this.context = { slug, stream, mapIndex, overlapMs };
		this.ask = client.asker(slug, { ...stream, mapIndex }, new Run(clock));
	}

	get source() {
		return new PageSource(async (parameters) => (await this.ask(parameters)).body);
	}

	async firstContact() {
		const { source } = this;
		let cursor = newCursor('beginning');
		let known = IdSet.EMPTY;
		let created = 0;
		for (let isDone = false; !isDone;) {
			const page = await source.fetch(nextRequest(cursor));
			const step = advance(cursor, page, { ...this.context, known });
			({ cursor, known, isDone } = step);
			created += step.events.length;
		}
		if (created !== ROWS) throw new Error(`${created} of ${ROWS} entries were new`);
		return this.save(openState(null, this.question), cursor, known);
	}

	/** All pages once more, under a state that knows them. */
	async again(kept) {
		const opening = await cpuOf(async () => openState(JSON.parse(kept), this.question));
		const opened = opening.result;
		let cursor = opened.streams.get(this.ref);
		let { known } = opened;
		let own = opening.cpu;
		let fetching = 0;
		const all = { source: this.source, key: 'uploaded_at', order: 'ASC', start: -Infinity };
		const pages = readByKey(all);
		for (;;) {
			const fetched = await cpuOf(async () => {
				const { done, value } = await pages.next();
				return done ? undefined : { ...value, rows: value.rows.slice() };
			});
			fetching += fetched.cpu;
			const page = fetched.result;
			if (!page) break;
			const stepped = await cpuOf(async () => advance(cursor, page, { ...this.context, known }));
			own += stepped.cpu;
			({ cursor, known } = stepped.result);
			const { length } = stepped.result.events;
			if (length > 0) throw new Error(`${length} known entries were taken for news`);
		}
		const saving = await cpuOf(async () => this.save(opened, cursor, known));
		return { saved: saving.result, ratio: (own + saving.cpu) / fetching };
	}

	save(opened, cursor, known) {
		return JSON.stringify(saveState({ ...opened, known, streams: new Map([[this.ref, cursor]]) }));
	}
}
