import { NodeApiError, NodeOperationError, type INodeExecutionData } from 'n8n-workflow';
import { Epicollect5 } from '../../nodes/Epicollect5/Epicollect5.node';
import { startSandbox, type Sandbox } from '../../sandbox/src';
import { FakeCredential, fakeDialog, fakeExecution, type FakeOptions } from './fakeHost';

const PRIVATE = 'sandbox-private';
const PUBLIC = 'sandbox-public';

let sandbox: Sandbox;
const node = new Epicollect5();

beforeAll(async () => {
	sandbox = await startSandbox({ limits: 'off', entries: 620 });
});
afterAll(async () => await sandbox.stop());
beforeEach(() => {
	sandbox.admin.resetStats();
	sandbox.admin.clearFaults();
});

function parameters(project: string, more: Record<string, unknown> = {}): Record<string, unknown> {
	return {
		authentication: 'none',
		serverUrl: sandbox.addresses.epicollect5,
		resource: 'entry',
		operation: 'getMany',
		project: { __rl: true, mode: 'slug', value: project },
		form: { __rl: true, mode: 'list', value: '' },
		returnAll: true,
		simplify: true,
		...more,
	};
}

function app(project: string): FakeCredential {
	const client = sandbox.clients.find((candidate) => candidate.project === project);
	const { epicollect5 } = sandbox.addresses;
	const data = { serverUrl: `${epicollect5}/api/`, clientId: client?.id, clientSecret: client?.secret };
	return new FakeCredential(data, `${epicollect5}/api/oauth/token`);
}

async function run(options: FakeOptions): Promise<{ items: INodeExecutionData[]; hint: string | undefined }> {
	const { context, hints } = fakeExecution(options);
	const [items] = await node.execute.call(context);
	return { items: items ?? [], hint: hints[0]?.message };
}

describe('The node Epicollect5', () => {
	it('reads all entries of a private project, each once, with the token that n8n keeps', async () => {
		const credential = app(PRIVATE);
		const more = { authentication: 'clientApp' };
		const { items, hint } = await run({ parameters: parameters(PRIVATE, more), credential });
		const held = sandbox.admin.listEntries({ project: PRIVATE }).map(({ uuid }) => uuid);
		expect(items.map(({ json }) => json.ec5_uuid).sort()).toEqual([...held].sort());
		expect(items.every(({ pairedItem }) => JSON.stringify(pairedItem) === '{"item":0}')).toBe(true);
		expect(hint).toBe('620 entries were read with 3 requests to Epicollect5.');
		expect(credential.renewals).toBe(1);
	});

	it('asks for one token when many executions begin at once', async () => {
		sandbox.admin.revokeTokens({ client: 3 });
		const credential = app('sandbox-other');
		const options = { parameters: parameters('sandbox-other', { authentication: 'clientApp' }), credential };
		await Promise.all(Array.from({ length: 10 }, async () => await run(options)));
		expect(sandbox.stats().tokensIssued).toBe(1);
		sandbox.admin.revokeTokens({ client: 3 });
		await Promise.all(Array.from({ length: 10 }, async () => await run(options)));
		expect(sandbox.stats().tokensIssued).toBe(2);
	});

	it('reads the new answers when a question was added after the definition was remembered', async () => {
		await run({ parameters: parameters(PUBLIC, { returnAll: false, limit: 1 }) });
		sandbox.admin.addQuestion({ project: PUBLIC, type: 'text', question: 'Added later' });
		const { items } = await run({ parameters: parameters(PUBLIC, { returnAll: false, limit: 1 }) });
		expect(Object.keys(items[0]?.json ?? {}).some((name) => name.endsWith('Added_later'))).toBe(true);
		expect(Object.values(items[0]?.json ?? {}).filter((value) => value !== null).length).toBeGreaterThan(5);
	});

	it('gives a project with its questions when Simplify is off', async () => {
		const more = { resource: 'project', operation: 'get', simplify: false };
		const { items, hint } = await run({ parameters: parameters(PUBLIC, more) });
		expect(items[0]?.json).toMatchObject({ slug: PUBLIC, forms: [{ name: 'Site' }, { name: 'Visit' }, {}] });
		expect(JSON.stringify(items[0]?.json)).toContain('possibleAnswers');
		expect(hint).toBe('1 project was read with 1 request to Epicollect5.');
	});

	it('keeps what others read from the same definition apart from what a workflow does with it', async () => {
		const options = {
			parameters: parameters('sandbox-other', {
				authentication: 'clientApp',
				resource: 'project',
				operation: 'get',
				simplify: false,
			}),
			credential: app('sandbox-other'),
		};
		const { items } = await run(options);
		(items[0]?.json as { forms: unknown[] }).forms.length = 0;
		const { results } = await node.methods.listSearch.searchForms.call(fakeDialog(options));
		expect(results.map(({ name }) => name)).toEqual(['Site', 'Visit', 'Sample']);
	});

	it('says how many entries there are when only the newest were asked for', async () => {
		const { hint } = await run({ parameters: parameters(PUBLIC, { returnAll: false, limit: 50 }) });
		expect(hint).toMatch(/^The newest 50 of 620 entries were read with \d requests? to Epicollect5\.$/);
	});

	it('counts an entry once that was edited while it was read', async () => {
		const [first] = sandbox.admin.listEntries({ project: PUBLIC });
		sandbox.admin.planFault({ kind: 'entries', skip: 1, fault: { type: 'rateLimited', retryAfter: 1 } });
		const reading = run({ parameters: parameters(PUBLIC) });
		setTimeout(() => sandbox.admin.editEntry({ project: PUBLIC, uuid: first?.uuid ?? '' }), 500);
		const { items, hint } = await reading;
		expect(items).toHaveLength(620);
		expect(hint).toMatch(/^620 entries were read/);
	});

	it.each([NaN, 0, -1, 1.5, '', 'many'])('asks for nothing when the limit is %p', async (limit) => {
		const failure = await run({ parameters: parameters(PUBLIC, { returnAll: false, limit }) }).catch(
			(error: unknown) => error,
		);
		expect(failure).toBeInstanceOf(NodeOperationError);
		expect(failure).toMatchObject({ message: '"Limit" is not a whole number above 0' });
		expect(sandbox.stats().total).toBe(0);
	});

	it('goes on with the next item when the user wants it so', async () => {
		const { items, hint } = await run({
			parameters: parameters('no-such-project', { returnAll: false, limit: 1 }),
			items: [{ json: {} }, { json: {} }],
			continueOnFail: true,
		});
		expect(hint).toBe('No entries were read with 2 requests to Epicollect5. 2 of 2 items failed.');
		expect(items.map(({ json, pairedItem }) => [json.error, pairedItem])).toEqual([
			['There is no such project on this server', { item: 0 }],
			['There is no such project on this server', { item: 1 }],
		]);
		expect(items[0]?.error).toBeInstanceOf(NodeApiError);
	});

	it('stops at once when the execution is cancelled, also when it was told to go on', async () => {
		sandbox.admin.planFault({ kind: 'entries', times: 9, fault: { type: 'rateLimited', retryAfter: 1 } });
		const stop = new AbortController();
		const options = { parameters: parameters(PUBLIC), signal: stop.signal, continueOnFail: true };
		const running = run(options);
		setTimeout(() => stop.abort(), 300);
		await expect(running).rejects.toThrow('The run was stopped before it was finished');
		const asked = sandbox.stats().total;
		await new Promise((resolve) => setTimeout(resolve, 1_200));
		expect(sandbox.stats().total).toBe(asked);
	});

	it('gives no item for those that were not begun when it was cancelled, also when it was told to go on', async () => {
		const stop = new AbortController();
		const itemParameters = (item: number) => {
			if (item === 1) stop.abort();
			return { fileName: null };
		};
		const { context, hints } = fakeExecution({
			parameters: parameters(PUBLIC, { resource: 'media', operation: 'download', findBy: 'name' }),
			...{ itemParameters, items: [{ json: {} }, { json: {} }, { json: {} }] },
			...{ signal: stop.signal, continueOnFail: true },
		});
		await expect(node.execute.call(context)).rejects.toThrow('The run was stopped before it was finished');
		expect(hints).toEqual([]);
	});

	it('says that it does not know an operation that an expression made up', async () => {
		const failure = run({ parameters: parameters(PUBLIC, { operation: 'fly' }) });
		await expect(failure).rejects.toThrow('This node does not know the operation "entry fly"');
	});
});

describe('A token', () => {
	it('is not asked for when those that the service gives in an hour are used up', async () => {
		const own = await startSandbox({ limits: 'production', entries: 1 });
		try {
			const serverUrl = own.addresses.epicollect5;
			const failures: unknown[] = [];
			for (let id = 1; id <= 11; id++) {
				const data = { serverUrl, clientId: id, clientSecret: 'wrong' };
				const credential = new FakeCredential(data, `${serverUrl}/api/oauth/token`);
				const more = { serverUrl, authentication: 'clientApp' };
				failures.push(
					await run({ parameters: parameters(PRIVATE, more), credential }).catch((e: unknown) => e),
				);
				expect(credential.renewals).toBe(id <= 10 ? 1 : 0);
			}
			expect(failures[9]).toMatchObject({ message: 'Client ID or client secret is wrong' });
			expect(failures[10]).toMatchObject({
				message: 'The tokens that Epicollect5 gives to one address in an hour are used up',
			});
			expect(own.stats().rateLimited).toBe(0);
		} finally {
			await own.stop();
		}
	});
});

describe('Its lists', () => {
	const { searchBranches, searchForms, searchMappings, searchProjects } = node.methods.listSearch;

	it('show projects by the beginning of their name', async () => {
		const dialog = fakeDialog({ parameters: parameters('') });
		const { results } = await searchProjects.call(dialog, 'Sandbox o');
		expect(results).toEqual([
			{ name: 'Sandbox Other (private)', value: 'sandbox-other', description: 'sandbox-other' },
		]);
		expect((await searchProjects.call(dialog)).results).toEqual([]);
	});

	it('ask for the forms of a project once in five minutes', async () => {
		const options = {
			parameters: parameters('sandbox-other', { authentication: 'clientApp' }),
			credential: app('sandbox-other'),
		};
		const first = await searchForms.call(fakeDialog(options));
		const asked = sandbox.stats().requests.project ?? 0;
		const second = await searchForms.call(fakeDialog(options), 'VIS');
		expect(first.results.map(({ name }) => name)).toEqual(['Site', 'Visit', 'Sample']);
		expect(second.results.map(({ name }) => name)).toEqual(['Visit']);
		expect(sandbox.stats().requests.project ?? 0).toBe(asked);
	});

	it('show the branches of the chosen form and the mappings from the same definition', async () => {
		const chosen = (form: string) =>
			fakeDialog({ parameters: parameters(PUBLIC, { form: { __rl: true, mode: 'id', value: form } }) });
		const ofSite = await searchBranches.call(chosen(''));
		expect(ofSite.results.map(({ name }) => name)).toEqual(['Trees']);
		expect((await searchBranches.call(chosen('visit'))).results.map(({ name }) => name)).not.toContain(
			'Trees',
		);
		const { results } = await searchMappings.call(chosen(''));
		expect(results[0]).toEqual({ name: 'EC5_AUTO', value: '0', description: "The project's default" });
		expect(sandbox.stats().requests.project ?? 0).toBeLessThanOrEqual(1);
		await expect(searchBranches.call(chosen('Garden'))).rejects.toThrow('There is no form "Garden"');
	});

	it('say what is wrong instead of being empty', async () => {
		const dialog = fakeDialog({ parameters: parameters('no-such-project') });
		await expect(searchForms.call(dialog)).rejects.toThrow('There is no such project on this server');
	});
});

describe('Its description', () => {
	const { description } = node;

	it('names an action for every operation, so that typing finds them', () => {
		const operations = description.properties.filter(({ name }) => name === 'operation');
		const actions = operations.flatMap(({ options }) =>
			(options ?? []).map((option) => 'action' in option && option.action),
		);
		expect(actions).toEqual([
			'Find deleted entries',
			'Get an entry',
			'Get many entries',
			'Get a branch entry',
			'Get many branch entries',
			'Download media',
			'Get a project',
			'Get the logo of a project',
			'Get the statistics of a project',
			'Search projects',
		]);
	});

	it('begins every resource locator with the list', () => {
		const locators = description.properties.filter(({ type }) => type === 'resourceLocator');
		expect(locators.map(({ modes }) => modes?.[0]?.name)).toEqual(Array(locators.length).fill('list'));
	});

	it('can be used by an agent', () => expect(description.usableAsTool).toBe(true));
});
