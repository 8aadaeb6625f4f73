/**
 * What the service sends, with unset dates as null. Ids are opaque (contract 2). Fields that are not named here are
 * kept as they are: the documentation shows examples, not a schema.
 */

/** A user of the team (contract 5.1). */
export interface User {
	userId: string;
	username: string;
	emailAddress: string;
	name: string;
	created: string | null;
	locked: boolean;
	[other: string]: unknown;
}

/** One version of a workflow (contract 5.3). */
export interface WorkflowVersion {
	versionId: string;
	version: number;
	uploaded: string | null;
	authorId: string;
	authorName: string;
	isArchived: boolean;
	[other: string]: unknown;
}

/** A workflow (contract 5.3). */
export interface Workflow {
	workflowId: string;
	name: string;
	description: string;
	created: string | null;
	lastUpdated: string | null;
	teamName: string;
	activeVersionId: string;
	isArchived: boolean;
	/** Users and groups who may run it; empty: everybody with the permission. */
	liveObjectIds: string[];
	/** Empty where the service does not send them (X17). */
	tags: string[];
	versions: WorkflowVersion[];
	[other: string]: unknown;
}

/** One workflow to be done in a scheduled job (contract 5.6). */
export interface ScheduledTask {
	taskId: string;
	/** `Workflow`; compare without case (X10). */
	taskType: string;
	/** The workflow's id. */
	artifactId: string | null;
	/** Of the executed job, once started. */
	jobId: string | null;
	/** Of the executed job, once started. */
	clientJobId: string | null;
	updated: string | null;
	modified: string | null;
	/** 0 not started, 1 active, 2 paused, 3 completed, 4 abandoned; not a closed list (X9). */
	state: number | string;
	[other: string]: unknown;
}

/** A job planned for somebody (contract 5.6). */
export interface ScheduledJob {
	/** The scheduled job's own id, not that of an executed job. */
	jobId: string;
	created: string | null;
	updated: string | null;
	/** `Scheduled`, `Active`, `Completed` …; not a closed list (X9). */
	state: string;
	name: string;
	description: string | null;
	priority: boolean;
	dueByDate: string | null;
	/** Empty: nobody in particular. */
	assignedUserIds: string[];
	tasks: ScheduledTask[];
	[other: string]: unknown;
}

/** A job to be planned, as the dialogs ask for it. */
export interface NewScheduledJob {
	name: string;
	/** One task each, in this order. At least one. */
	workflowIds: readonly string[];
	description?: string;
	assignedUserIds?: readonly string[];
	/** What `toUtc` takes: ISO 8601 without a zone is UTC, a day alone is its last minute. */
	dueByDate?: Date | string | number | null;
	priority?: boolean;
}
