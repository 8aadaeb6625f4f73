import { isObject } from '../../../core/http/json';

/** What a message asks of the node. */
export type Order =
	| { kind: 'poll' }
	| { kind: 'reset' }
	| { kind: 'cancel' }
	/** Without an event the whole batch is confirmed. */
	| { kind: 'confirm'; batch: string; eventId?: string };

/**
 * Reads what a message asks for. `msg.confirm` names a batch. A message that this node has sent and that comes back, by
 * a wire from behind the sink, confirms what it carries: in a batch of one message for each event only its own.
 * @param nodeId batches of this node have ids that begin with it
 */
export function orderOf(message: unknown, nodeId: string): Order {
	if (!isObject(message)) return { kind: 'poll' };
	const { reset, cancel, confirm, batch, eventId } = message;
	if (reset === true) return { kind: 'reset' };
	if (cancel === true) return { kind: 'cancel' };
	if (typeof confirm === 'string' && confirm !== '') return { kind: 'confirm', batch: confirm };
	const id = isObject(batch) ? batch.id : undefined;
	if (typeof id !== 'string' || !isBatchOf(id, nodeId)) return { kind: 'poll' };
	return { kind: 'confirm', batch: id, ...(typeof eventId === 'string' && { eventId }) };
}

export function isBatchOf(batch: string, nodeId: string): boolean {
	return batch.startsWith(`${nodeId}-`);
}
