import type { Epicollect5Client } from '../../../core/epicollect5/client';
import { featureMaker } from '../../../core/epicollect5/geojson';
import { readFlatEntries, readNestedEntries, type NestedEntry } from '../../../core/epicollect5/joined';
import {
	readCsvRows,
	readRawEntries,
	readTidyPages,
	type GetProject,
	type ReadRequest,
} from '../../../core/epicollect5/reading';
import type { Run } from '../../../core/run';
import type { ReadAct } from './arbitraries';

/** What a reading handed over, boiled down to what the oracle compares. */
export interface Got {
	/** Own IDs with their stamps, in order; empty for a table. */
	rows: Array<{ id: string; uploadedAt: string }>;
	/** Where each child or branch entry was found: `<stream's name> <id>`, with the ID above it. */
	below: Map<string, string>;
	/** Rows of a table or of a flat list. */
	count: number;
}

type Row = Record<string, unknown>;

const idOf = (row: Row) => String(row.ec5_branch_uuid ?? row.ec5_uuid);
const rowOf = (row: Row) => ({ id: idOf(row), uploadedAt: String(row.uploaded_at) });

/** Reads as a node would. @param got is filled page by page, as far as it comes */
export async function readInto(
	got: Got,
	{ shape }: ReadAct,
	client: Epicollect5Client,
	request: ReadRequest,
	getProject: GetProject,
	run: Run,
): Promise<void> {
	const take = (rows: readonly Row[]) => {
		got.count += rows.length;
		got.rows.push(...rows.map(rowOf));
	};
	switch (shape) {
		case 'raw':
			for await (const rows of readRawEntries(client, request, getProject, run)) take(rows);
			return;
		case 'tidy':
			for await (const { entries } of readTidyPages(client, request, getProject, run)) take(entries);
			return;
		case 'geojson':
			for await (const { entries, fields } of readTidyPages(client, request, getProject, run)) {
				take(entries);
				JSON.stringify(entries.map(featureMaker(fields)));
			}
			return;
		case 'csv':
			got.count = -1;
			for await (const rows of readCsvRows(client, request, getProject, run)) got.count += rows.length;
			return;
		case 'nested':
			for await (const entries of readNestedEntries(client, request, getProject, run)) {
				take(entries as Row[]);
				for (const entry of entries) noteBelow(entry, got);
			}
			return;
		case 'flat':
			for await (const { entries } of readFlatEntries(client, request, getProject, run)) {
				got.count += entries.length;
			}
	}
}

function noteBelow(entry: NestedEntry, got: Got): void {
	const { children, branches } = entry as { children?: NestedEntry[]; branches?: Record<string, Row[]> };
	for (const child of children ?? []) {
		got.below.set(idOf(child as Row), idOf(entry as Row));
		noteBelow(child, got);
	}
	for (const row of Object.values(branches ?? {}).flat()) got.below.set(idOf(row), idOf(entry as Row));
}
