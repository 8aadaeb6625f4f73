import type { AxiosStatic, RawAxiosRequestConfig } from 'axios';
import { queryString } from '../../core/http/query';
import type { BodyOf, HttpRequest, HttpResponse, ResponseType, Transport } from '../../core/http/transport';

let loaded: Promise<AxiosStatic> | undefined;

/** Loaded on first use only: it costs more time than all other parts of the pack together. */
function axios(): Promise<AxiosStatic> {
	loaded ??= import('axios').then((module) => module.default);
	return loaded;
}

/** The core's door to the network, by axios. One for the whole runtime, so that connections are shared. */
export const transport: Transport = {
	async request<T extends ResponseType>(request: HttpRequest<T>): Promise<HttpResponse<BodyOf[T]>> {
		const client = await axios();
		const stop = stopper(request);
		try {
			const answer = await client.request<unknown>({ ...config(request), signal: stop.signal });
			return {
				status: answer.status,
				headers: lowerCase(answer.headers),
				body: body(request.responseType, answer.data),
			};
		} catch (error) {
			throw stop.reason() ?? plain(error);
		} finally {
			stop.end();
		}
	},
};

function config(request: HttpRequest): RawAxiosRequestConfig {
	return {
		method: request.method,
		url: request.url,
		params: request.query,
		// RFC 3986: axios's own serialiser turns a blank into "+" and leaves ":" and "," as they are.
		paramsSerializer: { serialize: (params) => queryString(params as HttpRequest['query']) },
		headers: { 'User-Agent': 'field-data-node-red', ...request.headers },
		data: request.body,
		responseType: request.responseType === 'bytes' ? 'arraybuffer' : 'text',
		// The services' content types mislead, so nothing is parsed here.
		transformRequest: [(data: unknown) => data],
		transformResponse: [(data: unknown) => data],
		validateStatus: () => true,
		maxRedirects: 0,
		decompress: true,
		// A proxy from the environment is honoured, but never for this machine itself.
		...(isLoopback(request.url) ? { proxy: false as const } : {}),
	};
}

function isLoopback(url: string): boolean {
	const { hostname } = new URL(url);
	return hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname);
}

function lowerCase(headers: object): Record<string, string> {
	const named: Record<string, string> = {};
	for (const [name, value] of Object.entries(headers)) {
		named[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : String(value);
	}
	return named;
}

function body<T extends ResponseType>(type: T, data: unknown): BodyOf[T] {
	if (type === 'bytes') return data as BodyOf[T];
	return (typeof data === 'string' ? data : '') as BodyOf[T];
}

/** The caller's signal and the time limit in one. (`AbortSignal.any` is missing from the oldest Node of Node-RED 4.) */
function stopper(request: HttpRequest) {
	const both = new AbortController();
	const { signal, timeoutMs } = request;
	const forward = (): void => both.abort(signal?.reason);
	if (signal?.aborted) forward();
	signal?.addEventListener('abort', forward, { once: true });
	const late = Object.assign(new Error(`No complete answer within ${timeoutMs} ms`), { code: 'ETIMEDOUT' });
	const timer = timeoutMs === undefined ? undefined : setTimeout(() => both.abort(late), timeoutMs);
	return {
		signal: both.signal,
		reason: () => (both.signal.aborted ? (both.signal.reason as Error) : undefined),
		end: () => {
			clearTimeout(timer);
			signal?.removeEventListener('abort', forward);
		},
	};
}

/** An axios error drags the whole request along, its Authorization header included: only text and code go on. */
function plain(error: unknown): Error {
	const { message, code } = error as { message?: string; code?: string };
	return Object.assign(new Error(message ?? 'The request failed'), { code });
}
