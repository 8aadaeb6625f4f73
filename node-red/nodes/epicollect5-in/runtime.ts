import { InputError } from '../../../core/http/errors';
import { causeOf, NodeFailure } from '../../shared/fail';
import { serveList, textFrom, type ListRequest } from '../../shared/lists';
import type { Done, Message, Red, RedNode } from '../../shared/red';
import { runtime } from '../../shared/runtime';
import { Follower } from './follower';
import { settingsOf, type InDef } from './settings';
import { InStatus } from './status';

const TYPE = 'epicollect5-in';

/** How long a deploy waits for what is being stored. */
const CLOSE_MS = 150;

/** The running nodes, by their ids: the button of the dialog resets one of them. */
type Followers = Map<string, Follower>;

export default function register(red: Red): void {
	const followers: Followers = new Map();
	function Epicollect5In(this: RedNode, def: InDef): void {
		red.nodes.createNode(this, def);
		const status = new InStatus(this, red);
		try {
			const parts = { red, node: this, def, status, clock: runtime.clock };
			follow(parts, new Follower(parts, settingsOf(def)), followers);
		} catch (error) {
			refuse({ red, node: this, status }, error);
		}
	}
	red.nodes.registerType(TYPE, Epicollect5In as never);
	serveList(red, '/field-data/epicollect5/in/reset', (request) => reset(followers, request));
}

interface Parts {
	red: Red;
	node: RedNode;
	status: InStatus;
}

/** Wires a follower to its node, so that nothing that comes in, and nothing that goes wrong, can end the runtime. */
function follow({ red, node, status }: Parts, follower: Follower, followers: Followers): void {
	const start = (): void => follower.start();
	// Before, the nodes behind this one need not be there, and what is sent to them would be lost.
	red.events.once('flows:started', start);
	followers.set(node.id, follower);
	node.on('input', (message, _send, done) => {
		follower.take(message as Message).then(
			() => finish(node, done),
			(error: unknown) => finish(node, done, failureOf(error, red)),
		);
	});
	node.on('close', (_removed: boolean, done: () => void) => {
		red.events.removeListener('flows:started', start);
		if (followers.get(node.id) === follower) followers.delete(node.id);
		status.close();
		const late = runtime.clock.sleep(CLOSE_MS);
		void Promise.race([follower.close(), late]).then(done, done);
	});
}

/** A node whose settings make no sense says so, at once and to whoever sends it a message. */
function refuse({ red, node, status }: Parts, error: unknown): void {
	const failure = failureOf(error, red);
	status.failed(causeOf(error, red).message);
	node.error(failure, {});
	node.on('input', (_message, _send, done) => finish(node, done, failure));
	node.on('close', (_removed: boolean, done: () => void) => {
		status.close();
		done();
	});
}

function failureOf(error: unknown, red: Red): NodeFailure {
	return error instanceof NodeFailure ? error : new NodeFailure(causeOf(error, red));
}

/** Whatever a node of the flow does in answer to it must not come back here. */
function finish(node: RedNode, done: Done, failure?: Error): void {
	try {
		if (failure) done(failure);
		else done();
	} catch (error) {
		node.warn(String(error));
	}
}

/** Begins anew, for who may write: everything may be sent again. */
async function reset(followers: Followers, { body, mayWrite }: ListRequest): Promise<object> {
	await mayWrite();
	const follower = followers.get(textFrom(body, 'id'));
	if (!follower) {
		throw new InputError('This node does not run', { code: 'not_running', hint: 'Deploy it first.' });
	}
	await follower.forget();
	return {};
}
