/**
 * Requests for entries that this Node-RED uses of each minute: half of the five that a project has (contract 4).
 */
const REQUESTS_A_MINUTE = 2.5;

/** @returns the shortest interval, in minutes, in which each of so many forms and branches can be asked for once */
export function sensibleMinutes(streams: number): number {
	return Math.max(1, Math.ceil(streams / REQUESTS_A_MINUTE));
}
