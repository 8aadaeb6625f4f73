/** The only door to the network. n8n implements it with its own helpers, Node-RED with axios. */

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** What a body becomes, by the `responseType` that was asked for. */
export interface BodyOf {
	text: string;
	/** The reader's own, who may overwrite them and give their memory back. */
	bytes: Uint8Array;
	/**
	 * For what may be larger than the memory. To be read once and to its end, or given up by its iterator's `return`. It
	 * breaks with any Error where the connection does.
	 */
	stream: AsyncIterable<Uint8Array>;
}
export type ResponseType = keyof BodyOf;

export interface HttpRequest<T extends ResponseType = ResponseType> {
	method: HttpMethod;
	/** Absolute address without query. */
	url: string;
	/** Encoded by the transport (RFC 3986); undefined values are left out. */
	query?: Readonly<Record<string, string | number | undefined>>;
	headers?: Readonly<Record<string, string>>;
	/** Sent as it is; the caller sets Content-Type. */
	body?: string;
	responseType: T;
	signal?: AbortSignal;
	/** Whole request, in milliseconds; of a stream the time until it begins, and the longest silence from then on. */
	timeoutMs?: number;
}

export interface HttpResponse<Body = BodyOf[ResponseType]> {
	status: number;
	/** Names in lower case; a repeated header's values joined with ", ". */
	headers: Readonly<Record<string, string>>;
	body: Body;
}

/**
 * Contract of every implementation: it never throws because of a status, never follows a redirect (the core does, so
 * that a token stays at its origin), never parses (the services' content types mislead), never keeps more than
 * `MOST_BYTES` (body.ts) of a text or of bytes, and rejects with any Error when there is no answer.
 */
export interface Transport {
	request<T extends ResponseType>(request: HttpRequest<T>): Promise<HttpResponse<BodyOf[T]>>;
}
