import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { startSandbox, type Sandbox } from '../../../sandbox/src';
import { say } from '../shared/say';
import { waitFor } from '../shared/waitFor';
import { Editor } from './browser';
import { catchAll, debug, entries, fn, httpIn, httpResponse, join, media, project, tab } from './flows';
import { newestOrAll, NodeRedHost, repository, type FlowNode } from './host';
import { packedNodes } from './pack';

const SLUG = 'sandbox-public';
const QUESTION = '16_Photo_of_the_site';

/** What a page of the editor has that is used here. */
declare const document: { documentElement: { classList: { toggle(name: string): void } } };

describe.each(newestOrAll)('Photos, audios and videos in Node-RED %s', (version) => {
	let sandbox: Sandbox;
	let host: NodeRedHost;
	let folder: string;

	beforeAll(async () => {
		sandbox = await startSandbox({ limits: 'off', entries: 12 });
		host = await NodeRedHost.start(version);
		await host.installPack(packedNodes());
		folder = path.join(host.userDir, 'photos');
	});
	afterAll(async () => {
		await host?.stop();
		await sandbox?.stop();
	});
	beforeEach(() => {
		sandbox.admin.clearFaults();
		sandbox.admin.resetStats();
	});

	const config = (): FlowNode => project('ec5', sandbox.addresses.epicollect5, SLUG);
	const ask = async <T>(): Promise<T> => await host.json<T>('/ask');
	const given = (value: unknown): FlowNode =>
		fn('given', `msg.payload = ${JSON.stringify(value)}; return msg;`, ['media']);
	/** Whoever asks gets what comes out of the first output, or what went wrong. */
	const deploy = async (value: unknown, settings: object, between: FlowNode[] = []): Promise<void> => {
		const next = between[0]?.id ?? 'response';
		const nodes = [httpIn('in', '/ask', ['given']), given(value), httpResponse()];
		const failed = fn('failed', 'msg.payload = msg.error; return msg;', ['response']);
		const ends = [catchAll('catch', ['failed']), failed, debug('later')];
		const node = media('media', 'ec5', [[next], ['later']], settings);
		await host.deploy([tab(), config(), ...nodes, node, ...ends, ...between]);
	};
	const arrived = (name: string, bytes: number, format?: string) =>
		sandbox.admin.addMedia({ project: SLUG, name, bytes, ...(format && { format }) });

	test('come with the entries that name them, joined by their places', async () => {
		const names = ['a.jpg', 'b.jpg', 'c.jpg'];
		names.forEach((name, i) => arrived(name, 1_000 + i));
		const rows = names.map((name, i) => ({ ec5_uuid: `e${i}`, [QUESTION]: name }));
		const sizes = fn('sizes', 'msg.payload = msg.payload.map((one) => one.length); return msg;', [
			'response',
		]);
		await deploy(rows, {}, [join('join', ['sizes']), sizes]);
		expect(await ask()).toEqual([1_000, 1_001, 1_002]);
	});

	test('are saved to a folder, once, and what is not uploaded yet goes another way', async () => {
		arrived('film.mp4', 3_000_000, 'video');
		const late = { name: `late-${version}.jpg`, type: 'photo' };
		await deploy([{ name: 'film.mp4', type: 'video' }, late], { target: 'folder', folder, output: 'array' });
		const from = host.comms.events.length;
		const [film, missing] = await ask<Array<Record<string, unknown>>>();
		expect(film).toMatchObject({ path: path.join(folder, 'film.mp4'), size: 3_000_000, existed: false });
		expect(missing).toMatchObject({ ...late, notUploadedYet: true });
		const later = JSON.parse(String((await host.debugOf('later', from)).msg)) as Record<string, unknown>;
		expect(later).toMatchObject({ payload: [late], delay: 600_000 });
		sandbox.admin.resetStats();
		expect((await ask<Array<Record<string, unknown>>>())[0]).toMatchObject({ existed: true });
		expect((await stat(path.join(folder, 'film.mp4'))).size).toBe(3_000_000);
		await host.statusOf('media', ({ text }) => /1 there already · 1 not uploaded yet/.test(text ?? ''), from);
	});

	test('leave no half of a file when they are redeployed or killed, and are whole the next time', async () => {
		arrived('slow.mp4', 600_000, 'video');
		const place = path.join(folder, 'stopped');
		const settings = { target: 'folder', folder: place };
		await deploy({ name: 'slow.mp4', type: 'video' }, settings);
		const begin = async (): Promise<void> => {
			sandbox.admin.planFault({ kind: 'appMedia', fault: { type: 'drip', bytes: 2_000, everyMs: 50 } });
			void host.admin('/ask').catch(() => undefined);
			const begun = async () => (await readdir(place).catch(() => [])).length > 0;
			await waitFor(begun, { what: 'the first bytes', timeoutMs: 10_000 });
		};
		await begin();
		const before = Date.now();
		await deploy({ name: 'slow.mp4', type: 'video' }, { ...settings, share: '49' });
		expect(await readdir(place)).toEqual([]);
		say({ shown: 'node-red media redeployed', version, ms: Date.now() - before });
		await begin();
		await host.crash();
		sandbox.admin.clearFaults();
		await host.until('/ask');
		const answer = await host.admin('/ask');
		expect(answer.status).toBe(200);
		expect(await readdir(place)).toEqual(['slow.mp4']);
		expect((await stat(path.join(place, 'slow.mp4'))).size).toBe(600_000);
	});

	test('never leave the folder, whatever they are called', async () => {
		const hostile = ['../up.jpg', '/tmp/up.jpg', '..'].map((name) => ({ name, type: 'photo' }));
		const inside = path.join(folder, 'inside');
		await deploy(hostile, { target: 'folder', folder: inside, output: 'array' });
		// The list comes first, and fails afterwards.
		const told = await ask<Array<{ error: { code: string } }>>();
		expect(told.map(({ error }) => error.code)).toEqual(hostile.map(() => 'media_name'));
		expect(await readdir(inside)).toEqual([]);
	});

	test('are copied by the example, a folder for each entry', async () => {
		const file = path.join(repository, 'node-red/examples/media-to-folders.json');
		const copies = path.join(folder, 'copies');
		const flow = (JSON.parse(await readFile(file, 'utf8')) as FlowNode[]).map((node) => {
			if (node.type === 'epicollect5-project') return { ...config(), id: node.id };
			return node.type === 'epicollect5-media' ? { ...node, folder: copies, share: '100' } : node;
		});
		const id = (type: string): string => flow.find((node) => node.type === type)?.id ?? '';
		await host.deploy(flow);
		const from = host.comms.events.length;
		await host.inject(id('inject'));
		await host.statusOf(
			id('epicollect5-media'),
			({ text }) => /^\d+ files? · .*\d\d:\d\d$/.test(text ?? ''),
			from,
		);
		const saved = (await readdir(copies, { recursive: true })).filter((name) => /\.\w{3}$/.test(name));
		expect(saved.length).toBeGreaterThan(3);
		for (const name of saved) expect(name).toMatch(/^[0-9a-f-]{36}[\\/][^\\/]+$/);
	}, 90_000);

	test('are chosen in a dialog, with the media questions of the project', async () => {
		await host.deploy([tab(), config(), entries('read', 'ec5', ['media']), media('media', 'ec5', [[], []])]);
		const editor = await Editor.open(host);
		const turn = () => editor.page.evaluate(() => document.documentElement.classList.toggle('nr-theme-dark'));
		try {
			await editor.edit('media');
			await editor.picture(`node-red-${version}-media`);
			await editor.choose('target', 'Into a folder on this machine');
			await editor.page.fill('#node-input-folder + .red-ui-typedInput-container input', '/data/photos');
			await editor.choose('question', 'Photo of the site (Site)');
			await editor.picture(`node-red-${version}-media-folder`);
			await turn();
			await editor.picture(`node-red-${version}-media-folder-dark`);
			await turn();
			await editor.done();
			const saved = (await editor.exported()).find((node) => node.id === 'media');
			expect(saved).toMatchObject({
				...{
					target: 'folder',
					folder: '/data/photos',
					questionName: 'Photo of the site (Site)',
					create: 'true',
				},
				...{ types: 'photo,audio,video', schema: 1, pattern: '{name}', output: 'each' },
			});
			await editor.showSidebar('help');
			await editor.picture(`node-red-${version}-media-help`);
			expect(editor.faults).toEqual([]);
		} finally {
			await editor.close();
		}
	});
});
