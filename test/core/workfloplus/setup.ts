import { LimiterRegistry } from '../../../core/http/limiter';
import { clientKey } from '../../../core/auth/clientKey';
import type { Token, TokenStore } from '../../../core/auth/token';
import { TokenKeepers } from '../../../core/auth/tokenKeeper';
import { FieldDataError } from '../../../core/http/errors';
import { Run, type RunOptions } from '../../../core/run';
import { ACCOUNTS_URL, GATEWAY_URL } from '../../../core/workfloplus/address';
import { WorkfloPlusClient } from '../../../core/workfloplus/client';
import { issueWorkfloPlusToken } from '../../../core/workfloplus/token';
import { createWorkfloPlus } from '../../../sandbox/src/workfloplus';
import { VirtualClock } from '../support/clock';
import { SandboxTransport } from '../support/sandboxTransport';

export interface ClientChoice {
	/** 0: the client that may schedule jobs; 1: the one that may not. */
	index?: 0 | 1;
	secret?: string;
}

/** A simulated team, and what a host would have around its clients. */
export function setUp() {
	const clock = new VirtualClock();
	const service = createWorkfloPlus({ clock });
	const transport = new SandboxTransport(clock, { [ACCOUNTS_URL]: service, [GATEWAY_URL]: service });
	const keepers = new TokenKeepers(clock);

	const credentials = ({ index = 0, secret }: ClientChoice = {}) => {
		const app = service.clients[index];
		if (!app) throw new Error(`The sandbox has no client ${index}.`);
		return { clientId: app.id, clientSecret: secret ?? app.secret };
	};
	const issue = (choice?: ClientChoice) =>
		issueWorkfloPlusToken({ transport, clock, accountsUrl: ACCOUNTS_URL, ...credentials(choice) });
	const connect = (choice?: ClientChoice): WorkfloPlusClient => {
		const { clientId, clientSecret } = credentials(choice);
		const keeper = keepers.get(clientKey(ACCOUNTS_URL, clientId, clientSecret));
		const tokens = { keeper, source: { store: memoryStore(), issue: () => issue(choice) } };
		return new WorkfloPlusClient({
			...{ transport, clock, tokens, limiters: new LimiterRegistry(clock) },
			...{ accountsUrl: ACCOUNTS_URL, gatewayUrl: GATEWAY_URL },
		});
	};
	const run = (options?: RunOptions) => new Run(clock, options);
	const pumpJob = () => {
		const { users, workflows } = service.admin.state();
		return {
			name: 'Inspect pump 9',
			workflowIds: [workflows[0]?.workflowId ?? ''],
			assignedUserIds: [users[2]?.userId ?? ''],
		};
	};
	const scheduled = (name = 'Inspect pump 9') =>
		service.admin.state().scheduledJobs.filter((job) => job.name === name).length;
	return { clock, service, transport, keepers, credentials, issue, connect, run, pumpJob, scheduled };
}

export function memoryStore(): TokenStore {
	let kept: Token | undefined;
	return {
		read: async () => await Promise.resolve(kept),
		write: async (token) => {
			kept = await Promise.resolve(token);
		},
	};
}

/** The error that a promise ends with. */
export async function failure(promise: Promise<unknown>): Promise<FieldDataError> {
	const error: unknown = await promise.then(
		() => new Error('It did not fail.'),
		(reason: unknown) => reason,
	);
	if (error instanceof FieldDataError) return error;
	throw error;
}

/** Everything of an error that a host might show or write down, its causes included. */
export function everythingSaid(error: unknown): string {
	if (!(error instanceof Error)) return String(JSON.stringify(error));
	const own = JSON.stringify(error, Object.getOwnPropertyNames(error));
	return [error.message, error.stack, own, JSON.stringify(error), everythingSaid(error.cause)].join('\n');
}
