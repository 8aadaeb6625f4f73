import type { SandboxResponse } from '../shared/types';
import { json, noContent, Problem } from './answers';
import { readBody, type JsonBody } from './body';
import { found, type Call } from './call';
import { isoMicros, isoShortest } from './ids';
import type { ScheduledJob, ScheduledTask, World } from './world';

/** S1, `GET /scheduledjobs/v1`: all of the team's, no paging (contract 5.6). */
export function listScheduledJobs({ world }: Call): SandboxResponse {
	return json(world.scheduledJobs);
}

/** S2, `GET /scheduledjobs/v1/{scheduled_job_id}` (contract 5.6). */
export function getScheduledJob(call: Call): SandboxResponse {
	return json(named(call));
}

/** S3, `GET /scheduledjobs/v1/my`: the caller's own; an M2M client has none (contract 5.6, quirk X8). */
export function listMyScheduledJobs({ world, principal }: Call): SandboxResponse {
	const own = world.scheduledJobs.filter(
		(job) => principal !== undefined && job.assignedUserIds.includes(principal.id),
	);
	if (world.quirks.myScheduledJobs === 'array') return json(own);
	return own[0] === undefined ? noContent() : json(own[0]);
}

/** S6, `PUT /scheduledjobs/v1/{scheduled_job_id}/assignedUsers`: replaces the list (contract 5.6). */
export function assignUsers(call: Call): SandboxResponse {
	const job = named(call);
	job.assignedUserIds = assignees(call.world, readBody(call.request.body).texts('assignedUserIds'));
	job.updated = serverTime(call.world);
	return noContent();
}

/** S7, `DELETE /scheduledjobs/v1/{scheduled_job_id}` (contract 5.6). */
export function deleteScheduledJob(call: Call): SandboxResponse {
	const job = named(call);
	call.world.scheduledJobs = call.world.scheduledJobs.filter((other) => other !== job);
	return noContent();
}

/** S8, `POST /scheduledjobs/v1`: name and at least one task are required, the rest has defaults (contract 5.6). */
export function createScheduledJob({ request, world }: Call): SandboxResponse {
	const body = readBody(request.body);
	const due = body.date('dueByDate');
	const created = serverTime(world);
	const job: ScheduledJob = {
		jobId: world.ids.objectId(world.clock.now()),
		created,
		updated: created,
		state: 'Scheduled',
		name: body.text('name'),
		description: body.optionalText('description'),
		priority: body.flag('priority', false),
		dueByDate: due === null ? null : isoShortest(due),
		assignedUserIds: assignees(world, body.texts('assignedUserIds', [])),
		tasks: body.objects('tasks').map((task) => newTask(world, task)),
	};
	world.scheduledJobs.push(job);
	return json(job);
}

function named({ world, params }: Call): ScheduledJob {
	return found(world.scheduledJobs, params['scheduled_job_id'], (job) => job.jobId, 'scheduled job');
}

/** A task that nobody has started. That its workflow must exist is the sandbox's choice: the docs are silent. */
function newTask(world: World, task: JsonBody): ScheduledTask {
	const taskType = task.optionalText('taskType') ?? 'workflow';
	// Sent as `workflow`, shown as `Workflow` (quirk X10).
	if (taskType.toLowerCase() !== 'workflow') throw new Problem(400, `Unknown taskType ${taskType}.`);
	const artifactId = task.text('artifactId');
	if (!world.workflows.some((workflow) => workflow.workflowId === artifactId)) {
		throw new Problem(400, `There is no workflow ${artifactId}.`);
	}
	return {
		taskType: 'Workflow',
		taskId: world.ids.uuid(),
		artifactId,
		...{ jobId: null, clientJobId: null, updated: null, modified: null, state: 0 },
	};
}

/** Users only, unless quirk X37 is switched. */
function assignees(world: World, ids: string[]): string[] {
	if (world.quirks.unknownAssignees === 'accepted') return ids;
	const unknown = ids.find((id) => !world.users.some((user) => user.shown.userId === id));
	if (unknown !== undefined) throw new Problem(400, `There is no user ${unknown}.`);
	return ids;
}

function serverTime(world: World): string {
	return isoMicros(world.clock.now(), world.ids.microDigits());
}
