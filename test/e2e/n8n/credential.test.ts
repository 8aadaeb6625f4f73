import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import { injectDomainRestrictionFields, NodeHelpers, type ICredentialType } from 'n8n-workflow';
import { Epicollect5OAuth2Api } from '../../../credentials/Epicollect5OAuth2Api.credentials';
import { say } from '../shared/say';
import { itemsOf, type Credential } from './driver';
import { n8nBinary } from './install';
import { located, manualTrigger, ours } from './workflows';
import { FIRST_START_MS, startWorld, type World } from './world';

const PRIVATE = 'sandbox-private';
const REFUSED = 'Failed to acquire OAuth2 access token: HTTP status';
const NO_JSON = 'Failed to acquire OAuth2 access token: Expected JSON response from OAuth2 token endpoint';

const own = new Epicollect5OAuth2Api();
let world: World;
const servers: Server[] = [];

beforeAll(async () => {
	world = await startWorld({ limits: 'off', entries: 5 });
}, FIRST_START_MS);
afterAll(async () => {
	for (const server of servers) server.close();
	await world?.stop();
});

/** Presses Test. `tokens` were given for it, `asked` how often. */
async function tested(change: Record<string, string> = {}, saved?: Credential) {
	const data = { ...world.app(PRIVATE), ...change };
	const credential = saved ?? (await world.n8n.createCredential('epicollect5OAuth2Api', data));
	const before = tokens();
	const { status, message } = await world.n8n.testCredential(credential, data);
	const result = {
		status,
		message,
		tokens: tokens().given - before.given,
		asked: tokens().asked - before.asked,
	};
	say({ shown: 'n8n credential test', ...result });
	return result;
}

function tokens(): { given: number; asked: number } {
	const { tokensIssued, requests } = world.sandbox.stats();
	return { given: tokensIssued, asked: requests.token ?? 0 };
}

/** A server that is no Epicollect5. @returns its address */
async function other(status: number, type: string, body: string): Promise<string> {
	const server = createServer((_request, response) => {
		response.writeHead(status, { 'content-type': type }).end(body);
	});
	servers.push(server);
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const address = server.address();
	if (typeof address !== 'object' || address === null) throw new Error('No port');
	return `http://127.0.0.1:${address.port}`;
}

async function readProject(credential: Credential): Promise<void> {
	const parameters = {
		...{ authentication: 'clientApp', resource: 'project', operation: 'get', simplify: true },
		project: located('slug', PRIVATE),
	};
	const node = ours('epicollect5', parameters, credential);
	expect(itemsOf(await world.n8n.run('read', [manualTrigger(), node]), 'Node')).toHaveLength(1);
}

describe('The test of a credential', () => {
	it('accepts right ones, for the price of one token', async () => {
		const right = { status: 'OK', message: 'Connection successful!', tokens: 1, asked: 1 };
		expect(await tested()).toEqual(right);
		expect(await tested({ project: PRIVATE })).toEqual(right);
	});

	it('accepts a pasted address of the API and of the project', async () => {
		const { epicollect5 } = world.sandbox.addresses;
		const project = `${epicollect5}/project/${PRIVATE}`;
		expect(await tested({ serverUrl: `${epicollect5}/api/`, project })).toMatchObject({ status: 'OK' });
		const page = `${project}/data?restart=true`;
		expect(await tested({ serverUrl: page, project: page })).toMatchObject({ status: 'OK' });
	});

	it('refuses a wrong secret and a wrong client ID in the words that the dialog explains', async () => {
		const wrong = { status: 'Error', message: `${REFUSED} 400`, tokens: 0, asked: 1 };
		expect(await tested({ clientSecret: 'wrong' })).toEqual(wrong);
		expect(await tested({ clientId: '999' })).toEqual(wrong);
	});

	it('refuses a wrong secret, even when the right one was saved before', async () => {
		const saved = await world.savedApp(PRIVATE);
		await readProject(saved);
		expect(await tested({ clientSecret: 'wrong' }, saved)).toMatchObject({ status: 'Error' });
	});

	it('tells an app of another project from a wrong secret', async () => {
		expect(await tested({ project: 'sandbox-other' })).toEqual({
			status: 'Error',
			message:
				'The app belongs to another project than the one under Project. Client ID and secret are right.',
			...{ tokens: 1, asked: 1 },
		});
	});

	it('tells when there is no such project', async () => {
		expect(await tested({ project: 'nothing' })).toEqual({
			status: 'Error',
			message: 'Client ID and secret are right, but there is no such project on this server.',
			...{ tokens: 1, asked: 1 },
		});
	});

	it('tells when the server is not reached', async () => {
		expect(await tested({ serverUrl: 'http://127.0.0.1:9' })).toEqual({
			status: 'Error',
			message: 'The service refused the connection - perhaps it is offline',
			...{ tokens: 0, asked: 0 },
		});
		expect((await tested({ serverUrl: 'http://no-such-host.invalid' })).message).toContain(
			'The connection cannot be established',
		);
	});

	it.each([
		[404, 'text/html', '<h1>Not Found</h1>', NO_JSON],
		[200, 'text/html', '<title>Another site</title>', NO_JSON],
		[405, 'application/json', '{"message":"no"}', `${REFUSED} 405`],
		[200, 'application/json', '{"ok":true}', 'Unable to sign without access token'],
	])('tells a server that is no Epicollect5: %s %s %s', async (status, type, body, message) => {
		const result = await tested({ serverUrl: await other(status, type, body) });
		expect(result).toMatchObject({ status: 'Error', tokens: 0, asked: 0 });
		expect(result.message).toContain(message);
	});

	it('tells maintenance and a used-up limit of tokens from a wrong secret', async () => {
		const { admin } = world.sandbox;
		admin.maintenance({ on: true });
		expect((await tested()).message).toBe(`${REFUSED} 404`);
		admin.maintenance({ on: false });
		const body = JSON.stringify({ errors: [{ code: 'ec5_255', title: 'x', source: 'rate-limiter' }] });
		const headers = { 'content-type': 'application/vnd.api+json; charset=utf-8' };
		admin.planFault({ kind: 'token', fault: { type: 'status', status: 429, headers, body } });
		expect((await tested()).message).toBe(`${REFUSED} 429`);
	});

	it('leaves the new token to the workflows, and none of them without one', async () => {
		const saved = await world.savedApp(PRIVATE);
		await tested({}, saved);
		const before = tokens();
		await readProject(saved);
		expect(tokens()).toEqual(before);
		// On a credential of its own: n8n's dialog saves before it tests.
		await tested({ clientSecret: 'wrong' });
		await readProject(saved);
		expect(tokens()).toEqual({ given: before.given + 1, asked: before.asked + 2 });
	});

	it('explains the words of n8n where they are read', () => {
		const words = own.properties.find(({ name }) => name === 'testExplanation')?.displayName;
		for (const status of [400, 404, 405, 429]) expect(words).toContain(`"HTTP status ${status}"`);
		expect(words).toContain('"Expected JSON" or "without access token"');
		expect(words).toContain('"refused the connection" or "cannot be established"');
	});

	it("is of three fields and a project, and of n8n's own rule for its node HTTP Request", () => {
		const { OAuth2Api } = createRequire(n8nBinary())(
			'n8n-nodes-base/dist/credentials/OAuth2Api.credentials.js',
		) as {
			OAuth2Api: new () => ICredentialType;
		};
		const properties = [...own.properties];
		for (const inherited of injectDomainRestrictionFields(new OAuth2Api())) {
			if (!inherited.doNotInherit && !properties.some(({ name }) => name === inherited.name)) {
				properties.push(inherited);
			}
		}
		const values = NodeHelpers.getNodeParameters(properties, {}, true, true, null, null) ?? {};
		const shown = properties.filter(
			(property) =>
				!['hidden', 'notice'].includes(property.type) &&
				NodeHelpers.displayParameter(values, property, null, null),
		);
		expect(shown.map(({ displayName }) => displayName)).toEqual([
			...['Server URL', 'Client ID', 'Client Secret', 'Project', 'Allowed HTTP Request Domains'],
		]);
	});

	it('leaves no secret and no token in the log', () => {
		expect(world.host.log).not.toContain(world.app(PRIVATE).clientSecret);
		expect(world.host.log).not.toMatch(/eyJ[\w-]{10,}\./);
	});
});
