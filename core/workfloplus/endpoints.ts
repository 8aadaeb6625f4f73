import type { HttpMethod } from '../http/transport';
import type { Access } from './policies';

/** The service's two hosts (contract 1). Sign-in and the Accounts API share one. */
export type Host = 'accounts' | 'gateway';

/** One row of the master endpoint table (contract 4). */
export interface Endpoint<Path extends string = string> {
	readonly method: HttpMethod;
	readonly host: Host;
	/** Below the host's address, parameters in braces. Slashes at the end are as documented. */
	readonly path: Path;
	readonly policy: Access;
}

const A = 'accounts';
const G = 'gateway';

/**
 * Every endpoint by the contract's id, with its policy as printed there (contract 4): 80 of REST, two for clients and
 * tokens, two for queries.
 */
export const ENDPOINTS = {
	// Clients and tokens
	C1: row('POST', A, '/api/client/', 'Client_Admin'),
	C2: row('POST', A, '/connect/token', 'Client Credentials'),

	// Users
	U1: row('GET', A, '/api/team/user', 'Any Valid Token'),
	U2: row('GET', A, '/api/team/user/{userId}', 'Any Valid Token'),
	U3: row('POST', A, '/api/team/user', 'Team_Admin'),
	U4: row('PUT', A, '/api/team/user/{userId}', 'Team_Admin'),
	U5: row('DELETE', A, '/api/team/user/{userId}', 'Team_Admin'),
	U6: row('GET', A, '/api/team/user/{userId}/permissions', 'Team_Admin'),
	U7: row('PUT', A, '/api/team/user/{userId}/permissions', 'Team_Admin'),
	U8: row('POST', A, '/api/team/{userId}/lock', 'Team_Admin'),
	U9: row('POST', A, '/api/team/{userId}/unlock', 'Team_Admin'),
	U10: row('POST', A, '/api/team/{userId}/resetpassword', 'Team_Admin'),

	// Groups
	G1: row('GET', A, '/api/group', 'Any Valid Token'),
	G2: row('POST', A, '/api/group', 'Team_Admin'),
	G3: row('GET', A, '/api/group/{groupId}', 'Any Valid Token'),
	// Any token may rename a group, odd as it is (X27).
	G4: row('PUT', A, '/api/group/{groupId}', 'Any Valid Token'),
	G5: row('PUT', A, '/api/group/{groupId}/permissions', 'Team_Admin'),
	G6: row('PUT', A, '/api/group/{groupId}/users', 'Team_Admin'),
	G7: row('DELETE', A, '/api/group/{groupId}/users', 'Team_Admin'),
	G8: row('DELETE', A, '/api/group/{groupId}', 'Team_Admin'),

	// Workflows
	W1: row('GET', G, '/workflows/v2', 'Workflow_Read'),
	// The documentation says POST (X2).
	W2: row('GET', G, '/workflows/v2/{workflowId}', 'Workflow_Read'),
	W3: row('PUT', G, '/workflows/v2/{workflowId}', 'Workflow_Modify'),
	W4: row('POST', G, '/workflows/v2/upload', 'Workflow_Create'),
	W5: row('POST', G, '/workflows/v2/upload/{uploadId}', 'Workflow_Create'),
	W6: row('POST', G, '/workflows/v2', 'Workflow_Create'),
	W7: row('POST', G, '/workflows/v2/{workflowVersionId}/activate', 'Workflow_Modify'),
	W8: row('DELETE', G, '/workflows/v2/{workflowId}/{workflowVersionId}', 'Workflow_Delete'),
	W9: row('DELETE', G, '/workflows/v2/{workflowId}', 'Workflow_Delete'),

	// Collections
	L1: row('GET', G, '/collections/v1/collection', 'Any Valid Token'),
	L2: row('GET', G, '/collections/v1/collection/{collectionId}', 'Any Valid Token'),
	// Any token may write collections (X27).
	L3: row('POST', G, '/collections/v1/collection', 'Any Valid Token'),
	L4: row('PUT', G, '/collections/v1/collection/{collectionId}', 'Any Valid Token'),
	L5: row('DELETE', G, '/collections/v1/collection/{collectionId}', 'Any Valid Token'),
	L6: row('POST', G, '/collections/v1/upload', 'Workflow_Create'),
	L7: row('POST', G, '/collections/v1/upload/{uploadId}', 'Workflow_Create'),

	// Jobs
	J1: row('GET', G, '/jobs/v1/', 'Job_ReadAll'),
	J2: row('GET', G, '/jobs/v1/workflow/{workflowId}', 'Job_ReadAll'),
	J3: row('GET', G, '/jobs/v1/snapshots/{clientJobId}', 'Job_ReadAll'),
	J4: row('GET', G, '/jobs/v1/{clientJobId}', 'Job_Read'),
	J5: row('GET', G, '/jobs/v1/bson/{jobId}', 'Job_Read'),
	J6: row('GET', G, '/jobs/v1/my/', 'Job_Read'),
	// J7, J9 and J10 write under a policy of reading, as S4 and S5 do: people in the field do these (X28).
	J7: row('POST', G, '/jobs/v1/{clientJobId}/abort', 'Job_Read'),
	J8: row('DELETE', G, '/jobs/v1/{clientJobId}', 'Job_Modify'),
	J9: row('POST', G, '/jobs/v1/{clientJobId}/assign/{userId}', 'Job_Read'),
	J10: row('PUT', G, '/jobs/v1/{clientJobId}', 'Job_ReadAll'),
	J11: row('POST', G, '/jobs/v1/{clientJobId}/metadata', 'Job_Modify'),
	J12: row('POST', G, '/jobs/v1', 'Workflow_Execute'),
	J13: row('PUT', G, '/jobs/v1/abort/', 'Job_Modify'),
	J14: row('POST', G, '/jobs/v1/basicSync', 'Workflow_Execute'),
	J15: row('POST', G, '/jobs/v1/{clientJobId}', 'Job_Modify'),

	// Scheduler
	S1: row('GET', G, '/scheduledjobs/v1', 'Schedule_ReadAll'),
	S2: row('GET', G, '/scheduledjobs/v1/{scheduledJobId}', 'Schedule_Read'),
	S3: row('GET', G, '/scheduledjobs/v1/my', 'Schedule_Read'),
	S4: row('PUT', G, '/scheduledjobs/v1/{scheduledJobId}/tasks/{taskId}/status', 'Schedule_Read'),
	S5: row('PUT', G, '/scheduledjobs/v1/{scheduledJobId}/status', 'Schedule_Read'),
	S6: row('PUT', G, '/scheduledjobs/v1/{scheduledJobId}/assignedUsers', 'Schedule_Admin'),
	S7: row('DELETE', G, '/scheduledjobs/v1/{scheduledJobId}', 'Schedule_Admin'),
	S8: row('POST', G, '/scheduledjobs/v1', 'Schedule_Admin'),

	// Reports
	R1: row('GET', G, '/reports/v1/generate/{clientJobId}', 'Reports_Read'),

	// Report generator
	P1: row('POST', G, '/reportgenerator/v1/generate', 'Reports_Read'),
	P2: row('POST', G, '/reportgenerator/v1/generate/{reportTemplateId}', 'Reports_Read'),

	// Report templates
	M1: row('GET', G, '/reporttemplates/v1', 'Reports_Create'),
	M2: row('GET', G, '/reporttemplates/v1/content/{reportTemplateId}', 'Reports_Create'),
	M3: row('GET', G, '/reporttemplates/v1/names', 'Reports_Create'),
	M4: row('GET', G, '/reporttemplates/v1/default', 'Reports_Create'),
	M5: row('DELETE', G, '/reporttemplates/v1/{reportTemplateId}', 'Reports_Create'),
	M6: row('PUT', G, '/reporttemplates/v1/default/{reportTemplateId}', 'Reports_Create'),
	M7: row('PUT', G, '/reporttemplates/v1/default/unset', 'Reports_Create'),
	M8: row('POST', G, '/reporttemplates/v1/content', 'Reports_Create'),
	M9: row('PUT', G, '/reporttemplates/v1/content/{reportTemplateId}', 'Reports_Create'),
	M10: row('PUT', G, '/reporttemplates/v1/metadata/{reportTemplateId}', 'Reports_Create'),

	// Triggers
	T1: row('GET', G, '/trigger/v2', 'Trigger_Read'),
	T2: row('GET', G, '/trigger/v2/{triggerId}', 'Trigger_Read'),
	T3: row('POST', G, '/trigger/v2', 'Trigger_Admin'),
	T4: row('PUT', G, '/trigger/v2/{triggerId}', 'Trigger_Admin'),
	T5: row('DELETE', G, '/trigger/v2/{triggerId}', 'Trigger_Admin'),
	T6: row('PUT', G, '/trigger/v2/unarchive/{triggerId}', 'Trigger_Admin'),

	// Team settings
	E1: row('GET', G, '/teamsettings/v1/', 'TeamSettings_Read'),
	E2: row('GET', G, '/teamsettings/v1/{settingKey}', 'TeamSettings_Read'),
	E3: row('POST', G, '/teamsettings/v1/', 'TeamSettings_Admin'),
	E4: row('POST', G, '/teamsettings/v1/defaults', 'TeamSettings_Admin'),

	// Query; a key in the query string is as good as a token (contract 6.1)
	Q1: row('GET', G, '/query/v2/graph', 'Query_Read'),
	Q2: row('POST', G, '/query/v2/graph', 'Query_Read'),
} as const satisfies Record<string, Endpoint>;

/** The contract's name for an endpoint, such as `S8`. */
export type EndpointId = keyof typeof ENDPOINTS;

/** The names in braces. */
type NamesIn<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
	? Name | NamesIn<Rest>
	: never;

/** The parameters that an endpoint's path needs, such as `{ userId: string }`. */
export type PathParameters<Id extends EndpointId> = Readonly<
	Record<NamesIn<(typeof ENDPOINTS)[Id]['path']>, string>
>;

/**
 * Whether a request may be sent again when it is unknown whether it arrived. What a POST creates would be there twice
 * (contract 2: no idempotency keys); a query only reads, whatever its method (contract 6.1: no mutations).
 */
export function isRepeatable(id: EndpointId): boolean {
	return ENDPOINTS[id].method !== 'POST' || id === 'Q2';
}

function row<const Path extends string>(
	method: HttpMethod,
	host: Host,
	path: Path,
	policy: Access,
): Endpoint<Path> {
	return { method, host, path, policy };
}
