import type { NodeDef } from 'node-red';
import type { Field } from '../../core/epicollect5/fields';
import {
	readFlatEntries,
	readNestedEntries,
	type JoinedRequest,
	type NestedEntry,
} from '../../core/epicollect5/joined';
import type { Project } from '../../core/epicollect5/project';
import {
	readRawEntries,
	readTidyPages,
	shapeOf,
	type GetProject,
	type ReadRequest,
} from '../../core/epicollect5/reading';
import { InputError } from '../../core/http/errors';
import type { Run } from '../../core/run';
import { connectionOf, type Epicollect5Connection } from './epicollect5';
import { filtersFrom, type FiltersDef } from './filters';
import { limitsFrom, type LimitsDef } from './limits';
import { shownRun } from './run';
import { runtime } from './runtime';
import { shapeFrom, type ShapeDef } from './shape';
import type { Finished } from './status';
import type { Settings } from './values';
import type { Worker } from './worker';

/** The settings that every node has which reads entries. */
export interface ReadingDef extends ShapeDef, FiltersDef, LimitsDef {
	project: string;
	/** Ref or name; empty for the first one. */
	form?: string;
	formType?: string;
	limit?: string;
	/** Besides the usual ones `all`. */
	limitType?: string;
}

/** One row of what is sent: an entry, or what was made of several. */
export type Row = Readonly<Record<string, unknown>>;

export interface RowPage {
	rows: Row[];
	/** What its rows have; undefined for raw and nested entries. */
	fields: Field[] | undefined;
}

/** How entries are joined with those below them. */
export type Joined = 'none' | 'nested' | 'flat';

export interface Wanted {
	/** What the node asks for besides what all reading nodes do. */
	request?: Partial<JoinedRequest & ReadRequest>;
	joined?: Joined;
}

/** One reading, from the dialog and the message to its pages. */
export class Reading {
	private constructor(
		private readonly connection: Epicollect5Connection,
		private readonly run: Run,
		readonly request: ReadRequest & JoinedRequest,
		readonly raw: boolean,
		readonly joined: Joined,
	) {}

	/** @throws FieldDataError */
	static async open(
		{ red, def, status }: Pick<Worker<ReadingDef & NodeDef>, 'red' | 'def' | 'status'>,
		settings: Settings,
		signal: AbortSignal,
		wanted: (settings: Settings, project: Project) => Promise<Wanted>,
	): Promise<Reading> {
		const connection = connectionOf(red, def.project);
		status.busy();
		const { raw, request } = await shapeFrom(settings);
		const filters = await filtersFrom(settings, runtime.clock.now());
		const run = shownRun(status, signal, await limitsFrom(settings));
		const common = {
			...{ ...request, ...filters, slug: connection.slug },
			formRef: await settings.narrowingText('form', 'Form'),
			limit: settings.saved('limitType') === 'all' ? undefined : await settings.count('limit', 'How many'),
		};
		const own = await wanted(settings, await connection.project(run.options));
		const { joined = 'none' } = own;
		if (raw && joined !== 'none') throw needsTidy('Entries of several forms are joined as tidy ones');
		return new Reading(connection, run, { ...common, ...own.request }, raw, joined);
	}

	/** Page by page, as they come. @throws FieldDataError while iterating */
	async *pages(): AsyncGenerator<RowPage> {
		const { client } = this.connection;
		const parts = [client, this.request, this.getProject, this.run] as const;
		if (this.joined === 'nested') yield* unnamed(readNestedEntries(...parts));
		else if (this.raw) yield* unnamed(readRawEntries(...parts));
		else {
			const pages = this.joined === 'flat' ? readFlatEntries(...parts) : readTidyPages(...parts);
			for await (const { entries, fields } of pages) yield { rows: entries, fields };
		}
	}

	/** What the rows have, for a table without any. @throws FieldDataError */
	async fields(): Promise<Field[]> {
		return shapeOf(await this.getProject(false), this.request).fields;
	}

	/** For the status. @param count what was sent */
	finished(count: number): Finished {
		const { stoppedBy, orphans } = this.run.summary;
		const { sortBy = 'created_at', sortOrder } = this.request;
		const newest = sortBy !== 'title' && sortOrder !== 'ASC';
		if (this.joined === 'flat') return { count, kind: 'rows', orphans };
		return { count, orphans, kind: stoppedBy !== 'limit' ? 'entries' : newest ? 'newest' : 'first' };
	}

	private readonly getProject: GetProject = (newer) => this.connection.project(this.run.options, newer);
}

/** @returns what a table or a map cannot be made of */
export function needsTidy(why: string): InputError {
	return new InputError(why, {
		code: 'tidy_only',
		field: 'Values',
		hint: 'Choose tidy values, or another kind of output.',
	});
}

async function* unnamed(pages: AsyncIterable<NestedEntry[] | Row[]>): AsyncGenerator<RowPage> {
	for await (const rows of pages) yield { rows: rows as Row[], fields: undefined };
}
