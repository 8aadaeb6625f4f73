import { MINUTE, type Clock } from '../../../core/clock';
import { AbortedError, FieldDataError, InputError } from '../../../core/http/errors';
import { connectionOf } from '../../shared/epicollect5';
import { causeOf, NodeFailure } from '../../shared/fail';
import { limitsFrom } from '../../shared/limits';
import type { Message, Red, RedNode } from '../../shared/red';
import { shapeFrom } from '../../shared/shape';
import { Settings } from '../../shared/values';
import { HandOver } from './handOver';
import { CursorKeeper } from './keeper';
import { isBatchOf, orderOf } from './order';
import { Pacer, pauseAfter, type Polled } from './pacer';
import { Poll } from './poll';
import type { InDef, InSettings } from './settings';
import type { InStatus } from './status';

export interface FollowerParts {
	red: Red;
	node: RedNode;
	def: InDef;
	status: InStatus;
	clock: Clock;
}

/** The part of an interval in which files are asked for, and the time for them where there is no interval. */
const FILES_PART = 0.5;
const FILES_MS = 2 * MINUTE;

/** A node that follows a project: polls, hands over, waits, and goes on whatever happens. */
export class Follower {
	private readonly keeper: CursorKeeper;
	private readonly handOver: HandOver;
	private readonly pacer: Pacer;
	/** Stops the poll under way. */
	private stop = new AbortController();
	private failures = 0;
	/** Whether the next poll begins anew: in its turn, so that no other one stores where it was meanwhile. */
	private forgets = false;
	private forgotten: () => void = () => undefined;
	/** Whether a message has ended the poll under way. */
	private cancelled = false;

	constructor(
		private readonly parts: FollowerParts,
		private readonly settings: InSettings,
	) {
		const { node, clock } = parts;
		this.keeper = new CursorKeeper(node, settings.store);
		this.handOver = new HandOver({ ...parts, settings, keeper: this.keeper });
		this.pacer = new Pacer(clock, (asked) => this.poll(asked));
	}

	/** Begins to poll by itself, where it is set so. */
	start(): void {
		if (this.settings.intervalMs !== undefined) void this.pacer.ask();
	}

	/** Does what a message asks for. @throws FieldDataError, NodeFailure */
	async take(message: Message): Promise<void> {
		const { node } = this.parts;
		const order = orderOf(message, node.id);
		if (order.kind === 'confirm') {
			// Of batches that are over there may be any number of late confirmations; of others there are none.
			if (!isBatchOf(order.batch, node.id)) throw unknownBatch();
			return this.handOver.confirm(order.batch, order.eventId);
		}
		if (order.kind === 'cancel') return this.cancel();
		if (order.kind === 'reset') return await this.reset(message);
		const failure = await this.pacer.ask(message);
		if (failure) throw failure;
	}

	/** Forgets how far it was, and begins anew as the dialog says. @throws FieldDataError, NodeFailure */
	async reset(message?: Message): Promise<void> {
		this.forgets = true;
		this.stop.abort(new AbortedError());
		this.failures = 0;
		const failure = await this.pacer.ask(message);
		if (failure) throw failure;
	}

	/** As {@link reset}, until it is forgotten: the poll that begins anew may take hours. @throws NodeFailure */
	async forget(): Promise<void> {
		const forgotten = new Promise<void>((resolve) => (this.forgotten = resolve));
		await Promise.race([forgotten, this.reset()]);
	}

	/** Ends the poll under way, and forgets who asked for another one. The next comes in its time and goes on from there. */
	private cancel(): void {
		this.cancelled = true;
		this.stop.abort(new AbortedError());
		this.pacer.drop(this.endedEarly());
	}

	private endedEarly(): NodeFailure {
		return new NodeFailure(causeOf(new AbortedError(), this.parts.red));
	}

	/** Stops at once. What is being stored is let finish, as whatever comes next begins from there. */
	async close(): Promise<void> {
		this.pacer.close();
		this.stop.abort(new AbortedError());
		await this.pacer.idle();
	}

	private async poll(asked: Message | undefined): Promise<Polled> {
		const { clock, status } = this.parts;
		const { intervalMs } = this.settings;
		const startedAt = clock.now();
		this.stop = new AbortController();
		this.cancelled = false;
		const { signal } = this.stop;
		const next = (): number | undefined => intervalMs && nextAfter(startedAt, intervalMs, clock.now());
		try {
			const filesUntil = startedAt + (intervalMs === undefined ? FILES_MS : intervalMs * FILES_PART);
			if (this.forgets) await this.keeper.clear();
			this.forgets = false;
			this.forgotten();
			const poll = await this.pollOf(asked ?? {}, signal, filesUntil);
			const counts = await poll.go();
			this.failures = 0;
			const nextAt = next();
			status.polled(counts, nextAt, clock.now());
			return { nextAt };
		} catch (error) {
			if (!signal.aborted) return this.failed(error, asked);
			if (!this.cancelled) return {};
			status.cancelled(clock.now());
			return { nextAt: next(), failure: this.endedEarly() };
		}
	}

	private async pollOf(asked: Message, signal: AbortSignal, filesUntil: number): Promise<Poll> {
		const { red, node, def } = this.parts;
		const { settings, keeper, handOver } = this;
		const saved = new Settings({ red, node, def, message: asked });
		return new Poll({
			...{ ...this.parts, settings, keeper, handOver, asked, signal, filesUntil },
			connection: connectionOf(red, def.project),
			choices: await shapeFrom(saved),
			stream: await saved.narrowingText('stream', 'Follow'),
			share: (await limitsFrom(saved)).share,
		});
	}

	/** Says it, and pauses: longer with each failure in a row. */
	private failed(error: unknown, asked: Message | undefined): Polled {
		const { red, node, clock, status } = this.parts;
		this.failures += 1;
		const retryAfterMs = error instanceof FieldDataError ? error.retryAfterMs : undefined;
		const goesOn = this.settings.intervalMs !== undefined;
		const nextAt = goesOn ? clock.now() + pauseAfter(this.failures, retryAfterMs) : undefined;
		const cause = causeOf(error, red);
		status.paused(cause.message, nextAt);
		const failure = new NodeFailure(cause);
		if (!asked) node.error(failure, {});
		return { nextAt, failure };
	}
}

/** Keeps the rhythm, whatever a poll takes: one that outlasts its interval has the next one skipped. */
function nextAfter(startedAt: number, intervalMs: number, now: number): number {
	return startedAt + Math.max(1, Math.ceil((now - startedAt) / intervalMs)) * intervalMs;
}

function unknownBatch(): InputError {
	return new InputError('msg.confirm names no batch of this node', {
		code: 'unknown_batch',
		field: 'msg.confirm',
		hint: 'Set msg.confirm to the msg.batch.id that came with the entries, or wire the message itself back.',
	});
}
