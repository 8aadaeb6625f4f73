/** What the sandbox's services are asked and answer, with or without a socket in between. */

/** One request as a service sees it. */
export interface SandboxRequest {
	method: string;
	/** Path as typed (percent-encoded), without query and without the server's base path. */
	path: string;
	query: URLSearchParams;
	/** Header names in lower case. */
	headers: Record<string, string>;
	body: Buffer;
	/** Address of the caller: the key of the limits that count per IP. */
	ip: string;
	/** Scheme and host (and the base path, if the server lives under one): links are built from it. */
	origin: string;
}

/** What happens to the bytes of an answer on their way, when a fault was planned. */
export type TransportFault =
	/** The connection is closed without an answer. */
	| { kind: 'reset' }
	/** No answer ever comes (over HTTP: until the caller gives up or the server stops). */
	| { kind: 'hang' }
	/** Headers promise the whole body, only `bytes` of it arrive, then the connection breaks. */
	| { kind: 'truncate'; bytes: number }
	/** The body comes in pieces of `bytes` with `everyMs` between them. */
	| { kind: 'drip'; bytes: number; everyMs: number };

/** One answer. Header names in lower case; content-length is set by the HTTP wrapper when absent. */
export interface SandboxResponse {
	status: number;
	headers: Record<string, string>;
	body: Buffer;
	/** Set only by planned faults: the HTTP wrapper acts it out, in-process callers must do so themselves. */
	transport?: TransportFault;
}

/** A service without a socket. */
export interface SandboxService {
	handle(request: SandboxRequest): Promise<SandboxResponse>;
}

/** One client app that the sandbox knows: what a user would copy from the service's web page. */
export interface SandboxClient {
	id: string;
	secret: string;
	/** Slug of the project the app belongs to (Epicollect5). */
	project: string;
}

/** A request with only the parts that matter to the caller; `makeRequest` fills in the others. */
export interface RequestParts {
	method?: string;
	/** Path with or without a query string. */
	url: string;
	headers?: Record<string, string>;
	body?: Buffer | string;
	ip?: string;
	origin?: string;
}

/** Builds a full request from its parts (for tests and other in-process callers). */
export function makeRequest(parts: RequestParts): SandboxRequest {
	const mark = parts.url.indexOf('?');
	const headers: Record<string, string> = {};
	for (const [name, value] of Object.entries(parts.headers ?? {})) headers[name.toLowerCase()] = value;
	return {
		method: parts.method ?? 'GET',
		path: mark < 0 ? parts.url : parts.url.slice(0, mark),
		query: new URLSearchParams(mark < 0 ? '' : parts.url.slice(mark + 1)),
		headers,
		body: Buffer.isBuffer(parts.body) ? parts.body : Buffer.from(parts.body ?? ''),
		ip: parts.ip ?? '127.0.0.1',
		origin: parts.origin ?? 'http://sandbox.test',
	};
}
