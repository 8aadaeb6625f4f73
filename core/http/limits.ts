import type { HttpResponse } from './transport';
import { SECOND, MINUTE } from '../clock';

/** One line of a service's limit table. */
export interface Limit {
	/** Requests allowed in a window. A first guess: answers correct it. */
	hits: number;
	perMs: number;
	/** Who shares the window. `project`: every consumer in the world. */
	by: 'project' | 'ip';
}

/** What an answer says about the limit it counted against. */
export interface LimitReport {
	limit?: number;
	remaining?: number;
	/** Present on a refusal (429) only. */
	retryAfterMs?: number;
}

/** A refusal without a time to wait comes from another layer than the service: contract 4 says 60 s. */
export const RETRY_WITHOUT_HEADER_MS = MINUTE;

/** @returns the limit headers of an answer; on a 429 always with a `retryAfterMs` of at least one second. */
export function limitReport(response: HttpResponse, now: number): LimitReport {
	const report: LimitReport = {
		limit: wholeNumber(response.headers['x-ratelimit-limit']),
		remaining: wholeNumber(response.headers['x-ratelimit-remaining']),
	};
	if (response.status === 429) {
		report.retryAfterMs = Math.max(SECOND, retryAfterMs(response.headers['retry-after'], now));
	}
	return report;
}

/**
 * Reads `Retry-After` in both of its forms, seconds and HTTP date (RFC 9110, 10.2.3).
 * @returns milliseconds from `now`; {@link RETRY_WITHOUT_HEADER_MS} where the header is absent or unreadable.
 */
export function retryAfterMs(header: string | undefined, now: number): number {
	const seconds = wholeNumber(header);
	if (seconds !== undefined) return seconds * SECOND;
	const date = header === undefined ? NaN : Date.parse(header);
	return Number.isNaN(date) ? RETRY_WITHOUT_HEADER_MS : Math.max(0, date - now);
}

function wholeNumber(text: string | undefined): number | undefined {
	return text !== undefined && /^\s*\d{1,15}\s*$/.test(text) ? Number(text) : undefined;
}
