import type { SandboxClock } from '../shared/clock';
import type { SandboxRequest, SandboxResponse, SandboxService } from '../shared/types';
import { createAdmin, type WorkfloPlusAdmin } from './admin';
import { forbidden, problem, Problem, unauthorized } from './answers';
import { ENDPOINTS } from './endpoints';
import { FaultQueue, RateLimiter } from './faults';
import { passes } from './policies';
import { createRouter, type Match } from './router';
import { seedWorld } from './seed';
import { principalOf, TokenOffice } from './tokens';
import type { World } from './world';

export type { Holder, WorkfloPlusAdmin, WorldState } from './admin';
export type { FaultPlan, RateLimit } from './faults';
export type { Quirks } from './quirks';
export type { Group, ScheduledJob, ScheduledTask, User, Workflow } from './world';

/** A client as its owner would note it down after registering it (contract 3.3). */
export interface WorkfloPlusClient {
	id: string;
	secret: string;
	/** Full scope URIs. */
	scopes: string[];
	permissions: string[];
}

/** What the service has done so far. */
export interface WorkfloPlusStats {
	tokensIssued: number;
	/** Requests by the contract's endpoint id (`S8`), refused and faulty ones included; `none`: no such endpoint. */
	requests: Record<string, number>;
}

/** How to set up the service. */
export interface WorkfloPlusOptions {
	clock: SandboxClock;
	/** Another seed gives other ids and secrets. */
	seed?: number;
}

/** The simulated service, without a socket. */
export interface WorkfloPlus extends SandboxService {
	admin: WorkfloPlusAdmin;
	/** The seed's clients: first the one that may do everything implemented, then one without schedule.admin. */
	clients: WorkfloPlusClient[];
	stats(): WorkfloPlusStats;
}

/** WorkfloPlus as its contract describes it, in one process: accounts at `/connect` and `/api`, the gateway at `/`. */
export function createWorkfloPlus({ clock, seed = 1 }: WorkfloPlusOptions): WorkfloPlus {
	const world = seedWorld(clock, seed);
	const tokens = new TokenOffice(clock, world.teamName, seed);
	const faults = new FaultQueue();
	const limiter = new RateLimiter(clock);
	const match = createRouter(ENDPOINTS);
	const requests: Record<string, number> = {};

	const answer = (request: SandboxRequest): SandboxResponse => {
		const route = match(request.method, request.path);
		const id = route?.endpoint.id ?? 'none';
		requests[id] = (requests[id] ?? 0) + 1;
		const fault = faults.take(request);
		if (fault !== undefined) return fault;
		limiter.count(request.ip);
		return serve(request, route, world, tokens);
	};
	const requestCount = (): number => Object.values(requests).reduce((sum, count) => sum + count, 0);

	return {
		handle: async (request) => {
			try {
				return answer(request);
			} catch (error) {
				if (error instanceof Problem) return problem(error);
				throw error;
			}
		},
		admin: createAdmin({ world, tokens, faults, limiter, requestCount }),
		clients: world.clients.map(({ clientId, secret, scopes, permissions }) => ({
			id: clientId,
			secret,
			scopes: [...scopes],
			permissions: [...permissions],
		})),
		stats: () => ({ tokensIssued: tokens.issued, requests: { ...requests } }),
	};
}

/** Endpoint, then token, then policy, then the handler (contract 3.2, 3.9). */
function serve(
	request: SandboxRequest,
	route: Match | undefined,
	world: World,
	tokens: TokenOffice,
): SandboxResponse {
	if (route?.endpoint.handler === undefined) {
		throw new Problem(404, `${request.method} ${request.path} does not exist.`);
	}
	const { access, handler } = route.endpoint;
	const call = { request, params: route.params, world, tokens };
	if (access === 'Client Credentials') return handler({ ...call, principal: undefined });
	const grant = tokens.read(request.headers['authorization']);
	const principal = grant && principalOf(world, grant);
	if (principal === undefined) return unauthorized();
	return passes(access, principal) ? handler({ ...call, principal }) : forbidden();
}
