import type { SandboxClock } from '../shared/clock';
import type { Ids } from './ids';
import { toPermission, type Permission } from './policies';
import type { Quirks } from './quirks';

/** A user as the service shows it (contract 5.1). */
export interface User {
	userId: string;
	username: string;
	emailAddress: string;
	name: string;
	created: string;
	locked: boolean;
}

/** Flags of users and groups: the second vocabulary of contract 3.7. Only true ones are listed. */
export type Flags = Record<string, true>;

/** A user and what the service keeps to itself. */
export interface StoredUser {
	shown: User;
	/** OWNER is nobody's flag (contract 3.7), so it is kept apart. */
	owner: boolean;
	flags: Flags;
}

/** A group (contract 5.2, G3). */
export interface Group {
	groupId: string;
	teamName: string;
	name: string;
	lowercaseName: string;
	created: string;
	users: string[];
	permissions: Flags;
}

/** One version of a workflow (contract 5.3). */
export interface WorkflowVersion {
	versionId: string;
	fileReference: string;
	fileSize: number;
	uploaded: string;
	authorId: string;
	authorName: string;
	version: number;
	isArchived: boolean;
}

/** A workflow (contract 5.3). */
export interface Workflow {
	workflowId: string;
	created: string;
	lastUpdated: string;
	teamName: string;
	activeVersionId: string;
	name: string;
	description: string;
	isArchived: boolean;
	liveObjectIds: string[];
	/** Not in the vendor's read example (quirk X17). */
	tags: string[];
	versions: WorkflowVersion[];
}

/** One task of a scheduled job (contract 5.6). `state`: 0 not started, 1 active, 2 paused, 3 completed, 4 abandoned. */
export interface ScheduledTask {
	taskType: string;
	taskId: string;
	artifactId: string | null;
	jobId: string | null;
	clientJobId: string | null;
	updated: string | null;
	modified: string | null;
	state: number;
}

/** A scheduled job (contract 5.6). Its `jobId` is its own id, not an executed job's. */
export interface ScheduledJob {
	jobId: string;
	created: string;
	updated: string;
	state: string;
	name: string;
	description: string | null;
	priority: boolean;
	dueByDate: string | null;
	assignedUserIds: string[];
	tasks: ScheduledTask[];
}

/** A registered M2M client (contract 3.3). */
export interface Client {
	clientId: string;
	secretId: string;
	secret: string;
	displayName: string;
	/** Full URIs. */
	scopes: string[];
	/** As registered, usually lower case. */
	permissions: string[];
}

/** Everything that one simulated team holds. */
export interface World {
	readonly clock: SandboxClock;
	readonly ids: Ids;
	readonly quirks: Quirks;
	readonly teamName: string;
	clients: Client[];
	users: StoredUser[];
	groups: Group[];
	workflows: Workflow[];
	scheduledJobs: ScheduledJob[];
}

/** A client's permissions in the spelling of the policies. */
export function clientPermissions(client: Client): Permission[] {
	return client.permissions.flatMap((permission) => toPermission(permission) ?? []);
}

/** A user's permissions: own flags and those of the groups, mapped as contract 3.7 infers. */
export function userPermissions(world: World, user: StoredUser): Permission[] {
	const groups = world.groups.filter((group) => group.users.includes(user.shown.userId));
	const flags = [user.flags, ...groups.map((group) => group.permissions)].flatMap((set) => Object.keys(set));
	const permissions = flags.flatMap((flag) => toPermission(flag) ?? []);
	return [...new Set<Permission>(user.owner ? ['OWNER', ...permissions] : permissions)];
}
