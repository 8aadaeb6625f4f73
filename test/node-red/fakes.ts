import { EventEmitter } from 'node:events';
import type { Message, Red, RedNode } from '../../node-red/shared/red';
import type { StatusNode } from '../../node-red/shared/status';

type Shown = Parameters<StatusNode['status']>[0];

/** The few things of Node-RED that the shared parts touch. Everything else is tested in the real one (test/e2e). */
export class FakeNode extends EventEmitter {
	readonly shown: Shown[] = [];
	readonly complaints: string[] = [];

	status(status: Shown): void {
		this.shown.push(status);
	}
	error(text: string): void {
		this.complaints.push(text);
	}
	warn(text: string): void {
		this.complaints.push(text);
	}

	/** Sends a message in, and resolves with what `done` is given. */
	receive(message: Message, send: (message: unknown) => void = () => undefined): Promise<Error | undefined> {
		return new Promise((resolve) => this.emit('input', message, send, resolve));
	}
	close(): Promise<void> {
		return new Promise((resolve) => this.emit('close', false, resolve));
	}
	get asNode(): RedNode {
		return this as unknown as RedNode;
	}
}

/** Texts as `key {values}`. */
export function fakeRed(parts: object = {}): Red {
	let ids = 0;
	return {
		_: (key: string, values?: object) => (values ? `${key} ${JSON.stringify(values)}` : key),
		settings: { available: () => true, get: () => undefined, set: () => Promise.resolve() },
		log: { warn: () => undefined },
		util: {
			generateId: () => `id${++ids}`,
			evaluateNodeProperty,
			cloneMessage: (message: unknown) => structuredClone(message),
			setMessageProperty: (message: Record<string, unknown>, name: string, value: unknown) => {
				message[name] = value;
			},
		},
		...parts,
	} as unknown as Red;
}

/** As Node-RED's own, for what needs no context: a property of the message by its dotted name, and plain values. */
function evaluateNodeProperty(
	value: string,
	type: string,
	_node: unknown,
	message: object,
	done: (error: unknown, result?: unknown) => void,
): void {
	const step = (at: unknown, key: string): unknown => (at as Record<string, unknown> | undefined)?.[key];
	if (type === 'msg') return done(null, value.split('.').reduce(step, message));
	if (type === 'num') return done(null, Number(value));
	if (type === 'bool') return done(null, value === 'true');
	if (type === 'jsonata') return done(new Error('Expected an expression'));
	done(null, value);
}
