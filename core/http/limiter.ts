import { HOUR, MINUTE, SECOND, type Clock } from '../clock';
import { AbortedError, InputError, RateLimitError, throwIfAborted } from './errors';
import { limitReport, type Limit } from './limits';
import { steadyTime } from './steadyTime';
import type { HttpResponse } from './transport';
import { Window, type Sent } from './window';

export interface AcquireOptions {
	signal?: AbortSignal;
	/** Milliseconds since the epoch: what is not expected to end by then is refused with a RateLimitError. */
	deadline?: number;
	/** The part of the limit to use, above 0 and at most 1. */
	share?: number;
	/**
	 * Told how long it will take, before it begins to wait and when that changes by a second or more; `pacing` where the
	 * service would answer, and only the own share is kept to.
	 */
	onWait?: (ms: number, pacing: boolean) => void;
}

/** A place in the window, taken before the request is sent. One of the two has to be called; only the first call counts. */
export interface Reservation {
	/** Milliseconds spent waiting for it. */
	readonly waitedMs: number;
	/** The request was sent; without `response` it got no answer, and counts all the same. */
	settle(response?: HttpResponse<unknown>): void;
	/** The request was never sent. */
	release(): void;
}

interface Waiter {
	share: number;
	deadline: number;
	askedAt: number;
	/** When it was told to go on. */
	announced: number;
	onWait: (ms: number, pacing: boolean) => void;
	grant: (reservation: Reservation) => void;
	refuse: (error: unknown) => void;
}

/** One of the queue, and how long it has to wait. */
interface Planned {
	waiter: Waiter;
	ms: number;
}

const DURATIONS_KEPT = 9;
/**
 * How long a measured time says something of the next one. What is refused for it measures nothing: after one answer that
 * took longer than any run has, nobody would ever ask again.
 */
const DURATION_TELLS_MS = 10 * MINUTE;
/** Hosts' timers cannot sleep longer than 24 days; after an hour there is time to look again. */
const LONGEST_SLEEP_MS = HOUR;

/** Keeps to a limit that is counted elsewhere and shared with strangers. First come, first served. */
export class Limiter {
	private readonly window: Window;
	/** Steady: it never goes back. */
	private readonly now: () => number;
	/** After a refusal: nothing is sent before. */
	private notBefore = -Infinity;
	/** Next time at which the own share is free, if it were used evenly (generic cell rate algorithm). */
	private shareFreeAt = -Infinity;
	private limitToldBy = -Infinity;
	private readonly durations: Array<{ ms: number; at: number }> = [];
	private readonly queue: Waiter[] = [];
	/** Ends the sleep until the next may go. Only while there is one: each abort costs as much as reading a dozen rows. */
	private timer: AbortController | undefined;

	constructor(
		private readonly limit: Limit,
		private readonly clock: Clock,
	) {
		this.window = new Window(limit);
		this.now = steadyTime(clock);
	}

	/** Median time of the last answers in milliseconds; 0 where there was none lately. */
	get expectedMs(): number {
		const since = this.now() - DURATION_TELLS_MS;
		const sorted = this.durations.filter(({ at }) => at > since).sort((a, b) => a.ms - b.ms);
		return sorted[sorted.length >> 1]?.ms ?? 0;
	}

	/**
	 * Waits for a place in the window, first come, first served.
	 * @throws RateLimitError with code `deadline` when the request would not end in time; AbortedError; InputError
	 */
	async acquire(options: AcquireOptions = {}): Promise<Reservation> {
		const { signal, share = 1 } = options;
		throwIfAborted(signal);
		if (!(share > 0)) throw shareError(share);
		return await new Promise((resolve, reject) => {
			const stop = () => {
				this.remove(waiter);
				waiter.refuse(new AbortedError(signal?.reason));
				this.goOn();
			};
			const listened =
				<T>(act: (value: T) => void) =>
				(value: T) => {
					signal?.removeEventListener('abort', stop);
					act(value);
				};
			const waiter: Waiter = {
				share: Math.min(1, share),
				deadline: options.deadline ?? Infinity,
				askedAt: this.now(),
				announced: -Infinity,
				onWait: options.onWait ?? (() => undefined),
				grant: listened(resolve),
				refuse: listened(reject),
			};
			signal?.addEventListener('abort', stop, { once: true });
			this.queue.push(waiter);
			this.goOn();
		});
	}

	/** Lets those go whose time has come, refuses those whose time is up, and sleeps until the next. */
	private goOn(): void {
		this.timer?.abort();
		this.timer = undefined;
		let plan = this.plan();
		while (this.decide(plan)) plan = this.plan();
		const [first] = plan;
		if (!first) return;
		this.timer = new AbortController();
		this.clock.sleep(Math.min(LONGEST_SLEEP_MS, first.ms), this.timer.signal).then(
			() => this.goOn(),
			() => undefined,
		);
		this.announce(plan);
	}

	/** Deals with one of the queue that need not wait any longer: its turn has come, or comes too late. */
	private decide(plan: readonly Planned[]): boolean {
		const latestMs = this.clock.now() + this.expectedMs;
		const late = plan.find(({ waiter, ms }) => latestMs + ms > waiter.deadline);
		const next = late ?? plan.find(({ ms }) => ms === 0);
		if (!next) return false;
		this.remove(next.waiter);
		if (late) late.waiter.refuse(deadlineError(late.ms));
		else next.waiter.grant(this.take(next.waiter));
		return true;
	}

	/** When each of the queue may be sent, if nothing unforeseen happens. Nobody overtakes. */
	private plan(): Planned[] {
		const now = this.now();
		let at = Math.max(now, this.notBefore);
		let { shareFreeAt } = this;
		return this.queue.map((waiter, ahead) => {
			const { share } = waiter;
			at = Math.max(at, this.window.opensAt(ahead, now), this.shareOpensAt(share, shareFreeAt));
			shareFreeAt = Math.max(shareFreeAt, at) + this.everyMs(share);
			// Whole milliseconds, or a rest too small for any clock would be waited for without end.
			return { waiter, ms: Math.ceil(at - now) };
		});
	}

	/** A share of 50 % of 5 a minute is one every 24 s, with two allowed in a row. */
	private shareOpensAt(share: number, shareFreeAt: number): number {
		if (share === 1) return -Infinity;
		const burst = Math.max(1, Math.floor(this.window.limit * share));
		return shareFreeAt - (burst - 1) * this.everyMs(share);
	}

	private everyMs(share: number): number {
		return this.limit.perMs / (this.window.limit * share);
	}

	private announce(plan: readonly Planned[]): void {
		const now = this.now();
		const pacing = Math.max(this.notBefore, this.window.opensAt(0, now)) <= now;
		for (const { waiter, ms } of plan) {
			// Whoever is told may act on it at once: stop itself or another.
			if (!this.queue.includes(waiter) || Math.abs(now + ms - waiter.announced) < SECOND) continue;
			waiter.announced = now + ms;
			try {
				waiter.onWait(ms, pacing);
			} catch (error) {
				this.remove(waiter);
				waiter.refuse(error);
				this.goOn();
			}
		}
	}

	private remove(waiter: Waiter): void {
		const position = this.queue.indexOf(waiter);
		if (position >= 0) this.queue.splice(position, 1);
	}

	private take({ share, askedAt }: Waiter): Reservation {
		const now = this.now();
		const sent = this.window.send(now);
		const cost = this.everyMs(share);
		this.shareFreeAt = Math.max(this.shareFreeAt, now) + cost;
		let done = false;
		const once = (act: () => void) => {
			if (done) return;
			done = true;
			act();
			this.goOn();
		};
		return {
			waitedMs: now - askedAt,
			settle: (response) => once(() => this.learn(sent, cost, response)),
			release: () =>
				once(() => {
					this.window.release();
					this.shareFreeAt -= cost;
				}),
		};
	}

	private learn(sent: Sent, cost: number, response: HttpResponse<unknown> | undefined): void {
		const now = this.now();
		if (response === undefined) return this.window.settle(sent, now);
		this.remember({ ms: now - sent.at, at: now });
		const { limit, remaining, retryAfterMs, endsInMs } = limitReport(response, this.clock.now());
		if (limit && !this.limit.mixed && sent.at >= this.limitToldBy) {
			this.window.limit = limit;
			this.limitToldBy = sent.at;
		}
		if (retryAfterMs !== undefined) {
			this.notBefore = Math.max(this.notBefore, now + retryAfterMs);
			// What was refused is not counted, neither there nor as part of the share.
			this.shareFreeAt -= cost;
			if (endsInMs === undefined) this.window.release();
			else this.window.refuse(sent, now, endsInMs);
		} else if (remaining === undefined || this.limit.mixed) {
			this.window.settle(sent, now);
		} else {
			this.window.settle(sent, now, Math.max(1, (limit ?? this.window.limit) - remaining));
		}
	}

	private remember(duration: { ms: number; at: number }): void {
		this.durations.push(duration);
		if (this.durations.length > DURATIONS_KEPT) this.durations.shift();
	}
}

function deadlineError(retryAfterMs: number): RateLimitError {
	return new RateLimitError("The service's limit leaves no time for the next request in this run", {
		code: 'deadline',
		hint: 'The next run goes on. Run less often, or allow more time.',
		retryAfterMs,
	});
}

function shareError(share: number): InputError {
	return new InputError(`${share} is no share of the service's limit`, {
		code: 'share',
		hint: 'Enter a share above 0 and at most 1, such as 0.5.',
	});
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
