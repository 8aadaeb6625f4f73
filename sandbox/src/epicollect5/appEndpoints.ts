import type { SandboxRequest, SandboxResponse } from '../shared/types';
import { appAccess } from './access';
import { findInput } from './definition';
import { apiJson, oneError } from './errors';
import { phpQuery } from './parameters';
import { mappingList, projectStats } from './projectExport';
import type { Route } from './routes';
import type { Store } from './store';
import { phpJson } from './text';

/**
 * Endpoints of the mobile app. Only their status, access check and bucket are those of the server; the bodies
 * are short stand-ins (contract 12: the simulator needs no more).
 */
export function appAnswer(store: Store, route: Route, request: SandboxRequest): SandboxResponse {
	if (route.kind === 'codes') {
		return {
			status: 200,
			headers: { 'content-type': 'application/json' },
			body: Buffer.from('{"ec5_11":"Project does not exist."}'),
		};
	}
	const project = appAccess(store, route.slug, false);
	if ('status' in project) return project;
	if (route.kind === 'appProject') {
		return apiJson(
			phpJson({
				meta: {
					project_extra: {},
					project_user: { id: null, role: null },
					project_mapping: mappingList(project.mappings),
					project_stats: projectStats(project),
				},
				data: project.definition,
			}),
		);
	}
	if (route.kind === 'appLocations') {
		const ref = phpQuery(request.query)['input_ref'];
		if (typeof ref !== 'string') return oneError(400, 'ec5_243', 'rule-query-string');
		if (findInput(project.definition, ref) === undefined) return oneError(400, 'ec5_84', ref);
		const geojson = { type: 'FeatureCollection', features: [] };
		return apiJson(phpJson({ data: { id: project.row.slug, type: 'geojson', geojson } }));
	}
	return apiJson(phpJson({ data: { id: project.row.slug, type: 'entries', entries: [] } }));
}
