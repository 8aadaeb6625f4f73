import type { SandboxResponse } from '../shared/types';
import { json, Problem } from './answers';
import { readBody } from './body';
import { found, type Call } from './call';
import { isScopeUri, toPermission } from './policies';
import { TOKEN_LIFETIME } from './tokens';
import type { Client } from './world';

/** C2, `POST /connect/token`: client credentials for an access token (contract 3.4, refusals 3.9). */
export function requestToken({ request, world, tokens }: Call): SandboxResponse {
	const type = request.headers['content-type'] ?? '';
	if (!/^application\/x-www-form-urlencoded\b/i.test(type)) return oauthError('invalid_request');
	const form = new URLSearchParams(request.body.toString('utf8'));
	const client = world.clients.find((candidate) => candidate.clientId === form.get('client_id'));
	if (client === undefined || client.secret !== form.get('client_secret'))
		return oauthError('invalid_client');
	if (form.get('grant_type') !== 'client_credentials') return oauthError('unsupported_grant_type');
	const asked = (form.get('scope') ?? '').split(' ').filter((scope) => scope !== '');
	if (asked.some((scope) => !client.scopes.includes(scope))) return oauthError('invalid_scope');
	const scopes = [...new Set(asked.length === 0 ? client.scopes : asked)].sort();
	const accessToken = tokens.issue({ kind: 'client', id: client.clientId, scopes });
	return json(
		{ access_token: accessToken, expires_in: TOKEN_LIFETIME, token_type: 'Bearer' },
		200,
		NOT_STORED,
	);
}

/** C1, `POST /api/client/`: registers an M2M client; the only time its secret is shown (contract 3.3). */
export function createClient({ request, world }: Call): SandboxResponse {
	const body = readBody(request.body);
	const [displayName, scopes, permissions] = [
		body.text('name'),
		body.texts('scopes'),
		body.texts('permissions'),
	];
	const badScope = scopes.find((scope) => !isScopeUri(scope));
	if (badScope !== undefined) throw new Problem(400, `Unknown scope ${badScope}.`);
	const badPermission = permissions.find((permission) => toPermission(permission) === undefined);
	if (badPermission !== undefined) throw new Problem(400, `Unknown permission ${badPermission}.`);
	const now = world.clock.now();
	const client: Client = {
		clientId: world.ids.objectId(now),
		secretId: world.ids.objectId(now),
		secret: world.ids.secret(),
		displayName,
		scopes,
		permissions,
	};
	world.clients.push(client);
	return json({ client: showClient(client, world.teamName), newSecret: client.secret });
}

/** U1, `GET /api/team/user`: every user of the team, any token, no paging (contract 5.1). */
export function listUsers({ world }: Call): SandboxResponse {
	return json(world.users.map((user) => user.shown));
}

/** U2, `GET /api/team/user/{user_id}` (contract 5.1). */
export function getUser({ world, params }: Call): SandboxResponse {
	return json(found(world.users, params['user_id'], (user) => user.shown.userId, 'user').shown);
}

const NOT_STORED = { 'cache-control': 'no-store, no-cache, max-age=0', pragma: 'no-cache' };

function oauthError(error: string): SandboxResponse {
	return json({ error }, 400, NOT_STORED);
}

function showClient(client: Client, teamName: string): object {
	return {
		clientId: client.clientId,
		grantTypes: ['client_credentials'],
		secrets: [{ secretId: client.secretId }],
		teamName,
		displayName: client.displayName,
		scopes: client.scopes,
		allowAccessTokensViaBrowser: false,
		clientPermissions: client.permissions,
	};
}
