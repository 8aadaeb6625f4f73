import { createHash } from 'node:crypto';
import type { SandboxClock } from '../shared/clock';
import type { Principal } from './policies';
import { createIds } from './ids';
import { clientPermissions, userPermissions, type World } from './world';

/** Seconds that every access token lives (contract 3.1). */
export const TOKEN_LIFETIME = 3600;

/** Whom a token was issued to, and for what. */
export interface Grant {
	kind: Principal['kind'];
	id: string;
	/** Full scope URIs. */
	scopes: readonly string[];
}

interface LiveToken extends Grant {
	expiresMs: number;
}

/** Issues tokens and remembers them. Unlike Epicollect5's, a new token leaves the earlier ones alive. */
export class TokenOffice {
	issued = 0;
	private readonly live = new Map<string, LiveToken>();
	private readonly audience: readonly string[];

	constructor(
		private readonly clock: SandboxClock,
		private readonly teamName: string,
		private readonly seed: number,
	) {
		const ids = createIds(seed + 6);
		this.audience = [
			'https://accounts.workfloplus.com/resources',
			ids.objectId(Date.UTC(2019, 4, 7)),
			ids.objectId(Date.UTC(2019, 4, 8)),
		];
	}

	/** A new token that looks like the service's (contract 3.4); clients must not need to read it. */
	issue(grant: Grant): string {
		this.issued += 1;
		const notBefore = Math.floor(this.clock.now() / 1000);
		const expires = notBefore + TOKEN_LIFETIME;
		const head = { alg: 'RS256', kid: this.noise('kid', 16).toString('hex').toUpperCase(), typ: 'JWT' };
		const claims = {
			nbf: notBefore,
			exp: expires,
			iss: 'https://accounts.workfloplus.com',
			aud: this.audience,
			...(grant.kind === 'client' ? { client_id: grant.id } : { sub: grant.id }),
			'intoware.workfloplus.team': this.teamName,
			scope: grant.scopes,
		};
		const signature = this.noise(`signature ${this.issued}`, 256).toString('base64url');
		const token = `${encode(head)}.${encode(claims)}.${signature}`;
		this.live.set(token, { ...grant, expiresMs: expires * 1000 });
		return token;
	}

	/** The grant behind an Authorization header, or undefined if it is missing, malformed, unknown or expired. */
	read(authorization: string | undefined): Grant | undefined {
		const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
		const found = token === undefined ? undefined : this.live.get(token);
		return found !== undefined && this.clock.now() < found.expiresMs ? found : undefined;
	}

	/** Forgets every token, or those of one client or user. Returns how many. */
	revoke(holderId?: string): number {
		const chosen = this.chosen(holderId);
		for (const [token] of chosen) this.live.delete(token);
		return chosen.length;
	}

	/** Ends the life of every token, or those of one client or user, now. Returns how many. */
	expire(holderId?: string): number {
		const chosen = this.chosen(holderId);
		for (const [, token] of chosen) token.expiresMs = this.clock.now();
		return chosen.length;
	}

	private chosen(holderId: string | undefined): [string, LiveToken][] {
		const now = this.clock.now();
		return [...this.live].filter(
			([, token]) => token.expiresMs > now && (holderId === undefined || token.id === holderId),
		);
	}

	/** Bytes that look random and never differ between runs: nothing here is really signed. */
	private noise(label: string, length: number): Buffer {
		const blocks: Buffer[] = [];
		for (let block = 0; block * 64 < length; block += 1) {
			blocks.push(createHash('sha512').update(`${this.seed} ${label} ${block}`).digest());
		}
		return Buffer.concat(blocks).subarray(0, length);
	}
}

/** Adds the permissions, which are not in the token (contract 3.2). Undefined when the holder is gone. */
export function principalOf(world: World, grant: Grant): Principal | undefined {
	if (grant.kind === 'client') {
		const client = world.clients.find((candidate) => candidate.clientId === grant.id);
		return client && { ...grant, permissions: clientPermissions(client) };
	}
	const user = world.users.find((candidate) => candidate.shown.userId === grant.id);
	return user && { ...grant, permissions: userPermissions(world, user) };
}

function encode(value: unknown): string {
	return Buffer.from(JSON.stringify(value)).toString('base64url');
}
