import type { ILoadOptionsFunctions } from 'n8n-workflow';
import { SECOND } from '../../core/clock';
import { Run } from '../../core/run';
import { clock } from './clock';
import { toNodeError } from './errors';

/** Somebody looks at an open list: what takes longer is said instead of waited for. */
const PATIENCE_MS = 10 * SECOND;

/** Fills a list of a dialog. It may use the whole limit: its one request is not to wait behind an execution's share. */
export async function listing<T>(
	context: ILoadOptionsFunctions,
	find: (run: Run) => Promise<T[]>,
): Promise<T[]> {
	try {
		return await find(new Run(clock, { deadline: clock.now() + PATIENCE_MS }));
	} catch (error) {
		throw toNodeError(context.getNode(), error);
	}
}
