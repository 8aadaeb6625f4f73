import type { SandboxClock } from '../shared/clock';
import type { SandboxRequest, SandboxResponse, TransportFault } from '../shared/types';
import { Problem } from './answers';

/** A limit of so many requests per window and caller's address. */
export interface RateLimit {
	hits: number;
	perMs: number;
}

/** Answers to give instead of the real ones. */
export interface FaultPlan {
	/** Only requests whose path begins with this; absent: all. */
	path?: string;
	/** Only requests of this method; absent: all. */
	method?: string;
	/** Status to answer; may be left out with `hang` or `reset`. */
	status?: number;
	/** How many requests are hit; absent: one. */
	times?: number;
	/** A string is sent as it is, anything else as JSON. */
	body?: unknown;
	headers?: Record<string, string>;
	/** No answer ever comes. */
	hang?: boolean;
	/** The connection breaks without an answer. */
	reset?: boolean;
	/** Any other fate of the bytes (truncated, dripping). */
	transport?: TransportFault;
}

/** Planned faults, first planned first used. */
export class FaultQueue {
	private readonly plans: { plan: FaultPlan; left: number }[] = [];

	/** Adds a plan behind the earlier ones. */
	plan(plan: FaultPlan): void {
		if (plan.status === undefined && !plan.hang && !plan.reset) {
			throw new Error('A planned fault needs a status, hang or reset.');
		}
		this.plans.push({ plan, left: plan.times ?? 1 });
	}

	/** Forgets what is left. */
	clear(): void {
		this.plans.length = 0;
	}

	/** The faulty answer to this request, or undefined when none is due. */
	take(request: SandboxRequest): SandboxResponse | undefined {
		const entry = this.plans.find(({ plan, left }) => left > 0 && applies(plan, request));
		if (entry === undefined) return undefined;
		entry.left -= 1;
		return faultyAnswer(entry.plan);
	}
}

/** Fixed windows per address. The service documents no limit (contract 2), so it is off until it is set. */
export class RateLimiter {
	private limit: RateLimit | null = null;
	private readonly windows = new Map<string, { endsMs: number; hits: number }>();

	constructor(private readonly clock: SandboxClock) {}

	/** Sets or lifts the limit; counting starts anew. */
	set(limit: RateLimit | null): void {
		this.limit = limit;
		this.windows.clear();
	}

	/** Counts a request; throws the 429 with Retry-After when it is one too many. */
	count(caller: string): void {
		if (this.limit === null) return;
		const now = this.clock.now();
		let window = this.windows.get(caller);
		if (window === undefined || now >= window.endsMs) {
			window = { endsMs: now + this.limit.perMs, hits: 0 };
			this.windows.set(caller, window);
		}
		window.hits += 1;
		if (window.hits > this.limit.hits) {
			const seconds = Math.ceil((window.endsMs - now) / 1000);
			throw new Problem(429, `Try again in ${seconds} s.`, { 'retry-after': String(seconds) });
		}
	}
}

function applies(plan: FaultPlan, request: SandboxRequest): boolean {
	const methodFits = plan.method === undefined || plan.method.toUpperCase() === request.method;
	return methodFits && request.path.startsWith(plan.path ?? '');
}

function faultyAnswer(plan: FaultPlan): SandboxResponse {
	const text = typeof plan.body === 'string' || plan.body === undefined;
	const answer: SandboxResponse = {
		status: plan.status ?? 500,
		headers: {
			'content-type': text ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8',
			...plan.headers,
		},
		body: Buffer.from(text ? String(plan.body ?? '') : JSON.stringify(plan.body)),
	};
	const transport = transportOf(plan);
	return transport === undefined ? answer : { ...answer, transport };
}

function transportOf(plan: FaultPlan): TransportFault | undefined {
	if (plan.reset) return { kind: 'reset' };
	if (plan.hang) return { kind: 'hang' };
	return plan.transport;
}
