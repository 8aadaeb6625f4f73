import { AbortedError, FieldDataError, InputError } from '../../core/http/errors';
import { causeOf, fail, NodeFailure } from './fail';
import type { Done, Message, Red, RedNode, Send } from './red';
import type { StatusLine } from './status';

export interface Work {
	message: Message;
	send: Send;
	/** Fires when the node is redeployed, removed, or the runtime stops. */
	signal: AbortSignal;
}

/** Messages that may wait while one is worked on. A flow that sends faster than the service answers has to hear of it. */
export const QUEUE_LENGTH = 100;

/**
 * Runs an asynchronous handler for each message, one after the other, so that nothing it does can end the runtime:
 * an unhandled rejection in an input handler kills Node-RED.
 */
export function onMessage(
	node: RedNode,
	parts: { red: Red; status: StatusLine; work: (work: Work) => Promise<void> },
): void {
	const { red, status, work } = parts;
	const closing = new AbortController();
	let last: Promise<void> = Promise.resolve();
	let queued = 0;

	const one = async (message: Message, send: Send, done: Done): Promise<void> => {
		try {
			if (!closing.signal.aborted) await work({ message, send, signal: closing.signal });
			done();
		} catch (error) {
			if (!isAborted(error, closing.signal)) return fail(error, { red, status, done });
			// The node is gone, and its status with it; what it may have done in the service is not.
			if (!isPlainEnd(error)) node.warn(String(new NodeFailure(causeOf(error, red))));
			done();
		}
	};

	node.on('input', (message, send, done) => {
		if (queued >= QUEUE_LENGTH) {
			guarded(node, () => fail(queueFull(), { red, status, done }));
			return;
		}
		queued += 1;
		last = last
			.then(() => one(message, send as Send, done))
			.catch((error: unknown) => guarded(node, () => node.error(String(error))))
			.then(() => {
				queued -= 1;
			});
	});

	node.on('close', (_removed: boolean, done: () => void) => {
		guarded(node, () => status.close());
		closing.abort(new AbortedError());
		void last.then(done);
	});
}

function isAborted(error: unknown, signal: AbortSignal): boolean {
	return signal.aborted || (error instanceof FieldDataError && error.kind === 'aborted');
}

/** Stopped, and nothing is left in doubt: with a doubt an {@link AbortedError} has the code `aborted_in_doubt`. */
function isPlainEnd(error: unknown): boolean {
	return error instanceof FieldDataError && error.kind === 'aborted' && error.code === 'aborted';
}

function queueFull(): InputError {
	return new InputError(`${QUEUE_LENGTH} messages are waiting in this node already`, {
		code: 'queue_full',
		hint: 'This message was not worked on. Send messages less often, or put a Delay node before this one.',
	});
}

/** Runs what must not throw, whatever a node of the flow does in answer to it. */
function guarded(node: RedNode, act: () => void): void {
	try {
		act();
	} catch (error) {
		node.warn(String(error));
	}
}
