import { sleep } from 'n8n-workflow';
import { SECOND, type Clock } from '../../core/clock';

/** n8n's `sleep` cannot be ended early: slept in pieces, a cancelled pause leaves at most this much behind. */
const PIECE_MS = SECOND;

/** The real time. n8n's verification forbids timers of one's own, so pauses are made of n8n's `sleep`. */
export const clock: Clock = {
	now: () => Date.now(),
	async sleep(ms, signal) {
		const end = Date.now() + ms;
		signal?.throwIfAborted();
		let stop = () => {};
		const aborted = new Promise<never>((_resolve, reject) => {
			stop = () => reject(signal?.reason as Error);
			signal?.addEventListener('abort', stop, { once: true });
		});
		try {
			for (let left = ms; left > 0; left = end - Date.now()) {
				await Promise.race([sleep(Math.min(left, PIECE_MS)), aborted]);
			}
		} finally {
			signal?.removeEventListener('abort', stop);
		}
	},
};
