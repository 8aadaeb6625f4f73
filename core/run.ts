import type { Clock } from './clock';

/** Why a run ended. Everything but `end` and `limit` means that rows may be left for the next run. */
export type StoppedBy = 'end' | 'limit' | 'deadline' | 'aborted' | 'failure';

/** What a run did, said at its end whatever happened. */
export interface Summary {
	/** Rows handed over. */
	fetched: number;
	/** Rows the service sent again and we left out. */
	skipped: number;
	/** Requests sent to read; a token is shared by many runs and counts for none. */
	requests: number;
	/** Milliseconds spent waiting for the service's limit or between tries. */
	waitedMs: number;
	/** Child and branch entries whose parent is missing; undefined where none were joined. */
	orphans?: number;
	/** Child and branch entries that were read but belong to no chosen parent. */
	notSelected?: number;
	/** Undefined while the run goes on. */
	stoppedBy?: StoppedBy;
}

export interface Wait {
	reason: 'limit' | 'retry';
	ms: number;
	/** Milliseconds since the epoch, when it goes on. */
	until: number;
	/** Only the own share of the limit is kept to: the service would answer. */
	pacing?: true;
}

export interface Progress {
	fetched: number;
	/** Rows in all, as far as the service has told. */
	total?: number;
}

export interface RunOptions {
	signal?: AbortSignal;
	/** Milliseconds since the epoch. A request that is not expected to end by then is not started. */
	deadline?: number;
	/** The part of the service's limit to use, above 0 and at most 1. The service asks for 0.5. */
	share?: number;
	/** Told before each pause, so that a host can show the time it goes on. */
	onWait?: (wait: Wait) => void;
	onProgress?: (progress: Progress) => void;
}

/** One run of a node: its limits, its voice, and its account. */
export class Run {
	constructor(
		private readonly clock: Clock,
		readonly options: RunOptions = {},
		readonly summary: Summary = { fetched: 0, skipped: 0, requests: 0, waitedMs: 0 },
	) {}

	/** The same run with so many milliseconds from now at most: for what can be done another time as well. */
	within(ms: number): Run {
		const deadline = Math.min(this.clock.now() + ms, this.options.deadline ?? Infinity);
		return new Run(this.clock, { ...this.options, deadline }, this.summary);
	}

	get signal(): AbortSignal | undefined {
		return this.options.signal;
	}

	/** Tells the host of a pause. The time itself is counted by whoever waits. */
	announceWait(reason: Wait['reason'], ms: number, pacing = false): void {
		this.options.onWait?.({ reason, ms, until: this.clock.now() + ms, ...(pacing && { pacing }) });
	}

	progress(total?: number): void {
		this.options.onProgress?.({ fetched: this.summary.fetched, total });
	}
}
