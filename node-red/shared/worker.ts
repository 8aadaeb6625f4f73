import type { NodeDef } from 'node-red';
import { onMessage, type Work } from './input';
import type { Red, RedNode } from './red';
import { migrated, type Migration, type Saved } from './schema';
import { StatusLine } from './status';

/** A node at work: what it was set to, and where it shows what it does. */
export interface Worker<Def extends NodeDef> {
	red: Red;
	node: RedNode;
	def: Def;
	status: StatusLine;
}

export interface WorkerOptions {
	/** What brings the settings of older flows up to date. */
	migrations?: readonly Migration[];
	/** Whether a message with `cancel: true` ends what the node is at. */
	cancellable?: boolean;
}

/** Registers a node that does something for each message, and keeps nothing between two of them. */
export function registerWorker<Def extends NodeDef>(
	red: Red,
	type: string,
	work: (worker: Worker<Def>, work: Work) => Promise<void>,
	{ migrations = [], cancellable }: WorkerOptions = {},
): void {
	function WorkerNode(this: RedNode, saved: Def): void {
		red.nodes.createNode(this, saved);
		const def = migrated(saved as Saved, migrations) as Def;
		const status = new StatusLine(this, red);
		const worker = { red, node: this, def, status };
		onMessage(this, { red, status, cancellable, work: (message) => work(worker, message) });
	}
	red.nodes.registerType(type, WorkerNode as never);
}
