import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startSandbox, type Sandbox } from '../../../sandbox/src';
import { project, tab, type ClientApp } from './flows';
import { newestOrAll, NodeRedHost } from './host';
import { packedNodes } from './pack';

interface Item {
	value: string;
	label: string;
}

interface Refusal {
	error: { code: string; hint: string };
}

const PRIVATE = 'sandbox-private';
const STORED = '__PWRD__';
const tokens = { owner: ['*'], guest: ['read'], nobody: [] };

describe.each(newestOrAll)('The lists of the dialogs in Node-RED %s', (version) => {
	let sandbox: Sandbox;
	let host: NodeRedHost;
	let app: ClientApp;
	/** Somebody else's server: whatever it hears is kept. */
	let stranger: Server;
	const heard: string[] = [];

	beforeAll(async () => {
		sandbox = await startSandbox({ limits: 'off', entries: 10 });
		const { id, secret } = sandbox.admin.addClient({ project: PRIVATE });
		app = { id: String(id), secret };
		stranger = createServer((request, response) => {
			request.on('data', (chunk: Buffer) => heard.push(chunk.toString()));
			heard.push(JSON.stringify(request.headers));
			response.writeHead(404).end();
		});
		await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
		host = await NodeRedHost.start(version, { tokens });
		await host.installPack(packedNodes(), 'owner');
	});
	afterAll(async () => {
		await host?.stop();
		await sandbox?.stop();
		await new Promise((resolve) => stranger.close(resolve));
	});

	async function ask<T>(what: string, body: object, bearer: keyof typeof tokens = 'owner'): Promise<T> {
		const answer = await host.admin(`/field-data/epicollect5/${what}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json', authorization: `Bearer ${bearer}` },
			body: JSON.stringify(body),
		});
		const text = await answer.text();
		return (answer.status === 401 ? 401 : JSON.parse(text)) as T;
	}
	const connection = (changes: object = {}) => ({
		...{ id: 'ec5', baseUrl: sandbox.addresses.epicollect5, project: PRIVATE },
		...{ clientId: app.id, clientSecret: STORED, ...changes },
	});
	const strangerUrl = () => `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`;

	test('projects are found by the beginning of their name, without any client app', async () => {
		const found = await ask<Item[]>('projects', {
			baseUrl: sandbox.addresses.epicollect5,
			search: 'sandbox',
		});
		expect(found.map(({ value }) => value)).toEqual(
			expect.arrayContaining(['sandbox-public', 'sandbox-private', 'sandbox-other']),
		);
	});

	test('the forms of a private project are listed before anything was deployed', async () => {
		const forms = await ask<Item[]>('forms', connection({ id: 'new', clientSecret: app.secret }));
		const known = sandbox.admin.listProjects().find(({ slug }) => slug === PRIVATE)?.forms ?? [];
		expect(forms).toEqual(known.map(({ ref, name }) => ({ value: ref, label: name })));
	});

	describe('with a deployed connection', () => {
		beforeAll(async () => {
			await host.deploy(
				[tab(), project('ec5', sandbox.addresses.epicollect5, PRIVATE, app)],
				'full',
				'owner',
			);
		});

		test('the stored secret is used for the deployed server and client ID', async () => {
			expect(await ask<Item[]>('forms', connection())).toHaveLength(3);
			expect(await ask<Item[]>('forms', connection({ project: 'sandbox-public' }))).toHaveLength(3);
			// The editor has not loaded the credentials: neither was changed.
			expect(await ask<Item[]>('forms', connection({ clientId: STORED }))).toHaveLength(3);
		});

		test('the stored secret is never sent to a changed server, nor for a changed client ID', async () => {
			const elsewhere = await ask<Refusal>('forms', connection({ baseUrl: strangerUrl() }));
			expect(elsewhere.error).toBeDefined();
			const other = await ask<Refusal>('forms', connection({ clientId: '1' }));
			expect(other.error).toMatchObject({ code: 'secret_needed', hint: expect.stringContaining('again') });
			expect(heard.length).toBeGreaterThan(0);
			expect(heard.join('\n')).not.toContain(app.secret);
			expect(heard.join('\n')).not.toMatch(/authorization|client_secret/i);
		});

		test('an environment variable is not read for a connection that is not deployed', async () => {
			const refusal = await ask<Refusal>('forms', connection({ id: 'new', baseUrl: '${PATH}' }));
			expect(refusal.error.code).toBe('deploy_first');
		});

		test('who may only read gets the deployed connection and nothing else', async () => {
			expect(await ask<Item[]>('forms', connection(), 'guest')).toHaveLength(3);
			expect(await ask('forms', connection({ baseUrl: strangerUrl() }), 'guest')).toBe(401);
			expect(await ask('projects', { baseUrl: strangerUrl(), search: 'a' }, 'guest')).toBe(401);
		});

		test('who has no permission gets nothing', async () => {
			expect(await ask('forms', connection(), 'nobody')).toBe(401);
		});
	});
});
