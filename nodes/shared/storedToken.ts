import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import type { Token } from '../../core/auth/token';
import { SECOND } from '../../core/clock';
import { isObject, type JsonObject } from '../../core/http/json';

/** The token that n8n keeps in a credential, if it is one of the credential's present client. */
export function storedToken(credential: ICredentialDataDecryptedObject): Token | undefined {
	const data: unknown = credential.oauthTokenData;
	if (!isObject(data) || typeof data.access_token !== 'string' || data.access_token === '') return undefined;
	const claims = readClaims(data.access_token);
	// n8n keeps the old token when somebody corrects the client ID.
	const client = clientOf(claims);
	const own: unknown = credential.clientId;
	if (client !== undefined && client !== (typeof own === 'number' ? `${own}` : own)) return undefined;
	return { accessToken: data.access_token, expiresAt: expiry(data, claims) };
}

/** n8n notes the end by its own clock since 2.3x; before that only the token itself tells, by the server's clock. */
function expiry(data: JsonObject, claims: JsonObject): number | undefined {
	const noted = Number(data.n8n_expires_at);
	if (data.n8n_expires_at !== undefined && Number.isFinite(noted)) return noted;
	return typeof claims.exp === 'number' ? claims.exp * SECOND : undefined;
}

/** Epicollect5 names the client as the only audience (contract 2.2), WorkfloPlus as `client_id` (contract 3.4). */
function clientOf(claims: JsonObject): string | undefined {
	return [claims.client_id, claims.aud].find((claim) => typeof claim === 'string');
}

/** The readable part of a JWT. Nothing is trusted because of it: it only saves a request with a dead token. */
function readClaims(accessToken: string): JsonObject {
	try {
		const payload = accessToken.split('.')[1] ?? '';
		const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
		return isObject(claims) ? claims : {};
	} catch {
		return {};
	}
}
