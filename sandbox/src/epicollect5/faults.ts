import type { SandboxClock } from '../shared/clock';
import type { SandboxRequest, SandboxResponse } from '../shared/types';

/** Something that goes wrong on purpose. */
export type Fault =
	/** Any answer; `body` is text, or `html`/`json` for a page or the framework's own JSON. */
	| { type: 'status'; status: number; body?: string; headers?: Record<string, string> }
	/** The connection breaks. */
	| { type: 'reset' }
	/** No answer at all. */
	| { type: 'hang' }
	/** The body stops after so many bytes (default: half of it). */
	| { type: 'truncate'; bytes?: number }
	/** Status and headers are right, the body is no JSON. */
	| { type: 'invalidJson' }
	/** The body comes slowly. */
	| { type: 'drip'; bytes: number; everyMs: number }
	/** 429: `retryAfter` in seconds, `date` for an HTTP date 30 s ahead, absent for no header. */
	| { type: 'rateLimited'; retryAfter?: number | 'date' };

/** When a fault happens. */
export interface FaultPlan {
	fault: Fault;
	/** Only requests of this kind: token, project, entries, media, search, version, … */
	kind?: string;
	/** Only requests whose path and query contain this text. */
	path?: string;
	/** Requests that pass unharmed first. */
	skip?: number;
	/** How many requests it hits; default 1. */
	times?: number;
	/** The request is carried out and only its answer is lost (reset, hang, status). */
	afterwards?: boolean;
}

interface ActivePlan extends FaultPlan {
	skipLeft: number;
	timesLeft: number;
}

/** The list of planned faults; the first one that fits a request is used up. */
export class FaultPlanner {
	private plans: ActivePlan[] = [];

	constructor(private readonly clock: SandboxClock) {}

	add(plan: FaultPlan): void {
		this.plans.push({ ...plan, skipLeft: plan.skip ?? 0, timesLeft: plan.times ?? 1 });
	}

	clear(): void {
		this.plans = [];
	}

	/** Faults still to come. */
	pending(): number {
		return this.plans.reduce((sum, plan) => sum + plan.timesLeft, 0);
	}

	/** The fault for this request, if one is due. */
	next(request: SandboxRequest, kind: string): FaultPlan | undefined {
		const address = `${request.path}?${request.query.toString()}`;
		for (const plan of this.plans) {
			if (plan.kind !== undefined && plan.kind !== kind) continue;
			if (plan.path !== undefined && !address.includes(plan.path)) continue;
			if (plan.skipLeft > 0) {
				plan.skipLeft -= 1;
				continue;
			}
			plan.timesLeft -= 1;
			this.plans = this.plans.filter((item) => item.timesLeft > 0);
			return plan;
		}
		return undefined;
	}

	/** Whether the fault leaves the request to be carried out. */
	static needsAnswer({ fault, afterwards }: FaultPlan): boolean {
		return afterwards === true || ['truncate', 'invalidJson', 'drip'].includes(fault.type);
	}

	/** The answer with the fault applied to it. */
	spoil(plan: FaultPlan, answer: SandboxResponse): SandboxResponse {
		const { fault } = plan;
		switch (fault.type) {
			case 'reset':
				return { ...answer, transport: { kind: 'reset' } };
			case 'hang':
				return { ...answer, transport: { kind: 'hang' } };
			case 'truncate':
				return {
					...answer,
					transport: { kind: 'truncate', bytes: fault.bytes ?? answer.body.length >> 1 },
				};
			case 'drip':
				return { ...answer, transport: { kind: 'drip', bytes: fault.bytes, everyMs: fault.everyMs } };
			case 'invalidJson':
				return {
					...answer,
					body: Buffer.concat([answer.body.subarray(0, answer.body.length >> 1), Buffer.from('<!--')]),
				};
			case 'rateLimited':
				return this.rejected(fault.retryAfter);
			case 'status':
				return statusAnswer(fault);
		}
	}

	/** A 429 of another layer: without the app's headers (contract 4). */
	private rejected(retryAfter: number | 'date' | undefined): SandboxResponse {
		const headers: Record<string, string> = { 'content-type': 'text/html' };
		if (retryAfter === 'date') headers['retry-after'] = new Date(this.clock.now() + 30_000).toUTCString();
		else if (retryAfter !== undefined) headers['retry-after'] = String(retryAfter);
		return {
			status: 429,
			headers,
			body: Buffer.from('<html><body><h1>429 Too Many Requests</h1></body></html>'),
		};
	}
}

function statusAnswer(fault: Extract<Fault, { type: 'status' }>): SandboxResponse {
	const json = fault.body === 'json' || fault.body?.startsWith('{') === true;
	const body =
		fault.body === undefined || fault.body === 'html'
			? `<html><head><title>${fault.status}</title></head><body><h1>${fault.status}</h1></body></html>`
			: fault.body === 'json'
				? '{"message":"Server Error"}'
				: fault.body;
	return {
		status: fault.status,
		headers: { 'content-type': json ? 'application/json' : 'text/html', ...lowerCased(fault.headers) },
		body: Buffer.from(body),
	};
}

function lowerCased(headers: Record<string, string> = {}): Record<string, string> {
	return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
