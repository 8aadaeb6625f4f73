import { HOUR, MINUTE, SECOND } from '../clock';
import type { Limit } from '../http/limits';

/**
 * Epicollect5's limits as production sets them. Source: contract 4; the public documentation names the same numbers
 * (https://developers.epicollect.net). A server with other limits says so in its answers, and the limiter follows.
 * The three export buckets are counted per project and shared by every consumer in the world.
 */
export const EPICOLLECT5_LIMITS = {
	project: { hits: 5, perMs: MINUTE, by: 'project' },
	entries: { hits: 5, perMs: MINUTE, by: 'project' },
	media: { hits: 10, perMs: MINUTE, by: 'project' },
	/** Five a second are also the 300 a minute; an answer may show the count of either. */
	publicMedia: { hits: 5, perMs: SECOND, by: 'project', mixed: true },
	token: { hits: 10, perMs: HOUR, by: 'ip' },
	/** Project search and project version. */
	app: { hits: 600, perMs: MINUTE, by: 'ip' },
} as const satisfies Record<string, Limit>;

export type Bucket = keyof typeof EPICOLLECT5_LIMITS;
