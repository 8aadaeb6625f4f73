import { createHash } from 'node:crypto';
import { itemsOf, type Credential, type Execution } from '../n8n/driver';
import { byId, Expected } from '../n8n/expected';
import { Published, triggerOf } from '../n8n/trigger/published';
import { Sink } from '../n8n/trigger/sink';
import { located, manualTrigger, ours, webhook } from '../n8n/workflows';
import { FIRST_START_MS, startWorld, type World } from '../n8n/world';
import { say } from '../shared/say';

const PRIVATE = 'sandbox-private';
const PUBLIC = 'sandbox-public';
const ENTRIES = 300;

let world: World;
let credential: Credential;

beforeAll(async () => {
	world = await startWorld({ limits: 'off', entries: ENTRIES }, { edition: 'n8n-1' });
	credential = await world.savedApp(PRIVATE);
}, FIRST_START_MS);
afterAll(async () => await world?.stop());
beforeEach(() => world.sandbox.admin.resetStats());

function node(parameters: Record<string, unknown>, app: Credential | undefined = credential) {
	const all = {
		authentication: app ? 'clientApp' : 'none',
		serverUrl: world.sandbox.addresses.epicollect5,
		project: located('slug', app ? PRIVATE : PUBLIC),
		...parameters,
	};
	return ours('epicollect5', all, app);
}

const getMany = (more: Record<string, unknown> = {}) =>
	node({
		...{ resource: 'entry', operation: 'getMany', form: located('list', '') },
		...{ returnAll: true, simplify: true, ...more },
	});

const jsons = (execution: Execution) => itemsOf(execution, 'Node').map(({ json }) => json);

describe('In the last n8n 1', () => {
	it('the entries of a private project are read exactly, by ten executions at once with one token', async () => {
		const expected = byId(new Expected(world.sandbox, PRIVATE).entries('Site'));
		const workflow = await world.n8n.createWorkflow('ten', [webhook('ten'), getMany()]);
		await world.n8n.activate(workflow);
		for (const execution of await world.n8n.callAtOnce(workflow, 'ten', 10)) {
			expect(byId(jsons(execution))).toEqual(expected);
		}
		const cold = world.sandbox.stats().tokensIssued;
		world.sandbox.admin.revokeTokens({ client: Number(world.app(PRIVATE).clientId) });
		for (const execution of await world.n8n.callAtOnce(workflow, 'ten', 10)) {
			expect(jsons(execution)).toHaveLength(ENTRIES);
		}
		const revoked = world.sandbox.stats().tokensIssued - cold;
		say({ shown: 'n8n 1 tokens for 10 executions at once', cold, revoked });
		expect({ cold, revoked }).toEqual({ cold: 1, revoked: 1 });
	});

	it('one entry is got by its ID, with an option, in an n8n that waits for no field which is not there', async () => {
		const [expected] = new Expected(world.sandbox, PRIVATE).entries('Site');
		const parameters = { resource: 'entry', operation: 'get', form: located('list', ''), simplify: true };
		const options = { downloadMedia: ['photo'] };
		const get = node({ ...parameters, entryId: String(expected?.ec5_uuid), options });
		const [json] = jsons(await world.n8n.run('get', [manualTrigger(), get]));
		expect(json).toMatchObject({ ec5_uuid: expected?.ec5_uuid, title: expected?.title });
	});

	it('a credential can be tested, and the lists are filled', async () => {
		const { status } = await world.n8n.testCredential(credential, world.app(PRIVATE));
		expect(status).toBe('OK');
		const { results } = await world.n8n.locator(getMany(), 'searchForms');
		expect(results.map(({ name }) => name)).toEqual(
			new Expected(world.sandbox, PRIVATE).forms.map(({ name }) => name),
		);
	});

	it('an item that cannot be read says what to do', async () => {
		const missing = { ...getMany({ project: located('slug', 'no-such-project') }) };
		const execution = await world.n8n.run('missing', [manualTrigger(), missing]);
		expect(execution.status).toBe('error');
		expect(execution.stored).toContain('no-such-project');
		expect(execution.stored).not.toContain(world.app(PRIVATE).clientSecret);
	});

	it('a file is downloaded as the server has it', async () => {
		const bytes = 1_000_000;
		world.sandbox.admin.addMedia({ project: PUBLIC, name: 'walk.mp4', bytes });
		const parameters = { resource: 'media', operation: 'download', findBy: 'name', fileName: 'walk.mp4' };
		const ofPublic = { ...parameters, authentication: 'none', project: located('slug', PUBLIC) };
		const [item] = itemsOf(await world.n8n.run('file', [manualTrigger(), node(ofPublic)]), 'Node');
		expect(item?.binary?.data).toMatchObject({ fileName: 'walk.mp4', mimeType: 'video/mp4' });
		const address = `${world.sandbox.addresses.epicollect5}/api/media/${PUBLIC}?type=video&format=video&name=walk.mp4`;
		const served = new Uint8Array(await (await fetch(address)).arrayBuffer());
		const sent = await world.n8n.file(item?.binary?.data ?? {});
		expect(sent).toHaveLength(bytes);
		const sha256 = (of: Uint8Array) => createHash('sha256').update(of).digest('hex');
		expect(sha256(sent)).toBe(sha256(served));
	});

	it('the trigger delivers each version once', async () => {
		const sink = await Sink.start();
		try {
			const trigger = triggerOf(world.sandbox.addresses.epicollect5, PRIVATE, {}, credential);
			const flow = await Published.create(world.host, world.n8n, sink, trigger);
			await flow.poll();
			const entry = world.sandbox.admin.addEntry({ project: PRIVATE });
			await flow.poll();
			world.sandbox.admin.advanceClock({ seconds: 600 });
			world.sandbox.admin.editEntry({ project: PRIVATE, uuid: entry.uuid, title: 'edited' });
			await flow.poll();
			await flow.poll();
			await flow.switchOff();
			expect(sink.items.map(({ event, ec5_uuid: uuid }) => [event, uuid])).toEqual([
				['created', entry.uuid],
				['updated', entry.uuid],
			]);
		} finally {
			await sink.stop();
		}
	});
});
