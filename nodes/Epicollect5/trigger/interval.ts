import type { ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';
import { MINUTE } from '../../../core/clock';
import { projectSlug } from '../../../core/epicollect5/address';
import { EPICOLLECT5_LIMITS } from '../../../core/epicollect5/limits';
import { allStreams } from '../../../core/epicollect5/sync';
import { listing } from '../../shared/listing';
import { textParameter } from '../../shared/parameter';
import { projects, SHARE } from '../../shared/process';
import { connect } from '../connection';

/** @returns whole minutes in which every form and branch can be asked once within our part of the limit */
export function shortestInterval(streams: number): number {
	const { hits, perMs } = EPICOLLECT5_LIMITS.entries;
	return Math.max(1, Math.ceil((streams * perMs) / (hits * SHARE) / MINUTE));
}

/** Says it in the dialog: the only entry of a list, which is there without being chosen. */
export async function getShortestInterval(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	if (textParameter(this, 'watch', 0) !== 'project')
		return [{ name: text('One form or branch', 1), value: '' }];
	return await listing(this, async (run) => {
		const slug = projectSlug(textParameter(this, 'project', 0));
		const { client, key } = await connect(this);
		const streams = allStreams(await projects.get(key, client, slug, run)).length;
		return [{ name: text(`This project has ${streams} forms and branches`, streams), value: '' }];
	});
}

function text(what: string, streams: number): string {
	const minutes = shortestInterval(streams);
	return `${what}: every ${minutes === 1 ? 'minute' : `${minutes} minutes`} or more`;
}
