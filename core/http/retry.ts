import { SECOND } from '../clock';

/** Attempts at one request while the fault may pass. */
export const TRIES = 4;

/**
 * Pause before attempt `failed + 1`: 1, 2, 4 … seconds, a little apart for each caller so that many do not come back
 * in step.
 */
export function backoffMs(failed: number): number {
	return Math.round(SECOND * 2 ** (failed - 1) * (1 + Math.random() / 4));
}

/** The name was not found or the connection not made: what the operating system says before anything is sent. */
const NEVER_SENT = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH']);

/** @returns whether an exception of the transport proves that the request never arrived, and so was not counted */
export function neverSent(error: unknown): boolean {
	const code = (error as { code?: unknown } | undefined)?.code;
	return typeof code === 'string' && NEVER_SENT.has(code);
}

/** What node's sockets and streams say of a connection that ended too early, as against a full disk. */
const BROKEN = new Set(['ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'ERR_STREAM_PREMATURE_CLOSE']);

/** @returns whether a body ended because its connection did */
export function isBroken(error: unknown): boolean {
	const code = (error as { code?: unknown } | undefined)?.code;
	return typeof code === 'string' && BROKEN.has(code);
}
