import type { Clock } from '../clock';

/**
 * A time that never goes back. Somebody sets the machine's clock back by an hour: pauses that were fixed before would
 * last an hour longer.
 * @returns milliseconds, to be compared with each other only
 */
export function steadyTime(clock: Clock): () => number {
	let last = -Infinity;
	let setBackBy = 0;
	return () => {
		const now = clock.now();
		if (now < last) setBackBy += last - now;
		last = now;
		return now + setBackBy;
	};
}
