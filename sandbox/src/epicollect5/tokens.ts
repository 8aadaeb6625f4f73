import { createHash } from 'node:crypto';
import type { SandboxClock } from '../shared/clock';
import type { ClientApp } from './model';

interface Token {
	text: string;
	client: number;
	expiresAt: number;
	revoked: boolean;
}

const base64url = (value: Buffer | string): string => Buffer.from(value).toString('base64url');

/** Client apps and their access tokens. A deleted token is simply no longer known (contract 2.3). */
export class TokenStore {
	readonly clients = new Map<number, ClientApp>();
	private tokens = new Map<string, Token>();
	private counter = 0;
	/** Tokens ever issued. */
	issued = 0;

	constructor(
		private readonly clock: SandboxClock,
		private readonly seed: number,
		public lifetimeSeconds: number,
	) {}

	/** A secret of 40 characters that the seed and the id decide. */
	secretFor(id: number): string {
		return createHash('sha256')
			.update(`secret ${this.seed} ${id}`)
			.digest('base64url')
			.replace(/[-_]/g, 'x')
			.slice(0, 40);
	}

	/** Issues a token; earlier ones stay, deleting them is the endpoint's business. */
	issue(client: number): string {
		this.counter += 1;
		this.issued += 1;
		const second = Math.floor(this.clock.now() / 1000);
		const text = this.jwt(client, second);
		this.tokens.set(text, { text, client, expiresAt: second + this.lifetimeSeconds, revoked: false });
		return text;
	}

	/** Deletes every token of a client: what the endpoint does before it checks anything. */
	deleteOf(client: number): void {
		for (const token of this.tokens.values()) if (token.client === client) this.tokens.delete(token.text);
	}

	/** "Revoke Token" on the Apps page: all tokens of the app. */
	revokeOf(client: number): void {
		for (const token of this.tokens.values()) if (token.client === client) token.revoked = true;
	}

	/** Lets the tokens of a client run out now. */
	expireOf(client: number): void {
		const second = Math.floor(this.clock.now() / 1000);
		for (const token of this.tokens.values()) if (token.client === client) token.expiresAt = second;
	}

	/** The client of a living token, or null. */
	clientOf(text: string): number | null {
		const token = this.tokens.get(text);
		if (token === undefined || token.revoked) return null;
		return Math.floor(this.clock.now() / 1000) < token.expiresAt ? token.client : null;
	}

	/** Looks like the server's RS256 JWT of about 1 kB; only the sandbox can tell that it is not signed. */
	private jwt(client: number, second: number): string {
		const random = (label: string): Buffer =>
			createHash('sha512').update(`${label} ${this.seed} ${this.counter}`).digest();
		const header = base64url(JSON.stringify({ typ: 'JWT', alg: 'RS256' }));
		const claims = base64url(
			JSON.stringify({
				aud: String(client),
				jti: random('jti').toString('hex').slice(0, 80),
				iat: second,
				nbf: second,
				exp: second + this.lifetimeSeconds,
				sub: '',
				scopes: [],
			}),
		);
		const signature = Buffer.concat(Array.from({ length: 8 }, (_, index) => random(`signature ${index}`)));
		return `${header}.${claims}.${base64url(signature)}`;
	}
}

/** The token of an Authorization header: `Bearer` is case-sensitive, a bare token passes (contract 2.5). */
export function bearerToken(header: string): string {
	return header.replace(/^\s*Bearer\s/, '').trim();
}
