import type { INodeExecutionData } from 'n8n-workflow';
import { Epicollect5 } from '../../nodes/Epicollect5/Epicollect5.node';
import { startSandbox, type Sandbox } from '../../sandbox/src';
import { clock } from '../../nodes/shared/clock';
import type { FastClock } from './fastClock';
import { FakeCredential, fakeDialog, fakeExecution, type FakeOptions } from './fakeHost';

const PUBLIC = 'sandbox-public';
const PRIVATE = 'sandbox-private';
const PHOTO = '16_Photo_of_the_site';
const SOUND = '17_Sound';

// Epicollect5 gives five files a second: the nodes wait for that, and the tests need not.
jest.mock<object>('../../nodes/shared/clock', () => {
	const { FastClock: Fast } = jest.requireActual<{ FastClock: typeof FastClock }>('./fastClock');
	return { clock: new Fast() };
});

let sandbox: Sandbox;
const node = new Epicollect5();

beforeAll(async () => {
	// What the server tells of its limits, the node follows: large ones, so that the tests need not wait.
	sandbox = await startSandbox({ limits: 'production', entries: 4 });
	const large = { hits: 100_000 };
	const buckets = { entries: large, project: large, media: large, ip: large, token: large };
	sandbox.admin.setLimits({ buckets: { ...buckets, appMediaSecond: large, appMediaMinute: large } });
});
afterAll(async () => await sandbox.stop());
beforeEach(async () => {
	// What an earlier test was told to wait.
	await clock.sleep(61_000);
	sandbox.admin.resetStats();
	sandbox.admin.clearFaults();
	(clock as FastClock).onSleep = () => undefined;
});

function app(): FakeCredential {
	const client = sandbox.clients.find(({ project }) => project === PRIVATE);
	const { epicollect5 } = sandbox.addresses;
	const data = { serverUrl: epicollect5, clientId: client?.id, clientSecret: client?.secret };
	return new FakeCredential(data, `${epicollect5}/api/oauth/token`);
}

async function run(name: string, parameters: Record<string, unknown>, more: Partial<FakeOptions> = {}) {
	const [resource, operation] = name.split(' ');
	const { options, ...others } = parameters as { options?: Record<string, unknown> };
	const { context, hints } = fakeExecution({
		parameters: {
			...{ authentication: 'none', serverUrl: sandbox.addresses.epicollect5, project: PUBLIC, form: '' },
			...{ resource, operation, returnAll: true, findBy: 'name', ...others },
			options: { limitPercent: 100, ...options },
		},
		...more,
	});
	const [items = []] = await node.execute.call(context);
	return { items, hint: hints[0]?.message };
}

const download = async (parameters: Record<string, unknown>, more: Partial<FakeOptions> = {}) =>
	await run('media download', parameters, more);

const bytesOf = (item: INodeExecutionData | undefined, field = 'data') =>
	Buffer.from(item?.binary?.[field]?.data ?? '', 'base64');

const arrived = (name: string, bytes = 2_000, project = PUBLIC, format?: string) =>
	sandbox.admin.addMedia({ project, name, bytes, ...(format && { format }) });

describe('Media: Download', () => {
	it('gives a photo with its name and type, through the faster door of public projects', async () => {
		arrived('one.jpg');
		const { items, hint } = await download({ fileName: 'one.jpg' }, { items: [{ json: { id: 7 } }] });
		expect(items).toEqual([
			{
				json: { id: 7 },
				binary: { data: expect.objectContaining({ fileName: 'one.jpg', mimeType: 'image/jpeg' }) as unknown },
				pairedItem: { item: 0 },
			},
		]);
		expect(bytesOf(items[0])).toHaveLength(2_000);
		// One for the photo, at most one to learn the server's stand-in; none for the project.
		expect(Object.keys(sandbox.stats().requests)).toEqual(['appMedia']);
		expect(hint).toMatch(
			/^1 item was worked on with [12] requests? to Epicollect5\. 1 file was downloaded\.$/,
		);
	});

	it('gives a thumbnail of a photo where that is wanted', async () => {
		arrived('large.jpg', 50_000);
		const { items } = await download({ fileName: 'large.jpg', format: 'thumbnail' });
		expect(bytesOf(items[0]).length).toBeLessThan(20_000);
		expect(bytesOf(items[0]).length).toBeGreaterThan(100);
	});

	it('finds out whether a file is audio or video where its name does not tell', async () => {
		arrived('film.mp4', 3_000, PUBLIC, 'video');
		arrived('sound.mp4', 4_000, PUBLIC, 'audio');
		const film = await download({ fileName: 'film.mp4' });
		const sound = await download({ fileName: 'sound.mp4' });
		expect(film.items[0]?.binary?.data).toMatchObject({ mimeType: 'video/mp4', fileName: 'film.mp4' });
		expect(sound.items[0]?.binary?.data).toMatchObject({ mimeType: 'audio/mp4', fileName: 'sound.mp4' });
		expect(bytesOf(sound.items[0])).toHaveLength(4_000);
	});

	it('asks once where the type is said', async () => {
		arrived('said.mp4', 4_000, PUBLIC, 'audio');
		await download({ fileName: 'said.mp4', mediaType: 'audio' });
		expect(sandbox.stats().requests).toEqual({ appMedia: 1 });
	});

	it.each(['late.jpg', 'late.mp4', 'late.wav'])(
		'says of %s that it has not been uploaded, and forgets that when it has',
		async (name) => {
			const { items, hint } = await download({ fileName: name });
			expect(items[0]?.json).toEqual({ notUploadedYet: true });
			expect(items[0]?.binary).toEqual({});
			expect(hint).toContain('No files were downloaded, 1 has not been uploaded yet.');
			arrived(name);
			const later = await download({ fileName: name }, { items });
			expect(later.items[0]?.json).toEqual({});
			expect(bytesOf(later.items[0])).toHaveLength(2_000);
		},
	);

	it('keeps what the item had, and puts the file where it is wanted', async () => {
		arrived('two.jpg');
		const before = { data: 'eA==', mimeType: 'text/plain' };
		const { items } = await download(
			{ fileName: 'two.jpg', binaryPropertyName: 'picture' },
			{ items: [{ json: { a: 1 }, binary: { data: before }, pairedItem: { item: 9 } }] },
		);
		expect(items[0]).toMatchObject({ json: { a: 1 }, binary: { data: before }, pairedItem: { item: 0 } });
		expect(bytesOf(items[0], 'picture')).toHaveLength(2_000);
	});

	it('passes on an item whose answer is null, and refuses one that has none', async () => {
		const [item] = (await download({ fileName: null })).items;
		expect(item).toMatchObject({ json: {}, binary: {} });
		expect(sandbox.stats().total).toBe(0);
		await expect(download({ fileName: 5 })).rejects.toThrow('The item names no photo, audio or video');
	});

	it('refuses a name that leads to another folder', async () => {
		await expect(download({ fileName: '../secret.jpg' })).rejects.toThrow('This is not the name of a file');
		expect(sandbox.stats().total).toBe(0);
	});

	it('goes on with the other items when one fails and the user wants it so', async () => {
		arrived('good.jpg');
		const { items, hint } = await download(
			{},
			{
				items: [{ json: {} }, { json: {} }, { json: {} }],
				itemParameters: (item) => ({ fileName: ['good.jpg', 'a/b.jpg', 'good.jpg'][item] }),
				continueOnFail: true,
			},
		);
		expect(items.map(({ json, pairedItem }) => [json.error, pairedItem])).toEqual([
			[undefined, { item: 0 }],
			['This is not the name of a file', { item: 1 }],
			[undefined, { item: 2 }],
		]);
		expect(hint).toContain('2 files were downloaded. 1 of 3 items failed.');
	});

	it('uses the token for a private project, whose files have the slower door only', async () => {
		arrived('private.jpg', 2_000, PRIVATE);
		const parameters = { authentication: 'clientApp', project: PRIVATE, fileName: 'private.jpg' };
		const { items } = await download(parameters, { credential: app() });
		expect(bytesOf(items[0])).toHaveLength(2_000);
		expect(sandbox.stats().requests).toMatchObject({ token: 1, project: 1 });
		expect(sandbox.stats().requests.appMedia).toBeUndefined();
	});

	it.each([
		['tidy', {}],
		['called by refs', { options: { columnNames: 'ref' } }],
		['called by questions', { options: { columnNames: 'question' } }],
		['as the service sends them', { simplify: false }],
	])('finds the answer to a question in entries that are %s', async (_what, shape) => {
		const { items } = await run('entry getMany', shape);
		const found = await download({ findBy: 'question', mediaQuestion: 'Photo of the site' }, { items });
		expect(found.items).toHaveLength(items.length);
		const { results } = await node.methods.listSearch.searchMediaQuestions.call(
			fakeDialog({
				parameters: {
					authentication: 'none',
					serverUrl: sandbox.addresses.epicollect5,
					project: PUBLIC,
				},
			}),
			'photo of the',
		);
		expect(results).toEqual([expect.objectContaining({ name: 'Photo of the site', description: 'Site' })]);
		expect(found.items.filter(({ binary }) => binary?.data).length).toBeGreaterThan(0);
		expect(found.items.filter(({ binary, json }) => binary?.data || json.notUploadedYet)).toHaveLength(
			await answered(PHOTO),
		);
	});

	it('takes the answer to the question itself where another one has its text for a name', async () => {
		const { inputs } = sandbox.epicollect5.store.bySlug(PUBLIC)!.definition.project.forms[0]!;
		const ref = (text: string) => inputs.find(({ question }) => question === text)!.ref;
		const names = { [ref('Photo of the site')]: 'Sound', [ref('Sound')]: 'Noise' };
		const index = sandbox.admin.addMapping({ project: PUBLIC, name: 'mine', names });
		await clock.sleep(6 * 60_000);
		const { items } = await run('entry getMany', { options: { mapping: 'mine' } });
		const item = items.find(({ json }) => json.Sound && json.Noise)!;
		arrived((item.json.Sound as { name: string }).name);
		const noise = (item.json.Noise as { name: string }).name;
		arrived(noise, 3_000, PUBLIC, 'audio');
		const found = await download({ findBy: 'question', mediaQuestion: ref('Sound') }, { items: [item] });
		sandbox.admin.deleteMapping({ project: PUBLIC, index });
		expect(found.items[0]?.binary?.data?.fileName).toBe(noise);
		await clock.sleep(6 * 60_000);
	});

	it('says that entries of another form have no such answer', async () => {
		const wrong = download({ findBy: 'question', mediaQuestion: 'Photo of the site' });
		await expect(wrong).rejects.toMatchObject({
			message: 'The item has no answer to "Photo of the site"',
			description: expect.stringContaining('Get Many') as string,
		});
	});
});

/** How many entries have an answer to a question. */
async function answered(key: string): Promise<number> {
	const answer = await fetch(`${sandbox.addresses.epicollect5}/api/export/entries/${PUBLIC}?per_page=50`);
	const { data } = (await answer.json()) as { data: { entries: Record<string, string>[] } };
	return data.entries.filter((entry) => entry[key] !== '').length;
}

describe('Download Media of Get Many', () => {
	const wanting = (downloadMedia: string[], more: Record<string, unknown> = {}) => ({
		options: { downloadMedia, ...more },
	});

	it('adds the photos, each under the name of its column', async () => {
		const { items, hint } = await run('entry getMany', wanting(['photo']));
		const fields = new Set(items.flatMap(({ binary }) => Object.keys(binary ?? {})));
		expect([...fields].sort()).toEqual([PHOTO, '25_Sample_photo']);
		for (const { json, binary } of items) {
			const answer = json[PHOTO] as { name: string } | null;
			if (binary?.[PHOTO]) expect(binary[PHOTO].fileName).toBe(answer?.name);
			else expect(answer === null || json.notUploadedYet === true).toBe(true);
		}
		expect(hint).toMatch(/^4 entries were read with \d+ requests to Epicollect5\. \d+ files were downloaded/);
	});

	it('names the fields by ref or by number, whatever an entry has answered', async () => {
		const byRef = (await run('entry getMany', wanting(['photo'], { mediaFields: 'ref' }))).items;
		const byNumber = (await run('entry getMany', wanting(['photo'], { mediaFields: 'number' }))).items;
		const fields = (items: INodeExecutionData[]) =>
			new Set(items.flatMap(({ binary }) => Object.keys(binary ?? {})));
		expect([...fields(byNumber)].sort()).toEqual(['data', 'data_2']);
		for (const field of fields(byRef)) expect(field).toMatch(/^[0-9a-f]{32}_[0-9a-f]+/);
		for (const { json, binary } of byNumber) {
			if (binary?.data) expect(binary.data.fileName).toBe((json[PHOTO] as { name: string }).name);
		}
	});

	it('adds sounds and videos too, also to entries as the service sends them', async () => {
		const { items } = await run('entry getMany', { simplify: false, ...wanting(['audio', 'video']) });
		const sounds = items.filter(({ binary }) => binary?.[SOUND]);
		expect(sounds.length).toBeGreaterThan(0);
		for (const { binary, json } of sounds) {
			expect(binary?.[SOUND]?.mimeType).toBe('audio/mp4');
			expect(json[SOUND]).toContain(binary?.[SOUND]?.fileName);
			expect(binary?.[PHOTO]).toBeUndefined();
		}
	});

	it('downloads a photo once that stands in several rows', async () => {
		const { items } = await run('entry getMany', {
			joined: 'flat',
			...wanting(['photo'], { photoFormat: 'thumbnail' }),
		});
		const names = items.flatMap(({ json }) =>
			Object.values(json).flatMap((answer) =>
				typeof answer === 'object' && answer !== null && 'type' in answer && answer.type === 'photo'
					? [String(answer.name)]
					: [],
			),
		);
		expect(new Set(names).size).toBeLessThan(names.length);
		// And one to learn the server's stand-in for thumbnails, at most.
		expect(sandbox.stats().requests.appMedia).toBeLessThanOrEqual(new Set(names).size + 1);
	});

	it('comes with a single entry and with branch entries too', async () => {
		const { items } = await run('entry getMany', wanting(['photo']));
		const entry = items.find(({ binary }) => binary?.[PHOTO]);
		const one = await run('entry get', { entryId: entry?.json.ec5_uuid, ...wanting(['photo']) });
		expect(one.items[0]?.binary?.[PHOTO]).toEqual(entry?.binary?.[PHOTO]);
		const trees = await run('branchEntry getMany', { branch: 'Trees', ...wanting(['photo']) });
		const answered = trees.items.filter(({ json }) =>
			Object.values(json).some((answer) => typeof answer === 'object' && answer !== null && 'url' in answer),
		);
		expect(answered.length).toBeGreaterThan(0);
		for (const { json, binary } of answered) {
			expect(json.notUploadedYet === true || Object.keys(binary ?? {}).length === 1).toBe(true);
		}
	});

	it('gives the other entries when the service refuses one file and the user wants to go on', async () => {
		const body = JSON.stringify({ errors: [{ code: 'ec5_103', title: 'x', source: 'media-service' }] });
		const fault = { type: 'status' as const, status: 400, headers: {}, body };
		sandbox.admin.planFault({ kind: 'appMedia', fault });
		const { items } = await run('entry getMany', wanting(['photo']), { continueOnFail: true });
		expect(items).toHaveLength(4);
		expect(items.filter(({ error }) => error)).toHaveLength(1);
		sandbox.admin.planFault({ kind: 'appMedia', fault });
		await expect(run('entry getMany', wanting(['photo']))).rejects.toThrow();
	});

	it('keeps to its own pace where it is to stop at the limit, and stops where the service refuses', async () => {
		const pauses: number[] = [];
		(clock as FastClock).onSleep = (ms) => pauses.push(ms);
		const stopping = wanting(['photo'], { onLimit: 'stop', limitPercent: 50 });
		const { hint } = await run('entry getMany', stopping);
		expect(hint).toMatch(/files were downloaded/);
		expect(pauses.some((ms) => ms > 300 && ms <= 400)).toBe(true);
		sandbox.admin.planFault({ kind: 'appMedia', skip: 2, fault: { type: 'rateLimited', retryAfter: 42 } });
		await expect(run('entry getMany', stopping)).rejects.toMatchObject({
			message: "The service's limit of requests is reached",
			description: expect.stringContaining('The next request may be sent in 42 s. Run it again') as string,
		});
	});

	it.each([false, true])(
		'asks for no file after the run was stopped (continue on fail: %p)',
		async (goOn) => {
			const stop = new AbortController();
			sandbox.admin.planFault({ kind: 'appMedia', skip: 2, fault: { type: 'rateLimited', retryAfter: 60 } });
			(clock as FastClock).onSleep = (ms) => {
				if (ms > 30_000) stop.abort();
			};
			const more = { signal: stop.signal, continueOnFail: goOn };
			const running = run('entry getMany', wanting(['photo']), more);
			await expect(running).rejects.toThrow('The run was stopped');
			expect(sandbox.stats().requests.appMedia).toBe(3);
		},
	);
});
