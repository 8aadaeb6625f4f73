import fc from 'fast-check';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { STORED } from '../../node-red/shared/lists';
import { startSandbox, type Sandbox } from '../../sandbox/src';
import { adminDoor, type Stored } from './adminDoor';

const PRIVATE = 'sandbox-private';

interface Answer {
	project?: string;
	token?: string;
	error?: { code: string; message: string; hint: string; field?: string };
}

describe('The Test button of a project', () => {
	let sandbox: Sandbox;
	/** Something that is no Epicollect5; it answers as told and keeps what it hears. */
	let stranger: Server;
	let strangerSays: { status: number; body: string } = { status: 404, body: 'nothing here' };
	const heard: string[] = [];

	beforeAll(async () => {
		sandbox = await startSandbox({ limits: 'off', entries: 20 });
		stranger = createServer((request, response) => {
			request.on('data', (chunk: Buffer) => heard.push(chunk.toString()));
			heard.push(`${request.url} ${JSON.stringify(request.headers)}`);
			response.writeHead(strangerSays.status).end(strangerSays.body);
		});
		await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
	});
	beforeEach(() => {
		sandbox.admin.clearFaults();
		sandbox.admin.resetStats();
		heard.length = 0;
	});
	afterAll(async () => {
		await sandbox.stop();
		await new Promise((resolve) => stranger.close(resolve));
	});

	const newApp = (project = PRIVATE) => {
		const { id, secret } = sandbox.admin.addClient({ project });
		return { number: id, clientId: String(id), clientSecret: secret };
	};
	const press = (change: object, door = adminDoor()): Promise<Answer> =>
		door('epicollect5/test', {
			...{ id: 'ec5', baseUrl: sandbox.addresses.epicollect5, project: PRIVATE },
			...{ clientId: '', clientSecret: '', ...change },
		});
	/** Requests by kind, and tokens that were given. */
	const cost = () => ({ ...sandbox.stats().requests, issued: sandbox.stats().tokensIssued });
	const strangerUrl = () => `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`;

	it('says what it found, for one token before the first deploy and none from then on', async () => {
		const app = newApp();
		expect(await press(app)).toEqual({
			...{ project: 'Sandbox Private', access: 'private', forms: 3, token: 'new' },
			entries: expect.any(Number) as number,
		});
		expect(cost()).toEqual({ version: 1, token: 1, project: 1, issued: 1 });
		sandbox.admin.resetStats();
		expect(await press(app)).toMatchObject({ token: 'kept' });
		expect(cost()).toEqual({ version: 1, project: 1, issued: 0 });
	});

	it('asks for one token where the kept one was revoked', async () => {
		const app = newApp();
		await press(app);
		sandbox.admin.revokeTokens({ client: app.number });
		sandbox.admin.resetStats();
		expect(await press(app)).toMatchObject({ token: 'new' });
		expect(cost()).toEqual({ version: 1, token: 1, project: 2, issued: 1 });
	});

	it('never asks for a second token, even where the fresh one is refused', async () => {
		const body = JSON.stringify({ errors: [{ code: 'ec5_256', title: 'x', source: 'middleware' }] });
		sandbox.admin.planFault({ kind: 'project', fault: { type: 'status', status: 404, body }, times: 9 });
		expect(await press(newApp())).toMatchObject({
			error: { code: 'ec5_256', hint: expect.stringContaining('Another program') },
		});
		expect(cost()).toMatchObject({ token: 1, issued: 1 });
	});

	it('tells of a wrong ID or secret, and asks no more than once however often it is pressed', async () => {
		const wrong = { ...newApp(), clientSecret: 'x'.repeat(40) };
		for (let pressed = 0; pressed < 3; pressed++) {
			expect(await press(wrong)).toMatchObject({
				error: { code: 'ec5_253', message: 'Client ID or client secret is wrong' },
			});
		}
		expect(cost()).toEqual({ version: 3, token: 1, issued: 0 });
	});

	it('tries changed values with a token of their own, whatever is kept', async () => {
		const app = newApp();
		await press(app);
		sandbox.admin.resetStats();
		expect(await press({ ...app, clientSecret: `${app.clientSecret}x` })).toMatchObject({
			error: { code: 'ec5_253' },
		});
		expect(cost()).toMatchObject({ token: 1 });
		// The wrong secret has ended the right one's token; the flows that use it get another one by themselves.
		expect(await press(app)).toMatchObject({ token: 'new' });
	});

	it('tells of the app of another project', async () => {
		expect(await press(newApp('sandbox-other'))).toMatchObject({
			error: { code: 'ec5_257', message: expect.stringContaining('another project') },
		});
		expect(cost()).toEqual({ version: 1, token: 1, project: 1, issued: 1 });
	});

	it.each([
		['an unknown project', { project: 'nowhere' }, 'ec5_11'],
		['no project', { project: ' ' }, 'project'],
		['a private project without an app', { clientId: '', clientSecret: '' }, 'ec5_256'],
		['a client ID without its secret', { clientSecret: '' }, 'client_app'],
		['a secret without its client ID', { clientId: '' }, 'client_app'],
		['a server that is none', { baseUrl: 'five epicollect' }, 'server_url'],
		['an environment variable before the deploy', { baseUrl: '${PATH}' }, 'deploy_first'],
	])('tells of %s without asking for a token', async (_, change, code) => {
		expect(await press({ ...newApp(), ...change })).toMatchObject({ error: { code } });
		expect(sandbox.stats().requests.token).toBeUndefined();
	});

	it('needs no token for a public project', async () => {
		expect(await press({ project: 'sandbox-public' })).toMatchObject({ access: 'public', token: 'none' });
		expect(cost()).toEqual({ version: 1, project: 1, issued: 0 });
	});

	it('tries the app of a public project too', async () => {
		const wrong = { ...newApp('sandbox-public'), clientSecret: 'x'.repeat(40) };
		expect(await press({ ...wrong, project: 'sandbox-public' })).toMatchObject({
			error: { code: 'ec5_253' },
		});
	});

	it('tells of a server that is not reached', async () => {
		expect(await press({ ...newApp(), baseUrl: 'http://127.0.0.1:9' })).toMatchObject({
			error: { code: 'ECONNREFUSED', message: 'No answer from 127.0.0.1:9' },
		});
	});

	it.each([
		[404, 'nothing here', 'no_epicollect5'],
		[401, '', 'no_epicollect5'],
		[200, '{"hello":1}', 'no_epicollect5'],
		[200, '<html></html>', 'unreadable'],
	])('tells of a server that is no Epicollect5: %i %s', async (status, body, code) => {
		strangerSays = { status, body };
		const app = newApp();
		const answer = await press({ ...app, baseUrl: strangerUrl() });
		expect(answer).toMatchObject({ error: { code, hint: expect.stringContaining('server URL') } });
		expect(heard.join()).not.toContain(app.clientSecret);
	});

	it('goes on where an older server cannot tell whether there is the project', async () => {
		sandbox.admin.planFault({ kind: 'version', fault: { type: 'status', status: 500 }, times: 9 });
		expect(await press(newApp())).toMatchObject({ project: 'Sandbox Private' });
	});

	it.each(['test', 'token', 'forms', 'projects'])('answers %s whatever is posted', async (path) => {
		const door = adminDoor();
		const anything = fc.dictionary(
			fc.constantFrom('id', 'baseUrl', 'project', 'clientId', 'clientSecret', 'search', 'form'),
			fc.oneof(fc.anything(), fc.string(), fc.constantFrom('http://[::1', STORED)),
		);
		await fc.assert(
			fc.asyncProperty(fc.oneof(anything, fc.anything()), async (body) => {
				expect(await door(`epicollect5/${path}`, body as object)).toMatchObject({
					error: { code: expect.any(String) },
				});
			}),
			{ numRuns: 200, seed: 3 },
		);
	});

	describe('with a deployed connection', () => {
		let app: ReturnType<typeof newApp>;
		const door = () => {
			const { addresses } = sandbox;
			const stored: Stored = {
				...{ id: 'ec5', type: 'epicollect5-project', baseUrl: addresses.epicollect5, project: PRIVATE },
			};
			return adminDoor({ deployed: [stored], credentials: app });
		};
		beforeAll(() => (app = newApp()));

		it('uses the stored secret for the deployed server and client ID', async () => {
			expect(await press({ clientId: app.clientId, clientSecret: STORED }, door())).toMatchObject({
				project: 'Sandbox Private',
			});
		});

		it.each([
			['another server', () => ({ baseUrl: strangerUrl() })],
			['another client ID', () => ({ clientId: '1' })],
		])('never combines it with %s', async (_, change) => {
			const body = '{"data":{"type":"project-version"}}';
			strangerSays = { status: 200, body };
			const changed = { clientId: app.clientId, clientSecret: STORED, ...change() };
			expect(await press(changed, door())).toMatchObject({
				error: { code: 'secret_needed', field: 'Client secret' },
			});
			expect(sandbox.stats().requests.token).toBeUndefined();
			expect(heard.join()).not.toContain(app.clientSecret);
			expect(heard.join()).not.toMatch(/authorization|client_secret|oauth/i);
		});

		it('shows how its token stands, and never the token', async () => {
			const posted = { id: 'ec5', baseUrl: sandbox.addresses.epicollect5, project: PRIVATE };
			const ask = (change: object) =>
				door()<object | null>('epicollect5/token', {
					...{ ...posted, clientId: app.clientId, clientSecret: STORED, ...change },
				});
			expect(await ask({})).toEqual({
				...{ hasToken: true, askedThisHour: 1, expiresAt: expect.any(Number) as number },
			});
			expect(await ask(newApp())).toEqual({ hasToken: false, askedThisHour: 0 });
			expect(await ask({ clientId: '', clientSecret: '' })).toBeNull();
		});
	});
});
