import { STATUS_RULES, type Answer, type Remedy, type Rule } from '../http/classify';
import {
	ApiError,
	AuthError,
	NotFoundError,
	RateLimitError,
	type ErrorDetails,
	type FieldDataError,
} from '../http/errors';
import { limitReport } from '../http/limits';
import type { Endpoint, Host } from './endpoints';
import { explainRefusal } from './policies';
import { problemText } from './problem';

type Kind = new (message: string, details: ErrorDetails) => FieldDataError;

const WHO_HELPS = 'the owner of your team; otherwise ask the support of WorkfloPlus';

/** The settings in the words of the dialogs. */
const FIELD_OF: Readonly<Record<Host, string>> = { accounts: 'Accounts URL', gateway: 'Gateway URL' };

/** Statuses that blame the request. */
const REFUSED = new Set([400, 405, 409, 410, 412, 413, 415, 422]);

const statusIs = (status: number) => (answer: Answer) => answer.response.status === status;

const has =
	(...codes: string[]) =>
	(answer: Answer) =>
		codes.some((code) => answer.codes.includes(code));

/** What OAuth says for itself, whatever the status (contract 3.9). */
const TOKEN_REFUSALS: readonly Rule[] = [
	{
		// No token went along: this is the token endpoint, which may say it with 400 or 401 (contract 3.9).
		when: (answer) => has('invalid_client')(answer) || (statusIs(401)(answer) && !answer.withToken),
		...refusal(AuthError, 'invalid_client', 'Client ID or client secret is wrong', {
			field: 'Client ID',
			hint: `Copy both again. A lost secret cannot be shown once more: a new client is needed then. Ask ${WHO_HELPS}.`,
		}),
	},
	{
		when: has('unauthorized_client', 'unsupported_grant_type'),
		...refusal(AuthError, 'unauthorized_client', 'This client may not ask for tokens', {
			field: 'Client ID',
			hint: `An M2M client (grant type client_credentials) is needed. Ask ${WHO_HELPS}.`,
		}),
	},
	{
		when: has('invalid_scope'),
		...refusal(AuthError, 'invalid_scope', 'The client lacks a scope that was asked for', {
			hint: `Ask for a client with this scope: ${WHO_HELPS}.`,
		}),
	},
];

const TOO_MANY: Rule = {
	when: statusIs(429),
	remedy: 'waitForLimit',
	error: ({ response, request, now }) =>
		new RateLimitError('WorkfloPlus asks for fewer requests', {
			code: 'rate_limit',
			status: 429,
			request,
			retryAfterMs: limitReport(response, now).retryAfterMs,
			hint: 'Run less often, or wait.',
		}),
};

/**
 * What a refusal at this endpoint means. Read from the top; the first line that applies decides.
 *
 * WorkfloPlus uses statuses as HTTP means them, and documents next to nothing else (contract 2, 3.9, X3): the body is
 * shown where it can be read and never needed. The list is made for an endpoint because a 403 has no body at all: what
 * is missing follows from the endpoint's policy.
 */
export function workfloPlusRules({ host, path, policy }: Endpoint): readonly Rule[] {
	return [
		...TOKEN_REFUSALS,
		{
			when: statusIs(401),
			...refusal(AuthError, 'invalid_token', 'WorkfloPlus refused the token, and a fresh one too', {
				hint: 'The client may have been deleted, or Accounts URL and Gateway URL belong to different installations.',
				remedy: 'renewToken',
			}),
		},
		{
			when: statusIs(403),
			...refusal(AuthError, 'forbidden', 'This client is not allowed to do that', {
				field: 'Client ID',
				hint: `${explainRefusal(policy)} Ask for a client that may do it: ${WHO_HELPS}.`,
			}),
		},
		TOO_MANY,
		{
			// A path without an id is always there, and a refusal of ours can be read: this is somebody else.
			when: (answer) => statusIs(404)(answer) && !path.includes('{') && answer.codes.length === 0,
			...refusal(NotFoundError, 'no_workfloplus', 'No WorkfloPlus answers at this address', {
				field: FIELD_OF[host],
				hint: `Check the ${FIELD_OF[host]}: leave it as it was unless WorkfloPlus told you another one.`,
			}),
		},
		{
			when: statusIs(404),
			...refusal(NotFoundError, 'not_found', 'WorkfloPlus does not have what was asked for', {
				hint: 'Choose it from the list again. It may have been deleted.',
			}),
		},
		{
			when: ({ response }) => REFUSED.has(response.status) && problemText(response.body) !== undefined,
			...refusal(ApiError, undefined, 'WorkfloPlus refused the request', {
				hint: 'Check the settings of this node.',
			}),
		},
		...STATUS_RULES,
	];
}

/** @param code undefined: the service's own. What the service says follows the message. */
function refusal(
	Kind: Kind,
	code: string | undefined,
	message: string,
	{ remedy = 'none', ...details }: { hint: string; field?: string; remedy?: Remedy },
): Pick<Rule, 'remedy' | 'error'> {
	return {
		remedy,
		error: ({ response, request, codes }) => {
			const said = problemText(response.body);
			return new Kind(said === undefined ? message : `${message}: ${said}`, {
				...details,
				code: code ?? codes[0] ?? 'refused',
				status: response.status,
				request,
			});
		},
	};
}
