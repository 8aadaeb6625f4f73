import type {
	IExecuteFunctions,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	IPollFunctions,
} from 'n8n-workflow';
import { readAll } from '../../core/http/body';
import { FieldDataError } from '../../core/http/errors';
import { queryString } from '../../core/http/query';
import type { BodyOf, HttpRequest, HttpResponse, ResponseType, Transport } from '../../core/http/transport';

/** Where our code runs: a node at work, a trigger that polls, or a dialog that fills its lists. */
export type HostContext = IExecuteFunctions | IPollFunctions | ILoadOptionsFunctions;

interface FullResponse {
	statusCode: number;
	headers: Record<string, string | string[] | number | undefined>;
	body: ResponseStream;
}

/** What n8n's helper gives for a stream: one of node's, with the socket's own watch over silence where it has one. */
type ResponseStream = AsyncIterable<Uint8Array> & {
	destroy: (reason?: Error) => void;
	setTimeout?: (ms: number, silent: () => void) => void;
};

/** The core's door to the network, opened with n8n's own helper: its proxy, certificate and egress settings hold. */
export function n8nTransport(context: HostContext): Transport {
	return {
		async request<T extends ResponseType>(request: HttpRequest<T>): Promise<HttpResponse<BodyOf[T]>> {
			const late = request.responseType === 'stream' ? undefined : lateSignal(request);
			try {
				const options = requestOptions(request, late);
				const { statusCode, headers, body } = (await context.helpers.httpRequest(options)) as FullResponse;
				watch(body, request);
				return {
					status: statusCode,
					headers: lowerCaseHeaders(headers),
					body: (await asBody(body, request.responseType)) as BodyOf[T],
				};
			} catch (error) {
				throw error instanceof FieldDataError ? error : withoutRequest(late?.aborted ? late.reason : error);
			}
		},
	};
}

/** n8n's own time limit ends when the answer begins, and a text may come one byte at a time for ever. */
function lateSignal({ timeoutMs }: HttpRequest): AbortSignal | undefined {
	return timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs);
}

function requestOptions(request: HttpRequest, late: AbortSignal | undefined): IHttpRequestOptions {
	const signals = [request.signal, late].filter((signal) => signal !== undefined);
	return {
		method: request.method,
		url: withQuery(request),
		headers: { ...request.headers },
		...(request.body === undefined ? {} : { body: request.body }),
		// Always: what comes is bounded and decoded here, because the services' content types mislead (contract 5).
		encoding: 'stream',
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		disableFollowRedirect: true,
		...(request.timeoutMs === undefined ? {} : { timeout: request.timeoutMs }),
		...(signals.length === 0 ? {} : { abortSignal: AbortSignal.any(signals) }),
	};
}

function withQuery({ url, query }: HttpRequest): string {
	const text = queryString(query);
	return text === '' ? url : `${url}?${text}`;
}

function lowerCaseHeaders(headers: FullResponse['headers']): Record<string, string> {
	return Object.fromEntries(
		Object.entries(headers)
			.filter(([, value]) => value !== undefined && value !== null)
			.map(([name, value]) => [name.toLowerCase(), Array.isArray(value) ? value.join(', ') : String(value)]),
	);
}

/** A stream may take as long as it comes: silence is what ends it. */
function watch(body: ResponseStream, { responseType, timeoutMs }: HttpRequest): void {
	if (responseType !== 'stream' || timeoutMs === undefined) return;
	const silent = Object.assign(new Error('The answer does not go on'), { code: 'ETIMEDOUT' });
	body.setTimeout?.(timeoutMs, () => body.destroy(silent));
}

async function asBody(body: ResponseStream, type: ResponseType): Promise<BodyOf[ResponseType]> {
	if (type === 'stream') return body;
	const bytes = await readAll(body);
	return type === 'bytes' ? bytes : new TextDecoder().decode(bytes);
}

/** What the helper throws holds the request with its token: only the kind of failure goes on. */
function withoutRequest(error: unknown): Error {
	const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
	if (name === 'TimeoutError')
		return Object.assign(new Error('No complete answer in time'), { code: 'ETIMEDOUT' });
	return Object.assign(new Error('The request got no answer'), typeof code === 'string' ? { code } : {});
}
