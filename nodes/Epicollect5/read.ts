import type { IDataObject } from 'n8n-workflow';
import { entryId } from '../../core/epicollect5/entry';
import {
	featureCollection,
	featureMaker,
	type Feature,
	type GeoJsonOptions,
} from '../../core/epicollect5/geojson';
import { readFlatEntries, readNestedEntries } from '../../core/epicollect5/joined';
import {
	readRawEntries,
	readTidyEntries,
	readTidyPages,
	type ReadRequest,
} from '../../core/epicollect5/reading';
import type { TidyPage } from '../../core/epicollect5/tidy';
import type { Run } from '../../core/run';
import type { Outcome } from '../shared/summary';
import type { OpenProject } from './connection';

/** What the output items are. */
export interface OutputChoice {
	/** Tidy entries, or exactly what the service sends. */
	simplify: boolean;
	/** How the entries below the chosen ones come with them, if at all. */
	joined?: 'nested' | 'flat';
	/** One GeoJSON feature an item, or one collection of them all. */
	geoJson?: 'features' | 'collection';
	/** Name or ref of the location question that gives the points; default the first one. */
	location?: string;
}

/** Reads entries and makes output items of them. @throws FieldDataError */
export async function readItems(
	{ client, slug, definition }: OpenProject,
	request: Omit<ReadRequest, 'slug'>,
	output: OutputChoice,
	run: Run,
): Promise<Required<Pick<Outcome, 'items' | 'count'>>> {
	const { simplify, joined, geoJson } = output;
	const source = [client, { ...request, slug }, definition, run] as const;
	if (joined === 'nested') return asItems(await collect(readNestedEntries(...source), idOf));
	if (joined === 'flat') return asItems(await collect(entriesOf(readFlatEntries(...source)), idOf));
	if (!simplify) return asItems(await collect(readRawEntries(...source), idOf));
	if (!geoJson) return asItems(await collect(readTidyEntries(...source), idOf));
	const options = { location: output.location, utm: request.utm };
	const features = await collect(featuresOf(readTidyPages(...source), options), ({ id }) => id);
	if (geoJson === 'features') return asItems(features);
	const json = featureCollection(features.flat()) as unknown as IDataObject;
	return { items: [{ json }], count: features.length };
}

/** Entry by entry, each as one or several objects: what comes again is a newer version and replaces the older. */
async function collect<T>(pages: AsyncIterable<T[]>, id: (one: T) => string): Promise<T[][]> {
	const byId = new Map<string, T[]>();
	for await (const page of pages) {
		const onPage = new Map<string, T[]>();
		for (const one of page) {
			const rows = onPage.get(id(one));
			if (rows) rows.push(one);
			else onPage.set(id(one), [one]);
		}
		for (const [key, rows] of onPage) byId.set(key, rows);
	}
	return [...byId.values()];
}

function asItems(entries: ReadonlyArray<readonly object[]>) {
	return { items: entries.flat().map((one) => ({ json: one as IDataObject })), count: entries.length };
}

/** A flat row has the ID of the first form's entry, which several rows share. */
function idOf(row: object): string {
	return entryId(row as Record<string, unknown>);
}

async function* entriesOf(pages: AsyncIterable<TidyPage>): AsyncGenerator<TidyPage['entries']> {
	for await (const { entries } of pages) yield entries;
}

async function* featuresOf(
	pages: AsyncIterable<TidyPage>,
	options: GeoJsonOptions,
): AsyncGenerator<Feature[]> {
	for await (const { entries, fields } of pages) yield entries.map(featureMaker(fields, options));
}
