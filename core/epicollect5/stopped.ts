import { AbortedError, RateLimitError } from '../http/errors';
import type { Run, StoppedBy } from '../run';

/** @returns why a run ends with this error: by its caller, by its own time, or by something that went wrong */
export function reasonOf(error: unknown): Extract<StoppedBy, 'aborted' | 'deadline' | 'failure'> {
	if (error instanceof AbortedError) return 'aborted';
	return error instanceof RateLimitError && error.code === 'deadline' ? 'deadline' : 'failure';
}

/**
 * Says in the run's summary why a reading failed, also where it was not the reading of entries that did: that ends well,
 * or is given up, and the definition of the project is refused.
 */
export async function* toldIn<T>(run: Run, pages: AsyncIterable<T>): AsyncGenerator<T> {
	try {
		yield* pages;
	} catch (error) {
		run.summary.stoppedBy = reasonOf(error);
		throw error;
	}
}
