import type { NewScheduledJob } from '../../../core/workfloplus/types';
import { failure, setUp } from './setup';

const MAY_BE_THERE = 'It may have been created: look before you repeat.';

describe('a scheduled job', () => {
	it('is created from the fewest settings', async () => {
		const { connect, run, service, pumpJob } = setUp();
		const job = await connect().createScheduledJob({ ...pumpJob(), assignedUserIds: undefined }, run());
		expect(job).toEqual(service.admin.state().scheduledJobs.at(-1));
		expect(job).toMatchObject({
			...{ state: 'Scheduled', name: 'Inspect pump 9', description: null, dueByDate: null },
			...{ priority: false, assignedUserIds: [], tasks: [{ taskType: 'Workflow', state: 0 }] },
		});
	});

	it('is created from all of them, one task for each workflow', async () => {
		const { connect, run, service, pumpJob, transport } = setUp();
		const { workflows } = service.admin.state();
		const workflowIds = [workflows[2]?.workflowId ?? '', workflows[0]?.workflowId ?? ''];
		const { assignedUserIds } = pumpJob();
		const job = await connect().createScheduledJob(
			{
				...{ name: ' Round ', description: 'North', priority: true, dueByDate: '2026-12-01T09:30:00+01:00' },
				...{ workflowIds, assignedUserIds: [...assignedUserIds, ...assignedUserIds] },
			},
			run(),
		);
		expect(job).toMatchObject({ name: 'Round', description: 'North', priority: true, assignedUserIds });
		expect(job.tasks.map(({ artifactId }) => artifactId)).toEqual(workflowIds);
		expect(JSON.parse(transport.sent.at(-1)?.body ?? '')).toEqual({
			...{ name: 'Round', description: 'North', priority: true, assignedUserIds },
			dueByDate: '2026-12-01T08:30:00.000Z',
			tasks: workflowIds.map((artifactId) => ({ taskType: 'workflow', artifactId })),
		});
	});

	it('is created once when the token was refused or the limit was used up: nothing had happened', async () => {
		const { connect, run, service, pumpJob, scheduled } = setUp();
		const client = connect();
		await client.users(run());
		service.admin.revokeTokens();
		service.admin.planFault({ path: '/scheduledjobs', status: 429, headers: { 'retry-after': '5' } });
		await client.createScheduledJob(pumpJob(), run());
		expect(service.stats().requests).toMatchObject({ S8: 3 });
		expect(scheduled()).toBe(1);
	});

	it('that is stopped in flight is said to be in doubt, and one stopped before is not', async () => {
		const { connect, run, service, pumpJob, clock, scheduled } = setUp();
		const client = connect();
		await client.users(run());
		service.admin.planFault({ path: '/scheduledjobs', hang: true });
		const stop = new AbortController();
		void clock.sleep(1_000).then(() => stop.abort());
		const error = await failure(client.createScheduledJob(pumpJob(), run({ signal: stop.signal })));
		expect(error).toMatchObject({ kind: 'aborted', code: 'aborted_in_doubt' });
		expect(error.message).toContain(MAY_BE_THERE);
		expect(error.hint).toContain('Look in WorkfloPlus first');
		const before = await failure(client.createScheduledJob(pumpJob(), run({ signal: stop.signal })));
		expect(before).toMatchObject({ kind: 'aborted', code: 'aborted' });
		expect(scheduled()).toBe(0);
	});

	it('waits with all others when one of them was told to wait', async () => {
		const { connect, run, service, clock } = setUp();
		const client = connect();
		await client.users(run());
		service.admin.planFault({ path: '/api/team/user', status: 429, headers: { 'retry-after': '30' } });
		const started = clock.now();
		await Promise.all([client.users(run()), clock.sleep(1_000).then(() => client.workflows(run()))]);
		expect(clock.now() - started).toBeGreaterThanOrEqual(30_000);
		expect(service.stats().requests).toMatchObject({ U1: 3, W1: 1 });
	});

	it.each([
		['the connection breaks', { reset: true }, 'network'],
		['no answer comes', { hang: true }, 'network'],
		['the server fails', { status: 500 }, 'api'],
		['half an answer comes', { status: 200, body: '{"jobId": "64a1' }, 'api'],
		['another answer comes', { status: 200, body: {} }, 'api'],
		['an empty answer comes', { status: 204 }, 'api'],
	])('is never sent twice when it may have arrived: %s', async (_what, fault, kind) => {
		const { connect, run, service, pumpJob } = setUp();
		service.admin.planFault({ path: '/scheduledjobs', ...fault });
		const error = await failure(connect().createScheduledJob(pumpJob(), run()));
		expect(error.kind).toBe(kind);
		expect(error.message).toContain(MAY_BE_THERE);
		expect(service.stats().requests).toEqual({ C2: 1, S8: 1 });
	});

	it.each([
		['the service refused it', { path: '/scheduledjobs', status: 400 }],
		['there was no token to send it with', { path: '/connect/token', reset: true }],
	])('leaves no doubt when %s', async (_what, fault) => {
		const { connect, run, service, pumpJob } = setUp();
		service.admin.planFault(fault);
		const error = await failure(connect().createScheduledJob(pumpJob(), run()));
		expect(error.message).not.toContain(MAY_BE_THERE);
	});

	it('leaves no doubt when no connection was made', async () => {
		const { connect, run, service, transport, pumpJob } = setUp();
		const client = connect();
		await client.users(run());
		jest
			.spyOn(transport, 'request')
			.mockRejectedValueOnce(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }));
		const error = await failure(client.createScheduledJob(pumpJob(), run()));
		expect(error).toMatchObject({ kind: 'network', code: 'ECONNREFUSED' });
		expect(error.message).not.toContain(MAY_BE_THERE);
		expect(service.stats().requests).not.toHaveProperty('S8');
	});
});

describe('a setting that makes no sense', () => {
	it.each<[string, Partial<Record<keyof NewScheduledJob, unknown>>]>([
		['Name', { name: ' ' }],
		['Name', { name: 7 }],
		['Workflow', { workflowIds: [] }],
		['Workflow', { workflowIds: [''] }],
		['Workflow', { workflowIds: undefined }],
		['Description', { description: { text: 'x' } }],
		['Assigned Users', { assignedUserIds: 'ada' }],
		['Assigned Users', { assignedUserIds: [null] }],
		['Due Date', { dueByDate: 'tomorrow' }],
		['Due Date', { dueByDate: '2026-02-31' }],
		['Due Date', { dueByDate: '2026-12-01T25:00:00Z' }],
		['Due Date', { dueByDate: new Date(NaN) }],
		['Due Date', { dueByDate: {} }],
		['Priority', { priority: 'high' }],
	])('is named in the words of the dialog before anything is sent: %s %j', async (field, change) => {
		const { connect, run, transport, pumpJob } = setUp();
		const job = { ...pumpJob(), ...change } as NewScheduledJob;
		expect(await failure(connect().createScheduledJob(job, run()))).toMatchObject({ kind: 'input', field });
		expect(transport.sent).toEqual([]);
	});
});

describe('a due date', () => {
	it.each<[NewScheduledJob['dueByDate'], string | null]>([
		['2026-12-01', '2026-12-01T23:59:00.000Z'],
		['2026-12-01T17:00', '2026-12-01T17:00:00.000Z'],
		['2026-12-01 17:00:30', '2026-12-01T17:00:30.000Z'],
		['2026-12-01T17:00:00.1234567', '2026-12-01T17:00:00.123Z'],
		['2026-12-01T17:00:00z', '2026-12-01T17:00:00.000Z'],
		['2026-12-01T17:00:00-0530', '2026-12-01T22:30:00.000Z'],
		[new Date(Date.UTC(2026, 11, 1)), '2026-12-01T00:00:00.000Z'],
		[Date.UTC(2026, 11, 1), '2026-12-01T00:00:00.000Z'],
		['', null],
		[null, null],
		[undefined, null],
	])('%s is sent as %s', async (dueByDate, sent) => {
		const { connect, run, transport, pumpJob } = setUp();
		await connect().createScheduledJob({ ...pumpJob(), dueByDate }, run());
		expect(JSON.parse(transport.sent.at(-1)?.body ?? '')).toMatchObject({ dueByDate: sent });
	});
});
