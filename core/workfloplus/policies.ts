/** Who may call what: the two-part rule of the service (contract 3.2, 3.5, 3.6, 3.8). */

/** A scope's short name, one of 26 (contract 3.5): what stands behind `https://www.workfloplus.com/auth/`. */
export type Scope =
	| 'team.admin'
	| `job.${'read' | 'read_all' | 'modify' | 'admin'}`
	| `query.${'read' | 'admin'}`
	| `reports.${'read' | 'create' | 'modify' | 'admin'}`
	| `schedule.${'read' | 'read_all' | 'admin'}`
	| 'spoke.client'
	| `teamsettings.${'read' | 'admin'}`
	| `trigger.${'read' | 'admin'}`
	| `workflow.${'read' | 'create' | 'modify' | 'delete' | 'execute' | 'approve' | 'admin'}`;

/** What a user or a client may do, as policies spell it (contract 3.6). Client registrations use lower case. */
export type Permission = 'OWNER' | 'ADMIN' | 'EDITOR' | 'APPROVER' | 'SPOKE';

/** Passes whoever has at least one of the scopes *and* at least one of the permissions. */
export interface Policy {
	readonly scopes: readonly Scope[];
	/** Empty: no permission is needed, as far as is known (X5). */
	readonly permissions: readonly Permission[];
}

const OWNER = ['OWNER'] as const;
const ADMIN = ['OWNER', 'ADMIN'] as const;
const EDITOR = ['OWNER', 'ADMIN', 'EDITOR'] as const;
const APPROVER = ['OWNER', 'ADMIN', 'EDITOR', 'APPROVER'] as const;
const ANYONE = ['OWNER', 'ADMIN', 'EDITOR', 'APPROVER', 'SPOKE'] as const;

/** The 27 policies, row by row as printed (contract 3.8), odd ones included. */
export const POLICIES = {
	Client_Admin: policy(['team.admin'], OWNER),
	Job_Modify: policy(['job.modify', 'job.admin'], OWNER),
	Job_Read: policy(['job.read', 'job.read_all', 'job.admin'], ADMIN),
	Job_ReadAll: policy(['job.read_all', 'job.modify', 'job.admin'], ADMIN),
	Query_Admin: policy(['query.admin'], ADMIN),
	Query_Read: policy(['query.read', 'query.admin'], ADMIN),
	Reports_Admin: policy(['reports.admin'], ADMIN),
	Reports_Create: policy(['reports.create', 'reports.admin'], EDITOR),
	Reports_Modify: policy(['reports.modify', 'reports.admin'], ADMIN),
	Reports_Read: policy(['reports.read', 'reports.create', 'reports.admin'], EDITOR),
	Schedule_Admin: policy(['schedule.admin'], ADMIN),
	Schedule_Read: policy(['schedule.read', 'schedule.read_all', 'schedule.admin'], ADMIN),
	Schedule_ReadAll: policy(['schedule.read_all', 'schedule.admin'], ADMIN),
	Spoke_Client: policy(['spoke.client'], ['SPOKE']),
	Team_Admin: policy(['team.admin'], ADMIN),
	TeamSettings_Admin: policy(['teamsettings.admin'], ADMIN),
	TeamSettings_Read: policy(['teamsettings.read', 'teamsettings.admin'], APPROVER),
	Trigger_Admin: policy(['trigger.admin'], ADMIN),
	Trigger_Execute: policy(['workflow.execute', 'workflow.admin'], ADMIN),
	Trigger_Read: policy(['trigger.read', 'trigger.admin'], ADMIN),
	Workflow_Admin: policy(['workflow.admin'], ADMIN),
	Workflow_Approve: policy(['workflow.approve'], ['APPROVER']),
	Workflow_Create: policy(['workflow.create', 'workflow.admin'], EDITOR),
	Workflow_Delete: policy(['workflow.delete', 'workflow.admin'], EDITOR),
	Workflow_Execute: policy(['workflow.execute'], []),
	Workflow_Modify: policy(['workflow.modify', 'workflow.admin'], EDITOR),
	Workflow_Read: policy(['workflow.read', 'workflow.execute', 'workflow.admin', 'spoke.client'], ANYONE),
} as const satisfies Record<string, Policy>;

export type PolicyName = keyof typeof POLICIES;

/** What an endpoint asks of its caller: a policy, just a live token of the team, or the client's own credentials. */
export type Access = PolicyName | 'Any Valid Token' | 'Client Credentials';

/**
 * What a 403 means (contract 3.9). The service does not say which half is missing.
 * @returns one sentence, such as "The token lacks the scope schedule.admin, or the client lacks the permission OWNER or
 * ADMIN, for Schedule_Admin."
 */
export function explainRefusal(access: Access): string {
	if (access === 'Client Credentials') return 'This client may not ask for tokens.';
	if (access === 'Any Valid Token') return 'The token is valid, but not for this team.';
	const { scopes, permissions }: Policy = POLICIES[access];
	const scope = `The token lacks the scope ${either(scopes)}`;
	if (permissions.length === 0) return `${scope}, for ${access}.`;
	return `${scope}, or the client lacks the permission ${either(permissions)}, for ${access}.`;
}

function either(words: readonly string[]): string {
	return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words[words.length - 1]}`;
}

function policy(scopes: readonly Scope[], permissions: readonly Permission[]): Policy {
	return { scopes, permissions };
}
