import { decodePath } from './text';

export type RouteKind =
	| 'token'
	| 'project'
	| 'entries'
	| 'media'
	| 'appMedia'
	| 'appProject'
	| 'appEntries'
	| 'appLocations'
	| 'search'
	| 'version'
	| 'codes';

/** A known route of the server. */
export interface Route {
	kind: RouteKind;
	/** Slug or name as typed, decoded: the key of limits that count per slug. */
	slug: string;
	/** The segment still percent-encoded, for links. */
	rawSlug: string;
	method: 'GET' | 'POST';
}

const PATTERNS: [RegExp, RouteKind][] = [
	[/^api\/oauth\/token$/, 'token'],
	[/^api\/export\/project\/([^/]+)$/, 'project'],
	[/^api\/export\/entries\/([^/]+)$/, 'entries'],
	[/^api\/export\/media\/([^/]+)$/, 'media'],
	[/^api(?:\/json)?\/media\/([^/]+)$/, 'appMedia'],
	[/^api(?:\/json)?\/project\/([^/]+)$/, 'appProject'],
	[/^api\/entries\/([^/]+)$/, 'appEntries'],
	[/^api\/entries-locations\/([^/]+)$/, 'appLocations'],
	[/^api(?:\/json)?\/projects(?:\/([^/]+))?$/, 'search'],
	[/^api(?:\/json)?\/project-version\/([^/]+)$/, 'version'],
	[/^json\/ec5-status-codes\/en\.json$/, 'codes'],
];

/** The route of a path, or null (422 `ec5_219`). Slashes at the end are ignored (contract 1). */
export function findRoute(path: string): Route | null {
	const trimmed = path.replace(/^\/+|\/+$/g, '');
	for (const [pattern, kind] of PATTERNS) {
		const match = pattern.exec(trimmed);
		if (match === null) continue;
		const rawSlug = match[1] ?? '';
		return { kind, slug: decodePath(rawSlug), rawSlug, method: kind === 'token' ? 'POST' : 'GET' };
	}
	return null;
}

/** Paths that the API's own handlers answer; everything else is a page. */
export function isApiPath(path: string): boolean {
	return /^\/+api(\/|$)/.test(path);
}
