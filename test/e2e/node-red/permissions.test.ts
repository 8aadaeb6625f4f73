import { startSandbox, type Sandbox } from '../../../sandbox/src';
import { entries, inject, project, tab, type ClientApp } from './flows';
import { newestOrAll, NodeRedHost, type FlowNode } from './host';
import { packedNodes } from './pack';

const PRIVATE = 'sandbox-private';
const STORED = '__PWRD__';
const users = {
	owner: ['*'],
	writer: ['field-data.read', 'field-data.write'],
	reader: ['field-data.read'],
	/** May look at everything in the editor. */
	guest: ['read'],
	nobody: ['flows.read'],
};
type User = keyof typeof users;

describe.each(newestOrAll)('With users and passwords in Node-RED %s', (version) => {
	let sandbox: Sandbox;
	let host: NodeRedHost;
	let app: ClientApp;
	const bearers = new Map<User, string>();

	beforeAll(async () => {
		sandbox = await startSandbox({ limits: 'off', entries: 10 });
		const { id, secret } = sandbox.admin.addClient({ project: PRIVATE });
		app = { id: String(id), secret };
		host = await NodeRedHost.start(version, { users });
		for (const user of Object.keys(users) as User[]) bearers.set(user, await host.login(user));
		await host.installPack(packedNodes(), bearers.get('owner'));
		await host.deploy(
			[
				...[tab(), project('ec5', sandbox.addresses.epicollect5, PRIVATE, app)],
				...[inject('go', ['read']), entries('read', 'ec5', []), follower('follow')],
			],
			'full',
			bearers.get('owner'),
		);
		await host.inject('go', bearers.get('owner'));
		await host.statusOf('read', ({ fill }) => fill === 'green');
	});
	afterAll(async () => {
		await host?.stop();
		await sandbox?.stop();
	});

	const follower = (id: string): FlowNode => ({
		...{ id, type: 'epicollect5-in', z: 'tab', x: 1, y: 1, schema: 1, project: 'ec5', wires: [[]] },
		...{ poll: 'message', start: 'now' },
	});
	const status = async (user: User, path: string, body: object): Promise<number> => {
		const answer = await host.admin(`/field-data/epicollect5/${path}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json', authorization: `Bearer ${bearers.get(user) ?? ''}` },
			body: JSON.stringify(body),
		});
		await answer.arrayBuffer();
		return answer.status;
	};
	const deployed = () => ({
		...{ id: 'ec5', baseUrl: sandbox.addresses.epicollect5, project: PRIVATE },
		...{ clientId: app.id, clientSecret: STORED },
	});
	const changed = () => ({ ...deployed(), id: 'new', clientSecret: app.secret });

	/** What each user is answered, in the order of `users`. */
	const answers = async (path: string, body: object): Promise<Record<string, number>> => {
		const all = Object.keys(users) as User[];
		return Object.fromEntries(
			await Promise.all(all.map(async (user) => [user, await status(user, path, body)] as const)),
		);
	};
	const whoMayRead = { owner: 200, writer: 200, reader: 200, guest: 200, nobody: 401 };
	const whoMayWrite = { owner: 200, writer: 200, reader: 401, guest: 401, nobody: 401 };

	test.each(['forms', 'branches', 'mappings', 'token', 'test'])(
		'%s of the deployed connection is for who may read',
		async (path) => {
			expect(await answers(path, deployed())).toEqual(whoMayRead);
		},
	);

	test.each(['forms', 'branches', 'mappings', 'token', 'test'])(
		'%s of a connection that was typed is for who may write',
		async (path) => {
			expect(await answers(path, changed())).toEqual(whoMayWrite);
		},
	);

	test('the search of any server is for who may write', async () => {
		const { epicollect5 } = sandbox.addresses;
		expect(await answers('projects', { baseUrl: epicollect5, search: 'sandbox' })).toEqual(whoMayWrite);
	});

	test('a reset is for who may write', async () => {
		expect(await answers('in/reset', { id: 'follow' })).toEqual(whoMayWrite);
	});

	test('who has not logged in gets nothing', async () => {
		for (const path of ['forms', 'test', 'token', 'projects', 'in/reset']) {
			const answer = await host.admin(`/field-data/epicollect5/${path}`, { method: 'POST' });
			expect(answer.status).toBe(401);
		}
	});

	test('no flow and no credential that the editor may ask for holds a secret or a token', async () => {
		const tried = { 'content-type': 'application/json', authorization: `Bearer ${bearers.get('owner')}` };
		for (const address of ['/flows', '/flow/tab', '/flow/global', '/credentials/epicollect5-project/ec5']) {
			const text = await (await host.admin(address, { headers: tried })).text();
			expect(text).not.toContain(app.secret);
			expect(text).not.toMatch(/eyJ[\w-]+\.[\w-]+/);
		}
		expect(host.log).not.toContain(app.secret);
	});
});
