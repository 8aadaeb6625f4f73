import type { EntryParameters } from './parameters';
import { jsonString, rawUrlEncode } from './text';

/** Values that the server fills in. */
export interface EffectiveValues {
	formRef: string;
	mapIndex: number;
	lastPage: number;
}

/** The `links` object of an entries answer as JSON text (contract 7.2). */
export function entryLinks(
	parameters: EntryParameters,
	effective: EffectiveValues,
	context: { origin: string; typedSlug: string },
): string {
	const { text } = parameters;
	// What was given stays as typed; the rest is filled in. Empty parameters are listed too.
	const query: [string, string][] = [
		['form_ref', effective.formRef],
		['parent_form_ref', text['parent_form_ref'] ?? ''],
		['branch', ''],
		['branch_ref', text['branch_ref'] ?? ''],
		['branch_owner_uuid', text['branch_owner_uuid'] ?? ''],
		['parent_uuid', text['parent_uuid'] ?? ''],
		['uuid', text['uuid'] ?? ''],
		['input_ref', text['input_ref'] ?? ''],
		['per_page', Number(text['per_page'] ?? 0) === 0 ? '50' : (text['per_page'] as string)],
		['sort_by', text['sort_by'] ?? 'created_at'],
		['sort_order', text['sort_order'] ?? 'DESC'],
		['map_index', text['map_index'] ?? String(effective.mapIndex)],
		['filter_by', text['filter_by'] ?? ''],
		['filter_from', text['filter_from'] ?? ''],
		['filter_to', text['filter_to'] ?? ''],
		['format', text['format'] ?? 'json'],
		['headers', text['headers'] ?? 'true'],
		['title', text['title'] ?? ''],
	];
	const base = `${context.origin}/api/export/entries/${context.typedSlug}?${query
		.map(([name, value]) => `${name}=${rawUrlEncode(value)}`)
		.join('&')}&page=`;
	const link = (page: number): string => jsonString(base + page);
	const { page } = parameters;
	const { lastPage } = effective;
	const prev = page > 1 ? link(page - 1) : 'null';
	const next = page < lastPage ? link(page + 1) : 'null';
	return `{"self":${link(page)},"first":${link(1)},"prev":${prev},"next":${next},"last":${link(lastPage)}}`;
}
