import type { ILoadOptionsFunctions, INodeListSearchResult, INodePropertyOptions } from 'n8n-workflow';
import { listing } from '../../shared/listing';
import { connect } from '../connection';

/** The workflows that are not archived. */
export async function searchWorkflows(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	const wanted = (filter ?? '').trim().toLowerCase();
	const results = await listing(this, async (run) => {
		const workflows = await (await connect(this)).workflows(run);
		return workflows
			.filter(({ name }) => name.toLowerCase().includes(wanted))
			.map(({ name, workflowId, description }) => ({ name, value: workflowId, description }));
	});
	return { results };
}

/** The users of the team; a locked one cannot do a job. */
export async function getUsers(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	return await listing(this, async (run) => {
		const users = await (await connect(this)).users(run);
		return users
			.filter(({ locked }) => !locked)
			.map(({ name, userId, emailAddress }) => ({ name, value: userId, description: emailAddress }));
	});
}
