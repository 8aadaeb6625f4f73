/** Switches of the server that the admin door can change at any time (contract 16). */
export interface Settings {
	/** Highest per_page: 1000 in the code, 500 in production. */
	perPageCap: number;
	/** false, or on; a number is the Retry-After that the admin set (seen on pages outside /api only). */
	maintenance: false | { retryAfter?: number };
	/** `shuffled`: rows of equal sort key come in another order at each request. */
	ties: 'insertion' | 'shuffled';
	/** Media of the export endpoint are redirected to the storage origin. */
	s3Redirect: boolean;
	/** Scheme and host used in links instead of the request's own: a server behind a proxy. */
	linkOrigin: string | null;
}

/** Production caps pages at 500, the code as shipped at 1000 (contract 7.1). */
export function defaultSettings(production: boolean): Settings {
	return {
		perPageCap: production ? 500 : 1000,
		maintenance: false,
		ties: 'insertion',
		s3Redirect: false,
		linkOrigin: null,
	};
}
