import { ApiError } from './errors';

/**
 * Parses a body by its content: the services call JSON `application/vnd.api+json`, a web server's page comes with
 * status 200, and connections break in the middle. Whole numbers beyond 2⁵³ become texts, as a JavaScript number would
 * round them: Epicollect5 sends up to 2⁶³ (contract 8.1).
 * @param mayHaveLong false where it is known that no number has {@link LONG_DIGITS}
 * @throws ApiError with code `unreadable`, which counts as passing.
 */
export function parseJson(body: string, request: string, mayHaveLong = true): unknown {
	try {
		return mayHaveLong ? parseExactly(body) : JSON.parse(body);
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

/** A number with fewer digits is below 2⁵³. */
export const LONG_DIGITS = 16;

/** Written one by one: V8 passes over 16 letters at once then. */
const LONG = new RegExp('\\d'.repeat(LONG_DIGITS));

function parseExactly(body: string): unknown {
	// Few bodies hold such a number: all others are spared the slow way.
	if (!LONG.test(body)) return JSON.parse(body);
	if (HAS_SOURCE) return JSON.parse(body, exact);
	JSON.parse(body);
	return JSON.parse(quoteLongNumbers(body));
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
