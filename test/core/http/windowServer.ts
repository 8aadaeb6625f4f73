import type { HttpResponse } from '../../../core/http/transport';
import type { VirtualClock } from '../support/clock';

export interface WindowServerOptions {
	hits: number;
	seconds: number;
	/** The server's time of day minus this machine's. */
	aheadMs?: number;
	/** Older servers tell no numbers. */
	silent?: boolean;
}

/** Counts as Epicollect5 does (contract 4): fixed windows in whole unix seconds of its own clock. */
export class WindowServer {
	/** Accepted requests by the second in which their window ends. */
	readonly windows = new Map<number, number>();
	refused = 0;
	hits: number;
	private endsAt = -Infinity;

	constructor(
		private readonly clock: VirtualClock,
		private readonly options: WindowServerOptions,
	) {
		this.hits = options.hits;
	}

	/** A request arrives. */
	count(): HttpResponse {
		const used = this.used();
		const headers = (remaining: number) =>
			this.options.silent
				? undefined
				: { 'x-ratelimit-limit': String(this.hits), 'x-ratelimit-remaining': String(remaining) };
		if (used >= this.hits) {
			this.refused += 1;
			const wait = { 'retry-after': String(this.endsAt - this.second()) };
			return { status: 429, headers: { ...headers(0), ...(!this.options.silent && wait) }, body: '' };
		}
		this.windows.set(this.endsAt, used + 1);
		return { status: 200, headers: { ...headers(this.hits - used - 1) }, body: '' };
	}

	/** Requests of strangers, as many as still fit. */
	eat(hits: number): void {
		this.windows.set(this.endsAt, Math.min(this.hits, this.used() + hits));
	}

	/** Forgets its count, as a server does whose cache was emptied. */
	forget(): void {
		this.endsAt = -Infinity;
	}

	private used(): number {
		if (this.second() >= this.endsAt) {
			this.endsAt = this.second() + this.options.seconds;
			this.windows.set(this.endsAt, 0);
		}
		return this.windows.get(this.endsAt) ?? 0;
	}

	private second(): number {
		return Math.floor((this.clock.now() + (this.options.aheadMs ?? 0)) / 1000);
	}
}
