import { ApiError } from './errors';
import type { BodyOf, HttpRequest, HttpResponse, ResponseType, Transport } from './transport';

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const MOST = 5;

/**
 * Sends a request and follows redirects of a GET. The token stays at its origin: a request to another one goes without
 * Authorization (contract 11, S3 mode: storage refuses a second credential, and a third party would read the token).
 * A POST is never sent elsewhere: it holds the secret.
 */
export async function sendFollowing<T extends ResponseType>(
	transport: Transport,
	first: HttpRequest<T>,
): Promise<HttpResponse<BodyOf[T]>> {
	let request = first;
	for (let count = 0; ; count++) {
		const response = await transport.request(request);
		const location = response.headers['location'];
		if (!REDIRECTS.has(response.status) || location === undefined || first.method !== 'GET') return response;
		if (count === MOST) throw tooMany(first);
		request = redirected(request, location);
	}
}

function redirected<T extends ResponseType>(request: HttpRequest<T>, location: string): HttpRequest<T> {
	const from = new URL(request.url);
	const to = new URL(location, from);
	if (to.protocol !== 'http:' && to.protocol !== 'https:') throw tooMany(request);
	const headers = { ...request.headers };
	if (to.origin !== from.origin) {
		for (const name of Object.keys(headers)) if (name.toLowerCase() === 'authorization') delete headers[name];
	}
	// The address of a redirect holds its own query, signatures included.
	return { ...request, url: to.href, query: undefined, headers };
}

function tooMany(request: HttpRequest): ApiError {
	return new ApiError('The service sent the request round in circles', {
		code: 'redirect',
		request: `${request.method} ${request.url}`,
		hint: 'Check the server URL.',
	});
}
