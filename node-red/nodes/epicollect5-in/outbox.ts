import { Sequence } from '../../shared/output';
import type { Message, Red } from '../../shared/red';
import type { InSettings } from './settings';
import type { StreamNames } from '../../shared/streams';

/** One thing that has happened. */
export interface News {
	event: 'created' | 'updated' | 'mediaArrived';
	/** Always the same for the same thing, however often it is sent. */
	eventId: string;
	stream: StreamNames;
	payload: unknown;
	/** Sent before, and not confirmed. */
	redelivered?: boolean;
}

/** What is handed over, confirmed and sent again as one. All of it is of one form or branch. */
export interface Batch {
	id: string;
	news: News[];
}

/** The properties of a message by which the node says what it brings. */
export const META: readonly string[] = ['event', 'eventId', 'events', 'stream', 'batch', 'redelivered'];

/** What a message told this node: sent on, it would tell the next node, and this one again where it comes back. */
const ORDERS: readonly string[] = ['confirm', 'reset', 'cancel'];

/**
 * The messages of a batch. @param asked the message that asked for the poll, whose other properties are kept
 */
export function messagesOf(
	red: Pick<Red, 'util'>,
	{ id, news }: Batch,
	asked: Message,
	{ output, property }: Pick<InSettings, 'output' | 'property'>,
): Message[] {
	const batch = { id, size: news.length };
	const base = withoutMeta(red, asked);
	const sequence = new Sequence(red, base, property);
	const [first] = news;
	if (!first) return [];
	if (output === 'array') {
		const events = news.map(({ event, eventId, redelivered }) => ({ event, eventId, ...again(redelivered) }));
		const message = sequence.whole(news.map(({ payload }) => payload));
		const redelivered = news.some((item) => item.redelivered);
		return [Object.assign(message, { events, stream: first.stream, batch, ...again(redelivered) })];
	}
	return news.map(({ event, eventId, stream, payload, redelivered }, i) => {
		const message = i === news.length - 1 ? sequence.last(payload) : sequence.next(payload);
		return Object.assign(message, { event, eventId, stream, batch, ...again(redelivered) });
	});
}

function again(redelivered: boolean | undefined): { redelivered?: true } {
	return redelivered ? { redelivered: true } : {};
}

/** A message that went through another node of this type says what that one brought. */
function withoutMeta(red: Pick<Red, 'util'>, asked: Message): Message {
	const rest = Object.entries(asked).filter(([name]) => !META.includes(name) && !ORDERS.includes(name));
	return red.util.cloneMessage(Object.fromEntries(rest) as never) as Message;
}
