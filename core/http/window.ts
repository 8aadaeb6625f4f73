import type { Limit } from './limits';

/** What was known of the window when a request was sent. */
export interface Sent {
	at: number;
	/** Which window, by our own count. */
	window: number;
	said: number;
	settled: number;
	untold: number;
}

/**
 * What can be known from here of a window that the service counts.
 *
 * It begins with its first request, whoever sends it, on the whole second before, and ends `perMs` later (contract 4).
 * An answer tells how many have been counted but not since when. So the end is known as "at the latest `perMs` after
 * the first answer of the window", which is safe, and exact when we opened it ourselves. A request in flight at the end
 * may count on either side; it is taken for both until its answer tells.
 *
 * All times are of one steady clock.
 */
export class Window {
	private hits: number;
	private readonly perMs: number;
	private number = 0;
	private inFlight = 0;
	private endsBy: number | undefined;
	/** Whether an answer with a count has set `endsBy`; without, nobody knows that the service counts at all. */
	private confirmed = false;
	/** The highest count that the service told. */
	private said = 0;
	/** Our requests that came to an end, with or without an answer. */
	private settled = 0;
	/** Of these, the ones whose answer told no count. */
	private untold = 0;
	/** Of these, the ones that a later count includes. */
	private included = 0;

	constructor(limit: Limit) {
		this.hits = limit.hits;
		this.perMs = limit.perMs;
	}

	get limit(): number {
		return this.hits;
	}

	/** The service has lowered or raised its limit. */
	set limit(hits: number) {
		this.hits = Math.max(1, hits);
	}

	/** Requests that may be sent now. */
	free(now: number): number {
		this.passOn(now);
		const counted = this.said + this.untold - this.included;
		return Math.max(0, this.hits - counted - this.inFlight);
	}

	/** Earliest time for one more request while `ahead` others wait before it, as far as can be told. */
	opensAt(ahead: number, now: number): number {
		const free = this.free(now);
		if (ahead < free) return now;
		// Full of requests without an answer, it may end at any time, but need not.
		const end = this.endsBy ?? now + this.perMs;
		return end + Math.floor((ahead - free) / this.hits) * this.perMs;
	}

	send(now: number): Sent {
		this.passOn(now);
		this.inFlight += 1;
		const { number, said, settled, untold } = this;
		return { at: now, window: number, said, settled, untold };
	}

	/** It was not sent after all. */
	release(): void {
		this.inFlight -= 1;
	}

	/** @param said the count in its answer, itself included; undefined where none was told or none came */
	settle(sent: Sent, now: number, said?: number): void {
		this.inFlight -= 1;
		this.passOn(now);
		// A count not above the one known before: the service has begun a new window.
		const isNew = said !== undefined && said <= sent.said;
		if (sent.window !== this.number) {
			// It tells of this window as any answer does, and when it ends too: full and without an end, it would be for ever.
			if (isNew) this.tell(now, said);
			else this.countUntold(now);
		} else if (isNew) {
			this.begin(this.settled - sent.settled);
			this.confirm(now + this.perMs, said);
		} else {
			this.settled += 1;
			if (said === undefined) this.countUntold(now);
			else this.learn(sent, now, said);
		}
	}

	/** The service refused it, and said when the window ends. A refused request is not counted. */
	refuse(sent: Sent, now: number, endsInMs: number): void {
		this.inFlight -= 1;
		this.passOn(now);
		// A refusal by an earlier window tells nothing of this one.
		if (sent.window === this.number) this.confirm(now + endsInMs, this.hits);
	}

	private learn(sent: Sent, now: number, said: number): void {
		this.included = Math.max(this.included, sent.untold);
		this.tell(now, said);
	}

	private tell(now: number, said: number): void {
		this.said = Math.max(this.said, said);
		if (!this.confirmed) this.confirm(now + this.perMs, said);
	}

	private confirm(endsBy: number, said: number): void {
		this.endsBy = endsBy;
		this.confirmed = true;
		this.said = Math.max(this.said, said);
	}

	private countUntold(now: number): void {
		this.untold += 1;
		this.endsBy ??= now + this.perMs;
	}

	/** Begins the next window once this one is over for certain. */
	private passOn(now: number): void {
		if (this.endsBy !== undefined && now >= this.endsBy) this.begin(0);
	}

	/** @param untold requests that are settled and may belong to it */
	private begin(untold: number): void {
		this.number += 1;
		this.endsBy = undefined;
		this.confirmed = false;
		this.said = 0;
		this.settled = 0;
		this.untold = untold;
		this.included = 0;
	}
}
