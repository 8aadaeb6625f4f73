import type { Limit } from '../http/limits';

/**
 * WorkfloPlus documents no limit (contract 2), so nothing is held back in advance. Should it answer 429, the caller
 * waits as long as `Retry-After` says.
 */
export const WORKFLOPLUS_LIMITS = {} as const satisfies Record<string, Limit>;
