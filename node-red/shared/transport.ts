import type { Readable } from 'node:stream';
import type { AxiosStatic, RawAxiosRequestConfig } from 'axios';
import { readAll } from '../../core/http/body';
import { FieldDataError } from '../../core/http/errors';
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
			const { status, headers, data } = await client.request<Readable>({
				...config(request),
				signal: stop.signal,
			});
			const body = await bodyOf(data, request.responseType, stop);
			return { status, headers: lowerCase(headers), body: body as BodyOf[T] };
		} catch (error) {
			stop.end();
			throw stop.reason() ?? plain(error);
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
		// Always: what is kept of it is bounded below, in half the memory that axios takes for it.
		responseType: 'stream',
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

async function bodyOf(data: Readable, type: ResponseType, stop: Stopper): Promise<BodyOf[ResponseType]> {
	if (type === 'stream') return pieces(data, stop);
	const bytes = await readAll(data as AsyncIterable<Uint8Array>);
	stop.end();
	return type === 'bytes' ? bytes : new TextDecoder().decode(bytes);
}

/** A stream may take as long as it comes: each piece gives it time for the next one. */
async function* pieces(data: Readable, stop: Stopper): AsyncGenerator<Uint8Array> {
	try {
		for await (const piece of data as AsyncIterable<Uint8Array>) {
			stop.again();
			yield piece;
		}
	} catch (error) {
		throw stop.reason() ?? plain(error);
	} finally {
		stop.end();
	}
}

/** The caller's signal and the time limit in one. (`AbortSignal.any` is missing from the oldest Node of Node-RED 4.) */
type Stopper = ReturnType<typeof stopper>;

function stopper(request: HttpRequest) {
	const both = new AbortController();
	const { signal, timeoutMs } = request;
	const forward = (): void => both.abort(signal?.reason);
	if (signal?.aborted) forward();
	signal?.addEventListener('abort', forward, { once: true });
	const late = Object.assign(new Error(`No complete answer within ${timeoutMs} ms`), { code: 'ETIMEDOUT' });
	const timer = timeoutMs === undefined ? undefined : setTimeout(() => both.abort(late), timeoutMs);
	return {
		/** The time begins anew. */
		again: () => timer?.refresh(),
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
	if (error instanceof FieldDataError) return error;
	const { message, code } = error as { message?: string; code?: string };
	return Object.assign(new Error(message ?? 'The request failed'), { code });
}
