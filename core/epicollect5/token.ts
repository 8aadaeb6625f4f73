import { SECOND, type Clock } from '../clock';
import { classify } from '../http/classify';
import { ApiError, NetworkError, RateLimitError } from '../http/errors';
import { isObject, parseJson } from '../http/json';
import type { Limiter, LimiterRegistry, Reservation } from '../http/limiter';
import type { HttpRequest, HttpResponse, Transport } from '../http/transport';
import type { IssuedToken } from '../auth/token';
import { EPICOLLECT5_LIMITS } from './limits';
import { EPICOLLECT5_RULES, epicollect5Codes } from './rules';

/** A place in the hour's window is waited for no longer than this: it may be an hour away. */
const LONGEST_WAIT_MS = 10 * SECOND;

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
	const { baseUrl, clock, limiters } = options;
	const limiter = limiters.get(baseUrl, 'ip', 'token', EPICOLLECT5_LIMITS.token);
	const reservation = await reserve(limiter, clock.now() + LONGEST_WAIT_MS);
	const request: HttpRequest<'text'> = {
		method: 'POST',
		url: `${baseUrl}/api/oauth/token`,
		headers: { Accept: 'application/json', 'Content-Type': 'application/json' },
		body: JSON.stringify({
			grant_type: 'client_credentials',
			client_id: options.clientId,
			client_secret: options.clientSecret,
		}),
		responseType: 'text',
		timeoutMs: 30 * SECOND,
	};
	const response = await send(options.transport, request, reservation);
	const description = `POST ${request.url}`;
	const success = response.status >= 200 && response.status < 300;
	const codes = success ? [] : epicollect5Codes(response.body);
	const verdict = classify(EPICOLLECT5_RULES, {
		response,
		codes,
		request: description,
		withToken: false,
		now: clock.now(),
	});
	if (verdict) throw verdict.error;
	return readToken(parseJson(response.body, description), description);
}

/** What is too far away here is the hour's end, not the end of a run's time. */
async function reserve(limiter: Limiter, deadline: number): Promise<Reservation> {
	try {
		return await limiter.acquire({ deadline });
	} catch (error) {
		if (!(error instanceof RateLimitError)) throw error;
		throw new RateLimitError('The tokens that Epicollect5 gives to one address in an hour are used up', {
			code: 'token_limit',
			hint: 'Wait, and look for other programs at this address that ask for tokens.',
			retryAfterMs: error.retryAfterMs,
		});
	}
}

async function send(transport: Transport, request: HttpRequest<'text'>, reservation: Reservation) {
	let response: HttpResponse<string> | undefined;
	try {
		response = await transport.request(request);
		return response;
	} catch {
		throw new NetworkError(`No answer from ${new URL(request.url).host}`, {
			code: 'no_answer',
			request: `POST ${request.url}`,
			hint: 'Check the server URL and the connection of this machine.',
		});
	} finally {
		reservation.settle(response);
	}
}

/** The answer is not wrapped in `data` (contract 2.2). */
function readToken(body: unknown, request: string): IssuedToken {
	if (isObject(body) && typeof body.access_token === 'string' && body.access_token !== '') {
		const expiresIn = Number(body.expires_in);
		return { accessToken: body.access_token, expiresIn: expiresIn > 0 ? expiresIn : undefined };
	}
	throw new ApiError('The server gave no token', {
		code: 'no_token',
		request,
		field: 'Server URL',
		hint: 'Check the server URL: it must be the address of an Epicollect5 server.',
	});
}
