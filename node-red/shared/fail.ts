import { FieldDataError } from '../../core/http/errors';
import type { Done, Red } from './red';
import type { StatusLine } from './status';

/** What a Catch node finds in `msg.error.cause`: plain values, so that a flow can branch on them. */
export interface FailureCause {
	kind: string;
	code: string;
	message: string;
	hint: string;
	status?: number;
	field?: string;
	request?: string;
	retryAfterMs?: number;
}

/** An error in the form that Node-RED hands to Catch nodes: message, `code` and `cause`; all else it drops. */
export class NodeFailure extends Error {
	readonly code: string;
	readonly hint: string;

	constructor(cause: FailureCause) {
		super(`${cause.message}. ${cause.hint}`, { cause });
		this.name = 'NodeFailure';
		this.code = cause.code;
		this.hint = cause.hint;
		// The stack would name files of this pack in the user's debug sidebar and explain nothing.
		this.stack = `${this.name}: ${this.message}`;
	}

	/** What the sidebar shows and a Catch node gets as `msg.error.message`. */
	override toString(): string {
		return this.message;
	}
}

export function causeOf(error: unknown, red: Pick<Red, '_'>): FailureCause {
	if (error instanceof FieldDataError) {
		const { kind, code, message, hint, status, field, request, retryAfterMs } = error;
		const cause = { kind, code: code ?? kind, message, hint, status, field, request, retryAfterMs };
		// Undefined values would show as such in the sidebar.
		return Object.fromEntries(
			Object.entries(cause).filter(([, value]) => value !== undefined),
		) as typeof cause;
	}
	return {
		kind: 'unexpected',
		code: 'unexpected',
		message: error instanceof Error && error.message ? error.message : String(error),
		hint: red._('shared.hint.unexpected'),
	};
}

/** The one place where a failure becomes a red status and `done(error)`. */
export function fail(error: unknown, to: { red: Pick<Red, '_'>; status: StatusLine; done: Done }): void {
	const cause = causeOf(error, to.red);
	to.status.failed(cause.message);
	to.done(new NodeFailure(cause));
}
