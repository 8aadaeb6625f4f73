/**
 * Time as the core sees it. The hosts give a real one, the tests a virtual one, so that no test sleeps and
 * the core needs none of the timers that n8n's scan forbids.
 */
export interface Clock {
	/** Milliseconds since the epoch. */
	now(): number;
	/** Resolves after `ms` milliseconds; rejects with the signal's reason when `signal` aborts first. */
	sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
