import { HOUR, MINUTE, type Clock } from '../../../core/clock';
import type { Message } from '../../shared/red';

export interface Polled {
	/** When to poll again, in milliseconds since the epoch. */
	nextAt?: number;
	/** Why it failed. */
	failure?: Error;
}

/** One poll. It never rejects. @param message the one that asked; undefined where its time has come */
export type Poll = (message: Message | undefined) => Promise<Polled>;

interface Asked {
	message: Message | undefined;
	answer: (failure?: Error) => void;
}

const LONGEST_PAUSE_MS = HOUR;

/** @returns how long to pause after so many failures in a row: 1, 2, 4 … 60 minutes, or longer where the service says so */
export function pauseAfter(failures: number, retryAfterMs = 0): number {
	return Math.max(retryAfterMs, Math.min(LONGEST_PAUSE_MS, MINUTE * 2 ** (failures - 1)));
}

/** Polls when its time comes and when it is asked for, never two at a time. */
export class Pacer {
	/** Asked for while a poll is under way. Another one takes its place: one poll answers both. */
	private next: Asked | undefined;
	private running: Promise<void> | undefined;
	private timer: AbortController | undefined;
	private closed = false;

	constructor(
		private readonly clock: Clock,
		private readonly poll: Poll,
	) {}

	/**
	 * Polls as soon as no other poll is under way.
	 * @returns why the poll failed; undefined where it did not, or where a later request has taken this one over
	 */
	ask(message?: Message): Promise<Error | undefined> {
		return new Promise((answer) => {
			this.next?.answer();
			this.next = { message, answer };
			this.go();
		});
	}

	/** Ends the waiting for good. */
	close(): void {
		this.closed = true;
		this.timer?.abort();
		this.drop();
	}

	/** Forgets the poll that was asked for while another one is under way. @param failure what its message is told */
	drop(failure?: Error): void {
		this.next?.answer(failure);
		this.next = undefined;
	}

	/** Resolves when the poll under way has ended: to stop it is for its caller. */
	async idle(): Promise<void> {
		await this.running;
	}

	private go(): void {
		const { next } = this;
		if (this.running || this.closed || !next) return;
		this.next = undefined;
		this.timer?.abort();
		this.running = this.poll(next.message).then(({ nextAt, failure }) => {
			this.running = undefined;
			next.answer(failure);
			if (this.next) this.go();
			else if (nextAt !== undefined) this.wait(nextAt);
		});
	}

	private wait(at: number): void {
		if (this.closed) return;
		this.timer = new AbortController();
		this.clock.sleep(Math.max(0, at - this.clock.now()), this.timer.signal).then(
			() => void this.ask(),
			() => undefined,
		);
	}
}
