import { ApiError } from '../http/errors';
import { isObject, type JsonObject } from '../http/json';
import type { ScheduledJob, ScheduledTask, User, Workflow, WorkflowVersion } from './types';

/** Reads the body of an answer. @throws ApiError with code `unexpected_answer`: a part would be silently missing */
export type Read<R> = (body: unknown, request: string) => R;

/** U1: `User[]`. */
export const readUsers: Read<User[]> = (body, request) =>
	objects(body, 'a list of users', request).map((user) => ({
		...user,
		userId: id(user.userId, 'a list of users', request),
		username: text(user.username),
		emailAddress: text(user.emailAddress),
		name: text(user.name),
		created: textOrNull(user.created),
		locked: flag(user.locked),
	}));

/** W1: `Workflow[]`, archived ones too where the service sends them (X35). */
export const readWorkflows: Read<Workflow[]> = (body, request) =>
	objects(body, 'a list of workflows', request).map((workflow) => ({
		...workflow,
		workflowId: id(workflow.workflowId, 'a list of workflows', request),
		name: text(workflow.name),
		description: text(workflow.description),
		created: textOrNull(workflow.created),
		lastUpdated: textOrNull(workflow.lastUpdated),
		teamName: text(workflow.teamName),
		activeVersionId: text(workflow.activeVersionId),
		isArchived: flag(workflow.isArchived),
		liveObjectIds: texts(workflow.liveObjectIds),
		tags: texts(workflow.tags),
		versions: list(workflow.versions).filter(isObject).map(readVersion),
	}));

/** S8: the job as it was created. */
export const readScheduledJob: Read<ScheduledJob> = (body, request) => {
	const job = isObject(body) ? body : {};
	return {
		...job,
		jobId: id(job.jobId, 'a scheduled job', request),
		created: textOrNull(job.created),
		updated: textOrNull(job.updated),
		state: text(job.state),
		name: text(job.name),
		description: textOrNull(job.description),
		priority: flag(job.priority),
		dueByDate: textOrNull(job.dueByDate),
		assignedUserIds: texts(job.assignedUserIds),
		tasks: list(job.tasks).filter(isObject).map(readTask),
	};
};

function readVersion(version: JsonObject): WorkflowVersion {
	return {
		...version,
		versionId: text(version.versionId),
		version: Number(version.version),
		uploaded: textOrNull(version.uploaded),
		authorId: text(version.authorId),
		authorName: text(version.authorName),
		isArchived: flag(version.isArchived),
	};
}

function readTask(task: JsonObject): ScheduledTask {
	return {
		...task,
		taskId: text(task.taskId),
		taskType: text(task.taskType),
		artifactId: textOrNull(task.artifactId),
		jobId: textOrNull(task.jobId),
		clientJobId: textOrNull(task.clientJobId),
		updated: textOrNull(task.updated),
		modified: textOrNull(task.modified),
		state: typeof task.state === 'number' ? task.state : text(task.state),
	};
}

function objects(body: unknown, what: string, request: string): JsonObject[] {
	if (Array.isArray(body) && body.every(isObject)) return body;
	throw unexpected(what, request);
}

function id(value: unknown, what: string, request: string): string {
	const known = text(value);
	if (known === '') throw unexpected(what, request);
	return known;
}

function unexpected(what: string, request: string): ApiError {
	return new ApiError(`The answer of the service is not ${what}`, {
		code: 'unexpected_answer',
		request,
		hint: 'Check Accounts URL and Gateway URL: they must be the addresses of a WorkfloPlus server.',
	});
}

function text(value: unknown): string {
	return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

function textOrNull(value: unknown): string | null {
	return value === undefined || value === null ? null : text(value);
}

function texts(value: unknown): string[] {
	return list(value).map(text);
}

function list(value: unknown): unknown[] {
	return Array.isArray(value) ? value : [];
}

/** Booleans come as text in places (X15). */
function flag(value: unknown): boolean {
	return value === true || (typeof value === 'string' && value.toLowerCase() === 'true');
}
