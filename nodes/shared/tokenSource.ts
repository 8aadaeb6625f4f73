import type { ICredentialDataDecryptedObject, IDataObject } from 'n8n-workflow';
import type { TokenSource } from '../../core/auth/token';
import { classify, type Rule } from '../../core/http/classify';
import { ApiError, NetworkError, type FieldDataError } from '../../core/http/errors';
import { isObject } from '../../core/http/json';
import type { Reservation } from '../../core/http/limiter';
import { neverSent } from '../../core/http/retry';
import type { HttpResponse } from '../../core/http/transport';
import { storedToken } from './storedToken';
import type { HostContext } from './transport';
import { clock } from './clock';

/** What a service says when it gives no token, and how to read it. */
export interface TokenRules {
	rules: readonly Rule[];
	codesOf: (body: string) => string[];
	/** Verb and address of the token request, for messages. */
	request: string;
	/** Takes a place in the service's limit of tokens, where it has one. @throws FieldDataError */
	reserve?: () => Promise<Reservation>;
}

/**
 * Tokens through n8n: read from the encrypted credential, and renewed by n8n itself, which writes the new one back
 * under a lock that main and workers share. `refreshOAuth2Token` also fetches the first token: a credential without one
 * has empty token data, equal to what n8n compares it with (n8n-core 2.41.1, request-helpers/oauth.js).
 */
export function n8nTokenSource(
	context: HostContext,
	credentialType: string,
	service: TokenRules,
): TokenSource {
	let found: ICredentialDataDecryptedObject | undefined;
	return {
		store: {
			read: async () => {
				const credential = await context.getCredentials(credentialType);
				found = credential;
				return storedToken(credential);
			},
			write: async () => await Promise.resolve(),
		},
		async issue() {
			const reservation = await service.reserve?.();
			let data: IDataObject;
			try {
				const knowing = withCredential(context, found);
				data = (await context.helpers.refreshOAuth2Token.call(knowing, credentialType)) as IDataObject;
				reservation?.settle();
			} catch (error) {
				const answer = answerIn(error);
				if (answer === undefined && neverSent(error)) reservation?.release();
				else reservation?.settle(answer);
				throw answer ? refusal(answer, service) : noAnswer(error, service);
			}
			if (typeof data.access_token !== 'string') throw unreadable(service);
			const expiresIn = Number(data.expires_in);
			return { accessToken: data.access_token, ...(expiresIn > 0 ? { expiresIn } : {}) };
		},
	};
}

/**
 * n8n reads the credential, takes its lock, reads it again, and asks for a token only if the two are equal. The first is
 * to be what was found to be dead here: read a moment later, it may hold what another worker has just got, which n8n
 * would replace, and end.
 */
function withCredential(context: HostContext, found?: ICredentialDataDecryptedObject): HostContext {
	if (found === undefined) return context;
	const getCredentials = async () => await Promise.resolve(found);
	return Object.create(context, { getCredentials: { value: getCredentials } }) as HostContext;
}

/** What n8n's OAuth client throws: the answer with status and body, or what the connection died of. */
interface Thrown {
	status?: unknown;
	body?: unknown;
	code?: unknown;
	response?: { status?: unknown; data?: unknown };
}

/** @returns the server's answer, as far as n8n tells: without its headers. Undefined where there was none. */
function answerIn(thrown: unknown): HttpResponse<string> | undefined {
	const { status, body, response } = isObject(thrown) || thrown instanceof Error ? (thrown as Thrown) : {};
	const answered = Number(status ?? response?.status ?? (body === undefined ? NaN : 400));
	if (Number.isNaN(answered)) return undefined;
	return { status: answered, headers: {}, body: asText(body ?? response?.data) };
}

/** @returns our own error, without the thrown one as its cause: that holds the request with the client secret. */
function refusal(response: HttpResponse<string>, service: TokenRules): FieldDataError {
	const verdict = classify(service.rules, {
		response,
		codes: service.codesOf(response.body),
		request: service.request,
		withToken: false,
		now: clock.now(),
	});
	return verdict && response.status >= 300 ? verdict.error : unreadable(service);
}

function asText(body: unknown): string {
	return typeof body === 'string' ? body : (JSON.stringify(body) ?? '');
}

function noAnswer(thrown: unknown, { request }: TokenRules): FieldDataError {
	const code = (thrown as Thrown | undefined)?.code;
	return new NetworkError('The server that gives the tokens did not answer', {
		code: typeof code === 'string' ? code : 'no_answer',
		request,
		hint: 'Check the server URL in the credential, and the connection of the machine that n8n runs on.',
	});
}

function unreadable({ request }: TokenRules): FieldDataError {
	return new ApiError('The server answered the request for a token with something else', {
		code: 'unreadable_token',
		request,
		field: 'Server URL',
		hint: 'Check the server URL in the credential: another kind of server seems to answer there.',
	});
}
