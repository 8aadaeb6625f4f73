import { AbortedError } from './errors';

/**
 * Waits for what others wait for too, such as the one token: who stops waiting stops alone.
 * @throws AbortedError when the signal fires first; whatever `work` rejects with
 */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
	if (!signal) return await work;
	let stop = () => {};
	const stopped = new Promise<never>((_resolve, reject) => {
		stop = () => reject(new AbortedError(signal.reason));
		signal.addEventListener('abort', stop, { once: true });
		if (signal.aborted) stop();
	});
	try {
		return await Promise.race([work, stopped]);
	} finally {
		signal.removeEventListener('abort', stop);
	}
}
