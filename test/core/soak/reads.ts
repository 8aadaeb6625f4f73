import type { Epicollect5Client } from '../../../core/epicollect5/client';
import {
	featureCollection,
	featureMaker,
	type Feature,
	type FeatureCollection,
} from '../../../core/epicollect5/geojson';
import { readFlatEntries, readNestedEntries, type NestedEntry } from '../../../core/epicollect5/joined';
import {
	readCsvRows,
	readRawEntries,
	readTidyPages,
	type GetProject,
	type ReadRequest,
} from '../../../core/epicollect5/reading';
import type { TidyPage } from '../../../core/epicollect5/tidy';
import type { Run } from '../../../core/run';
import type { ReadAct } from './plan';

/** What a reading handed over, boiled down to what the oracle compares. */
export interface Got {
	/** Own IDs with their stamps, in order; of joined entries those of the first form. */
	rows: GotRow[];
	/** The ID above each child or branch entry, by its own. */
	below: Map<string, string>;
	/** Entries that end a row although others stand below them. */
	notLeaves: string[];
}

export interface GotRow {
	id: string;
	uploadedAt: string;
}

type Row = Readonly<Record<string, unknown>>;

export function nothingYet(): Got {
	return { rows: [], below: new Map(), notLeaves: [] };
}

const idOf = (row: Row) => String(row.ec5_branch_uuid ?? row.ec5_uuid);
const rowOf = (row: Row): GotRow => ({ id: idOf(row), uploadedAt: String(row.uploaded_at) });

/** Reads as a node would. @param got is filled page by page, as far as it comes */
export async function readInto(
	got: Got,
	{ shape }: ReadAct,
	client: Epicollect5Client,
	request: ReadRequest,
	getProject: GetProject,
	run: Run,
): Promise<void> {
	const take = (rows: readonly Row[]) => got.rows.push(...rows.map(rowOf));
	switch (shape) {
		case 'raw':
			for await (const rows of readRawEntries(client, request, getProject, run)) take(rows);
			return;
		case 'tidy':
			for await (const { entries } of readTidyPages(client, request, getProject, run)) take(entries);
			return;
		case 'geojson':
			for await (const { entries, fields } of readTidyPages(client, request, getProject, run)) {
				takeFeatures(got, entries.map(featureMaker(fields)));
			}
			return;
		case 'csv':
			return await takeTable(got, readCsvRows(client, request, getProject, run));
		case 'nested':
			for await (const entries of readNestedEntries(client, request, getProject, run)) {
				take(entries as Row[]);
				for (const entry of entries) noteBelow(entry, got);
			}
			return;
		case 'flat':
			return await takeFlat(got, readFlatEntries(client, request, getProject, run));
	}
}

/** As they come out of a file. */
function takeFeatures(got: Got, features: Feature[]): void {
	const { features: kept } = JSON.parse(JSON.stringify(featureCollection(features))) as FeatureCollection;
	for (const { id, properties } of kept) got.rows.push({ id, uploadedAt: String(properties.uploaded_at) });
}

/** By the header, as a spreadsheet shows it. */
async function takeTable(got: Got, pages: AsyncIterable<string[][]>): Promise<void> {
	let header: string[] | undefined;
	for await (const rows of pages) {
		for (const row of rows) {
			if (header) got.rows.push(rowOf(cellsOf(header, row)));
			else header = row;
		}
	}
}

function cellsOf(header: readonly string[], row: readonly string[]): Row {
	return Object.fromEntries(header.map((name, index) => [name, row[index]]));
}

/** Each row holds an entry and the one it belongs to, up to the first form's; the rows of one of these follow each other. */
async function takeFlat(got: Got, pages: AsyncIterable<TidyPage>): Promise<void> {
	const [ends, seen] = [new Set<string>(), new Set<string>()];
	for await (const { entries, fields } of pages) {
		const names = fields
			.filter(({ type, ref }) => type === 'own' && ref === 'eventId')
			.map(({ name }) => name);
		for (const entry of entries) {
			const chain = names.flatMap((name) => (entry[name] === null ? [] : [linkOf(String(entry[name]))]));
			const [first, end, key] = [chain[0]!, chain.at(-1)!, JSON.stringify(chain)];
			const last = got.rows.at(-1);
			// The same row once more is an entry that came twice.
			const goesOn = last?.id === first.id && last.uploadedAt === first.uploadedAt && !seen.has(key);
			if (!goesOn) got.rows.push(first);
			seen.add(key);
			ends.add(end.id);
			chain.slice(1).forEach(({ id }, index) => got.below.set(id, chain[index]!.id));
		}
	}
	const above = new Set(got.below.values());
	got.notLeaves.push(...[...ends].filter((id) => above.has(id)));
}

/** An `eventId` names them all. */
function linkOf(eventId: string): GotRow {
	const [, , id = '', uploadedAt = ''] = eventId.split('/');
	return { id, uploadedAt };
}

function noteBelow(entry: NestedEntry, got: Got): void {
	const { children, branches } = entry as { children?: NestedEntry[]; branches?: Record<string, Row[]> };
	for (const child of children ?? []) {
		got.below.set(idOf(child as Row), idOf(entry as Row));
		noteBelow(child, got);
	}
	for (const row of Object.values(branches ?? {}).flat()) got.below.set(idOf(row), idOf(entry as Row));
}
