import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import type { Run } from '../../../../core/run';
import type { Outcome } from '../../../shared/summary';
import { limitOptions } from '../../limit';
import { optionsWith, shapeOptions } from '../../shape.descriptions';
import { branch, form, project } from '../common.descriptions';
import { branchParameter, getOne } from '../entries';
import { entryId, simplify } from '../entries.descriptions';
import { mediaOptions } from '../media/attach.descriptions';

const show = { resource: ['branchEntry'], operation: ['get'] };

export const description: INodeProperties[] = [
	{ ...project, displayOptions: { show } },
	{ ...form, displayOptions: { show } },
	{ ...branch, displayOptions: { show } },
	{ ...entryId('ec5_branch_uuid'), displayOptions: { show } },
	{ ...simplify, displayOptions: { show } },
	optionsWith([...shapeOptions, ...limitOptions, ...mediaOptions], { show }),
];

/** Reads one entry of a branch. */
export async function execute(this: IExecuteFunctions, itemIndex: number, run: Run): Promise<Outcome> {
	return await getOne(this, itemIndex, run, branchParameter(this, itemIndex));
}
