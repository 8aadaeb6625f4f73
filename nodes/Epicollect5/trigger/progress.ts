import type { Kept } from './kept';

/*
 * What a process knows of its triggers beyond what n8n saves. By the trigger's name, which holds workflow and node:
 * nothing here is needed to lose nothing, and all of it is gone with the process.
 */

/** Triggers that this process has polled. Not in it: an earlier process may have been ended in the middle. */
export const polled = new Set<string>();
/** Triggers that are being polled: n8n does not wait for a poll before it begins the next. */
export const underWay = new Set<string>();
/** How far polls without any event have come, and since which saved state. */
export const unsaved = new Map<string, { after: unknown; kept: Kept }>();
