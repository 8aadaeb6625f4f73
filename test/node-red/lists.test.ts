import { STORED } from '../../node-red/shared/lists';
import { realClock } from '../../sandbox/src/shared/clock';
import { listen, type ListeningServer } from '../../sandbox/src/shared/server';
import { startSandbox, type Sandbox } from '../../sandbox/src';
import { createWorkfloPlus, type WorkfloPlus } from '../../sandbox/src/workfloplus';
import { adminDoor, type Stored } from './adminDoor';

interface Line {
	value: string;
	label: string;
}

describe('A list that the editor asks for', () => {
	let service: WorkfloPlus;
	let server: ListeningServer;

	beforeAll(async () => {
		service = createWorkfloPlus({ clock: realClock() });
		server = await listen(service);
	});
	afterAll(() => server.stop());

	const posted = (change: object = {}) => ({
		...{ id: 'c1', accountsUrl: server.url, gatewayUrl: server.url },
		...{ clientId: '7', clientSecret: STORED, ...change },
	});
	const stored = (): Stored => ({
		...{ id: 'c1', type: 'workfloplus-client', accountsUrl: server.url, gatewayUrl: server.url },
	});

	it('names no person by an e-mail address: the label is saved in the flow, and flows are passed on', async () => {
		const person = { username: 'bo@acme.example', emailAddress: 'bo@acme.example', locked: false };
		const body = [
			{ ...person, userId: 'u1', name: 'Walker, Bo' },
			{ ...person, userId: 'u2', name: '' },
			{ ...person, userId: 'u3', name: 'bo@acme.example' },
			{ ...person, userId: 'u4', name: ' ' },
		];
		service.admin.planFault({ path: '/api/team/user', status: 200, body });
		const { id: clientId, secret: clientSecret } = service.clients[0] as WorkfloPlus['clients'][number];
		expect(await adminDoor()('workfloplus/users', posted({ clientId, clientSecret }))).toEqual([
			{ value: 'u1', label: 'Walker, Bo' },
			{ value: 'u2', label: 'u2' },
			{ value: 'u3', label: 'u3' },
			{ value: 'u4', label: 'u4' },
		]);
	});

	it('says that the server has changed where it has', async () => {
		const changed = posted({ accountsUrl: 'https://other.example' });
		const answer = await adminDoor({ deployed: [stored()] })('workfloplus/users', changed);
		expect(answer).toMatchObject({
			error: { code: 'secret_needed', message: 'The server or the client ID has changed' },
		});
	});

	it.each([
		['was imported and never deployed', () => adminDoor()],
		['is disabled', () => adminDoor({ deployed: [stored()], running: [] })],
	])('says that the connection is not deployed where it %s', async (_, door) => {
		const answer = await door()('workfloplus/users', posted());
		expect(answer).toMatchObject({
			error: {
				code: 'secret_needed',
				message: 'This connection is not deployed, or is disabled',
				hint: expect.stringContaining('type client ID and client secret'),
			},
		});
	});
});

describe('The lists that come from a project', () => {
	let sandbox: Sandbox;
	let short: number;
	const ask = async <T = Line[]>(list: string, more: object = {}): Promise<T> => {
		const baseUrl = sandbox.addresses.epicollect5;
		const project = { id: 'p1', baseUrl, project: 'sandbox-public', clientId: '', clientSecret: '' };
		return await adminDoor()<T>(`epicollect5/${list}`, { ...project, ...more });
	};
	const labels = (lines: Line[]): string[] => lines.map(({ label }) => label);

	beforeAll(async () => {
		sandbox = await startSandbox({ limits: 'off', entries: 1 });
		const gone = sandbox.admin.addMapping({ project: 'sandbox-public', name: 'Gone' });
		short = sandbox.admin.addMapping({ project: 'sandbox-public', name: 'Short' });
		sandbox.admin.deleteMapping({ project: 'sandbox-public', index: gone });
	});
	afterAll(() => sandbox.stop());

	it('names mappings by their position, which may have gaps', async () => {
		const mappings = await ask('mappings');
		expect(mappings.at(0)).toEqual({ value: '0', label: 'EC5_AUTO' });
		expect(mappings.at(-1)).toEqual({ value: String(short), label: 'Short' });
	});

	it('names the branches of a form, or of all forms where that is not known yet', async () => {
		const [, visit] = await ask('forms');
		expect(labels(await ask('branches', { form: visit?.value }))).toEqual(['Observations']);
		expect(labels(await ask('branches'))).toEqual(['Trees']);
		expect(labels(await ask('branches', { form: '*' }))).toEqual(['Site: Trees', 'Visit: Observations']);
	});

	it('names the location questions of a form or a branch, those in groups too', async () => {
		const [trees] = await ask('branches');
		expect(labels(await ask('locations'))).toEqual(['Where is it?', 'Sampling point']);
		expect(labels(await ask('locations', { branch: trees?.value }))).toEqual(['Tree position']);
		expect(labels(await ask('media'))).toContain('Photo of the site (Site)');
	});

	it('says that a form is unknown', async () => {
		expect(await ask<object>('branches', { form: 'x' })).toMatchObject({ error: { code: 'ec5_15' } });
	});
});
