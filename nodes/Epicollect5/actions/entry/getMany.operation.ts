import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { projectSlug } from '../../../../core/epicollect5/address';
import {
	columnsOf,
	formOf,
	mappingOf,
	OWN_PROPERTIES,
	type Column,
} from '../../../../core/epicollect5/columns';
import { collectEntries } from '../../../../core/epicollect5/entries';
import type { RawEntry } from '../../../../core/epicollect5/entry';
import type { Project } from '../../../../core/epicollect5/project';
import type { EntriesQuery } from '../../../../core/epicollect5/query';
import { tidyEntry } from '../../../../core/epicollect5/tidy';
import type { Run } from '../../../../core/run';
import { limitParameter, textParameter } from '../../../shared/parameter';
import { returnAllOrLimit } from '../../../shared/returnAll';
import { connect } from '../../connection';
import { definitionOf } from '../../definitions';
import { form, project } from '../common.descriptions';

const show = { resource: ['entry'], operation: ['getMany'] };

export const description: INodeProperties[] = [
	{ ...project, displayOptions: { show } },
	{ ...form, displayOptions: { show } },
	...returnAllOrLimit('entry', 'The newest entries come first'),
	{
		displayName: 'Simplify',
		name: 'simplify',
		type: 'boolean',
		default: true,
		description: 'Whether to return a simplified version of the response instead of the raw data',
		hint: 'Simplified: numbers are numbers, dates look the same everywhere, no answer is null',
		displayOptions: { show },
	},
];

/** The entries of a form as they were asked for and how to read them. */
interface Reading {
	rows: RawEntry[];
	formRef: string;
	columns: Column[];
}

/** Reads the entries of a form: all of them, whatever is edited meanwhile, or the newest. */
export async function execute(this: IExecuteFunctions, itemIndex: number, run: Run): Promise<IDataObject[]> {
	const slug = projectSlug(textParameter(this, 'project', itemIndex));
	const formRef = textParameter(this, 'form', itemIndex) || undefined;
	const limit = limitParameter(this, itemIndex);
	const connection = await connect(this, itemIndex);
	const entries = (query: EntriesQuery) => connection.client.entries(slug, query, run);

	const definition = await definitionOf(connection, slug, run);
	let reading = await read(definition.project, { formRef, limit, entries });
	if (!definition.fresh && isOutdated(reading)) {
		const { project: changed } = await definitionOf(connection, slug, run, 'fresh');
		run.summary.fetched = 0;
		reading = await read(changed, { formRef, limit, entries });
	}
	if (!this.getNodeParameter('simplify', itemIndex)) return reading.rows as IDataObject[];
	const options = { slug, stream: { formRef: reading.formRef }, columns: reading.columns };
	return reading.rows.map((row) => tidyEntry(row, options));
}

interface Wanted {
	formRef: string | undefined;
	limit: number | undefined;
	entries: (query: EntriesQuery) => AsyncIterable<RawEntry[]>;
}

async function read(definition: Project, { formRef, limit, entries }: Wanted): Promise<Reading> {
	const { ref } = formOf(definition, formRef);
	const mapping = mappingOf(definition, undefined);
	const columns = columnsOf(definition, { formRef: ref }, mapping);
	const query = { formRef: ref, mapIndex: mapping.index, ...(limit !== undefined && { limit }) };
	return { rows: await collectEntries(entries(query)), formRef: ref, columns };
}

/** Whether questions or their names have changed since the remembered definition: answers would be missed silently. */
function isOutdated({ rows, columns }: Reading): boolean {
	const [row] = rows;
	if (!row) return false;
	const known = new Set<string>([...OWN_PROPERTIES, ...columns.map(({ key }) => key)]);
	return (
		columns.some(({ key }) => !Object.hasOwn(row, key)) || Object.keys(row).some((key) => !known.has(key))
	);
}
