import type { FaultPlan, FaultQueue, RateLimit, RateLimiter } from './faults';
import { changeQuirks, type Quirks } from './quirks';
import { isScopeUri, SCOPES, scopeUri } from './policies';
import { TOKEN_LIFETIME, type TokenOffice } from './tokens';
import type { Group, ScheduledJob, User, Workflow, World } from './world';

/** Whose tokens an act is about: a client's or user's id, bare or named; absent: everybody's. */
export type Holder = string | { clientId?: string };

/** What the simulated team holds, copied. */
export interface WorldState {
	users: User[];
	groups: Group[];
	workflows: Workflow[];
	scheduledJobs: ScheduledJob[];
	/** Requests so far, the refused and the faulty ones included. */
	requests: number;
}

/** What the admin door can do to the service; each act takes at most one JSON value. */
export type WorkfloPlusAdmin = {
	/** Makes live tokens unknown to the service. */
	revokeTokens(holder?: Holder): { revoked: number };
	/** Ends the life of tokens now, as if their hour were over. */
	expireTokens(holder?: Holder): { expired: number };
	/** A user's token as the developer tools page makes it (contract 3.1); absent scopes: all of them. */
	issueUserToken(args: { userId: string; scopes?: string[] }): { accessToken: string; expiresIn: number };
	/** So many requests per window and address; null: no limit, as at the start. */
	setRateLimit(limit: RateLimit | null): void;
	planFault(plan: FaultPlan): void;
	clearFaults(): void;
	/** Switches documented contradictions (contract 11); answers with all choices. */
	setQuirks(change: Partial<Quirks>): Quirks;
	state(): WorldState;
};

/** The parts of the service that the admin door moves. */
export interface AdminParts {
	world: World;
	tokens: TokenOffice;
	faults: FaultQueue;
	limiter: RateLimiter;
	requestCount(): number;
}

/** The admin door of one service. */
export function createAdmin({ world, tokens, faults, limiter, requestCount }: AdminParts): WorkfloPlusAdmin {
	return {
		revokeTokens: (holder) => ({ revoked: tokens.revoke(holderId(holder)) }),
		expireTokens: (holder) => ({ expired: tokens.expire(holderId(holder)) }),
		issueUserToken: ({ userId, scopes = SCOPES.map(scopeUri) }) => {
			if (!world.users.some((user) => user.shown.userId === userId)) throw new Error(`No user ${userId}.`);
			const unknown = scopes.find((scope) => !isScopeUri(scope));
			if (unknown !== undefined) throw new Error(`No scope ${unknown}.`);
			return { accessToken: tokens.issue({ kind: 'user', id: userId, scopes }), expiresIn: TOKEN_LIFETIME };
		},
		setRateLimit: (limit) => limiter.set(limit),
		planFault: (plan) => faults.plan(plan),
		clearFaults: () => faults.clear(),
		setQuirks: (change) => {
			changeQuirks(world.quirks, change);
			return { ...world.quirks };
		},
		state: () =>
			structuredClone({
				users: world.users.map((user) => user.shown),
				groups: world.groups,
				workflows: world.workflows,
				scheduledJobs: world.scheduledJobs,
				requests: requestCount(),
			}),
	};
}

function holderId(holder: Holder | undefined): string | undefined {
	return typeof holder === 'object' ? holder.clientId : holder;
}
