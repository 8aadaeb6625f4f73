import type { Kept } from './kept';

/*
 * What a process knows of its triggers beyond what n8n saves. By the trigger's name, which holds workflow and node:
 * nothing here is needed to lose nothing, and all of it is gone with the process.
 */

/**
 * Triggers that this process has polled. Not in it: an earlier process may have been ended in the middle. With the state
 * that was there at the first poll: where it is there again, n8n has thrown that poll away, and what it delivered again.
 */
export const polled = new Map<string, string | undefined>();
/** Triggers that are being polled: n8n does not wait for a poll before it begins the next. */
export const underWay = new Set<string>();
/** How far polls without any event have come, and since which saved state. */
export const unsaved = new Map<string, { after: unknown; kept: Kept }>();
