import { HOUR, MINUTE, SECOND, type Clock } from '../clock';
import { FieldDataError, NetworkError, RateLimitError, type ErrorDetails } from '../http/errors';
import { steadyTime } from '../http/steadyTime';
import type { IssuedToken, Token, TokenSource, TokenState } from './token';

/** Renewed this long before its end, so that no request starts with a token that dies on the way (contract 2.3). */
export const EARLY_RENEWAL_MS = 2 * MINUTE;

/** Tokens that one client app may ask for in an hour. The service allows 10 per hour and address (contract 4). */
export const TOKENS_PER_HOUR = 6;

const AUTH_PAUSE_MS = MINUTE;
const FAULT_PAUSE_MS = 5 * SECOND;
const LONGEST_PAUSE_MS = HOUR;
/** A connection that is back is not to be missed for an hour. */
const LONGEST_NETWORK_PAUSE_MS = 5 * MINUTE;
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
	/** Steady, for pauses and the hour; a token's end is by the machine's clock, as the store has it. */
	private readonly steadyNow: () => number;
	private current: Token | undefined;
	private lifetimeMs: number | undefined;
	private pending: Promise<string> | undefined;
	private failure: Failure | undefined;
	/** When the service was asked and answered, with a token or without. */
	private askedAt: number[] = [];
	private readonly dead = new Set<string>();

	constructor(private readonly clock: Clock) {
		this.steadyNow = steadyTime(clock);
	}

	/** @returns a token that is alive as far as is known. @throws FieldDataError of the renewal. */
	async get(source: TokenSource): Promise<string> {
		if (!this.pending && this.current && !this.expiresSoon(this.current)) return this.current.accessToken;
		for (;;) {
			const accessToken = await this.replace(source);
			// Somebody may have been refused with it while it was on its way.
			if (!this.dead.has(accessToken)) return accessToken;
		}
	}

	/**
	 * To be called when the service refused `accessToken`.
	 * @returns another token: one that somebody else has got meanwhile, or a fresh one.
	 */
	async renew(accessToken: string, source: TokenSource): Promise<string> {
		this.markDead(accessToken);
		if (this.current?.accessToken === accessToken) this.current = undefined;
		return await this.get(source);
	}

	/** What a dialog may show. The service is not asked; the store is, as a token may have outlived a restart there. */
	async state(source: TokenSource): Promise<TokenState> {
		const known = [this.current, await readStore(source)];
		const alive = known.find((token) => token && !this.dead.has(token.accessToken) && !this.isOver(token));
		return {
			hasToken: alive !== undefined,
			expiresAt: alive?.expiresAt,
			askedThisHour: this.askedWithinHour().length,
			failure: this.failure?.error.message,
		};
	}

	private replace(source: TokenSource): Promise<string> {
		this.pending ??= this.findOrIssue(source).finally(() => {
			this.pending = undefined;
		});
		return this.pending;
	}

	private async findOrIssue(source: TokenSource): Promise<string> {
		const stored = await readStore(source);
		if (stored && !this.dead.has(stored.accessToken) && !this.expiresSoon(stored)) {
			this.current = stored;
			this.failure = undefined;
			return stored.accessToken;
		}
		try {
			return await this.issue(source);
		} catch (error) {
			// The old token outlives an early renewal that failed: for want of a connection, of a place in the hour …
			// But a wrong secret has ended it, and the user is to know.
			const old = this.current;
			const isWrong = error instanceof FieldDataError && error.kind === 'auth';
			if (old && !isWrong && !this.isOver(old)) return old.accessToken;
			throw error;
		}
	}

	private async issue(source: TokenSource): Promise<string> {
		this.refuseTooSoon();
		this.refuseTooMany();
		const askedAt = this.clock.now();
		let issued: IssuedToken;
		try {
			issued = await source.issue();
		} catch (thrown) {
			const error = asFailure(thrown);
			if (error.kind !== 'network') this.askedAt.push(this.steadyNow());
			this.rememberFailure(error);
			throw error;
		}
		this.askedAt.push(this.steadyNow());
		this.failure = undefined;
		const { accessToken, expiresIn } = issued;
		this.lifetimeMs = expiresIn !== undefined && expiresIn > 0 ? expiresIn * SECOND : undefined;
		const expiresAt = this.lifetimeMs === undefined ? undefined : askedAt + this.lifetimeMs;
		this.current = { accessToken, expiresAt };
		this.dead.delete(accessToken);
		await writeStore(source, this.current);
		return accessToken;
	}

	private refuseTooSoon(): void {
		const { failure } = this;
		const left = failure === undefined ? 0 : failure.until - this.steadyNow();
		if (failure !== undefined && left > 0) throw withRetryAfter(failure.error, left);
	}

	private refuseTooMany(): void {
		const now = this.steadyNow();
		this.askedAt = this.askedWithinHour();
		const oldest = this.askedAt[0];
		if (oldest === undefined || this.askedAt.length < TOKENS_PER_HOUR) return;
		const retryAfterMs = oldest + HOUR - now;
		if (this.failure && this.failure.error.kind !== 'network')
			throw withRetryAfter(this.failure.error, retryAfterMs);
		throw new RateLimitError(`This client app was given ${TOKENS_PER_HOUR} tokens within the hour`, {
			code: 'token_ceiling',
			hint: 'Another program probably uses the same client app. Create a client app of its own for each program.',
			retryAfterMs,
		});
	}

	private askedWithinHour(): number[] {
		const since = this.steadyNow() - HOUR;
		return this.askedAt.filter((at) => at > since);
	}

	private rememberFailure(error: FieldDataError): void {
		const count = (this.failure?.count ?? 0) + 1;
		const first = error.kind === 'auth' ? AUTH_PAUSE_MS : FAULT_PAUSE_MS;
		const longest = error.kind === 'network' ? LONGEST_NETWORK_PAUSE_MS : LONGEST_PAUSE_MS;
		const pause = Math.min(longest, first * 2 ** (count - 1));
		this.failure = { error, count, until: this.steadyNow() + Math.max(pause, error.retryAfterMs ?? 0) };
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

/** A store that cannot be read is as good as an empty one. */
async function readStore(source: TokenSource): Promise<Token | undefined> {
	try {
		return await source.store.read();
	} catch {
		return undefined;
	}
}

/** The token is alive whether it was kept or not. */
async function writeStore(source: TokenSource, token: Token): Promise<void> {
	try {
		await source.store.write(token);
	} catch {
		// The store says so itself.
	}
}

/** What a host throws that is not of our family may hold the secret: only its code goes on. */
function asFailure(thrown: unknown): FieldDataError {
	if (thrown instanceof FieldDataError && thrown.kind !== 'aborted') return thrown;
	const code = (thrown as { code?: unknown } | undefined)?.code;
	return new NetworkError('The service gave no token', {
		code: typeof code === 'string' ? code : 'no_token',
		hint: 'Check the server URL and the connection of this machine. It is tried again by itself.',
	});
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
