import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import { projectSlug } from '../../../core/epicollect5/address';
import { SECOND } from '../../../core/clock';
import { Run } from '../../../core/run';
import { clock } from '../../shared/clock';
import { toNodeError } from '../../shared/errors';
import { textParameter } from '../../shared/parameter';
import { connect } from '../connection';
import { definitionOf } from '../definitions';

/** Somebody looks at an open list: what takes longer is said instead of waited for. */
const PATIENCE_MS = 10 * SECOND;

/** Projects whose name begins with what was typed; private ones too. */
export async function searchProjects(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return await listing(this, async (run) => {
		const { client } = await connect(this);
		const found = await client.searchProjects(filter ?? '', run);
		return found.map(({ name, slug, access }) => ({
			name: access === 'private' ? `${name} (private)` : name,
			value: slug,
			description: slug,
		}));
	});
}

/** The forms of the chosen project, in their order, with the number of their entries. */
export async function searchForms(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return await listing(this, async (run) => {
		const slug = projectSlug(textParameter(this, 'project', 0));
		const { project } = await definitionOf(await connect(this), slug, run);
		const wanted = (filter ?? '').trim().toLowerCase();
		return project.forms
			.filter(({ name }) => name.toLowerCase().includes(wanted))
			.map(({ name, ref, entries }) => ({
				name: `${name} (${entries.toLocaleString('en-GB')})`,
				value: ref,
			}));
	});
}

async function listing(
	context: ILoadOptionsFunctions,
	find: (run: Run) => Promise<INodeListSearchResult['results']>,
): Promise<INodeListSearchResult> {
	try {
		return { results: await find(new Run(clock, { deadline: clock.now() + PATIENCE_MS })) };
	} catch (error) {
		throw toNodeError(context.getNode(), error);
	}
}
