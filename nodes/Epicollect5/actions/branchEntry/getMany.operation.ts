import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import type { Run } from '../../../../core/run';
import { returnAllOrLimit } from '../../../shared/returnAll';
import type { Outcome } from '../../../shared/summary';
import { geoJsonOptions } from '../../geoJson.descriptions';
import { limitOptions } from '../../limit';
import { optionsWith, shapeOptions } from '../../shape.descriptions';
import { branch, form, project } from '../common.descriptions';
import { branchParameter, getMany } from '../entries';
import { filters, simplify, sort } from '../entries.descriptions';
import { mediaOptionsOfMany } from '../media/attach.descriptions';

const show = { resource: ['branchEntry'], operation: ['getMany'] };

export const description: INodeProperties[] = [
	{ ...project, displayOptions: { show } },
	{ ...form, displayOptions: { show } },
	{ ...branch, displayOptions: { show } },
	...returnAllOrLimit('branchEntry'),
	{ ...simplify, displayOptions: { show } },
	{ ...filters('branchEntry'), displayOptions: { show } },
	{ ...sort, displayOptions: { show } },
	optionsWith([...shapeOptions, ...geoJsonOptions, ...limitOptions, ...mediaOptionsOfMany], { show }),
];

/** Reads the entries of a branch, or those of one entry of its form. */
export async function execute(this: IExecuteFunctions, itemIndex: number, run: Run): Promise<Outcome> {
	return await getMany(this, itemIndex, run, branchParameter(this, itemIndex));
}
