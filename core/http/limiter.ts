import type { Clock } from '../clock';
import { RateLimitError, throwIfAborted } from './errors';
import { limitReport, type Limit } from './limits';
import type { HttpResponse } from './transport';

export interface AcquireOptions {
	signal?: AbortSignal;
	/** Milliseconds since the epoch: what is not expected to end by then is refused with a RateLimitError. */
	deadline?: number;
	/** The part of the limit to use, above 0 and at most 1. */
	share?: number;
	/** Told how long it will take, before each pause. */
	onWait?: (ms: number) => void;
}

/** A place in the window, taken before the request is sent. Exactly one of the two has to be called. */
export interface Reservation {
	/** Milliseconds spent waiting for it. */
	readonly waitedMs: number;
	/** The request was sent; without `response` it got no answer, and counts all the same. */
	settle(response?: HttpResponse): void;
	/** The request was never sent. */
	release(): void;
}

const DURATIONS_KEPT = 9;

/**
 * Keeps to a limit that is counted elsewhere and shared with strangers.
 *
 * The service counts in fixed windows that begin with their first request, whoever sends it (contract 4). From here
 * the window's end is known only as "at the latest `perMs` after the first answer of the window"; that bound is safe,
 * and exact when we opened the window. `counted` is what the service said, `inFlight` what it has not answered yet.
 */
export class Limiter {
	private hits: number;
	private readonly perMs: number;
	private counted = 0;
	private inFlight = 0;
	/** Undefined: no request of the present window is known. */
	private windowEnds: number | undefined;
	private windowStarted = -Infinity;
	/** Whether an answer has set `windowEnds`, or only our own sending. */
	private windowConfirmed = false;
	private lastAnswerAt = -Infinity;
	/** After a refusal: nothing is sent before. */
	private notBefore = -Infinity;
	/** Next time at which the own share is free, if it were used evenly (generic cell rate algorithm). */
	private shareFreeAt = -Infinity;
	private readonly durations: number[] = [];
	private readonly queue: object[] = [];
	private wake: () => void = () => undefined;
	private changed: Promise<void> = Promise.resolve();

	constructor(
		limit: Limit,
		private readonly clock: Clock,
	) {
		this.hits = limit.hits;
		this.perMs = limit.perMs;
		this.renewSignal();
	}

	/** Median time of the last answers in milliseconds; 0 before the first. */
	get expectedMs(): number {
		const sorted = [...this.durations].sort((a, b) => a - b);
		return sorted[sorted.length >> 1] ?? 0;
	}

	/**
	 * Waits for a place in the window, first come, first served.
	 * @throws RateLimitError with code `deadline` when the request would not end in time; AbortedError.
	 */
	async acquire(options: AcquireOptions = {}): Promise<Reservation> {
		const ticket = {};
		this.queue.push(ticket);
		const askedAt = this.clock.now();
		let announced = -Infinity;
		try {
			for (;;) {
				throwIfAborted(options.signal);
				const position = this.queue.indexOf(ticket);
				const ms = this.waitMs(position, options.share);
				if (ms === 0 && position === 0) return this.take(askedAt, options.share);
				this.checkDeadline(ms, options.deadline);
				const until = this.clock.now() + ms;
				if (ms > 0 && until !== announced) options.onWait?.(ms);
				announced = until;
				await this.pause(ms, options.signal);
			}
		} finally {
			this.queue.splice(this.queue.indexOf(ticket), 1);
			this.notify();
		}
	}

	/** Milliseconds until the request at `position` of the queue may be sent. */
	private waitMs(position: number, share = 1): number {
		const now = this.clock.now();
		if (this.windowEnds !== undefined && now >= this.windowEnds) this.openWindow();
		const free = Math.max(0, this.hits - this.counted - this.inFlight);
		const windowsAhead = position < free ? 0 : 1 + Math.floor((position - free) / this.hits);
		const end = this.windowEnds ?? now + this.perMs;
		const forWindow = windowsAhead === 0 ? 0 : end - now + (windowsAhead - 1) * this.perMs;
		return Math.max(0, this.notBefore - now, forWindow, this.shareWaitMs(now, share));
	}

	/** A share of 50 % of 5 a minute is one every 24 s, with two allowed in a row. */
	private shareWaitMs(now: number, share: number): number {
		if (share >= 1) return 0;
		const burst = Math.max(1, Math.floor(this.hits * share));
		return Math.max(0, this.shareFreeAt - (burst - 1) * this.everyMs(share) - now);
	}

	private everyMs(share: number): number {
		return this.perMs / (this.hits * share);
	}

	private openWindow(): void {
		this.windowEnds = undefined;
		this.windowConfirmed = false;
		this.counted = 0;
	}

	private checkDeadline(waitMs: number, deadline: number | undefined): void {
		if (deadline === undefined || this.clock.now() + waitMs + this.expectedMs <= deadline) return;
		throw new RateLimitError("The service's limit leaves no time for the next request in this run", {
			code: 'deadline',
			hint: 'The next run goes on. Run less often, or allow more time.',
			retryAfterMs: waitMs,
		});
	}

	private take(askedAt: number, share = 1): Reservation {
		const sentAt = this.clock.now();
		this.inFlight += 1;
		this.shareFreeAt = Math.max(this.shareFreeAt, sentAt) + this.everyMs(Math.min(1, share));
		if (this.windowEnds === undefined) {
			this.windowStarted = sentAt;
			this.windowEnds = sentAt + this.perMs;
		}
		let done = false;
		const once = (act: () => void) => () => {
			if (done) return;
			done = true;
			this.inFlight -= 1;
			act();
			this.notify();
		};
		let answer: HttpResponse | undefined;
		const settle = once(() => this.learn(sentAt, answer));
		return {
			waitedMs: sentAt - askedAt,
			settle: (response) => {
				answer = response;
				settle();
			},
			release: once(() => undefined),
		};
	}

	private learn(sentAt: number, response: HttpResponse | undefined): void {
		const now = this.clock.now();
		const report = response === undefined ? {} : limitReport(response, now);
		if (report.limit !== undefined && report.limit > 0) this.hits = report.limit;
		if (response !== undefined) this.remember(now - sentAt);
		if (report.retryAfterMs !== undefined) {
			this.notBefore = Math.max(this.notBefore, now + report.retryAfterMs);
			this.windowEnds = this.notBefore;
			this.windowConfirmed = true;
			this.counted = this.hits;
		} else {
			this.count(sentAt, now, report.remaining === undefined ? undefined : this.hits - report.remaining);
		}
		this.lastAnswerAt = now;
	}

	private count(sentAt: number, now: number, said: number | undefined): void {
		const ofThisWindow = sentAt >= this.windowStarted;
		if (said === undefined || !ofThisWindow) {
			this.counted += 1;
		} else if (said < this.counted && sentAt >= this.lastAnswerAt) {
			// Fewer than before, in an answer to a later request: the service has begun a new window.
			this.counted = said;
			this.windowStarted = sentAt;
			this.windowConfirmed = false;
		} else {
			this.counted = Math.max(this.counted, said);
		}
		if (!this.windowConfirmed && ofThisWindow) {
			this.windowEnds = now + this.perMs;
			this.windowConfirmed = true;
		}
	}

	private remember(duration: number): void {
		this.durations.push(duration);
		if (this.durations.length > DURATIONS_KEPT) this.durations.shift();
	}

	private async pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
		const timer = new AbortController();
		const stop = () => timer.abort();
		signal?.addEventListener('abort', stop, { once: true });
		const slept = ms === 0 ? this.changed : this.clock.sleep(ms, timer.signal).catch(() => undefined);
		await Promise.race([slept, this.changed, aborted(timer.signal)]);
		signal?.removeEventListener('abort', stop);
		timer.abort();
	}

	private renewSignal(): void {
		this.changed = new Promise((resolve) => {
			this.wake = resolve;
		});
	}

	private notify(): void {
		const wake = this.wake;
		this.renewSignal();
		wake();
	}
}

function aborted(signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

/** One limiter per (origin, scope, bucket) in a process, whatever the number of nodes that read. */
export class LimiterRegistry {
	private readonly limiters = new Map<string, Limiter>();

	constructor(private readonly clock: Clock) {}

	/**
	 * @param bucket name of a line in the service's limit table
	 * @param scope what shares the window: the project's slug, or `ip`
	 */
	get(origin: string, scope: string, bucket: string, limit: Limit): Limiter {
		const key = `${origin} ${scope} ${bucket}`;
		let limiter = this.limiters.get(key);
		if (!limiter) this.limiters.set(key, (limiter = new Limiter(limit, this.clock)));
		return limiter;
	}
}
