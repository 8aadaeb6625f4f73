import { MINUTE } from '../clock';
import type { Limit } from '../http/limits';

/**
 * WorkfloPlus documents no limit (contract 2). This one is ours, far above what a flow needs: it is there so that a 429
 * with its `Retry-After` holds for all nodes that speak with the same installation, and none of them asks on.
 */
export const WORKFLOPLUS_LIMITS = {
	api: { hits: 600, perMs: MINUTE, by: 'ip' },
} as const satisfies Record<string, Limit>;
