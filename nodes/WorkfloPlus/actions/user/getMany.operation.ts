import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import type { Run } from '../../../../core/run';
import { limitParameter } from '../../../shared/parameter';
import { returnAllOrLimit } from '../../../shared/returnAll';
import { connect } from '../../connection';

export const description: INodeProperties[] = returnAllOrLimit('user');

/** The users of the team. The service sends all of them at once (contract 5.1). */
export async function execute(this: IExecuteFunctions, itemIndex: number, run: Run): Promise<IDataObject[]> {
	const limit = limitParameter(this, itemIndex);
	const client = await connect(this);
	const all = await client.users(run);
	const users = all.slice(0, limit);
	run.summary.fetched = users.length;
	run.summary.stoppedBy = users.length < all.length ? 'limit' : 'end';
	run.progress(all.length);
	return users as IDataObject[];
}
