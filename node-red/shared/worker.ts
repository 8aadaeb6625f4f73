import type { NodeDef } from 'node-red';
import { onMessage, type Work } from './input';
import type { Red, RedNode } from './red';
import { StatusLine } from './status';

/** A node at work: what it was set to, and where it shows what it does. */
export interface Worker<Def extends NodeDef> {
	red: Red;
	node: RedNode;
	def: Def;
	status: StatusLine;
}

/** Registers a node that does something for each message, and keeps nothing between two of them. */
export function registerWorker<Def extends NodeDef>(
	red: Red,
	type: string,
	work: (worker: Worker<Def>, work: Work) => Promise<void>,
): void {
	function WorkerNode(this: RedNode, def: Def): void {
		red.nodes.createNode(this, def);
		const status = new StatusLine(this, red);
		const worker = { red, node: this, def, status };
		onMessage(this, { red, status, work: (message) => work(worker, message) });
	}
	red.nodes.registerType(type, WorkerNode as never);
}
