import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { projectSlug } from '../../../../core/epicollect5/address';
import { collectEntries } from '../../../../core/epicollect5/entries';
import { readRawEntries, readTidyEntries } from '../../../../core/epicollect5/reading';
import type { Run } from '../../../../core/run';
import { clock } from '../../../shared/clock';
import { limitParameter, textParameter } from '../../../shared/parameter';
import { projects } from '../../../shared/process';
import { returnAllOrLimit } from '../../../shared/returnAll';
import { connect } from '../../connection';
import { shapeOf } from '../../shape';
import { optionsWith, shapeOptions } from '../../shape.descriptions';
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
		hint: 'Simplified: numbers are numbers, all dates look the same, a missing answer is null',
		displayOptions: { show },
	},
	optionsWith(shapeOptions, { show }),
];

/** Reads the entries of a form: all of them, whatever is edited meanwhile, or the newest. */
export async function execute(this: IExecuteFunctions, itemIndex: number, run: Run): Promise<IDataObject[]> {
	const slug = projectSlug(textParameter(this, 'project', itemIndex));
	const formRef = textParameter(this, 'form', itemIndex) || undefined;
	const { simplify, ...shape } = shapeOf(this, itemIndex);
	const request = { ...shape, slug, formRef, limit: limitParameter(this, itemIndex) };
	const { client, key } = await connect(this, itemIndex);
	const definition = async (newer: boolean) =>
		await projects.get(key, client, slug, run, newer ? clock.now() : undefined);
	const pages = (simplify ? readTidyEntries : readRawEntries)(client, request, definition, run);
	return (await collectEntries(pages)) as IDataObject[];
}
