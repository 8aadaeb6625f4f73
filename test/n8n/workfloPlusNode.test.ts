import type { INodeExecutionData } from 'n8n-workflow';
import { WorkfloPlus } from '../../nodes/WorkfloPlus/WorkfloPlus.node';
import { startSandbox, type Sandbox } from '../../sandbox/src';
import { FakeCredential, fakeDialog, fakeExecution, type FakeOptions } from './fakeHost';

let sandbox: Sandbox;
const node = new WorkfloPlus();

beforeAll(async () => {
	sandbox = await startSandbox({ limits: 'off', entries: 1 });
});
afterAll(async () => await sandbox.stop());

const state = () => sandbox.workfloplus.admin.state();

function client(index: number): FakeCredential {
	const { id, secret } = sandbox.workfloplusClients[index] ?? { id: '', secret: '' };
	const { accounts, gateway } = sandbox.addresses.workfloplus;
	const data = { clientId: id, clientSecret: secret, accountsUrl: accounts, gatewayUrl: gateway };
	return new FakeCredential(data, `${accounts}/connect/token`);
}

interface Result {
	items: INodeExecutionData[];
	hint: string | undefined;
}

async function runWith(
	parameters: Record<string, unknown>,
	more: Partial<FakeOptions> = {},
): Promise<Result> {
	const { context, hints } = fakeExecution({ parameters, credential: client(0), ...more });
	const [items] = await node.execute.call(Object.assign(context, { getTimezone: () => 'Europe/Berlin' }));
	return { items: items ?? [], hint: hints[0]?.message };
}

async function run(parameters: Record<string, unknown>, index = 0): Promise<INodeExecutionData[]> {
	return (await runWith(parameters, { credential: client(index) })).items;
}

function job(more: Record<string, unknown> = {}): Record<string, unknown> {
	const value = state().workflows[0]?.workflowId;
	return {
		resource: 'scheduledJob',
		operation: 'create',
		name: 'Replace filter 12',
		workflow: { __rl: true, mode: 'list', value },
		assignedUsers: [],
		additionalFields: {},
		...more,
	};
}

describe('The node WorkfloPlus', () => {
	it('gives the users of the team, or as many as asked for', async () => {
		const all = await run({ resource: 'user', operation: 'getMany', returnAll: true });
		expect(all.map(({ json }) => json)).toEqual(state().users);
		expect(await run({ resource: 'user', operation: 'getMany', returnAll: false, limit: 1 })).toHaveLength(1);
	});

	it('says how many users there are when fewer were asked for', async () => {
		const users = { resource: 'user', operation: 'getMany', returnAll: false };
		const all = state().users.length;
		expect((await runWith({ ...users, limit: 2 })).hint).toBe(
			`The first 2 of ${all} users were read with 1 request to WorkfloPlus.`,
		);
		expect((await runWith({ ...users, limit: all })).hint).toBe(
			`${all} users were read with 1 request to WorkfloPlus.`,
		);
	});

	it.each([NaN, 0, -1])('asks for nothing when the limit is %p', async (limit) => {
		const before = state().requests;
		const failure = run({ resource: 'user', operation: 'getMany', returnAll: false, limit });
		await expect(failure).rejects.toMatchObject({
			message: '"Limit" is not a whole number above 0',
			description: expect.stringContaining('Setting: Limit') as string,
		});
		expect(state().requests).toBe(before);
	});

	it('says that the job may have been created when the execution is cancelled before the answer', async () => {
		sandbox.workfloplus.admin.planFault({ method: 'POST', path: '/scheduledjobs', hang: true });
		const stop = new AbortController();
		setTimeout(() => stop.abort(), 400);
		const failure: unknown = await runWith(job(), { signal: stop.signal }).catch((error: unknown) => error);
		expect((failure as Error).message).toMatch(/stopped before it was finished.*may have been created/);
		expect((failure as { description: string }).description).toContain('Look in WorkfloPlus');
	});

	it("plans a job, due by the user's clock", async () => {
		const userId = state().users[0]?.userId ?? '';
		const additionalFields = { dueDate: '2026-12-01T08:00:00', priority: true, description: 'Soon' };
		const [item] = await run(job({ assignedUsers: [userId], additionalFields }));
		expect(state().scheduledJobs).toContainEqual(item?.json);
		expect(item?.json).toMatchObject({
			name: 'Replace filter 12',
			assignedUserIds: [userId],
			priority: true,
			description: 'Soon',
			dueByDate: expect.stringMatching(/^2026-12-01T07:00:00/) as string,
		});
	});

	it('takes blanks that were typed for a field that was left empty', async () => {
		const additionalFields = { dueDate: ' ', description: ' ' };
		const { items } = await runWith(job({ additionalFields }), { entered: { additionalFields } });
		expect(items[0]?.json).toMatchObject({ description: null, dueByDate: null });
	});

	it('sends nothing when something is missing', async () => {
		const before = state().requests;
		await expect(run(job({ name: ' ' }))).rejects.toThrow('The Name is missing');
		await expect(run(job({ workflow: { __rl: true, mode: 'id', value: '' } }))).rejects.toThrow(
			'No workflow',
		);
		expect(state().requests).toBe(before);
	});

	it('says which permission the client lacks', async () => {
		const failure: unknown = await run(job(), 1).catch((error: unknown) => error);
		expect(failure).toMatchObject({ message: 'This client is not allowed to do that' });
		expect((failure as { description: string }).description).toContain('schedule.admin');
	});
});

describe('Its lists', () => {
	const { getUsers } = node.methods.loadOptions;
	const { searchWorkflows } = node.methods.listSearch;

	it('show workflows and people by name', async () => {
		const dialog = fakeDialog({ parameters: job(), credential: client(0) });
		const { results } = await searchWorkflows.call(dialog, 'PUMP');
		expect(results.map(({ name }) => name)).toEqual(['Pump inspection']);
		const people = await getUsers.call(dialog);
		expect(people.map(({ value }) => value)).toEqual(state().users.map(({ userId }) => userId));
	});
});
