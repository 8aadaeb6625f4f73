import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import type { Run } from '../../../../core/run';
import { returnAllOrLimit } from '../../../shared/returnAll';
import type { Outcome } from '../../../shared/summary';
import { geoJsonOptions } from '../../geoJson.descriptions';
import { limitOptions } from '../../limit';
import { optionsWith, shapeOptions } from '../../shape.descriptions';
import { form, project } from '../common.descriptions';
import { getMany } from '../entries';
import { filters, joined, simplify, sort } from '../entries.descriptions';
import { mediaOptionsOfMany } from '../media/attach.descriptions';

const show = { resource: ['entry'], operation: ['getMany'] };

export const description: INodeProperties[] = [
	{ ...project, displayOptions: { show } },
	{ ...form, displayOptions: { show } },
	...returnAllOrLimit('entry'),
	{ ...joined, displayOptions: { show } },
	{ ...simplify, displayOptions: { show: { ...show, joined: [''] } } },
	{ ...filters('entry'), displayOptions: { show } },
	{ ...sort, displayOptions: { show } },
	optionsWith([...shapeOptions, ...geoJsonOptions, ...limitOptions, ...mediaOptionsOfMany], { show }),
];

/** Reads the entries of a form: all of them, whatever is edited meanwhile, or the first in some order. */
export async function execute(this: IExecuteFunctions, itemIndex: number, run: Run): Promise<Outcome> {
	return await getMany(this, itemIndex, run);
}
