import type { HttpResponse } from './transport';
import { HOUR, MINUTE, SECOND } from '../clock';

/** One line of a service's limit table. */
export interface Limit {
	/** Requests allowed in a window. A first guess: answers correct it. */
	hits: number;
	perMs: number;
	/** Who shares the window. `project`: every consumer in the world. */
	by: 'project' | 'ip';
	/**
	 * Several windows count the same request, and an answer shows the tightest (contract 4): now this one, now another.
	 * The numbers in the answers are not followed then.
	 */
	mixed?: true;
}

/** What an answer says about the limit it counted against. */
export interface LimitReport {
	limit?: number;
	remaining?: number;
	/** Present on a refusal (429) only. */
	retryAfterMs?: number;
	/** On a refusal that says so: when the window ends. Without, the refusal comes from another layer. */
	endsInMs?: number;
}

/** A refusal without a time to wait comes from another layer than the service: contract 4 says 60 s. */
export const RETRY_WITHOUT_HEADER_MS = MINUTE;

/** No limit has a longer window than an hour; whatever says more than a day is wrong or means harm. */
const LONGEST_RETRY_MS = 24 * HOUR;

/** @returns the limit headers of an answer; on a 429 always with a `retryAfterMs` of at least one second. */
export function limitReport(response: HttpResponse<unknown>, now: number): LimitReport {
	const { headers } = response;
	const report: LimitReport = {
		limit: wholeNumber(headers['x-ratelimit-limit']),
		remaining: wholeNumber(headers['x-ratelimit-remaining']),
	};
	if (response.status === 429) {
		// The service's own time of day, where it tells: a date says nothing by a clock that is wrong.
		const told = toldRetryMs(headers['retry-after'], dateOf(headers['date']) ?? now);
		report.endsInMs = told === undefined ? undefined : Math.max(SECOND, told);
		report.retryAfterMs = report.endsInMs ?? RETRY_WITHOUT_HEADER_MS;
	}
	return report;
}

/** Reads `Retry-After` in both of its forms, seconds and HTTP date (RFC 9110, 10.2.3). */
function toldRetryMs(header: string | undefined, now: number): number | undefined {
	const seconds = wholeNumber(header);
	const date = dateOf(header);
	const ms = seconds !== undefined ? seconds * SECOND : date !== undefined ? date - now : undefined;
	return ms === undefined ? undefined : Math.min(LONGEST_RETRY_MS, Math.max(0, ms));
}

/** `Date.parse` takes `-5` and `1.5` for dates; every HTTP date begins with the name of a day. */
function dateOf(header: string | undefined): number | undefined {
	const date = header !== undefined && /^\s*[A-Za-z]{3}/.test(header) ? Date.parse(header) : NaN;
	return Number.isNaN(date) ? undefined : date;
}

function wholeNumber(text: string | undefined): number | undefined {
	return text !== undefined && /^\s*\d{1,15}\s*$/.test(text) ? Number(text) : undefined;
}
