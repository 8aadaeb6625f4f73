import { HOUR, MINUTE, SECOND, type Clock } from '../clock';
import { FieldDataError, RateLimitError, type ErrorDetails } from '../http/errors';
import type { IssuedToken, Token, TokenSource } from './token';

/** Renewed this long before its end, so that no request starts with a token that dies on the way (contract 2.3). */
export const EARLY_RENEWAL_MS = 2 * MINUTE;

/** Tokens that one client app may ask for in an hour. The service allows 10 per hour and address (contract 4). */
export const TOKENS_PER_HOUR = 6;

const AUTH_PAUSE_MS = MINUTE;
const FAULT_PAUSE_MS = 5 * SECOND;
const LONGEST_PAUSE_MS = HOUR;
const DEAD_TOKENS_KEPT = 20;

interface Failure {
	error: FieldDataError;
	until: number;
	count: number;
}

/**
 * Keeps the one live token of one client app for the whole process.
 *
 * A new Epicollect5 token deletes the client's earlier ones, a failed request too, and 10 an hour are allowed
 * (contract 2.3), so: one request at a time, renewed early, the store asked first because another process may have
 * renewed it, and never a second attempt right after a failed one.
 */
export class TokenKeeper {
	private current: Token | undefined;
	private lifetimeMs: number | undefined;
	private pending: Promise<string> | undefined;
	private failure: Failure | undefined;
	private issuedAt: number[] = [];
	private readonly dead = new Set<string>();

	constructor(private readonly clock: Clock) {}

	/** @returns a token that is alive as far as is known. @throws FieldDataError of the renewal. */
	async get(source: TokenSource): Promise<string> {
		if (this.pending) return await this.pending;
		if (this.current && !this.expiresSoon(this.current)) return this.current.accessToken;
		return await this.replace(source);
	}

	/**
	 * To be called when the service refused `accessToken`.
	 * @returns another token: one that somebody else has got meanwhile, or a fresh one.
	 */
	async renew(accessToken: string, source: TokenSource): Promise<string> {
		this.markDead(accessToken);
		if (this.pending) return await this.pending;
		if (this.current && this.current.accessToken !== accessToken) return await this.get(source);
		this.current = undefined;
		return await this.replace(source);
	}

	private replace(source: TokenSource): Promise<string> {
		this.pending ??= this.findOrIssue(source).finally(() => {
			this.pending = undefined;
		});
		return this.pending;
	}

	private async findOrIssue(source: TokenSource): Promise<string> {
		const stored = await source.store.read();
		if (stored && !this.dead.has(stored.accessToken) && !this.expiresSoon(stored)) {
			this.current = stored;
			return stored.accessToken;
		}
		try {
			return await this.issue(source);
		} catch (error) {
			// An early renewal that failed for want of a connection leaves the old token alive.
			const old = this.current;
			if (old && error instanceof FieldDataError && error.kind === 'network' && !this.isOver(old)) {
				return old.accessToken;
			}
			throw error;
		}
	}

	private async issue(source: TokenSource): Promise<string> {
		this.refuseTooSoon();
		this.refuseTooMany();
		const askedAt = this.clock.now();
		this.issuedAt.push(askedAt);
		let issued: IssuedToken;
		try {
			issued = await source.issue();
		} catch (error) {
			if (error instanceof FieldDataError) this.rememberFailure(error);
			throw error;
		}
		this.failure = undefined;
		this.lifetimeMs = issued.expiresIn === undefined ? undefined : issued.expiresIn * SECOND;
		this.current = {
			accessToken: issued.accessToken,
			expiresAt: this.lifetimeMs === undefined ? undefined : askedAt + this.lifetimeMs,
		};
		await source.store.write(this.current);
		return issued.accessToken;
	}

	private refuseTooSoon(): void {
		const { failure } = this;
		const left = failure === undefined ? 0 : failure.until - this.clock.now();
		if (failure !== undefined && left > 0) throw withRetryAfter(failure.error, left);
	}

	private refuseTooMany(): void {
		const now = this.clock.now();
		this.issuedAt = this.issuedAt.filter((at) => at > now - HOUR);
		const oldest = this.issuedAt[0];
		if (oldest === undefined || this.issuedAt.length < TOKENS_PER_HOUR) return;
		throw new RateLimitError(`This client app was given ${TOKENS_PER_HOUR} tokens within the hour`, {
			code: 'token_ceiling',
			hint:
				'Another program probably uses the same client app: each new token ends the other one. ' +
				'Create a client app of its own for each program.',
			retryAfterMs: oldest + HOUR - now,
		});
	}

	private rememberFailure(error: FieldDataError): void {
		const count = (this.failure?.count ?? 0) + 1;
		const first = error.kind === 'auth' ? AUTH_PAUSE_MS : FAULT_PAUSE_MS;
		const pause = Math.min(LONGEST_PAUSE_MS, first * 2 ** (count - 1));
		this.failure = { error, count, until: this.clock.now() + Math.max(pause, error.retryAfterMs ?? 0) };
	}

	private expiresSoon(token: Token): boolean {
		// A token of short life is renewed in its last quarter, or it would be renewed at every request.
		const early = Math.min(EARLY_RENEWAL_MS, (this.lifetimeMs ?? Infinity) / 4);
		return token.expiresAt !== undefined && token.expiresAt - this.clock.now() <= early;
	}

	private isOver(token: Token): boolean {
		return token.expiresAt !== undefined && token.expiresAt <= this.clock.now();
	}

	private markDead(accessToken: string): void {
		this.dead.add(accessToken);
		const [oldest] = this.dead;
		if (this.dead.size > DEAD_TOKENS_KEPT && oldest !== undefined) this.dead.delete(oldest);
	}
}

function withRetryAfter(error: FieldDataError, retryAfterMs: number): FieldDataError {
	const Kind = error.constructor as new (message: string, details: ErrorDetails) => FieldDataError;
	const { code, status, hint, request, field } = error;
	return new Kind(error.message, { code, status, hint, request, field, retryAfterMs, cause: error });
}

/** One keeper per client app in a process. */
export class TokenKeepers {
	private readonly keepers = new Map<string, TokenKeeper>();

	constructor(private readonly clock: Clock) {}

	/** @param key names origin, client ID and a digest of the secret, so that a corrected secret starts afresh. */
	get(key: string): TokenKeeper {
		let keeper = this.keepers.get(key);
		if (!keeper) this.keepers.set(key, (keeper = new TokenKeeper(this.clock)));
		return keeper;
	}
}
