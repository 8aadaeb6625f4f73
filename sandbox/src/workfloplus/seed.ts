import type { SandboxClock } from '../shared/clock';
import { createIds, isoMicros, isoMillis, isoSeconds, type Ids } from './ids';
import { scopeUri, type Scope } from './policies';
import { defaultQuirks } from './quirks';
import type {
	Client,
	Flags,
	Group,
	ScheduledJob,
	ScheduledTask,
	StoredUser,
	User,
	Workflow,
	World,
} from './world';

const MINUTE = 60_000;

/** The smallest credential that covers tasks 2 to 8 of contract 10. */
const BRIDGE_SCOPES: readonly Scope[] = [
	'workflow.read',
	'schedule.admin',
	'query.read',
	'reports.read',
	'trigger.admin',
];

/** The same without schedule.admin: every scheduled-jobs endpoint refuses it. */
const READER_SCOPES: readonly Scope[] = BRIDGE_SCOPES.filter((scope) => scope !== 'schedule.admin');

/**
 * One team as contract 13 asks: 3 users (owner, admin, executor), 2 groups, 3 workflows, a handful of scheduled jobs
 * and two clients. The same seed gives the same ids and secrets, whatever the clock shows.
 */
export function seedWorld(clock: SandboxClock, seed: number): World {
	const teamName = 'acmefield';
	const users = seedUsers(createIds(seed + 1));
	const groups = seedGroups(createIds(seed + 2), users);
	const workflows = seedWorkflows(createIds(seed + 3), teamName, users, groups);
	return {
		clock,
		ids: createIds(seed + 5),
		quirks: defaultQuirks(),
		teamName,
		clients: seedClients(createIds(seed)),
		users,
		groups,
		workflows,
		scheduledJobs: seedScheduledJobs(createIds(seed + 4), users, workflows),
	};
}

function seedClients(ids: Ids): Client[] {
	const client = (displayName: string, scopes: readonly Scope[]): Client => ({
		clientId: ids.objectId(Date.UTC(2026, 8, 1, 8, 30)),
		secretId: ids.objectId(Date.UTC(2026, 8, 1, 8, 30)),
		secret: ids.secret(),
		displayName,
		scopes: scopes.map(scopeUri),
		permissions: ['admin'],
	});
	return [client('Job scheduling bridge', BRIDGE_SCOPES), client('Reporting reader', READER_SCOPES)];
}

function seedUsers(ids: Ids): StoredUser[] {
	const user = (name: string, created: number, owner: boolean, flags: Flags): StoredUser => {
		const mail = `${name.toLowerCase().replace(' ', '.')}@acme.example`;
		const userId = ids.objectId(created);
		const shown = {
			userId,
			username: mail,
			emailAddress: mail,
			name,
			created: isoMillis(created),
			locked: false,
		};
		return { shown, owner, flags };
	};
	return [
		user('Ada Field', Date.UTC(2025, 2, 3, 9, 12, 40, 352), true, { admin: true, dataViewer: true }),
		user('Bo Walker', Date.UTC(2025, 2, 5, 13, 12, 44, 744), false, { admin: true, dataViewer: true }),
		user('Chidi Okafor', Date.UTC(2025, 5, 16, 7, 48, 5, 118), false, { executor: true }),
	];
}

function seedGroups(ids: Ids, users: readonly StoredUser[]): Group[] {
	const group = (name: string, created: number, members: number[], permissions: Flags): Group => ({
		groupId: ids.objectId(created),
		// The display name, unlike everywhere else (quirk X40).
		teamName: 'Acme Field',
		name,
		lowercaseName: name.toLowerCase(),
		created: isoSeconds(created),
		users: members.map((index) => at(users, index).shown.userId),
		permissions,
	});
	return [
		group('Inspectors', Date.UTC(2025, 2, 10, 11, 8, 30), [1, 2], { dataViewer: true, executor: true }),
		group('Authors', Date.UTC(2025, 2, 10, 11, 9, 2), [0], {
			dataViewer: true,
			editor: true,
			modifier: true,
		}),
	];
}

function seedWorkflows(
	ids: Ids,
	teamName: string,
	users: readonly StoredUser[],
	groups: readonly Group[],
): Workflow[] {
	const build = workflowBuilder(ids, teamName, at(users, 0).shown);
	return [
		build('Pump inspection', [Date.UTC(2025, 3, 14, 11, 53, 47), Date.UTC(2026, 0, 9, 12, 4, 22)], {
			description: 'Quarterly check of a pump, with photos of the seals.',
			tags: ['Inspection', 'Level 1'],
		}),
		build('Boiler shutdown 2024', [Date.UTC(2025, 3, 15, 8, 20, 11)], { isArchived: true }),
		build('Hydrant flow test', [Date.UTC(2026, 1, 4, 8, 18, 49)], {
			description: 'Static and flowing pressure of one hydrant.',
			liveObjectIds: [at(groups, 0).groupId, at(users, 1).shown.userId],
			tags: ['Inspection'],
		}),
	];
}

type WorkflowTraits = Partial<Pick<Workflow, 'description' | 'isArchived' | 'liveObjectIds' | 'tags'>>;

function workflowBuilder(ids: Ids, teamName: string, author: User) {
	return (name: string, uploads: readonly number[], traits: WorkflowTraits): Workflow => {
		const versions = uploads.map((uploaded, index) => ({
			versionId: ids.uuid(),
			fileReference: ids.objectId(uploaded),
			fileSize: 159_483 + 41_007 * index,
			uploaded: isoSeconds(uploaded),
			authorId: author.userId,
			authorName: author.username,
			version: index + 1,
			isArchived: false,
		}));
		return {
			workflowId: ids.uuid(),
			created: isoSeconds(at(uploads, 0)),
			lastUpdated: isoSeconds(at(uploads, uploads.length - 1) + 20 * MINUTE),
			teamName,
			activeVersionId: at(versions, versions.length - 1).versionId,
			name,
			description: traits.description ?? '',
			isArchived: traits.isArchived ?? false,
			liveObjectIds: traits.liveObjectIds ?? [],
			tags: traits.tags ?? [],
			versions,
		};
	};
}

function seedScheduledJobs(
	ids: Ids,
	users: readonly StoredUser[],
	workflows: readonly Workflow[],
): ScheduledJob[] {
	const { job, waiting, started } = scheduledJobBuilder(ids);
	const [pump, hydrant] = [at(workflows, 0).workflowId, at(workflows, 2).workflowId];
	const [bo, chidi] = [at(users, 1).shown.userId, at(users, 2).shown.userId];
	const monday = Date.UTC(2026, 10, 16, 8, 5, 19, 342);
	const tuesday = monday + 30 * 60 * MINUTE;
	return [
		job(monday, tuesday, 'Completed', 'Inspect pump 7', {
			...{ description: 'Quarterly', dueByDate: '2026-11-20T22:59:00Z', assignedUserIds: [chidi] },
			tasks: [started(pump, 3, tuesday)],
		}),
		job(monday + MINUTE, monday + MINUTE, 'Scheduled', 'Inspect pump 8', {
			...{ description: 'Quarterly', dueByDate: '2026-11-27T22:59:00Z', assignedUserIds: [chidi] },
			tasks: [waiting(pump)],
		}),
		job(monday + 5 * MINUTE, tuesday, 'Active', 'Hydrant round, north district', {
			...{ priority: true, assignedUserIds: [bo, chidi] },
			tasks: [started(hydrant, 3, tuesday - 90 * MINUTE), started(hydrant, 2, tuesday), waiting(hydrant)],
		}),
		// An artifactId of null is in one of the vendor's examples (contract 5.6).
		job(monday + 9 * MINUTE, monday + 9 * MINUTE, 'Scheduled', 'Follow up on the boiler', {
			tasks: [waiting(null)],
		}),
	];
}

type JobTraits = Pick<ScheduledJob, 'tasks'> &
	Partial<Pick<ScheduledJob, 'description' | 'priority' | 'dueByDate' | 'assignedUserIds'>>;

function scheduledJobBuilder(ids: Ids) {
	const waiting = (artifactId: string | null): ScheduledTask => ({
		taskType: 'Workflow',
		taskId: ids.uuid(),
		artifactId,
		...{ jobId: null, clientJobId: null, updated: null, modified: null, state: 0 },
	});
	const started = (artifactId: string, state: number, updated: number): ScheduledTask => ({
		...waiting(artifactId),
		jobId: ids.objectId(updated),
		clientJobId: ids.uuid(),
		updated: isoMillis(updated),
		modified: isoSeconds(updated + 1000),
		state,
	});
	const job = (
		created: number,
		updated: number,
		state: string,
		name: string,
		traits: JobTraits,
	): ScheduledJob => {
		const micros = ids.microDigits();
		return {
			jobId: ids.objectId(created),
			created: isoMicros(created, micros),
			updated: isoMicros(updated, updated === created ? micros : ids.microDigits()),
			...{ state, name },
			...{ description: null, priority: false, dueByDate: null, assignedUserIds: [], ...traits },
		};
	};
	return { job, waiting, started };
}

function at<T>(items: readonly T[], index: number): T {
	const item = items[index];
	if (item === undefined) throw new Error(`The seed has no item ${index}.`);
	return item;
}
