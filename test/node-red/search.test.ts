import register from '../../node-red/nodes/epicollect5-search/runtime';
import type { Message } from '../../node-red/shared/red';
import { startSandbox, type Sandbox } from '../../sandbox/src';
import { fuzz, startNode } from './workers';

describe('The node that searches for projects', () => {
	let sandbox: Sandbox;
	beforeAll(async () => {
		sandbox = await startSandbox({ limits: 'off', entries: 5 });
	});
	beforeEach(() => sandbox.admin.resetStats());
	afterAll(() => sandbox.stop());

	const node = (def: object = {}) =>
		startNode(register, {
			...{ baseUrl: sandbox.addresses.epicollect5, search: 'payload', searchType: 'msg', ...def },
		});
	const search = (message: Message, def: object = {}) => node(def).answer(message);

	it('finds by the beginning of the name, private projects too, with one request and no token', async () => {
		const { sent } = await search({ payload: 'sandbox pri', topic: 'kept' });
		expect(sent).toEqual([
			{
				topic: 'kept',
				payload: [
					{
						...{ name: 'Sandbox Private', slug: 'sandbox-private', access: 'private' },
						ref: sandbox.admin.listProjects().find(({ slug }) => slug === 'sandbox-private')?.ref,
						page: `${sandbox.addresses.epicollect5}/project/sandbox-private`,
					},
				],
			},
		]);
		expect(sandbox.stats().requests).toEqual({ search: 1 });
	});

	it('sends one message for each, ready for a join', async () => {
		const { sent } = await search({ payload: 'Sandbox' }, { output: 'each' });
		expect(sent.map(({ parts }) => parts)).toEqual(
			sent.map((_, index) =>
				expect.objectContaining({ index, ...(index + 1 === sent.length && { count: sent.length }) }),
			),
		);
		expect(sent.length).toBeGreaterThan(2);
	});

	it('sends as the message wants it, and names the words where it wants something else', async () => {
		const def = { output: 'as', outputType: 'msg' };
		expect((await search({ payload: 'Sandbox', as: 'each' }, def)).sent.length).toBeGreaterThan(2);
		expect((await search({ payload: 'Sandbox', as: 'array' }, def)).sent).toHaveLength(1);
		expect((await search({ payload: 'Sandbox' }, def)).sent).toHaveLength(1);
		const { error } = await search({ payload: 'Sandbox', as: 'csv' }, def);
		expect(error?.message).toContain('"Send" is not one of: array, each');
	});

	it('finds nothing without failing', async () => {
		expect((await search({ payload: 'no such name' })).sent).toEqual([{ payload: [] }]);
		expect((await search({ payload: 'no such name' }, { output: 'each' })).sent).toEqual([]);
	});

	it('says so when there is nothing to search for, or not a text', async () => {
		expect((await search({ payload: ' ' })).error).toMatchObject({ code: 'search' });
		expect((await search({ payload: {} })).error).toMatchObject({ code: 'value' });
		expect(sandbox.stats().total).toBe(0);
	});

	it('says so when the server is an environment variable that is not set', async () => {
		expect((await search({ payload: 'x' }, { baseUrl: '${EC5_UNSET}' })).error).toMatchObject({
			code: 'env',
		});
	});

	it('says so when the server is no address', async () => {
		expect((await search({ payload: 'x' }, { baseUrl: 'five' })).error).toMatchObject({ code: 'server_url' });
	});

	it('says that there may be more than the 50 that the service names', async () => {
		for (let i = 0; i < 51; i++) sandbox.admin.addProject({ name: `Many ${i}` });
		const { sent, node: asked } = await search({ payload: 'many' });
		expect(sent[0]?.payload).toHaveLength(50);
		expect(asked.shown.at(-1)?.text).toMatch(/^shared\.status\.firstProjects /);
	});

	it('stops at once when it is redeployed', async () => {
		sandbox.admin.planFault({ kind: 'search', fault: { type: 'hang' } });
		const { node: asked, answer } = node();
		const answered = answer({ payload: 'x' });
		await new Promise((resolve) => setTimeout(resolve, 20));
		await asked.close();
		expect((await answered).sent).toEqual([]);
	});

	it('survives 1,000 messages of any kind', async () => {
		const fixed = { baseUrl: sandbox.addresses.epicollect5 };
		expect(await fuzz(register, { names: ['search', 'output', 'property'], fixed })).toEqual([]);
	}, 60_000);
});
