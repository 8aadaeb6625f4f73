import type { Run } from '../run';
import type { Epicollect5Client } from './client';
import { branchOf, columnsOf, formOf, hasColumns, mappingOf, type Column, type Stream } from './columns';
import { csvRows, type CsvOptions } from './csv';
import type { RawEntry } from './entry';
import { fieldsOf, type Field } from './fields';
import type { NameStyle } from './names';
import type { Project } from './project';
import type { EntriesQuery } from './query';
import { toldIn } from './stopped';
import { tidier, type Tidier, type TidyEntry, type TidyPage, type ValueChoices } from './tidy';
import { chosen } from './values';

/** What to read, in the words of a dialog: the first form and the default mapping where none is named. */
export interface ReadRequest extends Omit<EntriesQuery, 'formRef' | 'mapIndex'>, ValueChoices {
	slug: string;
	/** Ref or name. */
	formRef?: string;
	/** Ref or name. */
	branchRef?: string;
	/** Index or name. */
	mapIndex?: number | string;
	/** What the answers of tidy entries are called by; default `mapping`. */
	names?: NameStyle;
}

/** Gets the project's definition; `newer` demands one that was not asked for before now. */
export type GetProject = (newer: boolean) => Promise<Project>;

/**
 * Reads tidy entries, page by page, in the order and with the promises of {@link Epicollect5Client.entries}. An entry
 * that is edited while being read comes again in its newer version.
 * @throws FieldDataError while iterating
 */
export async function* readTidyEntries(
	client: Epicollect5Client,
	request: ReadRequest,
	getProject: GetProject,
	run: Run,
): AsyncGenerator<TidyEntry[]> {
	for await (const { entries } of readTidyPages(client, request, getProject, run)) yield entries;
}

/**
 * As {@link readTidyEntries}, each page with the properties that its entries have. They change where the form is changed
 * meanwhile.
 */
export function readTidyPages(
	client: Epicollect5Client,
	request: ReadRequest,
	getProject: GetProject,
	run: Run,
): AsyncGenerator<TidyPage> {
	return toldIn(run, tidyPages(client, request, getProject, run));
}

async function* tidyPages(
	client: Epicollect5Client,
	request: ReadRequest,
	getProject: GetProject,
	run: Run,
): AsyncGenerator<TidyPage> {
	let shape = shapeOf(await getProject(false), request);
	let isFresh = false;
	// An answer that is new stands anywhere, and changes the properties of all.
	const query = { ...request, ...shape.question, wholePages: request.choiceFields };
	for await (const rows of client.entries(request.slug, query, run)) {
		if (!fits(rows, shape.columns, request, isFresh)) {
			// The form was changed since its definition was kept: names are numbered anew (contract 10).
			const { columns, fields, tidy } = shapeOf(await getProject(true), request);
			shape = { ...shape, columns, fields, tidy };
			isFresh = true;
		}
		yield { entries: rows.map(shape.tidy), fields: shape.fields };
	}
}

/**
 * Reads tidy entries as the rows of a table of texts: first the header, also where there are no entries, then the rows,
 * page by page.
 * @throws FieldDataError while iterating; IncompleteError where the form gets other questions meanwhile
 */
export async function* readCsvRows(
	client: Epicollect5Client,
	request: ReadRequest & CsvOptions,
	getProject: GetProject,
	run: Run,
): AsyncGenerator<string[][]> {
	const pages = tidyPages(client, request, getProject, run);
	const orHeader = orEmpty(pages, async () => shapeOf(await getProject(false), request).fields);
	yield* toldIn(run, csvRows(orHeader, request));
}

/** A table has a header also where there is nothing below it. */
async function* orEmpty(
	pages: AsyncIterable<TidyPage>,
	fieldsOfNone: () => Promise<Field[]>,
): AsyncGenerator<TidyPage> {
	let isEmpty = true;
	for await (const page of pages) {
		isEmpty = false;
		yield page;
	}
	if (isEmpty) yield { entries: [], fields: await fieldsOfNone() };
}

/** As {@link readTidyEntries}, each entry exactly as the service sends it. */
export function readRawEntries(
	client: Epicollect5Client,
	request: ReadRequest,
	getProject: GetProject,
	run: Run,
): AsyncGenerator<RawEntry[]> {
	return toldIn(run, rawEntries(client, request, getProject, run));
}

async function* rawEntries(
	client: Epicollect5Client,
	request: ReadRequest,
	getProject: GetProject,
	run: Run,
): AsyncGenerator<RawEntry[]> {
	const { question } = shapeOf(await getProject(false), request);
	yield* client.entries(request.slug, { ...request, ...question }, run);
}

/** How the entries of a request are asked for, and what becomes of them. */
export interface Shape {
	question: Stream & Pick<EntriesQuery, 'mapIndex' | 'parentFormRef'>;
	columns: Column[];
	fields: Field[];
	tidy: Tidier;
}

/** @param reserved names that no answer may have. @throws InputError */
export function shapeOf(project: Project, request: ReadRequest, reserved?: readonly string[]): Shape {
	const form = formOf(project, request.formRef);
	const mapping = mappingOf(project, request.mapIndex);
	const branch = request.branchRef ? branchOf(form, request.branchRef) : undefined;
	const stream: Stream = { formRef: form.ref, branchRef: branch?.ref };
	const columns = columnsOf(project, stream, mapping, request.names, reserved);
	return {
		question: {
			...stream,
			mapIndex: mapping.index,
			parentFormRef: request.parentUuid === undefined ? undefined : form.parentRef,
		},
		columns,
		fields: fieldsOf(project, stream, columns, request),
		tidy: tidier({ ...request, stream, columns }),
	};
}

/**
 * Whether the entries are those that the definition tells of. With a fresh definition they may have more: that is the
 * service's own, and asking again would not explain it.
 */
export function fits(
	rows: readonly RawEntry[],
	columns: readonly Column[],
	{ choiceFields }: ValueChoices,
	orMore: boolean,
): boolean {
	const [first] = rows;
	if (first === undefined) return true;
	const keys = columns.map(({ key }) => key);
	if (orMore) return keys.every((key) => Object.hasOwn(first, key));
	if (!hasColumns(first, keys)) return false;
	return !choiceFields || columns.every((column) => knowsAnswers(column, rows));
}

/** A renamed answer has no field of its own: it would look as if nothing had been chosen. */
function knowsAnswers({ key, choices }: Column, rows: readonly RawEntry[]): boolean {
	if (!choices) return true;
	const known = new Set(choices.map(({ text }) => text));
	return rows.every((row) => chosen(row[key]).every((text) => known.has(text)));
}
