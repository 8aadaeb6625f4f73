import type { ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';
import { EPICOLLECT5_LIMITS } from '../../../core/epicollect5/limits';
import { allStreams } from '../../../core/epicollect5/sync';
import { listing } from '../../shared/listing';
import { textParameter } from '../../shared/parameter';
import { projects, SHARE } from '../../shared/process';
import { connect, slugOf } from '../connection';

/** Forms and branches that a poll asks for: as many as our part of the limit takes at once, without a pause. */
const IN_A_POLL = Math.floor(EPICOLLECT5_LIMITS.entries.hits * SHARE);

/** @returns after how many polls each form and branch has been asked for once */
export function pollsOfARound(streams: number): number {
	return Math.max(1, Math.ceil(streams / IN_A_POLL));
}

/** Says it in the dialog: the only entry of a list, which is there without being chosen. */
export async function getShortestInterval(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	if (textParameter(this, 'watch', 0) !== 'project') return [{ name: text(1), value: '' }];
	return await listing(this, async (run) => {
		const { client, key, server } = await connect(this);
		const slug = slugOf(this, 0, server);
		const streams = allStreams(await projects.get(key, client, slug, run)).length;
		return [{ name: text(streams), value: '' }];
	});
}

function text(streams: number): string {
	const what = streams === 1 ? 'One form or branch' : `${streams} forms and branches`;
	const polls = pollsOfARound(streams);
	return `${what}: every minute${polls === 1 ? '' : `, each every ${polls} minutes`}`;
}
