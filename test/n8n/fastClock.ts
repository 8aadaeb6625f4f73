import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../core/clock';

/** The real time, but for whoever waits: beside a server of its own process, where waiting is not what is tested. */
export class FastClock implements Clock {
	/** Called when somebody is about to wait. */
	onSleep: (ms: number) => void = () => undefined;
	private ahead = 0;

	now(): number {
		return Date.now() + this.ahead;
	}

	async sleep(ms: number, signal?: AbortSignal): Promise<void> {
		this.onSleep(ms);
		await setImmediate();
		signal?.throwIfAborted();
		this.ahead += ms;
	}
}
