import { ApiError } from './errors';

/**
 * Parses a body by its content: the services call JSON `application/vnd.api+json`, a web server's page comes with
 * status 200, and connections break in the middle. Whole numbers beyond 2⁵³ become texts, as a JavaScript number would
 * round them: Epicollect5 sends up to 2⁶³ (contract 8.1).
 * @throws ApiError with code `unreadable`, which counts as passing.
 */
export function parseJson(body: string, request: string): unknown {
	return parsed(body, request, parseExactly);
}

/** As {@link parseJson}, for a body that is known to hold no number of more than 15 digits. */
export function parsePlainJson(body: string, request: string): unknown {
	return parsed(body, request, JSON.parse);
}

function parsed(body: string, request: string, parse: (body: string) => unknown): unknown {
	try {
		return parse(body);
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

const INTEGER = /^-?\d+$/;

function parseExactly(body: string): unknown {
	const value: unknown = JSON.parse(body);
	// Few bodies hold such a number: all others are spared the slow way.
	if (!holdsRounded(value, DEPTH)) return value;
	return HAS_SOURCE ? JSON.parse(body, exact) : JSON.parse(quoteLongNumbers(body));
}

/** `data.entries[i].question`, and one more. Who nests deeper means harm. */
const DEPTH = 5;

/** Looks at the values: three times as fast as a search through the text, of which most is keys and words. */
function holdsRounded(value: unknown, depth: number): boolean {
	if (typeof value === 'number') return value > Number.MAX_SAFE_INTEGER || value < Number.MIN_SAFE_INTEGER;
	if (typeof value !== 'object' || value === null || depth === 0) return false;
	if (Array.isArray(value)) return value.some((item) => holdsRounded(item, depth - 1));
	const map = value as JsonObject;
	for (const key in map) {
		const item = map[key];
		if (typeof item !== 'string' && holdsRounded(item, depth - 1)) return true;
	}
	return false;
}

/** JSON.parse tells a reviver how a number was written: ECMAScript 2026, in Node from 21 on. */
const HAS_SOURCE = hasSource();

function hasSource(): boolean {
	let told = false;
	JSON.parse('1', (_key, value: unknown, context?: { source?: string }) => {
		told = context?.source === '1';
		return value;
	});
	return told;
}

function exact(_key: string, value: unknown, context?: { source?: string }): unknown {
	if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
	const source = context?.source ?? '';
	return INTEGER.test(source) ? source : value;
}

/** Texts and numbers, so that digits inside of a text are passed over. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;

/**
 * For runtimes that do not tell (Node 18 and 20, of Node-RED 4).
 * @param json has been parsed, so that quotes around a number cannot make it valid
 */
export function quoteLongNumbers(json: string): string {
	return json.replace(TOKEN, (token) =>
		INTEGER.test(token) && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token,
	);
}

export type JsonObject = { [key: string]: unknown };

export function isObject(value: unknown): value is JsonObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
