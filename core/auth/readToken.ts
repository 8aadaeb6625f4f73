import { ApiError } from '../http/errors';
import { isObject } from '../http/json';
import type { IssuedToken } from './token';

/** Whose answer it is, for the message. */
export interface TokenServer {
	/** Verb and address. */
	request: string;
	/** The setting that names the server, in the words of the dialog. */
	field: string;
	/** What the server should be, such as `an Epicollect5 server`. */
	kind: string;
}

/** The answer of an OAuth token endpoint (RFC 6749, 5.1). @throws ApiError with code `no_token` */
export function readToken(body: unknown, { request, field, kind }: TokenServer): IssuedToken {
	if (isObject(body) && typeof body.access_token === 'string' && body.access_token !== '') {
		const expiresIn = Number(body.expires_in);
		return { accessToken: body.access_token, expiresIn: expiresIn > 0 ? expiresIn : undefined };
	}
	throw new ApiError('The server gave no token', {
		code: 'no_token',
		request,
		field,
		hint: `Check the ${field}: it must be the address of ${kind}.`,
	});
}
