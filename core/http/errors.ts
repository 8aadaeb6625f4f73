/**
 * The closed family of what can go wrong. Each one says what happened (`message`), what the user does next (`hint`),
 * and carries the service's own `code`. None may hold a token, a secret or an e-mail address.
 */
export type ErrorKind =
	| 'auth'
	| 'notFound'
	| 'rateLimit'
	| 'maintenance'
	| 'notUploaded'
	| 'network'
	| 'api'
	| 'input'
	| 'incomplete'
	| 'aborted';

export interface ErrorDetails {
	/** The service's code, such as `ec5_256`, or our own word where the service has none. */
	code?: string;
	status?: number;
	/** What the user does next. One or two sentences. */
	hint: string;
	/** Milliseconds until another try makes sense. */
	retryAfterMs?: number;
	/** Verb and address without query, such as `GET https://five.epicollect.net/api/export/entries/birds`. */
	request?: string;
	/** The setting that has to change, in the words of the dialog. */
	field?: string;
	cause?: unknown;
}

export abstract class FieldDataError extends Error {
	abstract readonly kind: ErrorKind;
	readonly code: string | undefined;
	readonly status: number | undefined;
	readonly hint: string;
	readonly retryAfterMs: number | undefined;
	readonly request: string | undefined;
	readonly field: string | undefined;

	constructor(message: string, details: ErrorDetails) {
		super(message, details.cause === undefined ? undefined : { cause: details.cause });
		this.name = new.target.name;
		this.code = details.code;
		this.status = details.status;
		this.hint = details.hint;
		this.retryAfterMs = details.retryAfterMs;
		this.request = details.request;
		this.field = details.field;
	}
}

/** The service refused the client ID, the secret or the token. */
export class AuthError extends FieldDataError {
	readonly kind = 'auth';
}

/** The project, form, branch or file does not exist (for this client app). */
export class NotFoundError extends FieldDataError {
	readonly kind = 'notFound';
}

/** The service's limit is used up, or leaves no time before the given deadline. */
export class RateLimitError extends FieldDataError {
	readonly kind = 'rateLimit';
}

/** The service is down on purpose. Nothing is wrong with the flow. */
export class MaintenanceError extends FieldDataError {
	readonly kind = 'maintenance';
}

/** The file belongs to an entry but has not arrived on the server. */
export class NotUploadedError extends FieldDataError {
	readonly kind = 'notUploaded';
}

/** No answer, or half of one. */
export class NetworkError extends FieldDataError {
	readonly kind = 'network';
}

/** Any other refusal or fault of the service. */
export class ApiError extends FieldDataError {
	readonly kind = 'api';
}

/** A setting makes no sense; `field` names it. Nothing was sent. */
export class InputError extends FieldDataError {
	readonly kind = 'input';
}

/** All rows were asked for and some could not be found: said loudly instead of delivering a silent part. */
export class IncompleteError extends FieldDataError {
	readonly kind = 'incomplete';
}

/** What is left unknown when a request that changes something was sent and its end not seen. */
export interface Doubt {
	/** Such as "It may have been created: look before you repeat." */
	message: string;
	hint: string;
}

/** The caller stopped the run. */
export class AbortedError extends FieldDataError {
	readonly kind = 'aborted';

	/**
	 * @param request verb and address, where it had been sent
	 * @param doubt given where the request may have done its work; the code is `aborted_in_doubt` then
	 */
	constructor(cause?: unknown, request?: string, doubt?: Doubt) {
		super(`The run was stopped before it was finished${doubt ? `. ${doubt.message}` : ''}`, {
			code: doubt ? 'aborted_in_doubt' : 'aborted',
			hint: doubt?.hint ?? 'Start it again when you want the rest.',
			request,
			cause,
		});
	}
}

/** Throws {@link AbortedError} when the signal has fired. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
	if (signal?.aborted) throw new AbortedError(signal.reason);
}
