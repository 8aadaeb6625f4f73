import type {
	IExecuteFunctions,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	IPollFunctions,
} from 'n8n-workflow';
import { queryString } from '../../core/http/query';
import type { BodyOf, HttpRequest, HttpResponse, ResponseType, Transport } from '../../core/http/transport';

/** Where our code runs: a node at work, a trigger that polls, or a dialog that fills its lists. */
export type HostContext = IExecuteFunctions | ILoadOptionsFunctions | IPollFunctions;

interface FullResponse {
	statusCode: number;
	headers: Record<string, string | string[] | number | undefined>;
	body: unknown;
}

/** The core's door to the network, opened with n8n's own helper: its proxy, certificate and egress settings hold. */
export function n8nTransport(context: HostContext): Transport {
	return {
		async request<T extends ResponseType>(request: HttpRequest<T>): Promise<HttpResponse<BodyOf[T]>> {
			let response: FullResponse;
			try {
				response = (await context.helpers.httpRequest(requestOptions(request))) as FullResponse;
			} catch (error) {
				throw withoutRequest(error);
			}
			return {
				status: response.statusCode,
				headers: lowerCaseHeaders(response.headers),
				body: asBody(response.body, request.responseType) as BodyOf[T],
			};
		},
	};
}

function requestOptions(request: HttpRequest): IHttpRequestOptions {
	return {
		method: request.method,
		url: withQuery(request),
		headers: { ...request.headers },
		...(request.body === undefined ? {} : { body: request.body }),
		// Bytes both times: what comes is decoded here, because the services' content types mislead (contract 5).
		encoding: 'arraybuffer',
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		disableFollowRedirect: true,
		...(request.timeoutMs === undefined ? {} : { timeout: request.timeoutMs }),
		...(request.signal === undefined ? {} : { abortSignal: request.signal }),
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

function asBody(body: unknown, type: ResponseType): string | Uint8Array {
	const bytes = Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : '');
	return type === 'bytes' ? bytes : bytes.toString('utf8');
}

/** What the helper throws holds the request with its token: only the kind of failure goes on. */
function withoutRequest(error: unknown): Error {
	const code = (error as { code?: unknown } | undefined)?.code;
	return Object.assign(new Error('The request got no answer'), typeof code === 'string' ? { code } : {});
}
