import registerClient from '../../node-red/nodes/workfloplus-client/runtime';
import registerProject from '../../node-red/nodes/epicollect5-project/runtime';
import { STORED } from '../../node-red/shared/lists';
import { realClock } from '../../sandbox/src/shared/clock';
import { listen, type ListeningServer } from '../../sandbox/src/shared/server';
import { createWorkfloPlus, type WorkfloPlus } from '../../sandbox/src/workfloplus';
import { fakeRed } from './fakes';

type Handler = (request: { body: object }, response: object) => void;
type Stored = Record<string, unknown> & { id: string; type: string };

/** The admin door of a Node-RED in which everybody may do everything; `running` are the deployed config nodes. */
function adminDoor(deployed: readonly Stored[] = [], running = deployed) {
	const routes = new Map<string, Handler>();
	const open = (_request: object, _response: object, next: () => void): void => next();
	const red = fakeRed({
		httpAdmin: { post: (path: string, _guard: unknown, handler: Handler) => routes.set(path, handler) },
		auth: { needsPermission: () => open },
		nodes: {
			registerType: () => undefined,
			eachNode: (each: (node: Stored) => void) => deployed.forEach(each),
			getNode: (id: string) => running.find((node) => node.id === id) ?? null,
			getCredentials: () => ({ clientId: '7', clientSecret: 'stored' }),
		},
	});
	registerClient(red);
	registerProject(red);
	return <T>(path: string, body: object): Promise<T> =>
		new Promise((resolve) => {
			const response = { json: resolve, status: () => response };
			routes.get(`/field-data/${path}`)?.({ body }, response);
		});
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
		const answer = await adminDoor([stored()])('workfloplus/users', changed);
		expect(answer).toMatchObject({
			error: { code: 'secret_needed', message: 'The server or the client ID has changed' },
		});
	});

	it.each([
		['was imported and never deployed', () => adminDoor()],
		['is disabled', () => adminDoor([stored()], [])],
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
