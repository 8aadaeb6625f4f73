/** Who may call what: the two-part rule of the service (contract 3.2, 3.5, 3.6, 3.8). */

/** Every scope is this prefix and a short name (contract 1). It identifies; it is never called. */
export const SCOPE_PREFIX = 'https://www.workfloplus.com/auth/';

/** The 26 scopes by short name (contract 3.5). */
export const SCOPES = [
	...['team.admin', 'job.read', 'job.read_all', 'job.modify', 'job.admin', 'query.read', 'query.admin'],
	...['reports.read', 'reports.create', 'reports.modify', 'reports.admin'],
	...['schedule.read', 'schedule.read_all', 'schedule.admin', 'spoke.client'],
	...['teamsettings.read', 'teamsettings.admin', 'trigger.read', 'trigger.admin'],
	...['workflow.read', 'workflow.create', 'workflow.modify', 'workflow.delete'],
	...['workflow.execute', 'workflow.approve', 'workflow.admin'],
] as const;

/** A scope's short name. */
export type Scope = (typeof SCOPES)[number];

/** The five permissions that policies name (contract 3.6). */
export const PERMISSIONS = ['OWNER', 'ADMIN', 'EDITOR', 'APPROVER', 'SPOKE'] as const;

/** A permission of a user or client. Bodies spell it in lower case; compare without case (contract 3.3). */
export type Permission = (typeof PERMISSIONS)[number];

/** A policy: at least one of the scopes and at least one of the permissions. */
export interface Policy {
	readonly scopes: readonly Scope[];
	/** Empty: the permission is not looked at (quirk X5). */
	readonly permissions: readonly Permission[];
}

const owner: readonly Permission[] = ['OWNER'];
const admin: readonly Permission[] = ['OWNER', 'ADMIN'];
const editor: readonly Permission[] = ['OWNER', 'ADMIN', 'EDITOR'];
const approver: readonly Permission[] = ['OWNER', 'ADMIN', 'EDITOR', 'APPROVER'];
const anyone: readonly Permission[] = PERMISSIONS;

/** The 27 policies, row by row as in contract 3.8. */
export const POLICIES = {
	Client_Admin: policy(['team.admin'], owner),
	Job_Modify: policy(['job.modify', 'job.admin'], owner),
	Job_Read: policy(['job.read', 'job.read_all', 'job.admin'], admin),
	Job_ReadAll: policy(['job.read_all', 'job.modify', 'job.admin'], admin),
	Query_Admin: policy(['query.admin'], admin),
	Query_Read: policy(['query.read', 'query.admin'], admin),
	Reports_Admin: policy(['reports.admin'], admin),
	Reports_Create: policy(['reports.create', 'reports.admin'], editor),
	Reports_Modify: policy(['reports.modify', 'reports.admin'], admin),
	Reports_Read: policy(['reports.read', 'reports.create', 'reports.admin'], editor),
	Schedule_Admin: policy(['schedule.admin'], admin),
	Schedule_Read: policy(['schedule.read', 'schedule.read_all', 'schedule.admin'], admin),
	Schedule_ReadAll: policy(['schedule.read_all', 'schedule.admin'], admin),
	Spoke_Client: policy(['spoke.client'], ['SPOKE']),
	Team_Admin: policy(['team.admin'], admin),
	TeamSettings_Admin: policy(['teamsettings.admin'], admin),
	TeamSettings_Read: policy(['teamsettings.read', 'teamsettings.admin'], approver),
	Trigger_Admin: policy(['trigger.admin'], admin),
	Trigger_Execute: policy(['workflow.execute', 'workflow.admin'], admin),
	Trigger_Read: policy(['trigger.read', 'trigger.admin'], admin),
	Workflow_Admin: policy(['workflow.admin'], admin),
	Workflow_Approve: policy(['workflow.approve'], ['APPROVER']),
	Workflow_Create: policy(['workflow.create', 'workflow.admin'], editor),
	Workflow_Delete: policy(['workflow.delete', 'workflow.admin'], editor),
	Workflow_Execute: policy(['workflow.execute'], []),
	Workflow_Modify: policy(['workflow.modify', 'workflow.admin'], editor),
	Workflow_Read: policy(['workflow.read', 'workflow.execute', 'workflow.admin', 'spoke.client'], anyone),
} as const satisfies Record<string, Policy>;

/** Name of one of the 27 policies. */
export type PolicyName = keyof typeof POLICIES;

/** What an endpoint asks of its caller: a policy, just a live token, or nothing yet (the token endpoint). */
export type Access = PolicyName | 'Any Valid Token' | 'Client Credentials';

/** Who is asking: the scopes come from the token, the permissions from the server's own books (contract 3.2). */
export interface Principal {
	kind: 'client' | 'user';
	id: string;
	/** Full scope URIs. */
	scopes: readonly string[];
	permissions: readonly Permission[];
}

/** True when the principal passes, i.e. has one of the scopes *and* one of the permissions (contract 3.2). */
export function passes(access: Access, principal: Principal): boolean {
	if (access === 'Any Valid Token' || access === 'Client Credentials') return true;
	const { scopes, permissions }: Policy = POLICIES[access];
	const scoped = scopes.some((scope) => principal.scopes.includes(scopeUri(scope)));
	const permitted =
		permissions.length === 0 || permissions.some((permission) => principal.permissions.includes(permission));
	return scoped && permitted;
}

/** The scope as tokens and client registrations spell it (contract 3.5). */
export function scopeUri(scope: Scope): string {
	return SCOPE_PREFIX + scope;
}

/** True for one of the 26 scopes, spelled as a full URI. */
export function isScopeUri(value: string): boolean {
	return SCOPES.some((scope) => scopeUri(scope) === value);
}

/** The permission behind any spelling of it, or undefined. */
export function toPermission(value: string): Permission | undefined {
	return PERMISSIONS.find((permission) => permission === value.toUpperCase());
}

function policy(scopes: readonly Scope[], permissions: readonly Permission[]): Policy {
	return { scopes, permissions };
}
