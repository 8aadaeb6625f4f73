import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import { projectSlug } from '../../../core/epicollect5/address';
import { listing } from '../../shared/listing';
import { textParameter } from '../../shared/parameter';
import { projects } from '../../shared/process';
import { connect } from '../connection';

/** Projects whose name begins with what was typed; private ones too. */
export async function searchProjects(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	const results = await listing(this, async (run) => {
		const { client } = await connect(this);
		const found = await client.searchProjects(filter ?? '', run);
		return found.map(({ name, slug, access }) => ({
			name: access === 'private' ? `${name} (private)` : name,
			value: slug,
			description: slug,
		}));
	});
	return { results };
}

/** The forms of the chosen project, in their order. No numbers in the name: the node keeps showing it. */
export async function searchForms(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	const wanted = (filter ?? '').trim().toLowerCase();
	const results = await listing(this, async (run) => {
		const slug = projectSlug(textParameter(this, 'project', 0));
		const { client, key } = await connect(this);
		const project = await projects.get(key, client, slug, run);
		return project.forms
			.filter(({ name }) => name.toLowerCase().includes(wanted))
			.map(({ name, ref, entries }) => ({ name, value: ref, description: `Entries: ${entries}` }));
	});
	return { results };
}
