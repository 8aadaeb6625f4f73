import type { SandboxResponse } from '../shared/types';
import { json, Problem } from './answers';
import { found, type Call } from './call';
import type { Quirks } from './quirks';
import type { Workflow } from './world';

/** W1, `GET /workflows/v2`: every workflow that is not archived (contract 5.3, quirk X35). */
export function listWorkflows({ world }: Call): SandboxResponse {
	const hidden = world.quirks.archivedWorkflows === 'hidden';
	const listed = world.workflows.filter((workflow) => !(hidden && workflow.isArchived));
	return json(listed.map((workflow) => show(workflow, world.quirks)));
}

/** W2, `GET` (or, as documented, `POST`: quirk X2) `/workflows/v2/{workflowId}`; archived ones too. */
export function getWorkflow({ request, world, params }: Call): SandboxResponse {
	const method = world.quirks.workflowByIdMethod;
	if (method !== 'GET or POST' && request.method !== method) {
		throw new Problem(405, `Use ${method}.`, { allow: method });
	}
	const workflow = found(world.workflows, params['workflowId'], (item) => item.workflowId, 'workflow');
	return json(show(workflow, world.quirks));
}

function show(workflow: Workflow, quirks: Quirks): object {
	if (quirks.workflowTags === 'returned') return workflow;
	const { tags: _tags, ...rest } = workflow;
	return rest;
}
