import { mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MediaFolder, saveOnce } from '../../node-red/nodes/epicollect5-media/folder';

const going = new AbortController().signal;
const bytes = (text: string) => Buffer.from(text);
const ENTRY = '0d3c7a54-6a0e-4f0e-8a37-2f6f7d1b9e22';

describe('The folder of saved files', () => {
	let base: string;
	let root: string;
	beforeEach(async () => {
		base = await realpath(await mkdtemp(path.join(tmpdir(), 'field-data-media-')));
		root = path.join(base, 'chosen');
		await mkdir(root);
	});
	afterEach(() => rm(base, { recursive: true, force: true }));

	const open = (folder: string, create = false) => MediaFolder.open(folder, { create, base });
	const save = (target: string, text: string) =>
		saveOnce(target, async (put) => (await put(bytes(text)), true), going);

	it('is made where that is wanted, and meant from where Node-RED runs', async () => {
		await expect(open('a/b')).rejects.toMatchObject({ code: 'folder', field: 'Folder' });
		const folder = await open('a/b', true);
		expect(await folder.place('x.jpg')).toBe(path.join(base, 'a/b/x.jpg'));
	});

	it.each([false, true])(
		'is refused with a reason where a file has its name (to be made: %s)',
		async (create) => {
			await writeFile(path.join(base, 'file'), '');
			await expect(open('file', create)).rejects.toMatchObject({ code: 'folder' });
			await expect(open('file/below', create)).rejects.toMatchObject({ code: 'folder' });
			await expect(open('a\0b', create)).rejects.toMatchObject({ code: 'folder' });
		},
	);

	it('is not left through a link that has the name of an entry', async () => {
		const outside = path.join(base, 'outside');
		await mkdir(outside);
		await symlink(outside, path.join(root, ENTRY));
		await expect((await open(root)).place('x.jpg', ENTRY)).rejects.toMatchObject({ code: 'occupied' });
		expect(await readdir(outside)).toEqual([]);
	});

	it('writes through no link that has the name of a file, nor of what is being written', async () => {
		const outside = path.join(base, 'outside.txt');
		await writeFile(outside, 'mine');
		const target = await (await open(root)).place('x.jpg');
		await symlink(outside, target);
		await expect(save(target, 'theirs')).rejects.toMatchObject({ code: 'occupied' });
		await rm(target);
		let temporary = '';
		await saveOnce(target, async () => false, going);
		await saveOnce(
			target,
			async (put) => {
				async function* slow() {
					[temporary = ''] = (await readdir(root)).filter((name) => name.endsWith('.part'));
					yield bytes('x');
				}
				await put(slow());
				return true;
			},
			going,
		);
		expect(temporary).not.toBe('');
		await rm(target);
		await symlink(outside, path.join(root, temporary));
		await save(target, 'theirs');
		expect(await readFile(target, 'utf8')).toBe('theirs');
		expect(await readFile(outside, 'utf8')).toBe('mine');
		expect(await readdir(root)).toEqual(['x.jpg']);
	});

	it('shows a file under its name only when all of it is there, and nothing of one that broke', async () => {
		const target = await (await open(root)).place('x.jpg');
		async function* breaking() {
			yield bytes('half');
			expect((await readdir(root)).every((name) => name.endsWith('.part'))).toBe(true);
			throw new Error('broken');
		}
		const broken = saveOnce(target, async (put) => (await put(breaking()), true), going);
		await expect(broken).rejects.toThrow('broken');
		expect(await readdir(root)).toEqual([]);
	});

	it('writes over what a crash left behind', async () => {
		const target = await (await open(root)).place('x.jpg');
		let left: string[] = [];
		await saveOnce(
			target,
			async (put) => {
				async function* slow() {
					left = await readdir(root);
					yield bytes('whole');
				}
				await put(slow());
				return true;
			},
			going,
		);
		await rm(target);
		await writeFile(path.join(root, left[0] ?? ''), 'the longer half of something');
		expect(await save(target, 'whole')).toEqual({ size: 5, existed: false });
		expect(await readFile(target, 'utf8')).toBe('whole');
		expect(await readdir(root)).toEqual(['x.jpg']);
	});

	it('asks for no file that is there, also where two want it at once', async () => {
		const target = await (await open(root)).place('x.jpg');
		const [one, two] = await Promise.all([save(target, 'first'), save(target, 'second')]);
		expect([one, two]).toEqual([
			{ size: 5, existed: false },
			{ size: 5, existed: true },
		]);
		expect(await readFile(target, 'utf8')).toBe('first');
	});

	it('lets who is stopped wait no longer for another one’s file', async () => {
		const target = await (await open(root)).place('x.jpg');
		let finish = () => {};
		const finished = new Promise<boolean>((resolve) => (finish = () => resolve(false)));
		const other = saveOnce(target, () => finished, going);
		const stop = new AbortController();
		const waiting = saveOnce(target, async () => false, stop.signal);
		stop.abort();
		await expect(waiting).rejects.toMatchObject({ kind: 'aborted' });
		finish();
		expect(await other).toBeUndefined();
	});
});
