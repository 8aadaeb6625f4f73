import { IncompleteError } from '../http/errors';
import { isObject, type JsonObject } from '../http/json';
import type { Stream } from './columns';
import type { DateColumn } from './query';

/** An entry exactly as the service sent it. */
export type RawEntry = JsonObject;

/** Whether it can be told from others: no mapping can take the IDs away (contract 10). */
export function isEntry(row: unknown): row is RawEntry {
	return isObject(row) && typeof (row.ec5_branch_uuid ?? row.ec5_uuid) === 'string';
}

/** The entry's own ID: of the branch entry in a branch, of the form entry elsewhere (contract 8). */
export function entryId(row: RawEntry): string {
	return String(row.ec5_branch_uuid ?? row.ec5_uuid);
}

/**
 * @returns milliseconds since the epoch
 * @throws IncompleteError where there is no date: the row can be put into no order and no period
 */
export function timeOf(row: RawEntry, column: DateColumn): number {
	const value = row[column];
	const ms = typeof value === 'string' ? Date.parse(value) : NaN;
	if (!Number.isNaN(ms)) return ms;
	throw new IncompleteError(`An entry came without a readable ${column}`, {
		code: 'no_date',
		hint: 'Choose the mapping EC5_AUTO. If it happens there too, report it with the name of the project.',
	});
}

/**
 * Names one version of one entry for a sink that wants to upsert.
 * @returns `<slug>/<form or branch ref>/<uuid>/<uploaded_at>`
 */
export function eventId(slug: string, stream: Stream, row: RawEntry): string {
	return `${slug}/${stream.branchRef ?? stream.formRef}/${entryId(row)}/${String(row.uploaded_at)}`;
}
