import { readToken } from '../auth/readToken';
import type { IssuedToken } from '../auth/token';
import { SECOND, type Clock } from '../clock';
import { Caller, describe } from '../http/caller';
import { RateLimitError } from '../http/errors';
import { parseJson } from '../http/json';
import type { LimiterRegistry } from '../http/limiter';
import type { HttpRequest, Transport } from '../http/transport';
import { Run } from '../run';
import { EPICOLLECT5_LIMITS } from './limits';
import { EPICOLLECT5_TOKEN_RULES, epicollect5Codes, tokenLimitError } from './rules';

/** A place in the hour's window is waited for no longer than this: it may be an hour away. */
export const LONGEST_TOKEN_WAIT_MS = 10 * SECOND;

export interface TokenRequest {
	transport: Transport;
	clock: Clock;
	limiters: LimiterRegistry;
	/** As {@link normaliseServerUrl} gives it. */
	baseUrl: string;
	clientId: string;
	clientSecret: string;
}

/**
 * Asks for a token, once. It deletes the earlier tokens of the client app even when it fails (contract 2.3), so it is
 * never repeated here; the token keeper decides when it is.
 * @throws AuthError for a wrong ID or secret; RateLimitError; MaintenanceError; NetworkError; ApiError
 */
export async function issueEpicollect5Token(options: TokenRequest): Promise<IssuedToken> {
	const { transport, clock, limiters, baseUrl } = options;
	const request: HttpRequest<'text'> = {
		method: 'POST',
		url: `${baseUrl}/api/oauth/token`,
		headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify({
			grant_type: 'client_credentials',
			client_id: options.clientId,
			client_secret: options.clientSecret,
		}),
		responseType: 'text',
		timeoutMs: 30 * SECOND,
	};
	const asked = describe(request);
	const rules = EPICOLLECT5_TOKEN_RULES;
	const limiter = limiters.get(baseUrl, 'ip', 'token', EPICOLLECT5_LIMITS.token);
	// Bounds the wait for a place, not the answer: one that took long must not keep everybody from asking again.
	const deadline = clock.now() + limiter.expectedMs + LONGEST_TOKEN_WAIT_MS;
	try {
		return await new Caller({ transport, clock, rules, codesOf: epicollect5Codes }).call({
			request,
			// Many runs share the token, so none of them may stop it or pay for it.
			run: new Run(clock, { deadline }),
			limiter,
			repeatable: false,
			read: ({ body }) =>
				readToken(parseJson(body, asked), {
					request: asked,
					field: 'Server URL',
					kind: 'an Epicollect5 server',
				}),
		});
	} catch (error) {
		// What is too far away here is the hour's end, not the end of a run's time.
		const late = error instanceof RateLimitError && error.code === 'deadline';
		throw late ? tokenLimitError({ retryAfterMs: error.retryAfterMs }) : error;
	}
}
