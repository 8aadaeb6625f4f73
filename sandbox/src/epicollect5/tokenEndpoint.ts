import type { SandboxRequest, SandboxResponse } from '../shared/types';
import { frameworkFault, oneError } from './errors';
import { phpQuery } from './parameters';
import type { TokenStore } from './tokens';

type Fields = Record<string, unknown>;

/** `POST /api/oauth/token` after the limit (contract 2). */
export function issueToken(request: SandboxRequest, tokens: TokenStore): SandboxResponse {
	const fields = readBody(request);
	if (fields === 'unreadable') return frameworkFault(400, 'Bad request.', request.headers['accept']);
	// Before anything is checked, the tokens of the client named in the body are gone, and they stay gone.
	const named = databaseId(fields['client_id']);
	if (named !== null) tokens.deleteOf(named);
	if (fields['grant_type'] !== 'client_credentials') return refuse('ec5_261');
	const basic = basicCredentials(request.headers['authorization']);
	const id = fields['client_id'] ?? basic?.id;
	const secret = fields['client_secret'] ?? basic?.secret;
	if (id === undefined || id === null || typeof id === 'object' || typeof id === 'boolean')
		return refuse('ec5_254');
	if (secret !== undefined && secret !== null && typeof secret !== 'string') return refuse('ec5_254');
	const client = /^\s*\d+/.test(String(id)) ? tokens.clients.get(parseInt(String(id), 10)) : undefined;
	if (client === undefined || client.secret !== secret) return refuse('ec5_253');
	if (!knownScope(fields['scope'])) return refuse('ec5_254');
	const body = JSON.stringify({
		token_type: 'Bearer',
		expires_in: tokens.lifetimeSeconds,
		access_token: tokens.issue(client.id),
	});
	return {
		status: 200,
		headers: {
			'content-type': 'application/json; charset=UTF-8',
			'cache-control': 'no-store, private',
			pragma: 'no-cache',
		},
		body: Buffer.from(body),
	};
}

function refuse(code: string): SandboxResponse {
	return oneError(400, code, 'token issue');
}

/** How MySQL compares a value with an integer column: its leading number. */
function databaseId(value: unknown): number | null {
	if (value === undefined || value === null || value === '' || typeof value === 'object') return null;
	const match = /^\s*[+-]?\d+/.exec(String(value));
	return match === null ? 0 : Number(match[0]);
}

function knownScope(scope: unknown): boolean {
	if (scope === undefined || scope === null || scope === '') return true;
	const list = Array.isArray(scope) ? scope : String(scope).split(' ');
	return list.every((item) => item === '*' || item === '');
}

function basicCredentials(header: string | undefined): { id: string; secret: string } | null {
	if (header === undefined || !header.startsWith('Basic ')) return null;
	const text = Buffer.from(header.slice(6), 'base64').toString('utf8');
	const colon = text.indexOf(':');
	return colon < 0 ? null : { id: text.slice(0, colon), secret: text.slice(colon + 1) };
}

/** Fields of the body by its content type; parameters in the query are never read. */
function readBody(request: SandboxRequest): Fields | 'unreadable' {
	const type = request.headers['content-type'] ?? '';
	const text = request.body.toString('utf8');
	if (type.includes('/json') || type.includes('+json')) {
		if (text.trim() === '') return {};
		try {
			const value: unknown = JSON.parse(text);
			return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
		} catch {
			// Only plain application/json is parsed a second time, and that one complains.
			return type.toLowerCase().startsWith('application/json') ? 'unreadable' : {};
		}
	}
	if (type.startsWith('application/x-www-form-urlencoded')) return phpQuery(new URLSearchParams(text));
	if (type.startsWith('multipart/form-data')) return multipartFields(type, text);
	return {};
}

function multipartFields(type: string, text: string): Fields {
	const boundary = /boundary="?([^";]+)"?/.exec(type)?.[1];
	const fields: Fields = {};
	if (boundary === undefined) return fields;
	for (const part of text.split(`--${boundary}`)) {
		const name = /content-disposition:[^\r\n]*\bname="([^"]*)"/i.exec(part)?.[1];
		const split = part.indexOf('\r\n\r\n');
		if (name !== undefined && split >= 0) fields[name] = part.slice(split + 4).replace(/\r\n$/, '');
	}
	return fields;
}
