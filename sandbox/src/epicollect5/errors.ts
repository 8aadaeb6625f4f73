import type { SandboxResponse } from '../shared/types';

/** Titles as the server sends them (contract 3). */
const TITLES: Record<string, string> = {
	ec5_11: 'Project does not exist.',
	ec5_15: 'Form does not exist.',
	ec5_21: 'Required field is missing.',
	ec5_27: 'Number format incorrect.',
	ec5_29: 'Value invalid.',
	ec5_43: 'Length too short',
	ec5_69: 'No File Uploaded.',
	ec5_77: 'This project is private. Please log in.',
	ec5_79: 'Date/time format incorrect',
	ec5_84: 'Question does not exist.',
	ec5_87: 'Format not matched.',
	ec5_99: 'Branch does not exist',
	ec5_103: 'Unknown error.',
	ec5_219: 'Page not found.',
	ec5_243: 'Invalid input ref',
	ec5_252: 'The website is currently undergoing maintenance. Please try again later.',
	ec5_253: 'Invalid client credentials.',
	ec5_254: 'Could not generate access token. Please contact support.',
	ec5_255: 'Too many requests. Try again later.',
	ec5_256: 'Access denied.',
	ec5_257: 'Unauthorized client access.',
	ec5_261: 'Unsupported grant type.',
	ec5_322: 'The mapping requested does not exist',
	ec5_335: 'Max allowed entries limit exceeded! Use a lower `per_page` value.',
};

export const API_JSON = 'application/vnd.api+json; charset=utf-8';
export const HTML = 'text/html; charset=utf-8';

/** One item of an `errors` array. */
export interface ApiError {
	code: string;
	source: string;
}

/** An error answer in the server's shape. Slashes are escaped here, unlike in success bodies. */
export function errorResponse(status: number, errors: ApiError[]): SandboxResponse {
	const items = errors.map(({ code, source }) => ({ code, title: TITLES[code] ?? code, source }));
	const text = JSON.stringify({ errors: items }).replace(/[^\x20-\x7e]|\//g, (unit) =>
		unit === '/' ? '\\/' : `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
	);
	return { status, headers: plainHeaders(API_JSON), body: Buffer.from(text) };
}

/** A single error. */
export function oneError(status: number, code: string, source: string): SandboxResponse {
	return errorResponse(status, [{ code, source }]);
}

/** A JSON success answer from ready text. */
export function apiJson(text: string): SandboxResponse {
	return { status: 200, headers: plainHeaders(API_JSON), body: Buffer.from(text) };
}

/** Content type and the framework's default cache rule. */
export function plainHeaders(contentType: string): Record<string, string> {
	return { 'content-type': contentType, 'cache-control': 'no-cache, private' };
}

/** A page for people; its words carry no meaning. */
export function htmlPage(status: number, title: string, contentType = HTML): SandboxResponse {
	const body = `<!DOCTYPE html>\n<html lang="en"><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`;
	return { status, headers: plainHeaders(contentType), body: Buffer.from(body) };
}

/** Whether the first type of the Accept header asks for JSON: only then are framework faults JSON (contract 3). */
export function wantsJson(accept: string | undefined): boolean {
	const types = (accept ?? '')
		.split(',')
		.map((part, index) => {
			const [type = '', ...parameters] = part.trim().split(';');
			const quality = parameters.map((text) => /^\s*q=([\d.]+)/.exec(text)?.[1]).find((q) => q !== undefined);
			return { type: type.toLowerCase(), quality: quality === undefined ? 1 : Number(quality), index };
		})
		.sort((left, right) => right.quality - left.quality || left.index - right.index);
	const first = types[0]?.type ?? '';
	return first.includes('/json') || first.includes('+json');
}

/** An uncaught fault of the framework: 500, or 400 for an unreadable body. */
export function frameworkFault(status: number, message: string, accept: string | undefined): SandboxResponse {
	if (!wantsJson(accept)) return htmlPage(status, message);
	return {
		status,
		headers: plainHeaders('application/json'),
		body: Buffer.from(JSON.stringify({ message })),
	};
}
