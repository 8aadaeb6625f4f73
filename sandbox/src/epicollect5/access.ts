import type { SandboxRequest, SandboxResponse } from '../shared/types';
import { oneError } from './errors';
import type { Project, Store } from './store';
import { slugify } from './text';
import { bearerToken, type TokenStore } from './tokens';

/** The project of an export request, or why it is refused: slug → existence → status → token → link. */
export function exportAccess(
	store: Store,
	tokens: TokenStore,
	typedSlug: string,
	request: SandboxRequest,
): Project | SandboxResponse {
	const project = existing(store, typedSlug, ['trashed']);
	if ('status' in project || project.row.access === 'public') return project;
	// There is no 401 in this API: a missing, dead or foreign token is a 404 (contract 2.5).
	const header = request.headers['authorization'];
	const client = header === undefined ? null : tokens.clientOf(bearerToken(header));
	if (client === null) return oneError(404, 'ec5_256', 'middleware');
	if (tokens.clients.get(client)?.project !== project.row.slug) return oneError(404, 'ec5_257', 'middleware');
	return project;
}

/** The project of an app endpoint: those know no OAuth tokens, so private projects are closed (contract 11). */
export function appAccess(store: Store, typedSlug: string, trashedToo: boolean): Project | SandboxResponse {
	const project = existing(store, typedSlug, trashedToo ? [] : ['trashed']);
	if ('status' in project) return project;
	return project.row.access === 'public' ? project : oneError(404, 'ec5_77', 'middleware');
}

function existing(store: Store, typedSlug: string, hidden: string[]): Project | SandboxResponse {
	const slug = slugify(typedSlug);
	if (slug === '') return oneError(404, 'ec5_21', 'middleware');
	const project = store.bySlug(slug);
	return project === undefined || hidden.includes(project.row.status)
		? oneError(404, 'ec5_11', 'middleware')
		: project;
}
