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

/** What is known of a client app's token. Never the token itself: this is shown to people. */
export interface TokenState {
	/** Whether there is one that is alive as far as is known. */
	hasToken: boolean;
	/** Milliseconds since the epoch. Undefined without a token, and where only the service knows. */
	expiresAt?: number;
	/** How often this process asked for one within the last hour, in vain or not. */
	askedThisHour: number;
	/** Why the last attempt failed; undefined where it did not. */
	failure?: string;
}

/** Where tokens come from: a host's store, and a way to get a fresh one. */
export interface TokenSource {
	store: TokenStore;
	/** Asks the service once. @throws FieldDataError */
	issue(): Promise<IssuedToken>;
}
