import { isObject, type JsonObject } from '../http/json';

const LONGEST_TEXT = 300;

/**
 * @returns the code in a refusal's body: OAuth's `error`, such as `invalid_client`, or the title of a problem+json as a
 * word, such as `bad_request`. None where the body is neither: error bodies are undocumented (contract 11, X3).
 */
export function workfloPlusCodes(body: string | Uint8Array): string[] {
	const refusal = parse(body);
	const said = refusal?.error ?? refusal?.title;
	if (typeof said !== 'string') return [];
	const code = said
		.toLowerCase()
		.replace(/[^a-z]+/g, '_')
		.replace(/^_|_$/g, '');
	return /^[a-z_]{3,40}$/.test(code) ? [code] : [];
}

/**
 * What a problem+json says: its detail, or the first complaint about each field, or its title.
 * @returns one line without secrets and addresses of people; undefined where the body is no problem
 */
export function problemText(body: string | Uint8Array): string | undefined {
	const problem = parse(body);
	if (!problem) return undefined;
	const complaints = isObject(problem.errors) ? Object.values(problem.errors).map(firstText) : [];
	const said = [text(problem.detail), ...complaints].filter((part) => part !== '');
	const line = said.length === 0 ? text(problem.title) : said.join(' ');
	return line === '' ? undefined : withoutSecrets(line).replace(/\s+/g, ' ').slice(0, LONGEST_TEXT);
}

/** A server may repeat what it was sent. Ids stay: UUIDs have hyphens, the others 24 characters (contract 2). */
function withoutSecrets(line: string): string {
	return line
		.replace(/\bBearer\s+\S+/gi, '(token)')
		.replace(/\beyJ[\w-]+(\.[\w-]+)*/g, '(token)')
		.replace(/[^\s@"'<>(),;:=/?&]+(@|%40)[^\s@"'<>(),;:/?&]+/gi, '(e-mail address)')
		.replace(/\b(key|sig|client_secret|access_token)=[^\s&"']+/gi, '$1=(secret)')
		.replace(/\b\w{32,}\b/g, '(secret)');
}

function firstText(value: unknown): string {
	return text(Array.isArray(value) ? value[0] : value);
}

function text(value: unknown): string {
	return typeof value === 'string' ? value.trim() : '';
}

function parse(body: string | Uint8Array): JsonObject | undefined {
	try {
		const parsed: unknown = JSON.parse(typeof body === 'string' ? body : new TextDecoder().decode(body));
		return isObject(parsed) ? parsed : undefined;
	} catch {
		return undefined;
	}
}
