import { AbortedError, ApiError, FieldDataError, NetworkError } from '../http/errors';
import { neverSent } from '../http/retry';

const LOOK_FIRST =
	'It is not sent a second time by itself. Look in WorkfloPlus first; if it is not there, run this again.';

/** The service had the request, and how it ended is not known. */
const UNKNOWN_END = new Set(['server_fault', 'unreadable', 'unexpected_answer']);

/**
 * Adds to a failure that the change may have been made all the same: a request without an answer is no proof of the
 * contrary, and the service has no key by which it would know a second one (contract 2).
 * @param request what was sent, as the error names it: the failure of another request, for a token, leaves no doubt
 * @returns the error itself where nothing can have happened
 */
export function inDoubt(error: unknown, request: string, doubt: string): unknown {
	if (!(error instanceof FieldDataError) || error.request !== request) return error;
	if (error instanceof AbortedError)
		return new AbortedError(undefined, request, { message: doubt, hint: LOOK_FIRST });
	const lost = error.kind === 'network' && !neverSent(error);
	const unknown = error.kind === 'api' && UNKNOWN_END.has(error.code ?? '');
	if (!lost && !unknown) return error;
	const Kind = lost ? NetworkError : ApiError;
	return new Kind(`${error.message}. ${doubt}`, {
		code: error.code,
		status: error.status,
		request,
		hint: LOOK_FIRST,
	});
}
