import type { SandboxResponse } from '../shared/types';
import { branchesOf, formsOf } from './definition';
import { apiJson } from './errors';
import type { Mapping } from './model';
import type { Project } from './store';
import type { Stream } from './stream';
import { phpJson, sqlTime } from './text';

/** `GET /api/export/project/{slug}` after limits and access (contract 6). */
export function exportProject(project: Project, appUrl: string): SandboxResponse {
	const { row, definition } = project;
	const stored = definition.project;
	const body = {
		meta: { project_mapping: mappingList(project.mappings), project_stats: projectStats(project) },
		data: {
			id: row.ref,
			type: 'project',
			project: {
				...stored,
				access: row.access,
				status: row.status,
				homepage: `${appUrl}/project/${row.slug}`,
				created_at: row.created_at,
			},
		},
	};
	return apiJson(phpJson(body));
}

/** An array normally, an object once a mapping in the middle was deleted (contract 5). */
export function mappingList(mappings: Map<number, Mapping>): unknown {
	const indexes = [...mappings.keys()].sort((a, b) => a - b);
	if (indexes.every((index, at) => index === at)) return indexes.map((index) => mappings.get(index));
	return Object.fromEntries(indexes.map((index) => [String(index), mappings.get(index)]));
}

interface StreamStats {
	count: number;
	first_entry_created: string;
	last_entry_created: string;
}

/** Counts of all forms and branches; empty ones are missing, no ones are `[]` (contract 6.5). */
export function projectStats(project: Project): Record<string, unknown> {
	const formCounts: Record<string, StreamStats> = {};
	const branchCounts: Record<string, StreamStats> = {};
	let total = 0;
	for (const form of formsOf(project.definition)) {
		const stats = streamStats(project.stream(form.ref));
		if (stats !== null) formCounts[form.ref] = stats;
		total += stats?.count ?? 0;
		for (const branch of branchesOf(form)) {
			const branchStats = streamStats(project.stream(branch.ref));
			if (branchStats !== null) branchCounts[branch.ref] = branchStats;
		}
	}
	return {
		total_entries: total,
		// Always 0 here: the server's own defect (contract 6.5).
		total_files: 0,
		total_bytes: project.totalBytes,
		form_counts: emptyAsList(formCounts),
		branch_counts: emptyAsList(branchCounts),
		structure_last_updated: project.row.structure_last_updated,
	};
}

function emptyAsList<T>(map: Record<string, T>): Record<string, T> | never[] {
	return Object.keys(map).length === 0 ? [] : map;
}

function streamStats(stream: Stream): StreamStats | null {
	if (stream.size === 0) return null;
	const rows = stream.ordered('created_at');
	const first = rows[0];
	const last = rows[rows.length - 1];
	return {
		count: stream.size,
		first_entry_created: sqlTime(first?.createdAt ?? 0),
		last_entry_created: sqlTime(last?.createdAt ?? 0),
	};
}
