import { findDeleted, streamRef } from '../../../core/epicollect5/sync';
import type { Place } from './definitions';
import { judgeReading } from './judgeReading';
import { hasReason, type Failure } from './judgeSync';
import { errorFaults } from './oracle';
import type { Act, ReadAct } from './plan';
import { questionOf } from './queries';
import { nothingYet, readInto } from './reads';
import { SLUG } from './server';
import type { Stage, Trace } from './stage';

/** The acts of a story that read a form or a branch from end to end. */
export class Readings {
	constructor(private readonly stage: Stage) {}

	async read(act: ReadAct): Promise<void> {
		const { server, story, processes, violations } = this.stage;
		const process = processes[act.process]!;
		const trace = this.stage.begin(process, act);
		const { place, question, request } = this.asked(act);
		const got = nothingYet();
		const run = trace.run();
		const client = process.client(trace.wire);
		let error: unknown;
		try {
			await readInto(got, act, client, request, process.project(client, run), run);
		} catch (thrown) {
			error = thrown;
			this.stage.blame('error', errorFaults(thrown));
			const { stoppedBy } = run.summary;
			if (stoppedBy !== 'failure' && stoppedBy !== 'deadline')
				this.stage.blame('falseSuccess', `stopped by "${stoppedBy}", with an error: ${String(thrown)}`);
		}
		trace.said.push(error, run.summary);
		this.stage.end(trace);
		if (error !== undefined) return this.judgeFailure(error as Failure, act, place, trace);
		const judged = {
			...{ act, place, question, got, period: trace.period, summary: run.summary },
			...{ sent: trace.wire.sent, world: story.world, isGrown: server.isGrown },
		};
		violations.push(...judgeReading(judged, server.ledger));
	}

	/** What the act asks for, of the entries that are there now. */
	private asked(act: ReadAct) {
		const { server, clock } = this.stage;
		const chosen = server.place(act.stream);
		const place = isJoined(act) ? server.formOf(chosen) : chosen;
		const all = server.ledger.ids(place.above && act.query === 'below one' ? place.above : place.ref);
		const some = all[(act.stream * 31) % Math.max(1, all.length)];
		const aRow = some === undefined ? undefined : server.ledger.versions(some)[0];
		const question = questionOf(act, place, clock.now(), aRow);
		const mappings = [...server.project.mappings.keys()];
		const { formRef, branchRef } = place;
		const request = {
			...{ slug: SLUG, formRef, mapIndex: mappings[act.mapping % mappings.length], ...question.filters },
			...(branchRef && { branchRef }),
		};
		return { place, question, request };
	}

	private judgeFailure(error: Failure, act: ReadAct, place: Place, trace: Trace): void {
		const { server, story } = this.stage;
		// A definition of some minutes ago does not name it.
		const isNew = !server.firstStreams.some((stream) => streamRef(stream) === place.ref);
		if (isNew && error.code === 'ec5_99') return;
		const refs = isJoined(act) ? server.places.map(({ ref }) => ref) : [place.ref];
		const { period } = trace;
		const circumstances = { meanwhile: this.stage.meanwhile(trace), period, world: story.world, refs };
		if (hasReason(error, circumstances, server.ledger)) return;
		this.stage.blame('error', `a reading (${act.query}) failed without a reason: ${String(error)}`);
	}

	async look({ process, stream }: Extract<Act, { type: 'findDeleted' }>): Promise<void> {
		const { server } = this.stage;
		const trace = this.stage.begin(this.stage.processes[process]!);
		const { formRef, branchRef, ref } = server.place(stream);
		const client = trace.process.client(trace.wire);
		const knownIds = server.ledger.ids(ref);
		try {
			const gone = await findDeleted({
				...{ client, slug: SLUG, stream: { formRef, branchRef }, mapIndex: 0 },
				...{ knownIds, run: trace.run() },
			});
			this.stage.end(trace);
			const there = server.ledger.throughout(ref, trace.period).map(([version]) => version!.id);
			const wrong = there.filter((id) => gone.includes(id));
			this.stage.blame(
				'falseSuccess',
				wrong.map((id) => `said to be deleted, and there: ${id}`),
			);
			const before = knownIds.filter((id) =>
				server.ledger.versions(id).every(({ until }) => until <= trace.period.from),
			);
			this.stage.blame(
				'falseSuccess',
				before.filter((id) => !gone.includes(id)).map((id) => `deleted, and not said: ${id}`),
			);
		} catch (error) {
			trace.said.push(error);
			this.stage.end(trace);
			this.stage.blame('error', errorFaults(error));
		}
	}
}

function isJoined({ shape }: ReadAct): boolean {
	return shape === 'nested' || shape === 'flat';
}
