import { letGo } from './body';
import { ApiError } from './errors';
import type { BodyOf, HttpRequest, HttpResponse, ResponseType, Transport } from './transport';

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const MOST = 5;

type Headers = HttpResponse['headers'];

/** What an answer says of the limit; only the service itself may say it. */
const LIMIT_HEADERS = ['x-ratelimit-limit', 'x-ratelimit-remaining'];

/**
 * Sends a request and follows redirects of a GET. The token stays at its origin: a request to another one goes without
 * Authorization (contract 11, S3 mode: storage refuses a second credential, and a third party would read the token).
 * A POST is never sent elsewhere: it holds the secret.
 * @throws ApiError with code `redirect` where the way leads nowhere
 */
export async function sendFollowing<T extends ResponseType>(
	transport: Transport,
	first: HttpRequest<T>,
): Promise<HttpResponse<BodyOf[T]>> {
	let request = first;
	/** What the service itself said of its limit. */
	let limits: Headers = {};
	for (let count = 0; ; count++) {
		const response = await transport.request(request);
		const home = request === first || isSameOrigin(request.url, first.url);
		const location = response.headers['location'];
		if (!REDIRECTS.has(response.status) || location === undefined || first.method !== 'GET') {
			return home ? response : { ...response, headers: { ...others(response.headers), ...limits } };
		}
		if (home) limits = limitsOf(response.headers);
		await letGo(response);
		if (count === MOST) throw lost(first, 'The service sent the request round in circles');
		const to = target(request.url, location);
		if (!to) throw lost(first, 'The service sent the request to an address that is none');
		request = redirected(request, to);
	}
}

/** @returns undefined for an address that is no web page's */
function target(from: string, location: string): URL | undefined {
	let url: URL;
	try {
		url = new URL(location, from);
	} catch {
		return undefined;
	}
	// A user name would become a credential of its own.
	url.username = '';
	url.password = '';
	url.hash = '';
	return url.protocol === 'http:' || url.protocol === 'https:' ? url : undefined;
}

function redirected<T extends ResponseType>(request: HttpRequest<T>, to: URL): HttpRequest<T> {
	const headers = { ...request.headers };
	if (!isSameOrigin(to.href, request.url)) {
		for (const name of Object.keys(headers)) if (name.toLowerCase() === 'authorization') delete headers[name];
	}
	// The address of a redirect holds its own query, signatures included.
	return { ...request, url: to.href, query: undefined, headers };
}

function limitsOf(headers: Headers): Headers {
	return Object.fromEntries(Object.entries(headers).filter(([name]) => LIMIT_HEADERS.includes(name)));
}

function others(headers: Headers): Headers {
	return Object.fromEntries(Object.entries(headers).filter(([name]) => !LIMIT_HEADERS.includes(name)));
}

function isSameOrigin(one: string, other: string): boolean {
	return new URL(one).origin === new URL(other).origin;
}

/** Names the address that was asked for, never the one it led to: that may hold a signature. */
function lost(request: HttpRequest, message: string): ApiError {
	return new ApiError(message, {
		code: 'redirect',
		request: `${request.method} ${request.url}`,
		hint: 'Check the server URL: use the address that the browser shows when the site is open, with https.',
	});
}
