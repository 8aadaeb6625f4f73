import { readToken } from '../auth/readToken';
import type { IssuedToken } from '../auth/token';
import { SECOND, type Clock } from '../clock';
import { Caller, describe } from '../http/caller';
import { InputError } from '../http/errors';
import { parseJson } from '../http/json';
import type { HttpRequest, Transport } from '../http/transport';
import { Run } from '../run';
import { ENDPOINTS } from './endpoints';
import { workfloPlusCodes } from './problem';
import { workfloPlusRules } from './rules';

/** What a refusal of the token endpoint means, for hosts that ask it by their own means. */
export const WORKFLOPLUS_TOKEN_RULES = workfloPlusRules(ENDPOINTS.C2);

export interface WorkfloPlusTokenRequest {
	transport: Transport;
	clock: Clock;
	/** As {@link normaliseAccountsUrl} gives it. */
	accountsUrl: string;
	clientId: string;
	clientSecret: string;
}

/**
 * Asks for an M2M client's token, once (contract 3.4). It lives for an hour, and unlike with Epicollect5 the earlier
 * ones stay alive. The secret is in the body of this one request and nowhere else.
 * @throws InputError; AuthError for a wrong ID or secret; RateLimitError; NotFoundError; NetworkError; ApiError
 */
export async function issueWorkfloPlusToken(options: WorkfloPlusTokenRequest): Promise<IssuedToken> {
	const { transport, clock, accountsUrl } = options;
	const form = new URLSearchParams({
		grant_type: 'client_credentials',
		client_id: given(options.clientId, 'Client ID'),
		client_secret: given(options.clientSecret, 'Client Secret'),
	});
	const request: HttpRequest<'text'> = {
		method: ENDPOINTS.C2.method,
		url: accountsUrl + ENDPOINTS.C2.path,
		headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
		body: form.toString(),
		responseType: 'text',
		timeoutMs: 30 * SECOND,
	};
	const caller = new Caller({
		transport,
		clock,
		rules: WORKFLOPLUS_TOKEN_RULES,
		codesOf: workfloPlusCodes,
	});
	return await caller.call({
		request,
		// Many runs share the token, so none of them may stop it or pay for it. No time to wait: when it is asked for
		// again is for the token keeper to decide.
		run: new Run(clock, { deadline: clock.now() }),
		repeatable: false,
		read: ({ body }) =>
			readToken(parseJson(body, describe(request)), {
				request: describe(request),
				field: 'Accounts URL',
				kind: 'a WorkfloPlus server',
			}),
	});
}

/** Pasted text often ends with a blank or a line break; the service's own never does (contract 3.3). */
function given(text: string, field: string): string {
	if (text.trim() !== '') return text.trim();
	throw new InputError(`The ${field} is missing`, {
		code: 'missing',
		field,
		hint: 'Enter the client ID and the client secret of an M2M client.',
	});
}
