import fc from 'fast-check';
import fs, { mkdtemp, readdir, readFile, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import register from '../../node-red/nodes/epicollect5-media/runtime';
import type { Message } from '../../node-red/shared/red';
import { startSandbox, type Sandbox } from '../../sandbox/src';
import { fuzz, startNode } from './workers';

const PUBLIC = 'sandbox-public';
const PRIVATE = 'sandbox-private';
const ENTRY = '0d3c7a54-6a0e-4f0e-8a37-2f6f7d1b9e22';
const MINUTE = 60_000;

/** Epicollect5 gives five files a second, by the real clock. */
jest.setTimeout(30_000);

let sandbox: Sandbox;
let base: string;
let folder: string;

beforeAll(async () => {
	// What the server tells of its limits, the node follows: large ones, so that the tests need not wait.
	sandbox = await startSandbox({ limits: 'production', entries: 4 });
	const large = { hits: 100_000 };
	const buckets = { entries: large, project: large, media: large, ip: large, token: large };
	sandbox.admin.setLimits({ buckets: { ...buckets, appMediaSecond: large, appMediaMinute: large } });
});
afterAll(async () => await sandbox.stop());
beforeEach(async () => {
	sandbox.admin.resetStats();
	sandbox.admin.clearFaults();
	base = await realpath(await mkdtemp(path.join(tmpdir(), 'field-data-media-')));
	folder = path.join(base, 'chosen');
});
afterEach(() => rm(base, { recursive: true, force: true }));

function connection(project: string) {
	const app = sandbox.clients.find((client) => client.project === project);
	const isPublic = project === PUBLIC;
	return {
		...{ baseUrl: sandbox.addresses.epicollect5, project },
		...{ clientId: isPublic ? '' : (app?.id ?? ''), clientSecret: isPublic ? '' : (app?.secret ?? '') },
	};
}

/** The node as the dialog makes it. */
const nodeOf = (def: object = {}, project = PUBLIC) =>
	startNode(
		register,
		{
			...{
				project: 'ec5',
				files: 'payload',
				filesType: 'msg',
				types: 'photo,audio,video',
				typesType: 'list',
			},
			...{ target: 'buffer', folderType: 'str', pattern: '{name}', output: 'each', property: 'payload' },
			...{ share: '100', shareType: 'num', maxWait: '', maxWaitType: 'none', ...def },
		},
		connection(project),
	);
const toFolder = (def: object = {}) => nodeOf({ target: 'folder', folder, create: true, ...def });
const arrived = (name: string, bytes = 2_000, project = PUBLIC, format?: string) =>
	sandbox.admin.addMedia({ project, name, bytes, ...(format && { format }) });
const answerTo = (name: string, type = 'photo') => ({ name, type, url: '' });
const entry = (answers: object) => ({ ec5_uuid: ENTRY, title: 'North', ...answers });
/** What was sent to the first output, and to the second. */
const first = (sent: unknown[]) => sent.filter((one) => !Array.isArray(one)) as Message[];
const second = (sent: unknown[]) => sent.filter(Array.isArray).map((outputs) => (outputs as Message[])[1]);
/** Asked for beside the definition of the project. */
const asked = () => {
	const { appMedia = 0, media = 0 } = sandbox.stats().requests;
	return appMedia + media;
};

describe('The node that downloads files', () => {
	it('sends a file by its name, and keeps the other properties', async () => {
		arrived('one.jpg');
		const { sent, error } = await nodeOf().answer({ payload: 'one.jpg', topic: 'kept' });
		expect(error).toBeUndefined();
		expect(sent).toEqual([
			{
				...{ payload: expect.any(Buffer), topic: 'kept', filename: 'one.jpg' },
				media: { name: 'one.jpg', type: 'photo', contentType: 'image/jpeg', size: 2_000 },
				parts: { id: expect.any(String), type: 'array', len: 1, index: 0, count: 1 },
			},
		]);
		expect(sent[0]?.payload).toHaveLength(2_000);
	});

	it('asks the faster door of a public project, and the only one of a private one', async () => {
		for (const [project, door] of [
			[PUBLIC, 'appMedia'],
			[PRIVATE, 'media'],
		] as const) {
			sandbox.admin.resetStats();
			arrived('door.jpg', 2_000, project);
			const { sent } = await nodeOf({}, project).answer({ payload: 'door.jpg' });
			expect(sent[0]?.payload).toHaveLength(2_000);
			const doors = Object.keys(sandbox.stats().requests).filter((kind) => /media/i.test(kind));
			expect(doors).toEqual([door]);
		}
	});

	it('sends the files of all entries, one message each with its place, or all in one', async () => {
		arrived('a.jpg', 1_000);
		arrived('b.wav', 3_000);
		const payload = [entry({ photo: answerTo('a.jpg'), sound: answerTo('b.wav', 'audio') }), entry({})];
		const each = (await nodeOf().answer({ payload })).sent;
		expect(each.map(({ parts }) => parts)).toEqual([
			expect.objectContaining({ index: 0 }),
			expect.objectContaining({ index: 1, count: 2 }),
		]);
		const { sent } = await nodeOf({ output: 'array', property: 'files' }).answer({ payload });
		expect(sent).toEqual([
			{
				payload,
				files: [
					expect.objectContaining({ name: 'a.jpg', question: 'photo', entryId: ENTRY, title: 'North' }),
					expect.objectContaining({ name: 'b.wav', type: 'audio', contentType: 'audio/wav', size: 3_000 }),
				],
			},
		]);
	});

	it('finds the answers of raw entries by the definition of the project', async () => {
		const raw = sandbox.admin.listEntries({ project: PUBLIC })[0];
		const question = '16_Photo_of_the_site';
		arrived('raw.jpg');
		const payload = { ec5_uuid: raw?.uuid, [question]: 'raw.jpg', '1_Name': 'none.jpg' };
		for (const def of [{}, { question: 'Photo of the site', questionType: 'str' }]) {
			const { sent } = await nodeOf(def).answer({ payload });
			expect(sent.map(({ media }: Message & { media?: object }) => media)).toEqual([
				expect.objectContaining({ name: 'raw.jpg', question }),
			]);
		}
	});

	it('gives photos as thumbnails where that is wanted', async () => {
		arrived('large.jpg', 50_000);
		const { sent } = await nodeOf({ photoFormat: 'thumbnail', photoFormatType: 'list' }).answer({
			payload: 'large.jpg',
		});
		expect((sent[0]?.payload as Buffer).length).toBeLessThan(20_000);
	});

	it('marks what is not uploaded yet, and says on its second output when to ask again', async () => {
		arrived('there.jpg');
		const payload = [entry({ photo: answerTo('there.jpg'), late: answerTo('late.jpg') })];
		const { sent, node } = await nodeOf({ output: 'array' }).answer({ payload, topic: 'kept' });
		const missing = { name: 'late.jpg', type: 'photo', notUploadedYet: true, tries: 0 };
		expect(first(sent)[0]?.payload).toEqual([
			expect.objectContaining({ name: 'there.jpg' }),
			expect.objectContaining(missing),
		]);
		expect(second(sent)).toEqual([
			{ payload: [expect.objectContaining(missing)], topic: 'kept', delay: 10 * MINUTE },
		]);
		expect(node.shown.at(-1)?.fill).toBe('yellow');
	});

	it('asks again for what its second output gave, less and less often, until the file comes', async () => {
		const each = nodeOf();
		let message: Message = { payload: entry({ late: answerTo('later.jpg') }) };
		const delays: unknown[] = [];
		for (let i = 0; i < 4; i++) {
			const { sent } = await each.answer(message);
			expect(first(sent)).toEqual([]);
			[message = {}] = second(sent) as Message[];
			delays.push((message as { delay?: unknown }).delay);
		}
		expect(delays).toEqual([10, 30, 60, 120].map((minutes) => minutes * MINUTE));
		arrived('later.jpg');
		const { sent } = await each.answer(message);
		expect(second(sent)).toEqual([]);
		expect(first(sent)[0]).toMatchObject({ media: { name: 'later.jpg', entryId: ENTRY, question: 'late' } });
	});

	it('gives a file up that has not come for 30 days, and says so', async () => {
		const since = Date.now() - 31 * 24 * 60 * MINUTE;
		const payload = { ...answerTo('never.jpg'), since, tries: 40 };
		const { sent } = await nodeOf({ output: 'array' }).answer({ payload });
		expect(sent).toEqual([
			{ payload: [{ name: 'never.jpg', type: 'photo', notUploadedYet: true, givenUp: true }] },
		]);
	});

	it('tells in the debug sidebar what it gives up, as no message does with one for each file', async () => {
		const since = Date.now() - 31 * 24 * 60 * MINUTE;
		const { sent, node } = await nodeOf().answer({ payload: { ...answerTo('never.jpg'), since, tries: 40 } });
		expect(sent).toEqual([]);
		expect(node.complaints).toEqual([expect.stringMatching(/^shared.in.givenUp .*never\.jpg/)]);
	});

	it('takes no files of all questions for those of one that is not there', async () => {
		const def = { question: 'not.there', questionType: 'msg' };
		const { error } = await nodeOf(def).answer({ payload: entry({ photo: answerTo('p.jpg') }) });
		expect(error).toMatchObject({ code: 'nothing' });
	});

	it('puts no more into a message than it can take', async () => {
		arrived('film.mp4', 101 * 1024 * 1024, PUBLIC, 'video');
		const { sent, error } = await nodeOf().answer({ payload: answerTo('film.mp4', 'video') });
		expect(error).toMatchObject({ code: 'too_large' });
		expect(sent).toEqual([]);
	});
});

describe('The node that saves files to a folder', () => {
	it('saves each under its own name, and says where', async () => {
		arrived('p.jpg', 1_234);
		arrived('s.mp4', 40_000, PUBLIC, 'audio');
		const { sent, error } = await toFolder().answer({ payload: ['p.jpg', 's.mp4'] });
		expect(error).toBeUndefined();
		expect((await readdir(folder)).sort()).toEqual(['p.jpg', 's.mp4']);
		expect((await stat(path.join(folder, 's.mp4'))).size).toBe(40_000);
		expect(sent.map(({ payload }) => payload)).toEqual(
			['p.jpg', 's.mp4'].map((name) => path.join(folder, name)),
		);
		expect(sent[1]).toMatchObject({ media: { type: 'audio', size: 40_000 } });
	});

	it('gives each entry a sub-folder, and each file a name by the pattern', async () => {
		arrived('sub.jpg');
		const def = { perEntry: true, pattern: '{title} - {name}' };
		const { sent } = await toFolder(def).answer({ payload: entry({ photo: answerTo('sub.jpg') }) });
		expect(sent[0]?.payload).toBe(path.join(folder, ENTRY, 'North - sub.jpg'));
		expect((await readFile(path.join(folder, ENTRY, 'North - sub.jpg'))).length).toBe(2_000);
	});

	it('takes from the message where to put files, and how', async () => {
		arrived('msg.jpg');
		const names = ['target', 'create', 'perEntry', 'pattern', 'output'];
		const def = Object.fromEntries(
			names.flatMap((name) => [
				[name, name],
				[`${name}Type`, 'msg'],
			]),
		);
		const wanted = {
			target: 'folder',
			create: true,
			perEntry: 'true',
			pattern: '{type} {name}',
			output: 'array',
		};
		const { sent } = await toFolder(def).answer({
			...{ payload: entry({ photo: answerTo('msg.jpg') }), ...wanted },
		});
		const file = path.join(folder, ENTRY, 'photo msg.jpg');
		expect(sent[0]?.payload).toEqual([expect.objectContaining({ name: 'msg.jpg', path: file })]);
	});

	it('asks for nothing that is there, and for nothing twice after a break', async () => {
		for (const name of ['1.jpg', '2.jpg', '3.jpg']) arrived(name, 3_000);
		const payload = ['1.jpg', '2.jpg', '3.jpg'];
		await toFolder().answer({ payload: ['1.jpg'] });
		const node = toFolder({ output: 'array' });
		sandbox.admin.resetStats();
		const { sent } = await node.answer({ payload });
		expect(asked()).toBe(2);
		expect((sent[0]?.payload as { existed: boolean }[]).map(({ existed }) => existed)).toEqual([
			...[true, false, false],
		]);
		expect(node.node.shown.at(-1)?.text).toContain('filesThere {"number":"1"}');
		sandbox.admin.resetStats();
		await node.answer({ payload });
		expect(asked()).toBe(0);
	});

	it.each([
		[
			'a cancel message',
			async ({ answer }: ReturnType<typeof nodeOf>) => void (await answer({ cancel: true })),
		],
		['a redeploy', async ({ node }: ReturnType<typeof nodeOf>) => await node.close()],
	])('leaves no half of a file behind after %s', async (_, stop) => {
		arrived('slow.mp4', 100_000, PUBLIC, 'video');
		await toFolder().answer({ payload: 'none.jpg' });
		sandbox.admin.planFault({ kind: 'appMedia', fault: { type: 'drip', bytes: 1_000, everyMs: 20 } });
		const node = toFolder();
		const answered = node.answer({ payload: answerTo('slow.mp4', 'video') });
		while ((await readdir(folder)).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
		expect(await readdir(folder)).toEqual([expect.stringMatching(/\.part$/)]);
		await stop(node);
		const { sent } = await answered;
		expect(sent).toEqual([]);
		expect(await readdir(folder)).toEqual([]);
		sandbox.admin.clearFaults();
		await toFolder().answer({ payload: answerTo('slow.mp4', 'video') });
		expect((await stat(path.join(folder, 'slow.mp4'))).size).toBe(100_000);
	});

	it('tries a broken connection again from the beginning', async () => {
		arrived('broken.mp4', 300_000, PUBLIC, 'video');
		sandbox.admin.planFault({ kind: 'appMedia', fault: { type: 'truncate', bytes: 100_000 } });
		const { error } = await toFolder().answer({ payload: answerTo('broken.mp4', 'video') });
		expect(error).toBeUndefined();
		expect((await stat(path.join(folder, 'broken.mp4'))).size).toBe(300_000);
		expect(await readdir(folder)).toEqual(['broken.mp4']);
	});

	it('writes nothing outside the folder, whatever the server calls its files and entries', async () => {
		const hostile = [
			'../out.jpg',
			'/etc/out.jpg',
			'a/../../out.jpg',
			'..\\out.jpg',
			'C:\\out.jpg',
			'..',
			'.',
			'x\0y.jpg',
		];
		const odd = ['CON.jpg', '.hidden.jpg', 'a:b.jpg', 'trailing.jpg.', 'q?*<>|.jpg', '%2e%2e%2fup.jpg'];
		for (const name of odd) arrived(name, 2_000, PUBLIC, 'entry_original');
		const entries = [...hostile, ...odd].map((name, i) => ({
			...{ ec5_uuid: i % 2 ? '../../up' : '/etc', title: '../../../up', photo: answerTo(name) },
		}));
		const def = { perEntry: true, pattern: '{title} {entry} {name}', output: 'array' };
		const { sent, error } = await toFolder(def).answer({ payload: entries });
		expect(await readdir(base)).toEqual(['chosen']);
		const saved = first(sent)[0]?.payload as { name: string; path?: string }[];
		for (const { path: at } of saved) {
			if (at !== undefined) expect(path.dirname(path.dirname(at))).toBe(folder);
		}
		// Those that are names at all have been saved, and the others were never asked for.
		expect(saved.filter(({ path: at }) => at !== undefined).map(({ name }) => name)).toEqual(odd);
		expect(error).toMatchObject({ code: 'media_name' });
		expect(error?.message).toMatch(new RegExp(`^${hostile.length} of ${entries.length} files`));
	});

	it('writes through no link that stands where an entry or a file goes', async () => {
		arrived('linked.jpg');
		await toFolder().answer({ payload: 'none.jpg' });
		await symlink(base, path.join(folder, ENTRY));
		await symlink(path.join(base, 'new.txt'), path.join(folder, 'linked.jpg'));
		const photo = answerTo('linked.jpg');
		const ofEntry = await toFolder({ perEntry: true }).answer({ payload: entry({ photo }) });
		expect(ofEntry.error).toMatchObject({ code: 'occupied' });
		expect((await toFolder().answer({ payload: photo })).error).toMatchObject({ code: 'occupied' });
		expect(await readdir(base)).toEqual(['chosen']);
	});

	it('says what is wrong with the folder before it asks for any file', async () => {
		await writeFile(path.join(base, 'file'), '');
		for (const def of [{ folder: '' }, { create: false }, { folder: path.join(base, 'file') }]) {
			const { sent, error } = await toFolder(def).answer({ payload: 'one.jpg' });
			expect(error).toMatchObject({ code: 'folder', hint: expect.any(String) });
			expect(sent).toEqual([]);
		}
		expect(asked()).toBe(0);
	});

	it('says with the code not_saved that the disk did not take a file', async () => {
		arrived('full.jpg');
		const node = toFolder();
		const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
		const opened = jest.spyOn(fs, 'open').mockRejectedValue(full);
		const { error } = await node.answer({ payload: 'full.jpg' });
		opened.mockRestore();
		expect(error).toMatchObject({ code: 'not_saved', message: expect.stringContaining('ENOSPC') });
		expect(await readdir(folder)).toEqual([]);
	});
});

describe('The node that downloads files, given anything', () => {
	it('survives 1,000 messages of any kind', async () => {
		const names = ['files', 'question', 'types', 'photoFormat', 'pattern', 'output', 'property'];
		const wrong = await fuzz(register, {
			names,
			fixed: { project: 'ec5' },
			project: connection(PRIVATE),
			runs: 500,
		});
		expect(wrong).toEqual([]);
		const fixed = {
			project: 'ec5',
			target: 'folder',
			folder,
			create: true,
			output: 'each',
			property: 'payload',
		};
		const more = await fuzz(register, {
			names: ['files', 'types'],
			fixed,
			project: connection(PRIVATE),
			runs: 500,
		});
		expect(more).toEqual([]);
		expect(await readdir(base)).toEqual(['chosen']);
	}, 120_000);

	it('answers entries with any names of files, and stays in the folder', async () => {
		const node = nodeOf({ target: 'folder', folder, create: true, output: 'array' }, PRIVATE);
		const name = fc.oneof(
			fc.string({ unit: 'binary' }),
			fc.constantFrom('../a', '..', 'con', 'a/b.jpg', '\0'),
		);
		const photos = fc.array(fc.record({ name, type: fc.constantFrom('photo', 'video') }), { maxLength: 2 });
		await fc.assert(
			fc.asyncProperty(photos, async (answers) => {
				const payload = answers.map((photo, i) => ({ ec5_uuid: String(i), photo }));
				const { sent, error } = await node.answer({ payload });
				expect(error === undefined || 'code' in error).toBe(true);
				expect(first(sent)).toHaveLength(1);
			}),
			{ numRuns: 60 },
		);
		expect(await readdir(base)).toEqual(['chosen']);
	}, 60_000);
});
