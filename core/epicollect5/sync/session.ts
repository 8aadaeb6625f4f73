import { MINUTE, SECOND } from '../../clock';
import { FieldDataError, RateLimitError } from '../../http/errors';
import type { Run } from '../../run';
import { hasColumns } from '../columns';
import { incompleteSecond } from '../crowd';
import type { RawEntry } from '../entry';
import { reasonOf } from '../stopped';
import { advance, advanceAnew, nextRequest, type StreamCursor } from './cursor';
import type { IdSet } from './idSet';
import { meetOlder, olderAnew, olderFailed, olderRequest, type Older } from './older';
import { streamRef, type SyncQuestion, type SyncStream } from './question';
import { Sources } from './sources';
import { saveState, type OpenState } from './state';
import type { OlderProgress, SyncNote, SyncOptions, SyncResult, SyncStoppedBy } from './sync';
import type { EntryEvent } from './take';

/** Commits later than this after their stamp are outside the promise (contract 13.3). */
export const OVERLAP_MS = 5 * MINUTE;

/** Pages of the entries from before the start that one call reads at most: files have to have their time, too. */
const MOST_OLDER = 10;
/** They wait for no window of the limit, which is a minute. */
const OLDER_PATIENCE_MS = 20 * SECOND;
/** While there is always something to read for the others, they get one of so many requests. */
const OLDER_EVERY = 10;

/** One call: what has been read so far, and whose turn it is. */
export class Session {
	private readonly events: EntryEvent[] = [];
	private readonly notes: SyncNote[] = [];
	private readonly streams: Map<string, StreamCursor>;
	/** Streams that have not been read to their end, the next one first. */
	private readonly queue: SyncStream[];
	private readonly sources: Sources;
	private known: IdSet;
	private readonly older: Omit<OlderProgress, 'left'> = { pages: 0 };
	/** Requests since the last one for the entries from before the start. */
	private olderWaits: number;
	private error: FieldDataError | undefined;
	private newer: SyncQuestion | undefined;

	constructor(
		private readonly options: SyncOptions,
		private readonly opened: OpenState,
	) {
		const { client, question, only } = options;
		const { streams } = question;
		const turn = Math.max(
			0,
			streams.findIndex((stream) => streamRef(stream) === opened.turn),
		);
		this.queue = [...streams.slice(turn), ...streams.slice(0, turn)].filter(
			(stream) => only === undefined || only.includes(streamRef(stream)),
		);
		this.streams = new Map(opened.streams);
		this.known = opened.known;
		this.olderWaits = opened.olderWaits;
		this.sources = new Sources(client, question, opened.pageSize);
	}

	async read(): Promise<SyncStoppedBy> {
		const { batchSize = Infinity } = this.options;
		for (let stream = this.queue[0]; stream; stream = this.queue[0]) {
			if (this.events.length >= batchSize) return 'batch';
			if (this.isSpent) return 'budget';
			if (this.olderWaits >= OLDER_EVERY && (await this.readOlder(this.options.run))) continue;
			// It may have cost a request and brought nothing.
			if (this.isSpent) return 'budget';
			const reason = await this.readTurn(stream);
			if (reason) return reason;
		}
		const hurried = this.options.run.within(OLDER_PATIENCE_MS);
		let isLeft = true;
		while (isLeft && this.older.pages < MOST_OLDER && !this.isSpent) isLeft = await this.readOlder(hurried);
		return this.error ? 'failure' : 'end';
	}

	result(stoppedBy: SyncStoppedBy): SyncResult {
		const { run, question } = this.options;
		const next = this.queue[0] === question.streams[0] ? undefined : this.queue[0];
		const { pageSize } = this.sources;
		const { opened, olderWaits, known, streams } = this;
		const created = this.events.filter(({ type }) => type === 'created').length;
		run.summary.fetched += this.events.length;
		run.summary.stoppedBy = stoppedBy === 'batch' || stoppedBy === 'budget' ? 'limit' : stoppedBy;
		return {
			events: this.events,
			state: saveState({ ...opened, turn: next && streamRef(next), pageSize, olderWaits, known, streams }),
			notes: this.notes,
			stoppedBy,
			left: this.queue.map(streamRef),
			older: { ...this.older, left: this.unmet().filter(this.isReadable, this).map(streamRef) },
			summary: { ...run.summary, created, updated: this.events.length - created },
			...(this.error && { error: this.error }),
		};
	}

	private get isSpent(): boolean {
		return this.sources.requests >= (this.options.maxRequests ?? Infinity);
	}

	/** Reads a page of the stream whose turn it is. @returns why the call ends here; undefined where it goes on */
	private async readTurn(stream: SyncStream): Promise<SyncStoppedBy | undefined> {
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
		return undefined;
	}

	/** @returns whether the stream has been read to its end */
	private async readPage(stream: SyncStream): Promise<boolean> {
		const { question, overlapMs = OVERLAP_MS, batchSize = Infinity, run } = this.options;
		const { slug, mapIndex } = question;
		const ref = streamRef(stream);
		const cursor = this.cursorOf(stream);
		if (cursor.round && !cursor.round.crowd) this.sources.tryLarger(cursor.watermark);
		const page = await this.sources.fetch(stream, nextRequest(cursor), run);
		this.olderWaits += 1;
		if (!page) {
			this.streams.set(ref, advanceAnew(cursor));
			return false;
		}
		const room = batchSize - this.events.length;
		const defined = await this.defined(stream, page.rows[0]);
		const context = { slug, mapIndex, ...defined, known: this.known, overlapMs };
		const step = advance(cursor, page, context, room);
		this.known = step.known;
		this.streams.set(ref, step.cursor);
		for (const event of step.events) this.events.push(event);
		if (step.shapeChanged) this.notes.push({ type: 'shapeChanged', stream });
		run.summary.skipped += step.skipped;
		run.options.onProgress?.({ fetched: run.summary.fetched + this.events.length });
		if (step.incomplete) throw incompleteSecond(step.incomplete);
		return step.isDone;
	}

	/** Reads a page of entries from before the start. @returns whether there was one to read, and time for it */
	private async readOlder(run: Run): Promise<boolean> {
		const [stream] = this.unmet();
		const isBegun = this.options.question.streams.every((one) => this.cursorOf(one).begun);
		if (!stream || !isBegun || this.older.error) return false;
		try {
			return await this.readOlderPage(stream, run);
		} catch (error) {
			if (!(error instanceof FieldDataError)) throw error;
			if (reasonOf(error) !== 'failure') return false;
			this.olderWaits = 0;
			// A limit that others use up passes, however often it is met.
			if (error instanceof RateLimitError) return false;
			this.older.error = error;
			this.setOlder(stream, olderFailed);
			return false;
		}
	}

	/** @returns false where it is too early for it */
	private async readOlderPage(stream: SyncStream, run: Run): Promise<boolean> {
		const { older } = this.cursorOf(stream);
		if (!older || !this.isReadable(stream)) return false;
		const page = await this.sources.fetch(stream, olderRequest(older), run);
		this.olderWaits = 0;
		if (!page) {
			this.setOlder(stream, olderAnew);
			return true;
		}
		if (!this.isReadable(stream)) return false;
		const met = meetOlder(older, page);
		this.known = this.known.with(met.keys);
		this.setOlder(stream, () => met.older);
		this.older.pages += 1;
		return true;
	}

	/** Streams with entries from before the start that have not been met, those with the newest first. */
	private unmet(): SyncStream[] {
		const anchorOf = (stream: SyncStream) => this.cursorOf(stream).older?.anchor ?? -Infinity;
		return this.options.question.streams
			.filter((stream) => this.cursorOf(stream).older)
			.sort((a, b) => anchorOf(b) - anchorOf(a));
	}

	/** Whether nothing can be committed any more among the older entries: a date to start from may be still to come. */
	private isReadable(stream: SyncStream): boolean {
		const { overlapMs = OVERLAP_MS } = this.options;
		const { older } = this.cursorOf(stream);
		return older !== undefined && older.anchor < (this.sources.servedAt ?? Infinity) - overlapMs;
	}

	private setOlder(stream: SyncStream, after: (older: Older) => Older | undefined): void {
		const cursor = this.cursorOf(stream);
		this.streams.set(streamRef(stream), { ...cursor, older: cursor.older && after(cursor.older) });
	}

	private cursorOf(stream: SyncStream): StreamCursor {
		return this.streams.get(streamRef(stream)) as StreamCursor;
	}

	/**
	 * The stream as the definition of the project tells of it that fits its entries. None may: the form can be changed once
	 * more in the same call, and who makes one for each page asks for a definition once.
	 */
	private async defined(
		stream: SyncStream,
		row: RawEntry | undefined,
	): Promise<{ stream: SyncStream; isUnfit: boolean }> {
		if (isFit(stream, row)) return { stream, isUnfit: false };
		this.newer ??= await this.options.newer?.();
		const newest = this.newer?.streams.find((one) => streamRef(one) === streamRef(stream)) ?? stream;
		return { stream: newest, isUnfit: !isFit(newest, row) };
	}
}

function isFit({ keys }: SyncStream, row: RawEntry | undefined): boolean {
	return !row || !keys || hasColumns(row, keys);
}

/** Whether the other streams of the project can be read all the same. */
function isOfStream({ kind, code }: FieldDataError): boolean {
	return kind === 'incomplete' || code === 'ec5_15' || code === 'ec5_99';
}
