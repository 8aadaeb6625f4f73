import type { JsonObject } from '../http/json';
import type { Stream } from './columns';

/** An entry exactly as the service sent it. */
export type RawEntry = JsonObject;

/** The entry's own ID: of the branch entry in a branch, of the form entry elsewhere (contract 8). */
export function entryId(row: RawEntry): string {
	return String(row.ec5_branch_uuid ?? row.ec5_uuid);
}

/**
 * Names one version of one entry for a sink that wants to upsert.
 * @returns `<slug>/<form or branch ref>/<uuid>/<uploaded_at>`
 */
export function eventId(slug: string, stream: Stream, row: RawEntry): string {
	return `${slug}/${stream.branchRef ?? stream.formRef}/${entryId(row)}/${String(row.uploaded_at)}`;
}
