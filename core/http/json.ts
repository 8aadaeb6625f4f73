import { ApiError } from './errors';

/**
 * Parses a body by its content: the services call JSON `application/vnd.api+json`, a web server's page comes with
 * status 200, and connections break in the middle.
 * @throws ApiError with code `unreadable`, which counts as passing.
 */
export function parseJson(body: string, request: string): unknown {
	try {
		return JSON.parse(body) as unknown;
	} catch {
		const html = body.trimStart().startsWith('<');
		throw new ApiError(
			html
				? 'A web page came back instead of data'
				: 'The answer of the service broke off or is not readable',
			{
				code: 'unreadable',
				request,
				hint: html
					? 'Check the server URL: it must be the address of an Epicollect5 or WorkfloPlus server.'
					: 'This usually passes. The next run tries again.',
			},
		);
	}
}

export type JsonObject = { [key: string]: unknown };

export function isObject(value: unknown): value is JsonObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
