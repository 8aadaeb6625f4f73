/** A Bearer token and when it dies, by this machine's clock. */
export interface Token {
	accessToken: string;
	/** Milliseconds since the epoch. Undefined where only the service knows. */
	expiresAt?: number;
}

/** What a token endpoint answers. */
export interface IssuedToken {
	accessToken: string;
	/** Seconds. */
	expiresIn?: number;
}

/** Where a host keeps the token for its other processes and for the time after a restart. */
export interface TokenStore {
	/** The kept token, read anew at each call: another process may have replaced it. */
	read(): Promise<Token | undefined>;
	/** Never throws: a store that cannot write leaves the token in memory and says so itself. */
	write(token: Token): Promise<void>;
}

/** Where tokens come from: a host's store, and a way to get a fresh one. */
export interface TokenSource {
	store: TokenStore;
	/** Asks the service once. @throws FieldDataError */
	issue(): Promise<IssuedToken>;
}
