import type { Run } from '../run';
import type { Epicollect5Client } from './client';
import { columnsOf, formOf, mappingOf, OWN_PROPERTIES, type Column, type Stream } from './columns';
import type { RawEntry } from './entry';
import type { Project } from './project';
import type { EntriesQuery } from './query';
import { tidier, type Tidier, type TidyEntry } from './tidy';

/** What to read, in the words of a dialog: the first form and the default mapping where none is named. */
export interface ReadRequest extends Omit<EntriesQuery, 'formRef' | 'mapIndex'> {
	slug: string;
	formRef?: string;
	mapIndex?: number;
	/** The uploader's e-mail address is personal data and comes on request only. */
	withUploader?: boolean;
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
	const { slug } = request;
	let shape = shapeOf(await getProject(false), request);
	let isFresh = false;
	for await (const rows of client.entries(slug, { ...request, ...shape.question }, run)) {
		if (rows[0] !== undefined && !fits(rows[0], shape.columns, isFresh)) {
			// The form was changed since its definition was kept: names are numbered anew (contract 10).
			const { columns, tidy } = shapeOf(await getProject(true), request);
			shape = { ...shape, columns, tidy };
			isFresh = true;
		}
		yield rows.map(shape.tidy);
	}
}

/** As {@link readTidyEntries}, each entry exactly as the service sends it. */
export async function* readRawEntries(
	client: Epicollect5Client,
	request: ReadRequest,
	getProject: GetProject,
	run: Run,
): AsyncGenerator<RawEntry[]> {
	const { question } = shapeOf(await getProject(false), request);
	yield* client.entries(request.slug, { ...request, ...question }, run);
}

interface Shape {
	question: Stream & Pick<EntriesQuery, 'mapIndex' | 'parentFormRef'>;
	columns: Column[];
	tidy: Tidier;
}

function shapeOf(project: Project, request: ReadRequest): Shape {
	const form = formOf(project, request.formRef);
	const mapping = mappingOf(project, request.mapIndex);
	const stream: Stream = { formRef: form.ref, branchRef: request.branchRef };
	const columns = columnsOf(project, stream, mapping);
	return {
		question: {
			...stream,
			mapIndex: mapping.index,
			parentFormRef: request.parentUuid === undefined ? undefined : form.parentRef,
		},
		columns,
		tidy: tidier({ slug: request.slug, stream, columns, withUploader: request.withUploader }),
	};
}

/**
 * Whether an entry has exactly the answers that the definition tells of. With a fresh definition it may have more: those
 * are the service's own, and asking again would not explain them.
 */
function fits(row: RawEntry, columns: readonly Column[], orMore: boolean): boolean {
	if (!columns.every(({ key }) => Object.hasOwn(row, key))) return false;
	const expected = new Set<string>([...OWN_PROPERTIES, ...columns.map(({ key }) => key)]);
	return orMore || Object.keys(row).every((key) => expected.has(key));
}
