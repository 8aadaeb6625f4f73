import type { VirtualClock } from '../core/support/clock';

/** Signals of `AbortSignal.timeout` by the virtual clock: they fire while time passes, and never by themselves. */
export class VirtualTimeouts {
	private readonly timers: Array<{ at: number; stop: AbortController }> = [];
	private readonly spy: jest.SpyInstance;

	constructor(private readonly clock: VirtualClock) {
		this.spy = jest.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
			const stop = new AbortController();
			this.timers.push({ at: clock.now() + ms, stop });
			return stop.signal;
		});
	}

	/** Lets time pass, until that long is over or the signal has fired. */
	pass(ms: number, signal: AbortSignal): void {
		const until = this.clock.now() + ms;
		const due = this.timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
		for (const { at, stop } of due) {
			this.clock.set(Math.max(at, this.clock.now()));
			stop.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
			if (signal.aborted) return;
		}
		this.clock.set(until);
	}

	restore(): void {
		this.spy.mockRestore();
	}
}
