import { sleep } from 'n8n-workflow';
import type { Clock } from '../../core/clock';

/** The real time. n8n's verification forbids timers of one's own, so pauses are made of n8n's `sleep`. */
export const clock: Clock = {
	now: () => Date.now(),
	async sleep(ms, signal) {
		if (!signal) return await sleep(ms);
		signal.throwIfAborted();
		let stop = () => {};
		const aborted = new Promise<never>((_resolve, reject) => {
			stop = () => reject(signal.reason as Error);
			signal.addEventListener('abort', stop, { once: true });
		});
		try {
			await Promise.race([sleep(ms), aborted]);
		} finally {
			signal.removeEventListener('abort', stop);
		}
	},
};
