import { NodeHelpers, NodeOperationError, type INodeExecutionData, type INodeParameters } from 'n8n-workflow';
import { Epicollect5 } from '../../nodes/Epicollect5/Epicollect5.node';
import { startSandbox, type Sandbox } from '../../sandbox/src';
import { FakeCredential, fakeDialog, fakeExecution, type FakeOptions } from './fakeHost';

const PUBLIC = 'sandbox-public';
const NOWHERE = '00000000-0000-4000-8000-000000000000';

let sandbox: Sandbox;
const node = new Epicollect5();

beforeAll(async () => {
	sandbox = await startSandbox({ limits: 'off', entries: 30 });
});
afterAll(async () => await sandbox.stop());
beforeEach(() => {
	sandbox.admin.resetStats();
	sandbox.admin.clearFaults();
});

type Parameters = Record<string, unknown>;

interface Ran {
	items: INodeExecutionData[];
	json: INodeExecutionData['json'][];
	hint: string | undefined;
}

async function run(name: string, parameters: Parameters, more: Partial<FakeOptions> = {}): Promise<Ran> {
	const [resource, operation] = name.split(' ');
	const { context, hints } = fakeExecution({
		parameters: {
			...{ authentication: 'none', serverUrl: sandbox.addresses.epicollect5, project: PUBLIC, form: '' },
			...{ resource, operation, returnAll: true, ...parameters },
		},
		...more,
	});
	const [items = []] = await node.execute.call(context);
	return { items, json: items.map(({ json }) => json), hint: hints[0]?.message };
}

const inputs = (count: number) => Array.from({ length: count }, () => ({ json: {} }));
const held = () => sandbox.admin.listEntries({ project: PUBLIC });

describe('Get', () => {
	it('gives the entry of an ID, also of one with blanks around it', async () => {
		const [first] = held();
		const { json, hint } = await run('entry get', { entryId: ` ${first!.uuid}\n` });
		expect(json).toEqual([expect.objectContaining({ ec5_uuid: first!.uuid, title: first!.title })]);
		expect(hint).toMatch(/^1 entry was read with \d requests? to Epicollect5\.$/);
	});

	it('says that there is no such entry rather than giving none', async () => {
		await expect(run('entry get', { entryId: NOWHERE })).rejects.toMatchObject({
			message: `This form has no entry ${NOWHERE}`,
			description: expect.stringContaining('Check the ID and the form') as string,
		});
		const branch = { entryId: NOWHERE, branch: 'Trees' };
		await expect(run('branchEntry get', branch)).rejects.toThrow('This branch has no entry');
	});

	it('asks for nothing with an ID that is none', async () => {
		await expect(run('entry get', { entryId: '42' })).rejects.toThrow('"Entry ID" is not the ID of an entry');
		expect(sandbox.stats().total).toBe(0);
	});

	it('goes on with the next item, and keeps each with its own', async () => {
		const [first] = held();
		const itemParameters = (item: number) => ({ entryId: item === 0 ? NOWHERE : first!.uuid });
		const { items } = await run('entry get', {}, { items: inputs(2), itemParameters, continueOnFail: true });
		expect(items.map(({ json, pairedItem }) => [json.error ?? json.ec5_uuid, pairedItem])).toEqual([
			[`This form has no entry ${NOWHERE}`, { item: 0 }],
			[first!.uuid, { item: 1 }],
		]);
	});
});

describe('Find Deleted', () => {
	const known = (ids: readonly string[], more: Partial<FakeOptions> = {}) => ({
		items: inputs(ids.length),
		itemParameters: (item: number) => ({ entryId: ids[item] }),
		...more,
	});

	it('makes one question of all items, and pairs what is gone with the items that named it', async () => {
		const [first, second] = held();
		const ids = [first!.uuid, NOWHERE, second!.uuid, NOWHERE];
		const { items, hint } = await run('entry findDeleted', {}, known(ids));
		expect(items).toEqual([
			{ json: { ec5_uuid: NOWHERE }, pairedItem: { item: 1 } },
			{ json: { ec5_uuid: NOWHERE }, pairedItem: { item: 3 } },
		]);
		expect(sandbox.stats().requests.entries).toBe(1);
		expect(hint).toMatch(/^2 entries were found to be deleted with/);
	});

	it.each([
		[['', NOWHERE], 'Input item 1 has no entry ID'],
		[[NOWHERE, 'tree'], '"Known Entry ID" is not the ID of an entry'],
	])('takes no entry for gone because of %j', async (ids, message) => {
		await expect(run('entry findDeleted', {}, known(ids))).rejects.toThrow(message);
		expect(sandbox.stats().total).toBe(0);
	});

	it('refuses items of several forms instead of calling the others gone', async () => {
		const itemParameters = (item: number) => ({ entryId: NOWHERE, form: ['Site', 'Visit'][item] });
		const running = run('entry findDeleted', {}, { items: inputs(2), itemParameters });
		await expect(running).rejects.toThrow('The input items name more than one form');
	});

	it('refuses items of several servers, as the entries of the second one would be called gone', async () => {
		const { epicollect5: serverUrl } = sandbox.addresses;
		const itemParameters = (item: number) => ({
			...{ entryId: held()[item]!.uuid, serverUrl: [serverUrl, 'https://five.epicollect.net'][item] },
		});
		const running = run('entry findDeleted', {}, { items: inputs(2), itemParameters });
		await expect(running).rejects.toThrow('The input items name more than one server URL');
		expect(sandbox.stats().total).toBe(0);
	});

	it('tells all items of a failure, and calls nothing gone', async () => {
		sandbox.admin.planFault({ kind: 'entries', times: 9, fault: { type: 'status', status: 400 } });
		const { items } = await run('entry findDeleted', {}, known([NOWHERE, NOWHERE], { continueOnFail: true }));
		expect(items).toHaveLength(1);
		expect(items[0]).toMatchObject({ pairedItem: [{ item: 0 }, { item: 1 }] });
		expect(items[0]?.json.error).toEqual(expect.any(String));
	});
});

describe('A branch', () => {
	it('has to be chosen', async () => {
		await expect(run('branchEntry getMany', { branch: '' })).rejects.toThrow('No branch is chosen');
		expect(sandbox.stats().total).toBe(0);
	});

	it('that is not there is answered with those that are', async () => {
		await expect(run('branchEntry getMany', { branch: 'Bushes' })).rejects.toMatchObject({
			message: 'There is no branch "Bushes"',
			description: 'Choose one of: Trees. (Setting: Branch)',
		});
	});
});

describe('A date without a zone', () => {
	it('is one of the zone of the workflow', async () => {
		const { createdAt } = held()[0]!;
		expect(createdAt).toMatch(/^20\d\d-01-/);
		// In winter the clocks of Berlin are an hour ahead.
		const local = new Date(Date.parse(createdAt) + 3_600_000).toISOString().slice(0, 19);
		const filters = { createdAfter: local, createdBefore: local };
		const { json } = await run('entry getMany', { filters });
		expect(json.map(({ created_at }) => created_at)).toContain(createdAt);
		expect(new Set(json.map(({ created_at }) => created_at)).size).toBe(1);
	});

	it('is a whole day of the zone of the workflow where it names no time', async () => {
		const dayInBerlin = (iso: string) =>
			new Date(iso).toLocaleDateString('sv-SE', { timeZone: 'Europe/Berlin' });
		// One that is of the day before by UTC.
		const { createdAt } = held().find((one) => dayInBerlin(one.createdAt) !== one.createdAt.slice(0, 10))!;
		const day = dayInBerlin(createdAt);
		const { json } = await run('entry getMany', { filters: { createdAfter: day, createdBefore: day } });
		const wanted = held().filter((one) => dayInBerlin(one.createdAt) === day);
		expect(json.map(({ ec5_uuid }) => ec5_uuid).sort()).toEqual(wanted.map(({ uuid }) => uuid).sort());
	});

	it('that is none is refused by the name of its field', async () => {
		const running = run('entry getMany', { filters: { uploadedBefore: 'Friday' } });
		await expect(running).rejects.toMatchObject({ message: '"Uploaded Before" is not a date' });
	});
});

describe('A filter', () => {
	it('that does not exist is no reason to give all entries, where an expression gives the whole collection', async () => {
		const running = run('entry getMany', { filters: { created_after: '2026-05-31' } });
		await expect(running).rejects.toMatchObject({
			message: 'There is no filter "created_after"',
			description: expect.stringContaining('createdAfter, createdBefore') as string,
		});
	});

	it('that was cleared filters nothing, and one whose expression gives nothing is no such', async () => {
		const form = { __rl: true, mode: 'id', value: null };
		const cleared = { filters: { createdAfter: null }, form, options: { mapping: form } };
		expect((await run('entry getMany', cleared, { entered: cleared })).items).toHaveLength(held().length);
		const expression = '={{ $json.since }}';
		const entered = { ...cleared, filters: { createdAfter: expression } };
		await expect(run('entry getMany', cleared, { entered })).rejects.toThrow('"Created After" has no value');
		const running = run('entry getMany', cleared, {
			entered: { ...cleared, form: { ...form, value: expression } },
		});
		await expect(running).rejects.toThrow('"Form" has no value');
	});

	it('in which only blanks were typed filters nothing, as one that was left empty', async () => {
		const typed = {
			form: { __rl: true, mode: 'id', value: ' ' },
			filters: { title: ' ', uuid: '  ', parentUuid: '\n', createdAfter: ' ' },
			options: { timeZone: ' ', mapping: { __rl: true, mode: 'id', value: ' ' } },
		};
		expect((await run('entry getMany', typed, { entered: typed })).items).toHaveLength(held().length);
	});

	it.each(['={{ $json.name }}', '= ', '={{ $json.name }} '])(
		'whose expression gives only blanks lets nothing through: %j',
		async (expression) => {
			const filters = { title: ' ' };
			const running = run('entry getMany', { filters }, { entered: { filters: { title: expression } } });
			await expect(running).rejects.toThrow('"Title Contains" has no value');
			const whole = run('entry getMany', { filters }, { entered: { filters: expression } });
			await expect(whole).rejects.toThrow('"Title Contains" has no value');
			const form = { __rl: true, mode: 'id', value: ' ' };
			const entered = { form: { ...form, value: expression } };
			await expect(run('entry getMany', { form }, { entered })).rejects.toThrow('"Form" has no value');
			expect(sandbox.stats().requests.entries ?? 0).toBe(0);
		},
	);

	it('that was left empty filters nothing', async () => {
		const filters = { createdAfter: '', title: '', uuid: '', parentUuid: '', uploadedBefore: '' };
		const options = { timeZone: '', mapping: { __rl: true, mode: 'list', value: '' }, downloadMedia: [] };
		expect((await run('entry getMany', { filters, options })).items).toHaveLength(held().length);
	});
});

describe('A resource locator without a value', () => {
	const unset = { __rl: true, mode: 'list' };

	it('counts as one that is not set', async () => {
		const parameters = { form: unset, options: { mapping: unset } };
		for (const entered of [{}, parameters as unknown as FakeOptions['entered']]) {
			const { json } = await run('entry getMany', parameters, { entered });
			expect(json).toHaveLength(held().length);
			expect(json[0]).toHaveProperty('1_Site_name');
		}
	});

	it('is asked for where it is needed, and nothing else is', async () => {
		await expect(run('branchEntry getMany', { branch: unset })).rejects.toThrow('No branch is chosen');
		await expect(run('entry getMany', { project: unset })).rejects.toThrow('No project is given');
		expect(sandbox.stats().total).toBe(0);
	});
});

describe('A pasted address of a project', () => {
	const elsewhere = 'https://five.epicollect.net/project/birds';

	it('is read from the server that is set, whatever is behind the page', async () => {
		const project = `${sandbox.addresses.epicollect5}/project/${PUBLIC}/data?restart=true`;
		const { json } = await run('entry getMany', { project, returnAll: false, limit: 2 });
		expect(json).toHaveLength(2);
	});

	it.each(['entry getMany', 'project get', 'media download'])(
		'of another server is not looked for on this one (%s), and both are named',
		async (name) => {
			const running = run(name, { project: elsewhere, fileName: 'a.jpg', findBy: 'name' });
			await expect(running).rejects.toMatchObject({
				message: "The project's address is one of another server: five.epicollect.net",
				description: `The server that is set is ${sandbox.addresses.epicollect5}. Give a project of that one, or change the server URL. (Setting: Project)`,
			});
			expect(sandbox.stats().total).toBe(0);
		},
	);

	it('is refused in the lists too, before the app of one server is tried at another', async () => {
		const { epicollect5: serverUrl } = sandbox.addresses;
		const credential = new FakeCredential(
			{ serverUrl, clientId: 1, clientSecret: 'x' },
			`${serverUrl}/api/oauth/token`,
		);
		const parameters = { authentication: 'clientApp', project: elsewhere };
		const list = node.methods.listSearch.searchForms.call(fakeDialog({ parameters, credential }));
		await expect(list).rejects.toThrow("The project's address is one of another server: five.epicollect.net");
		expect(credential.renewals).toBe(0);
	});
});

describe('The limit', () => {
	it.each([
		[{ limitPercent: 0 }, 'Use at Most (Percent)'],
		[{ limitPercent: 101 }, 'Use at Most (Percent)'],
		[{ limitPercent: 'half' }, 'Use at Most (Percent)'],
		[{ waitMinutes: -1 }, 'Wait at Most (Minutes)'],
		[{ waitMinutes: 'long' }, 'Wait at Most (Minutes)'],
	])('asks for nothing with the options %j', async (options, field) => {
		const failure: unknown = await run('entry getMany', { options }).catch((error: unknown) => error);
		expect(failure).toBeInstanceOf(NodeOperationError);
		expect((failure as Error).message).toContain(`"${field}" is not a number`);
		expect(sandbox.stats().total).toBe(0);
	});

	it.each([
		[{ onLimit: 'stop' }, 'is reached', 'When the Limit Is Reached'],
		[{ waitMinutes: 0 }, 'is reached', 'When the Limit Is Reached'],
		[{ waitMinutes: 0.01 }, 'would make the node wait longer than it may', 'Wait at Most (Minutes)'],
	])('used up by others, ends a run with %j, and says when to go on', async (options, message, field) => {
		const strict = await startSandbox({ limits: 'production', entries: 5 });
		try {
			const parameters = { serverUrl: strict.addresses.epicollect5, options };
			strict.admin.setLimitUsed({ bucket: 'entries', key: PUBLIC, used: 5 });
			const failure: unknown = await run('entry getMany', parameters).catch((error: unknown) => error);
			expect(failure).toMatchObject({
				message: `The service's limit of requests ${message}`,
				description: expect.stringMatching(/^The next request may be sent in (\d\d s|1 min)\. /) as string,
			});
			expect(failure).toMatchObject({
				description: expect.stringContaining(`(Setting: ${field})`) as string,
			});
			expect(strict.stats().requests.entries).toBe(1);
		} finally {
			await strict.stop();
		}
	});
});

describe('The dialog', () => {
	const ALL = {
		...{ columnNames: 'ref', mapping: '1', timeZone: 'UTC', utm: true, choiceFields: true, uploader: true },
		...{ geoJson: 'features', location: 'x', onLimit: 'wait', waitMinutes: 3, limitPercent: 20 },
	};

	/** What n8n hands to the node of all that was ever entered. */
	function handed(parameters: Parameters): INodeParameters {
		const entered = { resource: 'entry', operation: 'getMany', ...parameters } as INodeParameters;
		const { description } = node;
		const place = { typeVersion: 1 };
		return (
			NodeHelpers.getNodeParameters(description.properties, entered, true, false, place, description) ?? {}
		);
	}

	it('offers no option that would do nothing', () => {
		const options = (parameters: Parameters) => Object.keys(handed(parameters).options as object).sort();
		const limits = ['limitPercent', 'onLimit', 'waitMinutes'];
		expect(options({ options: ALL })).toEqual(Object.keys(ALL).sort());
		expect(options({ options: ALL, simplify: false })).toEqual([...limits, 'mapping'].sort());
		const shapes = ['columnNames', 'mapping', 'timeZone', 'utm', 'choiceFields', 'uploader'];
		expect(options({ options: ALL, joined: 'nested' })).toEqual([...limits, ...shapes].sort());
		expect(options({ options: { ...ALL, onLimit: 'stop' } })).not.toContain('waitMinutes');
		expect(options({ options: ALL, joined: 'nested', simplify: false })).toEqual(
			[...limits, ...shapes].sort(),
		);
	});

	it.each(['entry getMany', 'entry get', 'branchEntry getMany', 'branchEntry get'])(
		'offers how files or points are to be only where there are some: %s',
		(name) => {
			const [resource, operation] = name.split(' ');
			const options = (given: Parameters) =>
				Object.keys(handed({ resource, operation, options: given }).options as object);
			const ofFiles = { mediaFields: 'ref', photoFormat: 'thumbnail' };
			expect(options(ofFiles)).toEqual([]);
			expect(options({ ...ofFiles, downloadMedia: [] })).toEqual(['downloadMedia']);
			for (const downloadMedia of [['photo'], ['audio', 'photo'], '={{ $json.types }}']) {
				expect(options({ ...ofFiles, downloadMedia })).toHaveLength(3);
			}
			expect(options({ ...ofFiles, downloadMedia: ['audio'] })).not.toContain('photoFormat');
			if (operation === 'get') return;
			expect(options({ location: 'x' })).toEqual([]);
			expect(options({ location: 'x', geoJson: 'collection' })).toHaveLength(2);
		},
	);

	it('forgets that raw entries were wanted where there are none', () => {
		expect(handed({ joined: 'flat', simplify: false })).not.toHaveProperty('simplify');
		expect(handed({ simplify: false })).toMatchObject({ simplify: false });
	});
});

describe('A search', () => {
	it('needs a name', async () => {
		await expect(run('project search', { name: '' })).rejects.toThrow('No name is given');
		await expect(run('project search', { name: ' ' })).rejects.toThrow('"Name" has no value');
		const typed = { entered: { name: ' ' } };
		await expect(run('project search', { name: ' ' }, typed)).rejects.toThrow('No name is given');
	});

	it('finds what begins with it', async () => {
		const { json, hint } = await run('project search', { name: 'sandbox pu' });
		expect(json).toEqual([expect.objectContaining({ slug: PUBLIC, access: 'public' })]);
		expect(hint).toBe('1 project was found with 1 request to Epicollect5.');
	});
});

describe('What is joined', () => {
	it('is counted by the entries of the form, and orphans are told of', async () => {
		sandbox.admin.addEntry({ project: PUBLIC, form: sandboxForm('Visit'), parent: NOWHERE });
		const { json, hint } = await run('entry getMany', { joined: 'nested' });
		expect(json).toHaveLength(30);
		expect(hint).toMatch(/^30 entries were read .* 1 child or branch entry has no parent and is left out\.$/);
	});

	it('gives a collection of features as one item', async () => {
		const { items, hint } = await run('entry getMany', { options: { geoJson: 'collection' } });
		expect(items).toHaveLength(1);
		expect(items[0]?.json).toMatchObject({ type: 'FeatureCollection' });
		expect(items[0]?.json.features).toHaveLength(30);
		expect(hint).toMatch(/^30 entries were read .* They make 1 item\.$/);
	});
});

function sandboxForm(name: string): string {
	const project = sandbox.admin.listProjects().find(({ slug }) => slug === PUBLIC);
	return project!.forms.find((form) => form.name === name)!.ref;
}
