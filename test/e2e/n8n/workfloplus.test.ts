import { waitFor } from '../shared/waitFor';
import { errorOf, itemsOf, type Credential } from './driver';
import { items, located, manualTrigger, ours, type NodeSpec } from './workflows';
import { FIRST_START_MS, startWorld, type World } from './world';

let world: World;

beforeAll(async () => {
	world = await startWorld({ limits: 'off', entries: 1 });
}, FIRST_START_MS);
afterAll(async () => await world?.stop());

/** The seed's clients: the first may do everything, the second may not schedule. */
async function client(index = 0, change: Record<string, string> = {}): Promise<Credential> {
	const { id, secret } = world.sandbox.workfloplusClients[index] ?? { id: '', secret: '' };
	const { accounts, gateway } = world.sandbox.addresses.workfloplus;
	const data = {
		clientId: id,
		clientSecret: secret,
		accountsUrl: accounts,
		gatewayUrl: `${gateway}/`,
		...change,
	};
	return await world.n8n.createCredential('workfloPlusOAuth2Api', data);
}

function schedule(parameters: Record<string, unknown>, credential: Credential): NodeSpec {
	return ours('workfloPlus', { resource: 'scheduledJob', operation: 'create', ...parameters }, credential);
}

const state = () => world.sandbox.workfloplus.admin.state();

describe('A workflow in a real n8n', () => {
	it('reads the users of the team', async () => {
		const users = ours(
			'workfloPlus',
			{ resource: 'user', operation: 'getMany', returnAll: true },
			await client(),
		);
		const execution = await world.n8n.run('users', [manualTrigger(), users]);
		expect(itemsOf(execution, 'Node').map(({ json }) => json)).toEqual(state().users);
	});

	it('gives as many users as were asked for', async () => {
		const parameters = { resource: 'user', operation: 'getMany', returnAll: false, limit: 2 };
		const execution = await world.n8n.run('two', [
			manualTrigger(),
			ours('workfloPlus', parameters, await client()),
		]);
		expect(itemsOf(execution, 'Node').map(({ json }) => json)).toEqual(state().users.slice(0, 2));
	});

	it('plans a job for somebody, once, with what was entered', async () => {
		const [workflow] = state().workflows;
		const [, user] = state().users;
		const before = state().scheduledJobs.length;
		const spec = schedule(
			{
				name: 'Inspect pump 7',
				workflow: located('list', workflow?.workflowId ?? ''),
				assignedUsers: [user?.userId],
				additionalFields: { description: 'Quarterly', dueDate: '2026-12-01T08:00:00', priority: true },
			},
			await client(),
		);
		const [item] = itemsOf(await world.n8n.run('plan', [manualTrigger(), spec]), 'Node');
		const jobs = state().scheduledJobs;
		expect(jobs).toHaveLength(before + 1);
		expect(item?.json).toEqual(jobs.find(({ jobId }) => jobId === item?.json.jobId));
		expect(item?.json).toMatchObject({
			name: 'Inspect pump 7',
			description: 'Quarterly',
			priority: true,
			assignedUserIds: [user?.userId],
			dueByDate: expect.stringMatching(/^2026-12-01T08:00:00(\.0+)?Z$/) as string,
			tasks: [{ artifactId: workflow?.workflowId }],
		});
	});

	it('plans one job for each item, with one token for all of them', async () => {
		const [workflow] = state().workflows;
		const before = world.sandbox.workfloplus.stats().tokensIssued;
		const spec = schedule(
			{
				name: '={{ $json.name }}',
				workflow: located('id', workflow?.workflowId ?? ''),
				assignedUsers: [],
				additionalFields: {},
			},
			await client(),
		);
		const input = items([{ name: 'One' }, { name: 'Two' }, { name: 'Three' }]);
		const output = itemsOf(await world.n8n.run('three', [manualTrigger(), input, spec]), 'Node');
		expect(output.map(({ json, pairedItem }) => [json.name, pairedItem])).toEqual([
			['One', { item: 0 }],
			['Two', { item: 1 }],
			['Three', { item: 2 }],
		]);
		expect(world.sandbox.workfloplus.stats().tokensIssued - before).toBeLessThanOrEqual(1);
	});

	it('renews a token that was revoked, once', async () => {
		const users = ours(
			'workfloPlus',
			{ resource: 'user', operation: 'getMany', returnAll: true },
			await client(),
		);
		itemsOf(await world.n8n.run('before', [manualTrigger(), users]), 'Node');
		world.sandbox.workfloplus.admin.revokeTokens();
		const before = world.sandbox.workfloplus.stats().tokensIssued;
		itemsOf(await world.n8n.run('after', [manualTrigger(), users]), 'Node');
		expect(world.sandbox.workfloplus.stats().tokensIssued - before).toBe(1);
	});
});

describe('A cancelled execution', () => {
	it('that had sent a job says in the log of n8n that it may have been created, and sends no other', async () => {
		const [workflow] = state().workflows;
		const name = 'Cancelled';
		const parameters = { name, workflow: located('id', workflow?.workflowId ?? ''), assignedUsers: [] };
		const spec = schedule({ ...parameters, additionalFields: {} }, await client());
		const before = state().requests;
		world.sandbox.workfloplus.admin.planFault({ method: 'POST', path: '/scheduledjobs', hang: true });
		const created = await world.n8n.createWorkflow('cancelled', [manualTrigger(), spec]);
		const id = await world.n8n.startWorkflow(created);
		await waitFor(() => state().requests > before, { what: 'the job to be sent' });
		await new Promise((resolve) => setTimeout(resolve, 1_000));
		await world.n8n.stopExecution(id);
		// n8n keeps of a cancelled execution that it was cancelled, and nothing that a node still had to say.
		expect((await world.n8n.finished(id)).status).toBe('canceled');
		await waitFor(() => world.host.log.includes('It may have been created: look before you repeat.'), {
			what: 'the message in the log',
		});
		expect(state().scheduledJobs.filter((job) => job.name === name)).toHaveLength(0);
	});
});

describe('The lists of the dialog', () => {
	it('show the workflows, narrowed by what is typed', async () => {
		const spec = schedule({}, await client());
		const { results } = await world.n8n.locator(spec, 'searchWorkflows');
		const shown = state().workflows.filter(({ isArchived }) => !isArchived);
		expect(results.map(({ name, value }) => [name, value])).toEqual(shown.map((w) => [w.name, w.workflowId]));
		const wanted = shown[1]?.name ?? '';
		const narrowed = await world.n8n.locator(spec, 'searchWorkflows', wanted.slice(0, 4).toUpperCase());
		expect(narrowed.results.map(({ name }) => name)).toContain(wanted);
	});

	it('show the people who can be given a job', async () => {
		const options = await world.n8n.options(schedule({}, await client()), 'getUsers');
		const people = state().users.filter(({ locked }) => !locked);
		expect(options.map(({ name, value }) => [name, value])).toEqual(people.map((u) => [u.name, u.userId]));
	});
});

describe('A user of n8n is told', () => {
	it('that client ID or secret is wrong', async () => {
		const users = ours(
			'workfloPlus',
			{ resource: 'user', operation: 'getMany' },
			await client(0, { clientSecret: 'wrong' }),
		);
		const execution = await world.n8n.run('wrong', [manualTrigger(), users]);
		expect(errorOf(execution, 'Node').message).toContain('Client ID or client secret is wrong');
		expect(execution.stored).not.toContain(world.sandbox.workfloplusClients[0]?.secret);
	});

	it('which permission the client lacks', async () => {
		const [workflow] = state().workflows;
		const parameters = { name: 'No', workflow: located('id', workflow?.workflowId ?? ''), assignedUsers: [] };
		const execution = await world.n8n.run('forbidden', [
			manualTrigger(),
			schedule(parameters, await client(1)),
		]);
		const { message, description } = errorOf(execution, 'Node');
		expect(message).toBe('This client is not allowed to do that');
		expect(description).toContain('schedule.admin');
	});

	it('that no workflow was chosen, before anything is sent', async () => {
		const before = state().scheduledJobs.length;
		const parameters = { name: 'No', workflow: located('id', '={{ "" }}'), assignedUsers: [] };
		const execution = await world.n8n.run('none', [manualTrigger(), schedule(parameters, await client())]);
		expect(errorOf(execution, 'Node').message).toContain('workflow');
		expect(state().scheduledJobs).toHaveLength(before);
	});
});

describe('The test of a credential', () => {
	it('accepts a right one and refuses a wrong one', async () => {
		const right = await client();
		const { id, secret } = world.sandbox.workfloplusClients[0] ?? { id: '', secret: '' };
		const { accounts, gateway } = world.sandbox.addresses.workfloplus;
		const data = { clientId: id, clientSecret: secret, accountsUrl: accounts, gatewayUrl: gateway };
		expect(await world.n8n.testCredential(right, data)).toMatchObject({ status: 'OK' });
		const wrong = await world.n8n.testCredential(right, { ...data, clientSecret: 'wrong' });
		expect(wrong).toMatchObject({ status: 'Error' });
	});
});
