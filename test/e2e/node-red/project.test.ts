import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ProjectStatistics } from '../../../core/epicollect5/overview';
import { startSandbox, type Sandbox } from '../../../sandbox/src';
import { say } from '../shared/say';
import {
	catchAll,
	debug,
	deleted,
	entries,
	fn,
	httpIn,
	httpResponse,
	inject,
	join,
	project,
	projectInfo,
	search,
	tab,
	type ClientApp,
} from './flows';
import { newestOrAll, NodeRedHost, type FlowNode } from './host';
import { packedNodes } from './pack';

const PRIVATE = 'sandbox-private';
const STORED = '__PWRD__';
const STRANGER = '00000000-0000-4000-8000-000000000000';

interface Found {
	name: string;
	slug: string;
	access: string;
	page: string;
}

describe.each(newestOrAll)('An Epicollect5 project in Node-RED %s', (version) => {
	let sandbox: Sandbox;
	let host: NodeRedHost;
	let app: ClientApp & { number: number };

	beforeAll(async () => {
		sandbox = await startSandbox({ limits: 'off', entries: 600 });
		const { id, secret } = sandbox.admin.addClient({ project: PRIVATE });
		app = { id: String(id), secret, number: id };
		const env = {
			...{ EC5_SERVER: sandbox.addresses.epicollect5, EC5_PROJECT: PRIVATE },
			...{ EC5_ID: app.id, EC5_SECRET: app.secret },
		};
		host = await NodeRedHost.start(version, { env });
		await host.installPack(packedNodes());
	});
	beforeEach(() => {
		sandbox.admin.clearFaults();
		sandbox.admin.resetStats();
	});
	afterAll(async () => {
		await host?.stop();
		await sandbox?.stop();
	});

	const post = async <T>(what: string, change: object = {}): Promise<T> => {
		const posted = { id: 'ec5', baseUrl: sandbox.addresses.epicollect5, project: PRIVATE };
		const body = { ...posted, clientId: app.id, clientSecret: app.secret, ...change };
		const answer = await host.admin(`/field-data/epicollect5/${what}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify(body),
		});
		return (await answer.json()) as T;
	};
	const cost = () => ({ ...sandbox.stats().requests, issued: sandbox.stats().tokensIssued });
	const config = (): FlowNode => project('ec5', sandbox.addresses.epicollect5, PRIVATE, app);
	/** `GET /<url>` → a node → the answer. */
	const asked = (url: string, node: FlowNode): FlowNode[] => [
		...[tab(), config(), httpResponse(), httpIn('in', url, [node.id]), node],
	];
	const known = () => sandbox.admin.listEntries({ project: PRIVATE }).map(({ uuid }) => uuid);

	describe('the connection', () => {
		test('is tested before the first deploy for one token, and then for none', async () => {
			expect(await post('test')).toMatchObject({ project: 'Sandbox Private', forms: 3, token: 'new' });
			expect(cost()).toEqual({ version: 1, token: 1, project: 1, issued: 1 });
			sandbox.admin.resetStats();
			expect(await post('test')).toMatchObject({ token: 'kept' });
			expect(cost()).toEqual({ version: 1, project: 1, issued: 0 });
			say({ shown: 'node-red test button', version, first: 1, again: 0 });
		});

		test('takes every field from the environment, and its dialog its lists, test and token', async () => {
			const names = { baseUrl: '${EC5_SERVER}', project: '${EC5_PROJECT}' };
			const credentials = { clientId: '${EC5_ID}', clientSecret: '${EC5_SECRET}' };
			const stored = { id: 'env', type: 'epicollect5-project', name: '', schema: 1, ...names, credentials };
			const node = projectInfo('told', 'env', ['response'], { part: 'statistics' });
			await host.deploy([tab(), stored, httpResponse(), httpIn('in', '/env', ['told']), node]);
			expect(await host.json('/env')).toMatchObject({ slug: PRIVATE, totalEntries: expect.any(Number) });
			const posted = { id: 'env', ...names, clientId: '${EC5_ID}', clientSecret: STORED };
			expect(await post('forms', posted)).toHaveLength(3);
			expect(await post('test', posted)).toMatchObject({ project: 'Sandbox Private', token: 'kept' });
			expect(await post('token', posted)).toMatchObject({ hasToken: true, askedThisHour: 1 });
			expect(sandbox.stats().tokensIssued).toBe(0);
			const unset = { ...stored, credentials: { ...credentials, clientSecret: '${EC5_UNSET}' } };
			const ends = [
				catchAll('catch', ['told']),
				fn('told', 'msg.payload = msg.error; return msg;', ['response']),
			];
			const asks = projectInfo('asks', 'env', ['response']);
			await host.deploy([tab(), unset, httpResponse(), httpIn('in', '/env', ['asks']), asks, ...ends]);
			sandbox.admin.resetStats();
			expect(await host.json('/env')).toMatchObject({ code: 'env', cause: { field: 'Client secret' } });
			expect(cost()).toEqual({ issued: 0 });
		});

		test('whose test had a wrong secret goes on by itself, with one token more', async () => {
			const node = entries('read', 'ec5', ['response']);
			await host.deploy(asked('/read', node));
			expect(await host.json('/read')).toHaveLength(600);
			sandbox.admin.resetStats();
			const wrong = await post('test', { clientSecret: `${app.secret.slice(1)}x` });
			expect(wrong).toMatchObject({ error: { code: 'ec5_253', hint: expect.stringContaining('which') } });
			expect(cost()).toEqual({ version: 1, token: 1, issued: 0 });
			expect(await host.json('/read')).toHaveLength(600);
			expect(sandbox.stats().tokensIssued).toBe(1);
		});
	});

	test('is told about: numbers, forms, branches, mappings, logo', async () => {
		const forms = sandbox.admin.listProjects().find(({ slug }) => slug === PRIVATE)?.forms ?? [];
		const part = (name: string): FlowNode[] =>
			asked(`/${name}`, projectInfo(name, 'ec5', ['response'], { part: name }));
		await host.deploy(part('statistics'));
		const told = await host.json<ProjectStatistics>('/statistics');
		expect(told.forms.map(({ ref, name, entries: count }) => ({ ref, name, entries: count }))).toEqual(forms);
		expect(told.totalEntries).toBe(forms.reduce((sum, { entries: count }) => sum + count, 0));
		await host.statusOf('statistics', ({ text }) => /^Sandbox Private · \d\d:\d\d$/.test(text ?? ''));
		await host.deploy(part('logo'));
		const logo = Buffer.from(await (await host.admin('/logo')).arrayBuffer());
		expect(logo).toHaveLength(13_000);
		expect(logo.subarray(0, 2).toString('hex')).toBe('ffd8');
	});

	test('is found by the beginning of its name, with nothing set and no token', async () => {
		const each = search('find', sandbox.addresses.epicollect5, ['join'], {
			...{ search: 'payload.begins', output: 'each' },
		});
		await host.deploy([...asked('/find', each), join('join', ['response'])]);
		const found = await host.json<Found[]>('/find?begins=sandbox%20p');
		expect(found.map(({ slug }) => slug).sort()).toEqual([PRIVATE, 'sandbox-public']);
		expect(found[0]?.page).toBe(`${sandbox.addresses.epicollect5}/project/${found[0]?.slug}`);
		expect(cost()).toEqual({ search: 1, issued: 0 });
	});

	test('loses entries, and exactly those come out', async () => {
		const ids = known();
		const gone = [ids[3], ids[599]].map((uuid = '') => {
			sandbox.admin.deleteEntry({ project: PRIVATE, uuid });
			return uuid;
		});
		const node = deleted('gone', 'ec5', ['seen'], { property: 'gone' });
		const set = {
			...{ id: 'set', type: 'change', z: 'tab', x: 1, y: 1, wires: [['gone']] },
			rules: [{ t: 'set', p: 'payload', pt: 'msg', to: JSON.stringify([...ids, STRANGER]), tot: 'json' }],
		};
		await host.deploy([tab(), config(), inject('go', ['set']), set, node, debug('seen', 'gone')]);
		const from = host.comms.events.length;
		await host.inject('go');
		const seen = await host.debugOf('seen', from);
		expect(JSON.parse(String(seen.msg))).toEqual([...gone, STRANGER]);
		await host.statusOf('gone', ({ text }) => /^3 of 601 gone · \d\d:\d\d$/.test(text ?? ''), from);
		say({ shown: 'node-red deleted', version, known: 601, gone: 3 });
	});

	test('that seems to be gone is no reason to call anything deleted: a Catch node gets code and hint', async () => {
		const body = JSON.stringify({ errors: [{ code: 'ec5_11', title: 'gone', source: 'middleware' }] });
		sandbox.admin.planFault({ kind: 'entries', fault: { type: 'status', status: 404, body } });
		const node = deleted('gone', 'ec5', ['seen'], { known: `["${STRANGER}"]`, knownType: 'jsonata' });
		const caught = { id: 'catch', type: 'catch', z: 'tab', x: 1, y: 1, scope: ['gone'], wires: [['seen']] };
		await host.deploy([tab(), config(), inject('go', ['gone']), node, caught, debug('seen')]);
		const from = host.comms.events.length;
		await host.inject('go');
		const message = JSON.parse(String((await host.debugOf('seen', from)).msg)) as Record<string, unknown>;
		expect(message.error).toMatchObject({
			...{ code: 'ec5_11', cause: { code: 'ec5_11', hint: expect.any(String) } },
		});
		await host.statusOf('gone', ({ fill }) => fill === 'red', from);
	});
});

test('where the settings cannot be written the token is kept in memory over deploys, and the log says so', async () => {
	const sandbox = await startSandbox({ limits: 'off', entries: 10, projects: ['private'] });
	const { id, secret } = sandbox.admin.addClient({ project: PRIVATE });
	const host = await NodeRedHost.start('5', { readOnly: true });
	try {
		await host.installPack(packedNodes());
		const config = project('ec5', sandbox.addresses.epicollect5, PRIVATE, { id: String(id), secret });
		for (const name of ['first', 'second']) {
			const node = entries('read', 'ec5', ['response'], { name });
			await host.deploy([tab(), config, httpResponse(), httpIn('in', '/read', ['read']), node]);
			expect(await host.json('/read')).toHaveLength(10);
		}
		expect(sandbox.stats().tokensIssued).toBe(1);
		expect(host.log.split('the access token is kept in memory only')).toHaveLength(2);
		expect(await kept(host.userDir)).not.toContain('fieldDataTokens');
	} finally {
		await host.stop();
		await sandbox.stop();
	}
});

/** All that Node-RED wrote to its own files. */
async function kept(userDir: string): Promise<string> {
	const files = (await readdir(userDir)).filter((name) => /^\.config.*\.json$/.test(name));
	return (await Promise.all(files.map((name) => readFile(path.join(userDir, name), 'utf8')))).join();
}
