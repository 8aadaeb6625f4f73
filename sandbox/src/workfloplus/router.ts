import type { Endpoint } from './endpoints';

/** An endpoint and what its path parameters stand for in this request. */
export interface Match {
	endpoint: Endpoint;
	params: Record<string, string>;
}

/** Finds the row for a request; undefined when the service has no such method and path. */
export type Router = (method: string, path: string) => Match | undefined;

/** A router over the table: a slash at the end does not matter (contract 2), literals win over parameters (contract 4). */
export function createRouter(endpoints: readonly Endpoint[]): Router {
	const routes = endpoints
		.map((endpoint) => ({ endpoint, pattern: segments(endpoint.path) }))
		.sort((a, b) => compare(rank(a.pattern), rank(b.pattern)));
	return (method, path) => {
		const parts = segments(path).map(decoded);
		for (const { endpoint, pattern } of routes) {
			const params = endpoint.methods.includes(method) ? fit(pattern, parts) : undefined;
			if (params !== undefined) return { endpoint, params };
		}
		return undefined;
	};
}

function segments(path: string): string[] {
	return path.replace(/\/+$/, '').split('/').slice(1);
}

function fit(pattern: readonly string[], parts: readonly string[]): Record<string, string> | undefined {
	if (pattern.length !== parts.length) return undefined;
	const params: Record<string, string> = {};
	for (const [index, expected] of pattern.entries()) {
		const part = parts[index] ?? '';
		if (!isParameter(expected)) {
			if (expected !== part) return undefined;
		} else if (part !== '') {
			params[expected.slice(1, -1)] = part;
		} else return undefined;
	}
	return params;
}

/** `0` for a literal and `1` for a parameter, segment by segment: the smaller, the more literal. */
function rank(pattern: readonly string[]): string {
	return pattern.map((segment) => (isParameter(segment) ? '1' : '0')).join('');
}

function compare(a: string, b: string): number {
	return a < b ? -1 : Number(a > b);
}

function isParameter(segment: string): boolean {
	return segment.startsWith('{');
}

function decoded(segment: string): string {
	try {
		return decodeURIComponent(segment);
	} catch {
		return segment;
	}
}
