import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import type { Run } from '../../../../core/run';
import { returnAllOrLimit } from '../../../shared/returnAll';
import type { Outcome } from '../../../shared/summary';
import { geoJsonOptions } from '../../geoJson.descriptions';
import { limitOptions } from '../../limit';
import { optionsWith, shapeOptions } from '../../shape.descriptions';
import { form, project } from '../common.descriptions';
import { getMany } from '../entries';
import { filters, simplify, sort } from '../entries.descriptions';
import { mediaOptions } from '../media/attach.descriptions';

const show = { resource: ['entry'], operation: ['getMany'] };

export const description: INodeProperties[] = [
	{ ...project, displayOptions: { show } },
	{ ...form, displayOptions: { show } },
	...returnAllOrLimit('entry'),
	{
		displayName: 'Include Child Forms and Branches',
		name: 'joined',
		type: 'options',
		options: [
			{
				name: 'Flat',
				value: 'flat',
				description: 'A row for each entry that has none below it, with those above it repeated: for a table',
			},
			{ name: 'Nested', value: 'nested', description: 'Each entry with what belongs to it inside' },
			{ name: 'None', value: '', description: 'Only the entries of the form itself' },
		],
		default: '',
		description: 'Whether the entries of the forms below and of branches come with those they belong to',
		hint: 'Limit and Filters choose among the entries of the form itself',
		displayOptions: { show },
	},
	{ ...simplify, displayOptions: { show: { ...show, joined: [''] } } },
	{ ...filters('entry'), displayOptions: { show } },
	{ ...sort, displayOptions: { show } },
	optionsWith([...shapeOptions, ...geoJsonOptions, ...limitOptions, ...mediaOptions], { show }),
];

/** Reads the entries of a form: all of them, whatever is edited meanwhile, or the first in some order. */
export async function execute(this: IExecuteFunctions, itemIndex: number, run: Run): Promise<Outcome> {
	return await getMany(this, itemIndex, run);
}
