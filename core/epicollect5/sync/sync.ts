import { MINUTE } from '../../clock';
import { FieldDataError } from '../../http/errors';
import type { Run, Summary } from '../../run';
import type { Epicollect5Client } from '../client';
import { hasColumns } from '../columns';
import { incompleteSecond } from '../crowd';
import type { RawEntry } from '../entry';
import { PAGE_SIZE, PageSizeChanged, PageSource } from '../pages';
import { reasonOf } from '../stopped';
import { advance, advanceAnew, nextRequest, type StreamCursor } from './cursor';
import { streamRef, type SyncQuestion, type SyncStream } from './question';
import { openState, saveState, type OpenState, type SyncState } from './state';
import type { EntryEvent } from './take';

/** Commits later than this after their stamp are outside the promise (contract 13.3). */
export const OVERLAP_MS = 5 * MINUTE;

export interface SyncOptions {
	client: Pick<Epicollect5Client, 'asker'>;
	question: SyncQuestion;
	/** The state of the last call; undefined or null at first contact. */
	state: unknown;
	run: Run;
	/** How many events at most. */
	batchSize?: number;
	/** How many requests at most. */
	maxRequests?: number;
	/** Refs of the streams to read in this call, as `left` of the call before names them; all where none are named. */
	only?: readonly string[];
	/**
	 * Makes the question from a definition that was not asked for before. Called at most once, where entries have other
	 * columns than the question tells of: columns are numbered anew when a form is changed (contract 10), and by their old
	 * names the counts of branch entries would be taken for answers, and every entry for an edited one.
	 */
	newer?: () => Promise<SyncQuestion>;
	overlapMs?: number;
}

/** Entries have other columns than before: the form or the mapping was changed. They are not delivered again for it. */
export interface SyncNote {
	type: 'shapeChanged';
	stream: SyncStream;
}

/** `end`: everything that the server shows was read. All others: the next call goes on where this one stopped. */
export type SyncStoppedBy = 'end' | 'batch' | 'budget' | 'deadline' | 'aborted' | 'failure';

export interface SyncResult {
	/** In the order of their upload, stream by stream. */
	events: EntryEvent[];
	/** To be saved once the events were handed over, never before. */
	state: SyncState;
	notes: SyncNote[];
	stoppedBy: SyncStoppedBy;
	/**
	 * Refs of the streams that this call has not read to their end, the next one first. Who hands over page by page reads
	 * only these in the next call: the others have been read.
	 */
	left: string[];
	summary: Summary & { created: number; updated: number };
	/**
	 * Why it failed or was aborted. The events up to there and the state are good: hand over, save, then report this.
	 */
	error?: FieldDataError;
}

/**
 * Reads what is new since the last call: each stream page by page, all of them in turn, within one budget.
 *
 * Events and state belong together. Who saves the state after the hand-over gets each version exactly once; who loses
 * it, or hands over and does not save, gets the same events again, with the same eventIds.
 *
 * A failure on the way loses nothing: what was read until then is returned, with the state that goes with it, and the
 * failure beside it as `error`. A failure of one stream (its form was deleted, a second cannot be read whole) does not
 * keep the others from being read.
 * @throws InputError before any request, where the state does not belong to the question
 */
export async function syncOnce(options: SyncOptions): Promise<SyncResult> {
	const session = new Session(options, openState(options.state, options.question));
	const stoppedBy = await session.read();
	return session.result(stoppedBy);
}

/** One call: what has been read so far, and whose turn it is. */
class Session {
	private readonly events: EntryEvent[] = [];
	private readonly notes: SyncNote[] = [];
	private readonly streams: Map<string, StreamCursor>;
	/** Streams that have not been read to their end, the next one first. */
	private readonly queue: SyncStream[];
	private readonly sources = new Map<string, PageSource>();
	private requests = 0;
	private pageSize: number;
	private servedAt: number | undefined;
	private error: FieldDataError | undefined;
	private newer: SyncQuestion | undefined;

	constructor(
		private readonly options: SyncOptions,
		private readonly opened: OpenState,
	) {
		const { streams } = options.question;
		const turn = Math.max(
			0,
			streams.findIndex((stream) => streamRef(stream) === opened.turn),
		);
		const { only } = options;
		this.queue = [...streams.slice(turn), ...streams.slice(0, turn)].filter(
			(stream) => only === undefined || only.includes(streamRef(stream)),
		);
		this.streams = new Map(opened.streams);
		this.pageSize = opened.pageSize ?? PAGE_SIZE;
	}

	async read(): Promise<SyncStoppedBy> {
		const { batchSize = Infinity, maxRequests = Infinity } = this.options;
		for (let stream = this.queue[0]; stream; stream = this.queue[0]) {
			if (this.events.length >= batchSize) return 'batch';
			if (this.requests >= maxRequests) return 'budget';
			try {
				const isDone = await this.readPage(stream);
				this.queue.shift();
				if (!isDone) this.queue.push(stream);
			} catch (error) {
				if (!(error instanceof FieldDataError)) throw error;
				const reason = reasonOf(error);
				if (reason === 'deadline') return reason;
				this.error ??= error;
				if (!isOfStream(error)) return reason;
				this.queue.shift();
			}
		}
		return this.error ? 'failure' : 'end';
	}

	result(stoppedBy: SyncStoppedBy): SyncResult {
		const { run } = this.options;
		const next = this.queue[0] === this.options.question.streams[0] ? undefined : this.queue[0];
		const pageSize = this.pageSize === PAGE_SIZE ? undefined : this.pageSize;
		const created = this.events.filter(({ type }) => type === 'created').length;
		run.summary.fetched += this.events.length;
		run.summary.stoppedBy = stoppedBy === 'batch' || stoppedBy === 'budget' ? 'limit' : stoppedBy;
		return {
			events: this.events,
			state: saveState({ ...this.opened, turn: next && streamRef(next), pageSize, streams: this.streams }),
			notes: this.notes,
			stoppedBy,
			left: this.queue.map(streamRef),
			summary: { ...run.summary, created, updated: this.events.length - created },
			...(this.error && { error: this.error }),
		};
	}

	/** @returns whether the stream has been read to its end */
	private async readPage(stream: SyncStream): Promise<boolean> {
		const { question, overlapMs = OVERLAP_MS, batchSize = Infinity, run } = this.options;
		const { slug, mapIndex } = question;
		const ref = streamRef(stream);
		const cursor = this.streams.get(ref) as StreamCursor;
		const page = await this.fetch(ref, stream, cursor);
		if (page === 'resized') {
			this.streams.set(ref, advanceAnew(cursor));
			return false;
		}
		const room = batchSize - this.events.length;
		const context = { slug, stream: await this.defined(stream, page.rows[0]), mapIndex, overlapMs };
		const step = advance(cursor, page, context, room);
		this.streams.set(ref, step.cursor);
		for (const event of step.events) this.events.push(event);
		if (step.shapeChanged) this.notes.push({ type: 'shapeChanged', stream });
		run.summary.skipped += step.skipped;
		run.options.onProgress?.({ fetched: run.summary.fetched + this.events.length });
		if (step.incomplete) throw incompleteSecond(step.incomplete);
		return step.isDone;
	}

	/** The stream as the definition of the project tells of it that fits its entries. */
	private async defined(stream: SyncStream, row: RawEntry | undefined): Promise<SyncStream> {
		const { newer } = this.options;
		const fits = !row || !stream.keys || hasColumns(row, stream.keys);
		if (fits) return stream;
		this.newer ??= await newer?.();
		return this.newer?.streams.find((one) => streamRef(one) === streamRef(stream)) ?? stream;
	}

	private async fetch(ref: string, stream: SyncStream, cursor: StreamCursor) {
		const source = this.sourceOf(ref, stream);
		try {
			const page = await source.fetch(nextRequest(cursor));
			return { ...page, servedAt: this.servedAt };
		} catch (error) {
			if (error instanceof PageSizeChanged) return 'resized';
			throw error;
		} finally {
			this.pageSize = Math.min(this.pageSize, source.pageSize);
		}
	}

	private sourceOf(ref: string, stream: SyncStream): PageSource {
		let source = this.sources.get(ref);
		if (!source) {
			const { client, question, run } = this.options;
			const ask = client.asker(question.slug, { ...stream, mapIndex: question.mapIndex }, run);
			const noted = async (parameters: Record<string, string | number>) => {
				this.requests += 1;
				const { body, servedAt } = await ask(parameters);
				this.servedAt = servedAt;
				return body;
			};
			this.sources.set(ref, (source = new PageSource(noted, this.pageSize)));
		}
		return source;
	}
}

/** Whether the other streams of the project can be read all the same. */
function isOfStream({ kind, code }: FieldDataError): boolean {
	return kind === 'incomplete' || code === 'ec5_15' || code === 'ec5_99';
}
