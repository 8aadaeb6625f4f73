import { errorOf, itemsOf, runOf, type Credential } from './driver';
import { items, located, manualTrigger, ours, type NodeSpec } from './workflows';
import { FIRST_START_MS, startWorld, type World } from './world';

const PRIVATE = 'sandbox-private';
const PUBLIC = 'sandbox-public';

let world: World;

beforeAll(async () => {
	world = await startWorld({ limits: 'off', entries: 60 });
	// A refusal does not tell the limits. Unknown, they would be taken for production's, and the tries after a fault
	// would wait for them.
	itemsOf(await world.n8n.run('limits', [manualTrigger(), node(PUBLIC)]), 'Node');
}, FIRST_START_MS);
afterAll(async () => await world?.stop());
afterEach(() => {
	const { admin } = world.sandbox;
	admin.clearFaults();
	admin.maintenance({ on: false });
	admin.setLimits({ profile: 'off' });
	admin.clearLimits();
});

function node(project: string, credential?: Credential, more: Record<string, unknown> = {}): NodeSpec {
	const parameters = {
		authentication: credential ? 'clientApp' : 'none',
		serverUrl: world.sandbox.addresses.epicollect5,
		resource: 'entry',
		operation: 'getMany',
		project: located('slug', project),
		form: located('list', ''),
		returnAll: true,
		simplify: true,
		...more,
	};
	return ours('epicollect5', parameters, credential);
}

/** Runs it and gives the two lines of the red box. */
async function red(spec: NodeSpec): Promise<[string, string]> {
	const execution = await world.n8n.run('red', [manualTrigger(), spec]);
	const { message, description } = errorOf(execution, 'Node');
	return [message, description ?? ''];
}

const answer = (code: string) => ({
	type: 'status' as const,
	status: 404,
	headers: { 'content-type': 'application/vnd.api+json; charset=utf-8' },
	body: JSON.stringify({ errors: [{ code, title: 'x', source: 'middleware' }] }),
});

describe('A user of n8n is told', () => {
	it('that client ID or secret is wrong', async () => {
		const data = { ...world.app(PRIVATE), clientSecret: 'not-the-secret-of-this-app' };
		const wrong = await world.n8n.createCredential('epicollect5OAuth2Api', data);
		const [message, description] = await red(node(PRIVATE, wrong));
		expect(message).toBe('Client ID or client secret is wrong');
		expect(description).toContain('Details > Apps');
	});

	it('that there is no such project', async () => {
		const [message, description] = await red(node('no-such-project'));
		expect(message).toBe('There is no such project on this server');
		expect(description).toContain('Choose the project from the list');
	});

	it('that a private project needs a client app', async () => {
		const [message, description] = await red(node(PRIVATE));
		expect(message).toBe('This project is private and no client app was given');
		expect(description).toContain('Create a client app');
	});

	it('that the app belongs to another project', async () => {
		const [message] = await red(node(PRIVATE, await world.savedApp('sandbox-other')));
		expect(message).toBe('The client app belongs to another project, or was deleted');
	});

	it('that somebody else uses the same app, when a fresh token is refused as well', async () => {
		const credential = await world.savedApp(PRIVATE);
		world.sandbox.admin.planFault({ kind: 'project', times: 2, fault: answer('ec5_256') });
		const spec = ours(
			'epicollect5',
			{ ...node(PRIVATE).parameters, authentication: 'clientApp', resource: 'project', operation: 'get' },
			credential,
		);
		const before = world.sandbox.stats().tokensIssued;
		const [message, description] = await red(spec);
		expect(message).toBe('Epicollect5 refused the token, and a fresh one too');
		expect(description).toContain('Another program probably uses the same client app');
		expect(world.sandbox.stats().tokensIssued - before).toBeLessThanOrEqual(2);
	});

	it('that the service is being maintained', async () => {
		world.sandbox.admin.maintenance({ on: true });
		const [message, description] = await red(node(PUBLIC));
		expect(message).toBe('Epicollect5 is being maintained');
		expect(description).toContain('Nothing is lost');
	});

	it('that nobody answers at the server URL', async () => {
		const [message, description] = await red(node(PUBLIC, undefined, { serverUrl: 'http://127.0.0.1:9' }));
		expect(message).toBe('No answer from 127.0.0.1:9');
		expect(description).toContain('Check the server URL');
	});

	it('which setting is missing', async () => {
		const [message, description] = await red(node('={{ "" }}'));
		expect(`${message} ${description}`).toContain('Project');
	});

	it.each([
		['createdAfter', '={{ $json.since }}', '"Created After" has no value'],
		['createdBefore', '={{ null }}', '"Created Before" has no value'],
		['uploadedAfter', '={{ DateTime.fromISO("soon") }}', '"Uploaded After" is not a date'],
		['uploadedBefore', '={{ new Date("soon") }}', '"Uploaded Before" is not a date'],
		['uploadedBefore', '={{ Date.now() }}', '"Uploaded Before" is not a date'],
		['title', '={{ $json }}', '"Title Contains" is not a text'],
		['uuid', '={{ [] }}', '"Entry ID" is not a text'],
	])(
		'that the filter %s came to nothing usable with %s, instead of getting all entries',
		async (name, value, message) => {
			const asked = world.sandbox.stats().total;
			expect((await red(node(PUBLIC, undefined, { filters: { [name]: value } })))[0]).toBe(message);
			expect(world.sandbox.stats().total).toBe(asked);
		},
	);

	it.each([
		['form', { form: located('id', '={{ $json.form }}') }, '"Form" has no value'],
		['limit', { returnAll: false, limit: '={{ $json.limit }}' }, '"Limit" is not a whole number above 0'],
		['returnAll', { returnAll: '={{ $json.all }}' }, '"Return All" has no value'],
		['joined', { joined: '={{ "Nested" }}' }, '"Include Child Forms and Branches" is none of its choices'],
		['options', { options: { mapping: located('name', '={{ $json.mapping }}') } }, '"Mapping" has no value'],
		['options', { options: { downloadMedia: '={{ $json.types }}' } }, '"Download Media" has no value'],
		['options', { options: { waitMinutes: '={{ undefined }}' } }, '"Wait at Most (Minutes)" has no value'],
	])('that %s came to nothing, by the name that it has in the dialog', async (_name, more, message) => {
		expect((await red(node(PUBLIC, undefined, more)))[0]).toBe(message);
	});

	it('nothing where dates come from expressions, or were cleared in the dialog', async () => {
		const filters = {
			createdAfter: '={{ DateTime.fromISO("2001-01-01") }}',
			createdBefore: '={{ new Date("2099-01-01") }}',
			...{ uploadedAfter: null, uploadedBefore: '' },
		};
		const more = { filters, form: located('id', null as unknown as string) };
		const execution = await world.n8n.run('dates', [manualTrigger(), node(PUBLIC, undefined, more)]);
		expect(itemsOf(execution, 'Node')).toHaveLength(60);
	});

	it('in an open list, that the limit of the project is used up', async () => {
		world.sandbox.admin.setLimits({ profile: 'production' });
		world.sandbox.admin.setLimitUsed({ bucket: 'project', key: 'sandbox-other', used: 5 });
		const credential = await world.savedApp('sandbox-other');
		await expect(world.n8n.locator(node('sandbox-other', credential), 'searchForms')).rejects.toThrow(
			/limit/i,
		);
	});
});

describe('A run', () => {
	it('waits for the limit, says so, and is complete', async () => {
		world.sandbox.admin.planFault({ kind: 'entries', fault: { type: 'rateLimited', retryAfter: 2 } });
		const execution = await world.n8n.run('wait', [manualTrigger(), node(PUBLIC)]);
		expect(itemsOf(execution, 'Node')).toHaveLength(60);
		const [hint] = runOf(execution, 'Node').hints ?? [];
		expect(hint?.message).toMatch(/Waited [23] s because Epicollect5 limits how often it may be asked\.$/);
	});

	it('tries again after a fault, and does not call that a limit', async () => {
		world.sandbox.admin.planFault({ kind: 'entries', fault: { type: 'reset' } });
		const execution = await world.n8n.run('fault', [manualTrigger(), node(PUBLIC)]);
		expect(itemsOf(execution, 'Node')).toHaveLength(60);
		const [hint] = runOf(execution, 'Node').hints ?? [];
		expect(hint?.message).toMatch(/Epicollect5\. Waited [12] s to try again after a fault\.$/);
	});

	it('goes on with the other items when one fails and the user wants it so', async () => {
		const spec = { ...node(PUBLIC), onError: 'continueRegularOutput' as const };
		spec.parameters.project = located('slug', '={{ $json.project }}');
		const input = items([{ project: PUBLIC }, { project: 'no-such-project' }, { project: PUBLIC }]);
		const execution = await world.n8n.run('continue', [manualTrigger(), input, spec]);
		const output = itemsOf(execution, 'Node');
		expect(output).toHaveLength(121);
		expect(output.map(({ pairedItem }) => pairedItem)).toEqual([
			...Array<unknown>(60).fill({ item: 0 }),
			{ item: 1 },
			...Array<unknown>(60).fill({ item: 2 }),
		]);
		expect(output[60]?.json).toMatchObject({ error: 'There is no such project on this server' });
		const [hint] = runOf(execution, 'Node').hints ?? [];
		expect(hint).toMatchObject({ type: 'warning' });
		expect(hint?.message).toMatch(/^120 entries were read .* 1 of 3 items failed\.$/);
	});

	it('names the item that failed', async () => {
		const spec = node(PUBLIC);
		spec.parameters.project = located('slug', '={{ $json.project }}');
		const input = items([{ project: PUBLIC }, { project: 'no-such-project' }]);
		const execution = await world.n8n.run('item', [manualTrigger(), input, spec]);
		expect(errorOf(execution, 'Node').context).toMatchObject({ itemIndex: 1 });
	});

	it('stops asking when it is cancelled', async () => {
		world.sandbox.admin.planFault({
			kind: 'entries',
			times: 5,
			fault: { type: 'rateLimited', retryAfter: 3 },
		});
		const workflow = await world.n8n.createWorkflow('cancel', [manualTrigger(), node(PUBLIC)]);
		const id = await world.n8n.startWorkflow(workflow);
		await new Promise((resolve) => setTimeout(resolve, 1_500));
		await world.n8n.stopExecution(id);
		const asked = world.sandbox.stats().total;
		expect(['canceled', 'error']).toContain((await world.n8n.finished(id)).status);
		await new Promise((resolve) => setTimeout(resolve, 3_500));
		expect(world.sandbox.stats().total).toBe(asked);
	});
});

describe('Secrets and tokens', () => {
	it('are in no execution, whether it went well or not, and not in the log', async () => {
		const credential = await world.savedApp(PRIVATE);
		const wrong = { ...world.app(PRIVATE), clientSecret: 'not-the-secret-of-this-app' };
		const runs = [
			node(PRIVATE, credential),
			node('no-such-project', credential),
			node(PRIVATE, await world.n8n.createCredential('epicollect5OAuth2Api', wrong)),
			node(
				PRIVATE,
				await world.n8n.createCredential('epicollect5OAuth2Api', {
					...world.app(PRIVATE),
					serverUrl: 'http://127.0.0.1:9',
				}),
			),
		];
		for (const spec of runs) {
			const { stored } = await world.n8n.run('secrets', [manualTrigger(), spec]);
			expect(stored).not.toContain(world.app(PRIVATE).clientSecret);
			expect(stored).not.toContain(wrong.clientSecret);
			expect(stored).not.toMatch(/eyJ[\w-]{10,}\./);
			expect(stored).not.toMatch(/[\w.]+@example\.org/);
		}
		expect(world.host.log).not.toContain(world.app(PRIVATE).clientSecret);
		expect(world.host.log).not.toContain(wrong.clientSecret);
		expect(world.host.log).not.toMatch(/eyJ[\w-]{10,}\./);
	});
});
