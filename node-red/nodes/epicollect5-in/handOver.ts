import { createHash } from 'node:crypto';
import type { Clock } from '../../../core/clock';
import { untilAborted } from '../../../core/http/abort';
import type { Message, Red, RedNode } from '../../shared/red';
import type { Cursor } from './cursor';
import type { CursorKeeper } from './keeper';
import { messagesOf, type Batch, type News } from './outbox';
import type { InSettings } from './settings';
import type { InStatus } from './status';

/** A batch that was sent and whose sink has not got all of it yet. */
class OpenBatch {
	readonly confirmed: Promise<void>;
	private readonly left: Map<string, News>;
	private resolve: () => void = () => undefined;

	constructor(readonly batch: Batch) {
		this.left = new Map(batch.news.map((news) => [news.eventId, news]));
		this.confirmed = new Promise((resolve) => (this.resolve = resolve));
	}

	/** What has not been confirmed, as it is sent again. */
	get unconfirmed(): News[] {
		return [...this.left.values()].map((news) => ({ ...news, redelivered: true }));
	}

	/** @param eventId undefined for all */
	confirm(eventId: string | undefined): void {
		if (eventId === undefined) this.left.clear();
		else this.left.delete(eventId);
		if (this.left.size === 0) this.resolve();
	}
}

interface Parts {
	red: Red;
	node: RedNode;
	clock: Clock;
	status: InStatus;
	keeper: CursorKeeper;
	settings: InSettings;
}

/** Sends what is new, and moves the cursor when it has been handed over: never before. */
export class HandOver {
	private open: OpenBatch | undefined;

	constructor(private readonly parts: Parts) {}

	/** @param eventId undefined for the whole batch. A batch that is not open has been confirmed already. */
	confirm(batch: string, eventId: string | undefined): void {
		if (this.open?.batch.id === batch) this.open.confirm(eventId);
	}

	/**
	 * @param before the cursor as it is stored
	 * @param after the cursor as it is once all of it was handed over
	 * @param asked the message that asked for the poll
	 * @throws InputError where the store cannot be written; AbortedError
	 */
	async send(
		news: readonly News[],
		{ before, after, asked, signal }: { before: Cursor; after: Cursor; asked: Message; signal: AbortSignal },
	): Promise<void> {
		const { keeper, settings } = this.parts;
		const { batchSize, confirmMs } = settings;
		if (confirmMs !== undefined) await this.sendConfirmed(news, { before, asked, signal, confirmMs });
		else for (const some of chunks(news, batchSize)) this.post(this.batchOf(some), asked, signal);
		if (news.length > 0 || JSON.stringify(before) !== JSON.stringify(after)) await keeper.write(after);
	}

	/** One batch after the other; what was confirmed before a restart is left out. */
	private async sendConfirmed(
		news: readonly News[],
		how: { before: Cursor; asked: Message; signal: AbortSignal; confirmMs: number },
	): Promise<void> {
		const { before } = how;
		const sent = new Set(before.open?.sent);
		const confirmed = new Set(before.open?.confirmed);
		const left = news
			.filter(({ eventId }) => !confirmed.has(markOf(eventId)))
			.map((item) => (sent.has(markOf(item.eventId)) ? { ...item, redelivered: true } : item));
		for (const some of chunks(left, this.parts.settings.batchSize)) {
			for (const { eventId } of some) sent.add(markOf(eventId));
			await this.parts.keeper.write({ ...before, open: { sent: [...sent], confirmed: [...confirmed] } });
			await this.untilConfirmed(this.batchOf(some), how);
			for (const { eventId } of some) confirmed.add(markOf(eventId));
		}
	}

	private async untilConfirmed(
		batch: Batch,
		{ asked, signal, confirmMs }: { asked: Message; signal: AbortSignal; confirmMs: number },
	): Promise<void> {
		const { clock, status } = this.parts;
		const open = (this.open = new OpenBatch(batch));
		try {
			this.post(batch, asked, signal);
			status.unconfirmed(batch.news.length, clock.now() + confirmMs);
			while (!(await isConfirmed(open, clock, confirmMs, signal))) {
				const news = open.unconfirmed;
				this.post({ id: batch.id, news }, asked, signal);
				status.unconfirmed(news.length, clock.now() + confirmMs);
			}
		} finally {
			this.open = undefined;
		}
	}

	private post(batch: Batch, asked: Message, signal: AbortSignal): void {
		const { red, node, settings } = this.parts;
		// After a deploy nobody is there to get it, and it would count as sent.
		signal.throwIfAborted();
		for (const message of messagesOf(red, batch, asked, settings)) node.send(message);
	}

	private batchOf(news: News[]): Batch {
		const { red, node } = this.parts;
		return { id: `${node.id}-${red.util.generateId()}`, news };
	}
}

/** @returns whether it was confirmed in time. @throws AbortedError */
async function isConfirmed(open: OpenBatch, clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> {
	const timer = new AbortController();
	const late = clock.sleep(ms, timer.signal).then(
		() => false,
		() => true,
	);
	try {
		return await Promise.race([untilAborted(open.confirmed, signal).then(() => true), late]);
	} finally {
		timer.abort();
	}
}

/** Stands for an event in the context, as its id is long. 96 bits: no two are ever alike. */
function markOf(eventId: string): string {
	return createHash('sha256').update(eventId).digest('base64url').slice(0, 16);
}

function chunks<T>(items: readonly T[], size: number): T[][] {
	return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
		items.slice(i * size, (i + 1) * size),
	);
}
