import { realClock } from '../../../sandbox/src/shared/clock';
import { listen, type ListeningServer } from '../../../sandbox/src/shared/server';
import { createWorkfloPlus, type WorkfloPlus } from '../../../sandbox/src/workfloplus';
import { waitFor } from '../shared/waitFor';
import { catchAll, debug, inject, scheduledJob, tab, workfloPlusClient } from './flows';
import { newestOrAll, NodeRedHost, type FlowNode } from './host';
import { packedNodes } from './pack';

interface Item {
	value: string;
	label: string;
}

interface Refusal {
	error: { code: string; message: string; hint: string };
}

const STORED = '__PWRD__';

describe.each(newestOrAll)('WorkfloPlus in Node-RED %s', (version) => {
	let service: WorkfloPlus;
	let server: ListeningServer;
	let host: NodeRedHost;

	beforeAll(async () => {
		service = createWorkfloPlus({ clock: realClock() });
		server = await listen(service);
		host = await NodeRedHost.start(version);
		await host.installPack(packedNodes());
	});
	afterAll(async () => {
		await host?.stop();
		await server?.stop();
	});

	const bridge = () => service.clients[0] as WorkfloPlus['clients'][number];
	const reader = () => service.clients[1] as WorkfloPlus['clients'][number];
	const config = (client = bridge()): FlowNode => workfloPlusClient('client', server.url, client);
	const list = async <T>(what: string, body: object): Promise<T> => {
		const answer = await host.admin(`/field-data/workfloplus/${what}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ id: 'client', accountsUrl: server.url, gatewayUrl: server.url, ...body }),
		});
		return (await answer.json()) as T;
	};

	test('the dialog lists users and workflows before anything was deployed', async () => {
		const typed = { id: 'new', clientId: bridge().id, clientSecret: bridge().secret };
		const users = await list<Item[]>('users', typed);
		expect(users.map(({ label }) => label)).toEqual(['Ada Field', 'Bo Walker', 'Chidi Okafor']);
		const workflows = await list<Item[]>('workflows', typed);
		const usable = service.admin.state().workflows.filter(({ isArchived }) => !isArchived);
		expect(workflows.map(({ label }) => label)).toEqual(usable.map(({ name }) => name));
	});

	test('a job is created with the workflow, user and texts of dialog and message', async () => {
		const { users, workflows } = service.admin.state();
		const settings = {
			workflow: workflows[0]?.workflowId,
			assignees: `${users[0]?.userId},${users[1]?.userId}`,
			description: 'description',
			descriptionType: 'msg',
			due: '2026-12-31T16:00:00Z',
			dueType: 'str',
			priority: 'true',
		};
		await host.deploy([
			tab(),
			config(),
			inject('inject', ['job'], 'Inspect pump 7'),
			scheduledJob('job', 'client', ['debug'], settings),
			debug('debug'),
		]);
		const before = service.admin.state().scheduledJobs.length;
		const from = host.comms.events.length;
		await host.inject('inject');
		const shown = JSON.parse(String((await host.debugOf('debug', from)).msg)) as Record<string, unknown>;
		expect(shown).toMatchObject({ topic: 'kept', payload: { name: 'Inspect pump 7', priority: true } });
		const created = service.admin.state().scheduledJobs.slice(before);
		expect(created).toHaveLength(1);
		expect(created[0]).toMatchObject({
			name: 'Inspect pump 7',
			priority: true,
			assignedUserIds: [users[0]?.userId, users[1]?.userId],
			tasks: [{ artifactId: workflows[0]?.workflowId }],
		});
		expect(new Date(String(created[0]?.dueByDate)).toISOString()).toBe('2026-12-31T16:00:00.000Z');
		await host.statusOf('job', ({ text }) => /^Inspect pump 7 · \d\d:\d\d$/.test(text ?? ''), from);
	});

	test('a dead token is renewed once, and nobody notices', async () => {
		const issued = service.stats().tokensIssued;
		service.admin.revokeTokens();
		const from = host.comms.events.length;
		await host.inject('inject');
		await host.debugOf('debug', from);
		expect(service.stats().tokensIssued).toBe(issued + 1);
	});

	test('deploys and a restart keep the token', async () => {
		const issued = service.stats().tokensIssued;
		const flows = await host.json<FlowNode[]>('/flows');
		for (const type of ['full', 'nodes', 'flows', 'reload'] as const) await host.deploy(flows, type);
		await host.restart();
		const from = host.comms.events.length;
		await host.inject('inject');
		await host.debugOf('debug', from);
		expect(service.stats().tokensIssued).toBe(issued);
	});

	test('a stored secret goes to the deployed servers only', async () => {
		const trusted = { clientId: bridge().id, clientSecret: STORED };
		expect(await list<Item[]>('users', trusted)).toHaveLength(3);
		const asked = service.admin.state().requests;
		for (const change of [
			{ accountsUrl: `${server.url}/other` },
			{ gatewayUrl: `${server.url}/other` },
			{ clientId: reader().id },
		]) {
			const refusal = await list<Refusal>('users', { ...trusted, ...change });
			expect(refusal.error).toMatchObject({ code: 'secret_needed', hint: expect.stringContaining('again') });
		}
		expect(service.admin.state().requests).toBe(asked);
	});

	test('a secret is asked for where a connection was imported and never deployed', async () => {
		const refusal = await list<Refusal>('users', { id: 'imported', clientId: STORED, clientSecret: STORED });
		expect(refusal.error).toMatchObject({
			code: 'secret_needed',
			message: 'This connection is not deployed, or is disabled',
		});
	});

	test('a redeploy during a create warns that it may have been created', async () => {
		service.admin.planFault({ path: '/scheduledjobs', method: 'POST', hang: true });
		const asked = service.stats().requests.S8 ?? 0;
		const from = host.comms.events.length;
		await host.inject('inject');
		await waitFor(() => (service.stats().requests.S8 ?? 0) > asked, { what: 'the request' });
		await host.deploy([tab(), config()]);
		const warning = await host.debugOf('job', from);
		expect(String(warning.msg)).toContain('It may have been created: look before you repeat.');
		expect(String(warning.msg)).toContain('Look in WorkfloPlus first');
		service.admin.clearFaults();
	});

	test('what the client lacks is said in the status and to the catch node', async () => {
		const workflow = service.admin.state().workflows[0]?.workflowId;
		await host.deploy([
			tab(),
			config(reader()),
			inject('inject', ['job'], 'Inspect pump 8'),
			scheduledJob('job', 'client', [], { workflow }),
			catchAll('catch', ['caught']),
			debug('caught', 'error'),
		]);
		const from = host.comms.events.length;
		await host.inject('inject');
		const caught = await host.debugOf('caught', from);
		expect(String(caught.msg)).toContain('schedule.admin');
		await host.statusOf('job', ({ fill }) => fill === 'red', from);
	});

	test('neither the flows nor the settings hold the secret or a token', async () => {
		const text = JSON.stringify(await host.json('/flows'));
		expect(text).not.toContain(reader().secret);
		expect(text).not.toContain('credentials');
	});
});
