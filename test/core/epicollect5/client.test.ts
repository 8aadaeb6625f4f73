import { EPICOLLECT5_LIMITS } from '../../../core/epicollect5/limits';
import { EPICOLLECT5_RULES, epicollect5Codes } from '../../../core/epicollect5/rules';
import { classify, type Answer } from '../../../core/http/classify';
import { SLUG, uuid, World } from './support/world';

describe('a project', () => {
	it('is read with one request', async () => {
		const world = new World();
		world.add(3);
		const run = world.run();
		expect(await world.client().project(SLUG, run)).toMatchObject({ slug: SLUG, totalEntries: 3 });
		expect(run.summary.requests).toBe(1);
	});

	it('that is private needs the token', async () => {
		const world = new World({ access: 'private' });
		await expect(world.client().project(SLUG, world.run())).rejects.toMatchObject({ code: 'ec5_256' });
		expect((await world.client(world.tokens()).project(SLUG, world.run())).access).toBe('private');
	});

	it('is not confused with the page of another server', async () => {
		const world = new World();
		world.service.faults.add({
			fault: { type: 'status', status: 200, body: '{"hello":1}' },
			kind: 'project',
		});
		await expect(world.client().project(SLUG, world.run())).rejects.toMatchObject({ code: 'not_a_project' });
	});
});

describe('the search for projects', () => {
	const search = async (world: World, text: string) =>
		await world.client(world.tokens()).searchProjects(text, world.run());

	it('finds by the beginning of the name, private ones too, without a token', async () => {
		const world = new World({ access: 'private' });
		expect(await search(world, ' field ')).toEqual([
			{ name: 'Field Trip', slug: SLUG, ref: world.project.row.ref, access: 'private' },
		]);
		expect(await search(world, 'trip')).toEqual([]);
		expect(world.service.stats.read().requests.token).toBeUndefined();
		expect(world.transport.sent[0]?.headers).not.toHaveProperty('Authorization');
	});

	it.each(['', '   ', '.', '..', '\ud83d', ' \udc00. '])('for %j sends nothing', async (text) => {
		const world = new World();
		expect(await search(world, text)).toEqual([]);
		expect(world.transport.sent).toHaveLength(0);
	});

	it.each(['a/b', '../projects', 'a?exact=true', '50%', 'ü', '…', 'Field\ud83d'])(
		'for %j stays one part of the path',
		async (text) => {
			const world = new World();
			await search(world, text);
			expect(new URL(world.transport.sent[0]?.url ?? '').pathname).toMatch(/^\/api\/projects\/[^/]+$/);
			expect(new URL(world.transport.sent[0]?.url ?? '').search).toBe('');
		},
	);

	it.each([
		'[]',
		'{}',
		'{"data":{}}',
		'{"data":[null,{},{"project":[]},{"project":{"slug":"x"}},{"project":{"name":"x","slug":5}}]}',
	])('takes %s for nothing found', async (body) => {
		const world = new World();
		world.service.faults.add({ fault: { type: 'status', status: 200, body }, kind: 'search' });
		expect(await search(world, 'x')).toEqual([]);
	});

	it('tolerates what is missing', async () => {
		const world = new World();
		const body = '{"data":[{"project":{"name":"N","slug":"n","access":"public","more":1}}]}';
		world.service.faults.add({ fault: { type: 'status', status: 200, body }, kind: 'search' });
		expect(await search(world, 'n')).toEqual([{ name: 'N', slug: 'n', ref: '', access: 'public' }]);
	});
});

describe('whether there is such a project', () => {
	const check = async (world: World, slug = SLUG) => await world.client().checkProject(slug, world.run());

	it('is told for a private one too, without a token and without a scarce request', async () => {
		const world = new World({ access: 'private' });
		await check(world);
		expect(world.service.stats.read().requests).toEqual({ version: 1 });
		expect(world.transport.sent[0]?.headers).not.toHaveProperty('Authorization');
	});

	it('is told for an unknown one', async () => {
		await expect(check(new World(), 'nowhere')).rejects.toMatchObject({ kind: 'notFound', code: 'ec5_11' });
	});

	it.each(['{"hello":1}', '[]', '{"data":[]}'])('is not believed of another server: %s', async (body) => {
		const world = new World();
		world.service.faults.add({ fault: { type: 'status', status: 200, body }, kind: 'version' });
		await expect(check(world)).rejects.toMatchObject({ code: 'no_epicollect5', field: 'Server URL' });
	});
});

describe('the parameters of a request', () => {
	it("are the query's own, always with form and mapping, and none that is empty", async () => {
		const world = new World();
		await world.read({ title: 'x', uuid: uuid(1) });
		expect(Object.fromEntries(world.asked[0] ?? [])).toEqual({
			...{ form_ref: expect.any(String) as string, map_index: '0', title: 'x', uuid: uuid(1) },
			...{ page: '1', per_page: '500', sort_by: 'created_at', sort_order: 'DESC' },
		});
	});
});

describe('the limits', () => {
	it('are those of production, and follow what the server says', async () => {
		expect(EPICOLLECT5_LIMITS).toMatchObject({
			...{
				project: { hits: 5 },
				entries: { hits: 5 },
				media: { hits: 10 },
				token: { hits: 10 },
				app: { hits: 600 },
			},
			publicMedia: { hits: 5, perMs: 1000 },
		});
		const world = new World({ limits: 'code' });
		world.add(6000);
		const { run } = await world.read();
		expect(run.summary.requests).toBe(13);
		expect(run.summary.waitedMs).toBeLessThan(5_000);
	});
});

describe('a refusal', () => {
	const verdict = (status: number, codes: string[], withToken = true) =>
		classify(EPICOLLECT5_RULES, {
			...{ codes, request: 'GET https://ec5.test/x', withToken, now: 0 },
			response: { status, headers: {}, body: '' },
		} satisfies Answer);

	it.each([
		[404, 'ec5_252', 'maintenance', 'retryLater'],
		[404, 'ec5_256', 'auth', 'renewToken'],
		[404, 'ec5_257', 'auth', 'none'],
		[429, 'ec5_255', 'rateLimit', 'waitForLimit'],
		[429, '', 'rateLimit', 'waitForLimit'],
		[400, 'ec5_253', 'auth', 'none'],
		[400, 'ec5_254', 'auth', 'none'],
		[400, 'ec5_261', 'api', 'none'],
		[404, 'ec5_11', 'notFound', 'none'],
		[400, 'ec5_11', 'notFound', 'none'],
		[404, 'ec5_21', 'notFound', 'none'],
		[400, 'ec5_15', 'notFound', 'none'],
		[400, 'ec5_99', 'notFound', 'none'],
		[400, 'ec5_84', 'notFound', 'none'],
		[400, 'ec5_322', 'notFound', 'none'],
		[404, 'ec5_69', 'notUploaded', 'none'],
		[404, 'ec5_77', 'auth', 'none'],
		[400, 'ec5_335', 'api', 'none'],
		[400, 'ec5_79', 'api', 'none'],
		[400, 'ec5_43', 'api', 'none'],
		[422, 'ec5_219', 'notFound', 'none'],
		[404, '', 'api', 'retryLater'],
		[500, '', 'api', 'retryLater'],
		[502, '', 'api', 'retryLater'],
		[302, '', 'api', 'none'],
		[400, 'ec5_29', 'api', 'none'],
		[404, 'ec5_103', 'api', 'none'],
	])('%i %s is %s: %s', (status, code, kind, remedy) => {
		const found = verdict(status, code === '' ? [] : [code]);
		expect(found).toMatchObject({ remedy, error: { kind } });
		if (code !== '') expect(found?.error.code).toBe(code);
		expect(found?.error.hint).not.toBe('');
		expect(found?.error.message).not.toMatch(/ec5_|\.$/);
		expect(found?.error.hint).toMatch(/\.$/);
	});

	it('for want of a token says where to get one', () => {
		expect(verdict(404, ['ec5_256'], false)).toMatchObject({ remedy: 'none', error: { field: 'Client ID' } });
	});

	it('is none where the answer is fine', () => {
		expect(verdict(200, [])).toBeUndefined();
	});

	it.each([
		['{"errors":[{"code":"ec5_29"},{"code":"ec5_27"}]}', ['ec5_29', 'ec5_27']],
		['{"errors":[{"code":5},null,{}]}', []],
		['{"errors":{}}', []],
		['[]', []],
		['<html>', []],
		['', []],
	])('%s has the codes %j', (body, codes) => {
		expect(epicollect5Codes(body)).toEqual(codes);
		expect(epicollect5Codes(new TextEncoder().encode(body))).toEqual(codes);
	});
});
