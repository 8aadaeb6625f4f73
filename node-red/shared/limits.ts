import { MINUTE, type Clock } from '../../core/clock';
import { InputError, RateLimitError } from '../../core/http/errors';
import type { Wait } from '../../core/run';
import { SHARE } from './runtime';
import type { Settings } from './values';

/** What a dialog with the section "Limit" saves: see shared/editor/limits.html. */
export interface LimitsDef {
	/** Per cent of the service's limit. */
	share?: string;
	shareType?: string;
	/** Minutes; of type `none` for as long as it takes. */
	maxWait?: string;
	maxWaitType?: string;
}

export interface Limits {
	/** The part of the service's limit to use, above 0 and at most 1. */
	share: number;
	/** The longest time that one run may wait for the limit; undefined for as long as it takes. */
	maxWaitMs: number | undefined;
}

/** @throws InputError naming the field */
export async function limitsFrom(settings: Settings): Promise<Limits> {
	const percent = (await settings.amount('share', 'Share of the limit')) ?? SHARE * 100;
	if (percent <= 0 || percent > 100) {
		throw new InputError('"Share of the limit" is not a number above 0 and at most 100', {
			code: 'share',
			field: 'Share of the limit',
			hint: 'Epicollect5 asks everybody to stay at 50 per cent.',
		});
	}
	const minutes = await settings.amount('maxWait', 'Longest wait');
	return { share: percent / 100, maxWaitMs: minutes === undefined ? undefined : minutes * MINUTE };
}

/** Counts what one run waits for the service's limit, and ends it before it waits too long. */
export class Patience {
	/** The wait that goes on, by what the run had waited before it. */
	private current: { before: number; since: number } | undefined;

	constructor(
		private readonly clock: Clock,
		private readonly maxMs: number | undefined,
	) {}

	/**
	 * To be told of each wait before it begins and when it changes.
	 * @param waitedMs what the run has waited up to the wait before
	 * @throws RateLimitError with the code `deadline`
	 */
	told({ reason, ms }: Wait, waitedMs: number): void {
		if (this.maxMs === undefined || reason !== 'limit') return;
		const now = this.clock.now();
		if (this.current?.before !== waitedMs) this.current = { before: waitedMs, since: now };
		const inAll = waitedMs + (now - this.current.since) + ms;
		if (inAll > this.maxMs) throw tooLong(this.maxMs, ms);
	}
}

function tooLong(maxMs: number, ms: number): RateLimitError {
	const minutes = maxMs / MINUTE;
	const wait = minutes === 0 ? 'it is not to be waited for' : `the longest wait of ${minutes} min is used up`;
	return new RateLimitError(`Epicollect5's limit is reached, and ${wait}`, {
		code: 'deadline',
		field: 'Longest wait',
		hint: `Run it again in ${Math.ceil(ms / 1000)} s, read fewer entries, or allow a longer wait.`,
		retryAfterMs: ms,
	});
}
