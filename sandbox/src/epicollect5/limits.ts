import type { SandboxClock } from '../shared/clock';

/** The server's buckets (contract 4). */
export type BucketName =
	'project' | 'entries' | 'google' | 'media' | 'token' | 'appMediaSecond' | 'appMediaMinute' | 'ip';

export interface Limit {
	hits: number;
	/** Window in seconds. */
	seconds: number;
}

export type LimitProfile = 'production' | 'code' | 'off';
export type LimitTable = Record<BucketName, Limit>;

const RAISED = 1_000_000;

/** The numbers of contract 4. `off` keeps the headers and never rejects in practice. */
export function limitTable(profile: LimitProfile): LimitTable {
	const pick = (production: number, code: number): number =>
		profile === 'off' ? RAISED : profile === 'code' ? code : production;
	return {
		project: { hits: pick(5, 60), seconds: 60 },
		entries: { hits: pick(5, 60), seconds: 60 },
		google: { hits: pick(10, 10), seconds: 60 },
		media: { hits: pick(10, 30), seconds: 60 },
		token: { hits: pick(10, 10), seconds: 3600 },
		appMediaSecond: { hits: pick(5, 5), seconds: 1 },
		appMediaMinute: { hits: pick(300, 300), seconds: 60 },
		ip: { hits: pick(600, 600), seconds: 60 },
	};
}

/** A bucket and who it counts for: a slug as typed, or an IP. */
export interface BucketRef {
	bucket: BucketName;
	key: string;
}

/** What an answer behind a limiter says. */
export interface LimitVerdict {
	allowed: boolean;
	limit: number;
	remaining: number;
	/** Unix second of the window's end; only told when rejected. */
	resetAt: number;
	retryAfter: number;
}

interface Window {
	used: number;
	endsAt: number;
}

/** Fixed windows in whole unix seconds: the first request opens one, later ones count until its end. */
export class RateLimiter {
	private readonly windows = new Map<string, Window>();
	table: LimitTable;

	constructor(
		private readonly clock: SandboxClock,
		profile: LimitProfile,
	) {
		this.table = limitTable(profile);
	}

	/** Counts a request in each bucket in turn; the tightest is shown, the first full one rejects. */
	take(refs: BucketRef[]): LimitVerdict {
		let shown: LimitVerdict | undefined;
		for (const ref of refs) {
			const verdict = this.takeOne(ref);
			if (!verdict.allowed) return verdict;
			if (shown === undefined || verdict.remaining < shown.remaining) shown = verdict;
		}
		return shown as LimitVerdict;
	}

	/** Requests of others: uses up hits of a bucket without asking anything. */
	eat(ref: BucketRef, hits: number): void {
		const window = this.window(ref);
		window.used = Math.min(window.used + hits, this.table[ref.bucket].hits);
	}

	/** Sets a bucket's count as if a window had been opened now (unless one is open). */
	setUsed(ref: BucketRef, used: number): void {
		this.window(ref).used = used;
	}

	/** Sets the end (unix second) of a bucket's window: it was opened at another time than now. */
	setEnd(ref: BucketRef, endsAt: number): void {
		this.window(ref).endsAt = endsAt;
	}

	/** Forgets all windows. */
	clear(): void {
		this.windows.clear();
	}

	/** Count and end of a bucket's current window, if one is open. */
	peek(ref: BucketRef): { used: number; endsAt: number } | undefined {
		const window = this.windows.get(keyOf(ref));
		return window !== undefined && this.second() < window.endsAt ? { ...window } : undefined;
	}

	private takeOne(ref: BucketRef): LimitVerdict {
		const limit = this.table[ref.bucket].hits;
		const window = this.window(ref);
		const retryAfter = Math.max(0, window.endsAt - this.second());
		if (window.used >= limit) {
			return { allowed: false, limit, remaining: 0, resetAt: window.endsAt, retryAfter };
		}
		// A rejected request is not added to the count.
		window.used += 1;
		return { allowed: true, limit, remaining: limit - window.used, resetAt: window.endsAt, retryAfter };
	}

	private window(ref: BucketRef): Window {
		const key = keyOf(ref);
		const second = this.second();
		let window = this.windows.get(key);
		if (window === undefined || second >= window.endsAt) {
			window = { used: 0, endsAt: second + this.table[ref.bucket].seconds };
			this.windows.set(key, window);
		}
		return window;
	}

	private second(): number {
		return Math.floor(this.clock.now() / 1000);
	}
}

function keyOf(ref: BucketRef): string {
	return `${ref.bucket}:${ref.key}`;
}

/** Headers of an answer behind the limiter; the rejection carries two more. */
export function limitHeaders(verdict: LimitVerdict): Record<string, string> {
	const headers: Record<string, string> = {
		'x-ratelimit-limit': String(verdict.limit),
		'x-ratelimit-remaining': String(verdict.remaining),
	};
	if (!verdict.allowed) {
		headers['retry-after'] = String(verdict.retryAfter);
		headers['x-ratelimit-reset'] = String(verdict.resetAt);
	}
	return headers;
}
