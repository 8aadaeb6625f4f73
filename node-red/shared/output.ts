import { InputError } from '../../core/http/errors';
import type { Message, Red, Send } from './red';
import type { Settings } from './values';

/** Whether a message is sent for each of what was found, and not one with a list. @throws InputError */
export async function isEach(settings: Settings): Promise<boolean> {
	return (await settings.choice('output', 'Send', ['array', 'each'])) === 'each';
}

/** Messages made from one incoming message: a property is set, everything else is kept. */
export class Sequence {
	private readonly id: string;
	private readonly rest: Message;
	private sent = 0;

	/** @param pageSize given where each message of the sequence is a page of a longer list */
	constructor(
		private readonly red: Pick<Red, 'util'>,
		private readonly message: Message,
		private readonly property: string,
		private readonly pageSize = 1,
	) {
		this.id = red.util.generateId();
		this.rest = { ...message };
		// What is replaced need not be copied for each message of the sequence.
		if (!property.includes('.') && !property.includes('[')) delete this.rest[property];
	}

	get length(): number {
		return this.sent;
	}

	/** The incoming message itself, with the value. */
	whole(value: unknown): Message {
		return this.with(this.message, value);
	}

	/** A copy with the value and its place in the sequence; how long that will be is not known yet. */
	next(value: unknown): Message {
		return this.part(value);
	}

	/** The last copy: it says how many there were, so that a Join node knows that it has them all. */
	last(value: unknown): Message {
		const message = this.part(value);
		Object.assign(message.parts as object, { count: this.sent });
		return message;
	}

	/** One message for each value of a list that is complete. */
	sendEach(values: readonly unknown[], send: Send): void {
		values.forEach((value, i) => send(i + 1 < values.length ? this.next(value) : this.last(value)));
	}

	private part(value: unknown): Message {
		const message = this.red.util.cloneMessage(this.rest as never) as Message;
		// As the Split node does: a sequence within a sequence remembers the outer one.
		const outer = message.parts === undefined ? {} : { parts: message.parts };
		const place = { id: this.id, type: 'array', len: this.pageSize, index: this.sent };
		// A Join node looks into the payload unless it is told otherwise.
		const elsewhere = this.property === 'payload' ? {} : { property: this.property };
		message.parts = { ...place, ...elsewhere, ...outer };
		this.sent += 1;
		return this.with(message, value);
	}

	/** @throws InputError */
	private with(message: Message, value: unknown): Message {
		if (isSet(() => this.red.util.setMessageProperty(message as never, this.property, value as never, true)))
			return message;
		throw new InputError(`msg.${this.property} cannot be set in this message`, {
			code: 'property',
			field: 'To',
			hint: 'A property on the way to it holds a text or a number. Choose another property.',
		});
	}
}

/** Node-RED's own answer, or its exception, where the name of the property makes no sense. */
function isSet(set: () => unknown): boolean {
	try {
		return set() !== false;
	} catch {
		return false;
	}
}
