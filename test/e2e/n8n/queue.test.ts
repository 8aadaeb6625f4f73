import { createHash } from 'node:crypto';
import { Postgres, USER } from '../shared/postgres';
import { Redis } from '../shared/redis';
import { say } from '../shared/say';
import { itemsOf, type Credential, type Execution, type Item } from './driver';
import { Published, triggerOf } from './trigger/published';
import { Sink } from './trigger/sink';
import { N8nWorker } from './worker';
import { located, manualTrigger, ours, webhook } from './workflows';
import { FIRST_START_MS, heldEntries, startWorld, type World } from './world';

const PRIVATE = 'sandbox-private';
const ENTRIES = 300;

let postgres: Postgres;
let redis: Redis;
let world: World;
let workers: N8nWorker[] = [];
let credential: Credential;

beforeAll(async () => {
	[postgres, redis] = [await Postgres.start(), await Redis.start()];
	const env = {
		EXECUTIONS_MODE: 'queue',
		QUEUE_BULL_REDIS_HOST: '127.0.0.1',
		QUEUE_BULL_REDIS_PORT: String(redis.port),
		DB_TYPE: 'postgresdb',
		DB_POSTGRESDB_HOST: '127.0.0.1',
		DB_POSTGRESDB_PORT: String(postgres.port),
		DB_POSTGRESDB_DATABASE: 'postgres',
		DB_POSTGRESDB_USER: USER,
		N8N_DEFAULT_BINARY_DATA_MODE: 'database',
	};
	world = await startWorld({ limits: 'off', entries: ENTRIES }, { env });
	workers = await Promise.all([N8nWorker.start(env), N8nWorker.start(env)]);
	credential = await world.savedApp(PRIVATE);
}, FIRST_START_MS);
afterAll(async () => {
	await Promise.all(workers.map(async (worker) => await worker.stop()));
	await world?.stop();
	await redis?.stop();
	await postgres?.stop();
});

function node(parameters: Record<string, unknown>) {
	const project = located('slug', PRIVATE);
	return ours('epicollect5', { authentication: 'clientApp', project, ...parameters }, credential);
}

const getMany = () =>
	node({
		...{ resource: 'entry', operation: 'getMany', form: located('list', '') },
		...{ returnAll: true, simplify: true },
	});

const ids = (execution: Execution) => itemsOf(execution, 'Node').map(({ json }) => json.ec5_uuid);

/** @returns the hash of an item's file as the database holds it */
const heldFile = async (item: Item | undefined): Promise<string | undefined> => {
	const id = String(item?.binary?.data?.id);
	expect(id).toMatch(/^database:/);
	const [kept] = await postgres.query(
		`SELECT encode(sha256(data), 'hex') FROM binary_data WHERE "fileId" = '${id.slice('database:'.length)}'`,
	);
	return kept;
};

describe('With a main process and two workers', () => {
	it('ten executions at once use two tokens at most when there was none, and one when it was revoked', async () => {
		const held = new Set(heldEntries(world.sandbox, PRIVATE).map(({ uuid }) => uuid));
		const workflow = await world.n8n.createWorkflow('ten', [webhook('ten'), getMany()]);
		await world.n8n.activate(workflow);
		const tokensOfTen = async () => {
			const before = world.sandbox.stats().tokensIssued;
			const executions = await world.n8n.callAtOnce(workflow, 'ten', 10);
			for (const execution of executions) {
				expect(ids(execution)).toHaveLength(ENTRIES);
				expect(new Set(ids(execution))).toEqual(held);
			}
			return world.sandbox.stats().tokensIssued - before;
		};
		const cold = await tokensOfTen();
		world.sandbox.admin.revokeTokens({ client: Number(world.app(PRIVATE).clientId) });
		const revoked = await tokensOfTen();
		const shares = workers.map(({ executions }) => executions);
		say({ shown: 'n8n tokens of two workers', cold, revoked, executions: shares });
		expect(Math.min(...shares)).toBeGreaterThan(0);
		expect(cold).toBeGreaterThanOrEqual(1);
		expect(cold).toBeLessThanOrEqual(2);
		expect(revoked).toBe(1);
	});

	it('a token that a worker got serves the main process too', async () => {
		const before = world.sandbox.stats().tokensIssued;
		// What somebody tries in the editor is run by the main process.
		const execution = await world.n8n.run('try', [manualTrigger(), getMany()]);
		expect(ids(execution)).toHaveLength(ENTRIES);
		expect(world.sandbox.stats().tokensIssued).toBe(before);
	});

	it('a file that a worker downloaded is kept in the database, and complete', async () => {
		const bytes = 3_000_000;
		world.sandbox.admin.addMedia({ project: PRIVATE, name: 'long.mp4', bytes });
		const download = node({ resource: 'media', operation: 'download', findBy: 'name', fileName: 'long.mp4' });
		const workflow = await world.n8n.createWorkflow('file', [webhook('file'), download]);
		await world.n8n.activate(workflow);
		const [execution] = await world.n8n.callAtOnce(workflow, 'file', 1);
		const file = execution && itemsOf(execution, 'Node')[0]?.binary?.data;
		expect(file).toMatchObject({ fileName: 'long.mp4', mimeType: 'video/mp4', bytes });
		const kept = await heldFile(execution && itemsOf(execution, 'Node')[0]);
		const sent = await world.n8n.file(file ?? {});
		expect(sent).toHaveLength(bytes);
		expect(createHash('sha256').update(sent).digest('hex')).toBe(kept);
	});

	it('what the trigger reads in the main process a worker delivers, with its photo and no other token', async () => {
		const { sandbox, host, n8n } = world;
		const options = { downloadMedia: ['photo'], mediaFields: 'number' };
		const trigger = triggerOf(sandbox.addresses.epicollect5, PRIVATE, { options }, credential);
		const sink = await Sink.start();
		try {
			const flow = await Published.create(host, n8n, sink, trigger);
			await flow.poll();
			const { inputs } = sandbox.epicollect5.store.bySlug(PRIVATE)!.definition.project.forms[0]!;
			const photo = inputs.find(({ question }) => question === 'Photo of the site')!.ref;
			const content = Buffer.from('a photo of a site');
			sandbox.admin.addMedia({ project: PRIVATE, name: 'here.jpg', content: content.toString('base64') });
			const entry = sandbox.admin.addEntry({ project: PRIVATE, answers: { [photo]: 'here.jpg' } });
			const executed = () => workers.reduce((sum, { executions }) => sum + executions, 0);
			const before = { tokens: sandbox.stats().tokensIssued, executed: executed() };
			await flow.poll();
			expect(sink.items.map(({ event, ec5_uuid: uuid }) => [event, uuid])).toEqual([['created', entry.uuid]]);
			expect({ tokens: sandbox.stats().tokensIssued, executed: executed() }).toEqual({
				...before,
				executed: before.executed + 1,
			});
			const [{ id } = { id: '' }] = await flow.executions();
			const [item] = itemsOf(await n8n.finished(id), trigger.name);
			// Not by n8n's own link: it is of no execution, as all that a poll gets is, and n8n shows the files of executions.
			expect(await heldFile(item)).toBe(createHash('sha256').update(content).digest('hex'));
			await flow.switchOff();
		} finally {
			await sink.stop();
		}
	});
});
