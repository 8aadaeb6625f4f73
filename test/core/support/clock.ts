import { setImmediate } from 'node:timers';
import type { Clock } from '../../../core/clock';
import type { SandboxClock } from '../../../sandbox/src/shared/clock';

interface Sleeper {
	at: number;
	wake: () => void;
}

/**
 * One time for the core and for the sandbox. It stands still while anybody works and jumps to the next waker when
 * everybody sleeps, so that a test of an hour takes no time and nothing races.
 *
 * "Everybody sleeps" means: no promise is left to settle. Work that is more than promises (a file, a socket) has to
 * be run through {@link VirtualClock.work}.
 */
export class VirtualClock implements Clock, SandboxClock {
	readonly kind = 'virtual';
	/** Milliseconds of every sleep that was asked for, in order. */
	readonly slept: number[] = [];
	private readonly sleepers: Sleeper[] = [];
	private working = 0;
	private scheduled = false;

	constructor(private time = Date.UTC(2026, 10, 22, 12, 0, 0)) {}

	now(): number {
		return this.time;
	}

	/** Moves to that time and wakes who is due. */
	set(ms: number): void {
		this.time = ms;
		this.wakeDue();
	}

	advance(ms: number): void {
		this.set(this.time + ms);
	}

	sleep(ms: number, signal?: AbortSignal): Promise<void> {
		if (signal?.aborted) return Promise.reject(asError(signal.reason));
		this.slept.push(ms);
		return new Promise((resolve, reject) => {
			const leave = () => {
				this.sleepers.splice(this.sleepers.indexOf(sleeper), 1);
				signal?.removeEventListener('abort', stop);
			};
			const stop = () => {
				leave();
				reject(asError(signal?.reason));
			};
			const wake = () => {
				leave();
				resolve();
			};
			const sleeper: Sleeper = { at: this.time + Math.max(0, ms), wake };
			signal?.addEventListener('abort', stop, { once: true });
			this.sleepers.push(sleeper);
			this.schedule();
		});
	}

	/** Runs something that takes real time; virtual time stands still meanwhile. */
	async work<T>(act: () => Promise<T>): Promise<T> {
		this.working += 1;
		try {
			return await act();
		} finally {
			this.working -= 1;
			this.schedule();
		}
	}

	private schedule(): void {
		if (this.scheduled || this.sleepers.length === 0) return;
		this.scheduled = true;
		// Promises settle before an immediate is run; the second lets those settle that another immediate has woken.
		setImmediate(() => setImmediate(() => this.jump()));
	}

	private jump(): void {
		this.scheduled = false;
		if (this.working > 0 || this.sleepers.length === 0) return;
		this.set(Math.max(this.time, Math.min(...this.sleepers.map(({ at }) => at))));
	}

	private wakeDue(): void {
		for (const sleeper of this.sleepers.filter(({ at }) => at <= this.time)) sleeper.wake();
		this.schedule();
	}
}

function asError(reason: unknown): Error {
	return reason instanceof Error ? reason : new Error(String(reason));
}
