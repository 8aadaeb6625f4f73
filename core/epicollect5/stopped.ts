import { AbortedError, RateLimitError } from '../http/errors';
import type { StoppedBy } from '../run';

/** @returns why a run ends with this error: by its caller, by its own time, or by something that went wrong */
export function reasonOf(error: unknown): Extract<StoppedBy, 'aborted' | 'deadline' | 'failure'> {
	if (error instanceof AbortedError) return 'aborted';
	return error instanceof RateLimitError && error.code === 'deadline' ? 'deadline' : 'failure';
}
