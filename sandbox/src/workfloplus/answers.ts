import type { SandboxResponse } from '../shared/types';

/** A refusal on the way to an answer; `handle` turns it into problem+json (quirk X3). */
export class Problem extends Error {
	constructor(
		readonly status: number,
		readonly detail: string,
		readonly headers: Record<string, string> = {},
	) {
		super(detail);
		this.name = 'Problem';
	}
}

const TITLES: Readonly<Record<number, { title: string; type: string }>> = {
	400: { title: 'Bad Request', type: 'https://tools.ietf.org/html/rfc7231#section-6.5.1' },
	404: { title: 'Not Found', type: 'https://tools.ietf.org/html/rfc7231#section-6.5.4' },
	405: { title: 'Method Not Allowed', type: 'https://tools.ietf.org/html/rfc7231#section-6.5.5' },
	429: { title: 'Too Many Requests', type: 'https://tools.ietf.org/html/rfc6585#section-4' },
};

/** 200 with JSON; the default where there is a body (contract 2, status codes). */
export function json(value: unknown, status = 200, headers: Record<string, string> = {}): SandboxResponse {
	return {
		status,
		headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
		body: Buffer.from(JSON.stringify(value)),
	};
}

/** 204; the default where there is no body (contract 2, status codes). */
export function noContent(): SandboxResponse {
	return { status: 204, headers: {}, body: Buffer.alloc(0) };
}

/** `{ type, title, status, detail }`: the service documents no error body, so ASP.NET's own (quirk X3). */
export function problem(error: Problem): SandboxResponse {
	const { title, type } = TITLES[error.status] ?? { title: 'Error', type: 'about:blank' };
	const body = { type, title, status: error.status, detail: error.detail };
	return json(body, error.status, {
		'content-type': 'application/problem+json; charset=utf-8',
		...error.headers,
	});
}

/** 401: token missing, malformed, unknown or expired (contract 3.9). */
export function unauthorized(): SandboxResponse {
	return empty(401, 'Bearer error="invalid_token"');
}

/** 403: the policy's scope or permission is missing (contract 3.9). */
export function forbidden(): SandboxResponse {
	return empty(403, 'Bearer');
}

function empty(status: number, challenge: string): SandboxResponse {
	return { status, headers: { 'www-authenticate': challenge }, body: Buffer.alloc(0) };
}
