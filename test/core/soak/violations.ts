/** Which promise was broken. */
export type ViolationKind =
	/** A version was shown or there, and not delivered. */
	| 'lost'
	| 'duplicated'
	/** An end that was none. */
	| 'falseSuccess'
	/** `created` for `updated`, or the other way round. */
	| 'type'
	/** What was not asked for, in another order, or under another name. */
	| 'answer'
	/** More tokens than an hour has places for, or than there were reasons. */
	| 'tokens'
	/** More requests, or sooner, than the budget, the deadline and the limit allow. */
	| 'requests'
	/** Said, or sent elsewhere. */
	| 'secret'
	/** What is kept between two calls is no plain JSON, or too large. */
	| 'state'
	/** Without a reason, without words, or heard by nobody. */
	| 'error';

export const KINDS: readonly ViolationKind[] = [
	...(['lost', 'duplicated', 'falseSuccess', 'type', 'answer'] as const),
	...(['tokens', 'requests', 'secret', 'state', 'error'] as const),
];

export interface Violation {
	kind: ViolationKind;
	what: string;
}

/** All of one kind; a few of many tell enough. */
export function violations(kind: ViolationKind, what: readonly string[], most = 3): Violation[] {
	return what.slice(0, most).map((one) => ({ kind, what: one }));
}
