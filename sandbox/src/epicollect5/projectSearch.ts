import type { SandboxResponse } from '../shared/types';
import { apiJson, oneError } from './errors';
import { phpQuery } from './parameters';
import type { Project, Store } from './store';
import { fromSqlTime, jsonString, phpJson } from './text';
import { folded, likePattern } from './titles';

const MOST = 50;

/** `GET /api/projects/{name}`: names that start with the text, or equal it with `exact` (contract 12). */
export function searchProjects(store: Store, name: string, query: URLSearchParams): SandboxResponse {
	if (name === '') return answer([]);
	const visible = store.projects.filter(({ row }) => row.status !== 'trashed' && row.status !== 'archived');
	const exact = phpQuery(query)['exact'];
	const same = (project: Project): boolean => folded(project.row.name) === folded(name);
	// Any text but "0" counts as true: exact=false is exact.
	if (exact !== undefined && exact !== '0') return answer(visible.filter(same).slice(0, 1));
	const pattern = likePattern(`${name}%`);
	const found = visible.filter((project) => pattern.test(folded(project.row.name)));
	found.sort((left, right) => {
		if (same(left) !== same(right)) return same(left) ? -1 : 1;
		const byUpdate = fromSqlTime(right.row.updated_at) - fromSqlTime(left.row.updated_at);
		return byUpdate !== 0 ? byUpdate : left.row.id - right.row.id;
	});
	return answer(found.slice(0, MOST));
}

function answer(projects: Project[]): SandboxResponse {
	const data = projects.map(({ row }) => ({
		type: 'project',
		id: row.ref,
		project: { name: row.name, slug: row.slug, access: row.access, ref: row.ref },
	}));
	return apiJson(phpJson({ data }));
}

/** `GET /api/project-version/{slug}`: no token even for private projects; the slug is not slugified. */
export function projectVersion(store: Store, typedSlug: string): SandboxResponse {
	const project = store.bySlug(typedSlug.toLowerCase());
	if (project === undefined || project.row.status === 'trashed') return oneError(400, 'ec5_11', 'version');
	const updated = project.row.structure_last_updated;
	const version = String(Math.floor(fromSqlTime(updated) / 1000));
	return apiJson(
		`{"data":{"type":"project-version","id":${jsonString(typedSlug)},"attributes":{"structure_last_updated":"${updated}","version":"${version}"}}}`,
	);
}
