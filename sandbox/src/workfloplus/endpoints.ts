import { createClient, getUser, listUsers, requestToken } from './accounts';
import type { Handler } from './call';
import type { Access } from './policies';
import {
	assignUsers,
	createScheduledJob,
	deleteScheduledJob,
	getScheduledJob,
	listMyScheduledJobs,
	listScheduledJobs,
} from './scheduledJobs';
import { getWorkflow, listWorkflows } from './workflows';

/** The service's hosts (contract 1). The sandbox is one process, so a host is a base path here. */
export type Host = 'accounts' | 'accounts api' | 'gateway';

const BASE_PATHS: Readonly<Record<Host, string>> = { accounts: '', 'accounts api': '/api', gateway: '' };

/** One row of the master endpoint table (contract 4). */
export interface Endpoint {
	/** The contract's name for it, e.g. `S8`. */
	id: string;
	methods: readonly string[];
	host: Host;
	/** Full path in the sandbox, parameters in braces, no slash at the end. */
	path: string;
	access: Access;
	/** Absent: the sandbox does not serve it yet and answers 404, whatever the token. */
	handler?: Handler;
}

const A: Host = 'accounts api';
const G: Host = 'gateway';
const I: Host = 'accounts';

/**
 * Every endpoint of contract 4 with its policy as printed there, odd ones included (quirks X27 to X29).
 * To serve one more: write its handler and add it to its row.
 */
export const ENDPOINTS: readonly Endpoint[] = [
	// Clients and tokens
	row('C1', 'POST', A, '/client', 'Client_Admin', createClient),
	row('C2', 'POST', I, '/connect/token', 'Client Credentials', requestToken),
	// Users
	row('U1', 'GET', A, '/team/user', 'Any Valid Token', listUsers),
	row('U2', 'GET', A, '/team/user/{user_id}', 'Any Valid Token', getUser),
	row('U3', 'POST', A, '/team/user', 'Team_Admin'),
	row('U4', 'PUT', A, '/team/user/{user_id}', 'Team_Admin'),
	row('U5', 'DELETE', A, '/team/user/{user_id}', 'Team_Admin'),
	row('U6', 'GET', A, '/team/user/{user_id}/permissions', 'Team_Admin'),
	row('U7', 'PUT', A, '/team/user/{userId}/permissions', 'Team_Admin'),
	row('U8', 'POST', A, '/team/{user_id}/lock', 'Team_Admin'),
	row('U9', 'POST', A, '/team/{user_id}/unlock', 'Team_Admin'),
	row('U10', 'POST', A, '/team/{user_id}/resetpassword', 'Team_Admin'),
	// Groups
	row('G1', 'GET', A, '/group', 'Any Valid Token'),
	row('G2', 'POST', A, '/group', 'Team_Admin'),
	row('G3', 'GET', A, '/group/{group_id}', 'Any Valid Token'),
	row('G4', 'PUT', A, '/group/{group_id}', 'Any Valid Token'),
	row('G5', 'PUT', A, '/group/{group_id}/permissions', 'Team_Admin'),
	row('G6', 'PUT', A, '/group/{group_id}/users', 'Team_Admin'),
	row('G7', 'DELETE', A, '/group/{group_id}/users', 'Team_Admin'),
	row('G8', 'DELETE', A, '/group/{group_id}', 'Team_Admin'),
	// Workflows
	row('W1', 'GET', G, '/workflows/v2', 'Workflow_Read', listWorkflows),
	// The documentation says POST (quirk X2), so both.
	row('W2', ['GET', 'POST'], G, '/workflows/v2/{workflowId}', 'Workflow_Read', getWorkflow),
	row('W3', 'PUT', G, '/workflows/v2/{workflowId}', 'Workflow_Modify'),
	row('W4', 'POST', G, '/workflows/v2/upload', 'Workflow_Create'),
	row('W5', 'POST', G, '/workflows/v2/upload/{uploadId}', 'Workflow_Create'),
	row('W6', 'POST', G, '/workflows/v2', 'Workflow_Create'),
	row('W7', 'POST', G, '/workflows/v2/{workflowVersionId}/activate', 'Workflow_Modify'),
	row('W8', 'DELETE', G, '/workflows/v2/{workflowId}/{workflowVersionId}', 'Workflow_Delete'),
	row('W9', 'DELETE', G, '/workflows/v2/{workflowId}', 'Workflow_Delete'),
	// Collections
	row('L1', 'GET', G, '/collections/v1/collection', 'Any Valid Token'),
	row('L2', 'GET', G, '/collections/v1/collection/{collection_id}', 'Any Valid Token'),
	row('L3', 'POST', G, '/collections/v1/collection', 'Any Valid Token'),
	row('L4', 'PUT', G, '/collections/v1/collection/{collection_id}', 'Any Valid Token'),
	row('L5', 'DELETE', G, '/collections/v1/collection/{collection_id}', 'Any Valid Token'),
	row('L6', 'POST', G, '/collections/v1/upload', 'Workflow_Create'),
	row('L7', 'POST', G, '/collections/v1/upload/{upload_id}', 'Workflow_Create'),
	// Jobs
	row('J1', 'GET', G, '/jobs/v1', 'Job_ReadAll'),
	row('J2', 'GET', G, '/jobs/v1/workflow/{workflow_id}', 'Job_ReadAll'),
	row('J3', 'GET', G, '/jobs/v1/snapshots/{client_job_id}', 'Job_ReadAll'),
	row('J4', 'GET', G, '/jobs/v1/{client_job_id}', 'Job_Read'),
	row('J5', 'GET', G, '/jobs/v1/bson/{job_id}', 'Job_Read'),
	row('J6', 'GET', G, '/jobs/v1/my', 'Job_Read'),
	row('J7', 'POST', G, '/jobs/v1/{client_job_id}/abort', 'Job_Read'),
	row('J8', 'DELETE', G, '/jobs/v1/{client_job_id}', 'Job_Modify'),
	row('J9', 'POST', G, '/jobs/v1/{client_job_id}/assign/{user_id}', 'Job_Read'),
	row('J10', 'PUT', G, '/jobs/v1/{client_job_id}', 'Job_ReadAll'),
	row('J11', 'POST', G, '/jobs/v1/{client_job_id}/metadata', 'Job_Modify'),
	row('J12', 'POST', G, '/jobs/v1', 'Workflow_Execute'),
	row('J13', 'PUT', G, '/jobs/v1/abort', 'Job_Modify'),
	row('J14', 'POST', G, '/jobs/v1/basicSync', 'Workflow_Execute'),
	row('J15', 'POST', G, '/jobs/v1/{client_job_id}', 'Job_Modify'),
	// Scheduler
	row('S1', 'GET', G, '/scheduledjobs/v1', 'Schedule_ReadAll', listScheduledJobs),
	row('S2', 'GET', G, '/scheduledjobs/v1/{scheduled_job_id}', 'Schedule_Read', getScheduledJob),
	row('S3', 'GET', G, '/scheduledjobs/v1/my', 'Schedule_Read', listMyScheduledJobs),
	row('S4', 'PUT', G, '/scheduledjobs/v1/{scheduled_job_id}/tasks/{task_id}/status', 'Schedule_Read'),
	row('S5', 'PUT', G, '/scheduledjobs/v1/{scheduled_job_id}/status', 'Schedule_Read'),
	row('S6', 'PUT', G, '/scheduledjobs/v1/{scheduled_job_id}/assignedUsers', 'Schedule_Admin', assignUsers),
	row('S7', 'DELETE', G, '/scheduledjobs/v1/{scheduled_job_id}', 'Schedule_Admin', deleteScheduledJob),
	row('S8', 'POST', G, '/scheduledjobs/v1', 'Schedule_Admin', createScheduledJob),
	// Reports
	row('R1', 'GET', G, '/reports/v1/generate/{clientJobId}', 'Reports_Read'),
	// Report generator
	row('P1', 'POST', G, '/reportgenerator/v1/generate', 'Reports_Read'),
	row('P2', 'POST', G, '/reportgenerator/v1/generate/{reportTemplateId}', 'Reports_Read'),
	// Report templates
	row('M1', 'GET', G, '/reporttemplates/v1', 'Reports_Create'),
	row('M2', 'GET', G, '/reporttemplates/v1/content/{reportTemplate_id}', 'Reports_Create'),
	row('M3', 'GET', G, '/reporttemplates/v1/names', 'Reports_Create'),
	row('M4', 'GET', G, '/reporttemplates/v1/default', 'Reports_Create'),
	row('M5', 'DELETE', G, '/reporttemplates/v1/{reportTemplate_id}', 'Reports_Create'),
	row('M6', 'PUT', G, '/reporttemplates/v1/default/{reportTemplate_id}', 'Reports_Create'),
	row('M7', 'PUT', G, '/reporttemplates/v1/default/unset', 'Reports_Create'),
	row('M8', 'POST', G, '/reporttemplates/v1/content', 'Reports_Create'),
	row('M9', 'PUT', G, '/reporttemplates/v1/content/{reportTemplate_id}', 'Reports_Create'),
	row('M10', 'PUT', G, '/reporttemplates/v1/metadata/{reportTemplate_id}', 'Reports_Create'),
	// Triggers
	row('T1', 'GET', G, '/trigger/v2', 'Trigger_Read'),
	row('T2', 'GET', G, '/trigger/v2/{triggerId}', 'Trigger_Read'),
	row('T3', 'POST', G, '/trigger/v2', 'Trigger_Admin'),
	row('T4', 'PUT', G, '/trigger/v2/{triggerId}', 'Trigger_Admin'),
	row('T5', 'DELETE', G, '/trigger/v2/{triggerId}', 'Trigger_Admin'),
	row('T6', 'PUT', G, '/trigger/v2/unarchive/{triggerId}', 'Trigger_Admin'),
	// Team settings
	row('E1', 'GET', G, '/teamsettings/v1', 'TeamSettings_Read'),
	row('E2', 'GET', G, '/teamsettings/v1/{setting_key}', 'TeamSettings_Read'),
	row('E3', 'POST', G, '/teamsettings/v1', 'TeamSettings_Admin'),
	row('E4', 'POST', G, '/teamsettings/v1/defaults', 'TeamSettings_Admin'),
	// Query: a key in the query string is as good as a token (contract 6.1); both paths (quirk X1)
	row('Q1', 'GET', G, '/query/v2/graph', 'Query_Read'),
	row('Q2', 'POST', G, '/query/v2/graph', 'Query_Read'),
];

function row(
	id: string,
	methods: string | readonly string[],
	host: Host,
	path: string,
	access: Access,
	handler?: Handler,
): Endpoint {
	const common = { id, methods: [methods].flat(), host, path: BASE_PATHS[host] + path, access };
	return handler === undefined ? common : { ...common, handler };
}
