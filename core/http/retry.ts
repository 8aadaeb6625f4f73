import { SECOND } from '../clock';

/** Attempts at one request while the fault may pass. */
export const TRIES = 4;

/**
 * Pause before attempt `failed + 1`: 1, 2, 4 … seconds, a little apart for each caller so that many do not come back
 * in step.
 */
export function backoffMs(failed: number): number {
	return SECOND * 2 ** (failed - 1) * (1 + Math.random() / 4);
}
