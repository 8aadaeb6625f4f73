import { AbortedError, FieldDataError, InputError, throwIfAborted } from '../../core/http/errors';
import { causeOf, fail, NodeFailure } from './fail';
import type { Done, Message, Red, RedNode, Send } from './red';
import { runtime } from './runtime';
import type { StatusLine } from './status';

export interface Work {
	message: Message;
	send: Send;
	/** Fires when the node is redeployed or removed, when the runtime stops, and when the work is cancelled. */
	signal: AbortSignal;
}

/** Messages that may wait while one is worked on. A flow that sends faster than the service answers has to hear of it. */
export const QUEUE_LENGTH = 100;

interface Handling {
	red: Red;
	status: StatusLine;
	work: (work: Work) => Promise<void>;
	/** Whether a message with `cancel: true` ends what is worked on and what waits, instead of being worked on itself. */
	cancellable?: boolean;
}

/**
 * Runs an asynchronous handler for each message, one after the other, so that nothing it does can end the runtime:
 * an unhandled rejection in an input handler kills Node-RED.
 */
export function onMessage(node: RedNode, parts: Handling): void {
	const { red, status, work, cancellable = false } = parts;
	/** Of each message that is worked on or waits. */
	const stops = new Set<AbortController>();
	let closing = false;
	let last: Promise<void> = Promise.resolve();

	const stopAll = (): void => {
		for (const stop of stops) stop.abort(new AbortedError());
	};

	const one = async (
		{ signal }: AbortController,
		message: Message,
		send: Send,
		done: Done,
	): Promise<void> => {
		try {
			if (closing) return done();
			throwIfAborted(signal);
			await work({ message, send, signal });
			done();
		} catch (error) {
			if (closing || (isAborted(error) && !signal.aborted)) return endQuietly(error, { node, red, done });
			if (!signal.aborted) return fail(error, { red, status, done });
			status.cancelled(runtime.clock.now());
			done(new NodeFailure(causeOf(isAborted(error) ? error : new AbortedError(), red)));
		}
	};

	const enqueue = (message: Message, send: Send, done: Done): void => {
		const stop = new AbortController();
		stops.add(stop);
		last = last
			.then(() => one(stop, message, send, done))
			.catch((error: unknown) => guarded(node, () => node.error(String(error))))
			.then(() => void stops.delete(stop));
	};

	node.on('input', (message: Message, send, done) => {
		if (cancellable && message.cancel === true) {
			stopAll();
			guarded(node, done);
		} else if (stops.size >= QUEUE_LENGTH) guarded(node, () => fail(queueFull(), { red, status, done }));
		else enqueue(message, send as Send, done);
	});

	node.on('close', (_removed: boolean, done: () => void) => {
		guarded(node, () => status.close());
		closing = true;
		stopAll();
		void last.then(done);
	});
}

/** The node is gone, and its status with it; what it may have done in the service is not. */
function endQuietly(error: unknown, { node, red, done }: { node: RedNode; red: Red; done: Done }): void {
	if (!isPlainEnd(error)) node.warn(String(new NodeFailure(causeOf(error, red))));
	done();
}

function isAborted(error: unknown): boolean {
	return error instanceof FieldDataError && error.kind === 'aborted';
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
