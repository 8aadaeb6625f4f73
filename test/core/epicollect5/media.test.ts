import crypto from 'node:crypto';
import { readAll } from '../../../core/http/body';
import { AbortedError, InputError } from '../../../core/http/errors';
import {
	checkMediaName,
	IMPOSSIBLE_NAME,
	LOGO,
	Placeholders,
	type MediaDownload,
	type MediaQuery,
} from '../../../core/epicollect5/media';
import { missingPhotoPlaceholder } from '../../../sandbox/src/epicollect5/mediaBytes';
import { SECOND, SERVER, SLUG, uuid, World } from './support/world';

const PHOTO = `${uuid(1)}_1714723950.jpg`;
const photo = (name = PHOTO): MediaQuery => ({ type: 'photo', format: 'entry_original', name });
const stored = (world: World, format: string, name: string, contentType: string) =>
	world.project.addMedia({ format, name, contentType, bytes: 2000 });
const ask = async (world: World, query: MediaQuery) =>
	await world.client().media.photo(SLUG, query, world.run());
/** The whole file, as a host would keep it. */
const keep = async ({ name, contentType, size, body }: MediaDownload) => {
	const pieces = body instanceof Uint8Array ? [body] : [await readAll(body)];
	return { name, contentType, size, bytes: Buffer.concat(pieces) };
};
const load = async (world: World, query: MediaQuery) =>
	await world.client().media.download(SLUG, query, world.run(), keep);

describe('a photo, audio or video', () => {
	it('comes as bytes, with name and type', async () => {
		const world = new World();
		stored(world, 'entry_original', PHOTO, 'image/jpeg');
		const file = await ask(world, photo());
		expect(file).toMatchObject({ name: PHOTO, contentType: 'image/jpeg' });
		expect(file.bytes).toHaveLength(2000);
		expect(file.bytes).toBeInstanceOf(Uint8Array);
	});

	it.each([
		['audio', 'audio', 'audio/mp4'],
		['video', 'video', 'video/mp4'],
	] as const)('%s comes without a look at placeholders', async (type, format, contentType) => {
		const world = new World();
		stored(world, format, 'a.mp4', contentType);
		const file = await load(world, { type, format, name: 'a.mp4' });
		expect(file).toMatchObject({ contentType, size: 2000, name: 'a.mp4' });
		expect(file.bytes).toHaveLength(2000);
		expect(world.transport.sent).toHaveLength(1);
	});

	it('of a private project needs the token, and its export address', async () => {
		const world = new World({ access: 'private' });
		stored(world, 'entry_original', PHOTO, 'image/jpeg');
		await expect(ask(world, photo())).rejects.toMatchObject({ code: 'ec5_256' });
		const client = world.client(world.tokens());
		expect((await client.media.photo(SLUG, photo(), world.run())).bytes).toHaveLength(2000);
		expect(world.transport.sent.at(-1)?.url).toBe(`${SERVER}/api/export/media/${SLUG}`);
	});

	it('of a public project may come by the fast address, without a token: five a second', async () => {
		const world = new World();
		const names = Array.from({ length: 23 }, (_, i) => `${uuid(i)}_1.jpg`);
		for (const name of names) stored(world, 'entry_original', name, 'image/jpeg');
		const client = world.client(world.tokens());
		const start = world.clock.now();
		for (const name of names)
			await client.media.photo(SLUG, { ...photo(name), publicProject: true }, world.run());
		expect(world.clock.now() - start).toBeLessThanOrEqual(10 * SECOND);
		expect(world.service.stats.read().rateLimited).toBe(0);
		expect(world.transport.sent).toHaveLength(24);
		for (const request of world.transport.sent) {
			expect(request.url).toBe(`${SERVER}/api/media/${SLUG}`);
			expect(request.headers).not.toHaveProperty('Authorization');
		}
	});

	it.each(['audio', 'video'] as const)(
		'%s that has not arrived is said to be so, by its name',
		async (type) => {
			const world = new World();
			await expect(load(world, { type, format: type, name: 'late.mp4' })).rejects.toMatchObject({
				...{
					kind: 'notUploaded',
					code: 'not_uploaded',
					message: 'The file late.mp4 has not been uploaded yet',
				},
			});
		},
	);

	it('follows a redirect to a storage without the token', async () => {
		const world = new World({ access: 'private' });
		world.service.settings.s3Redirect = true;
		stored(world, 'video', 'a.mp4', 'video/mp4');
		const sent: Array<[string, boolean]> = [];
		const client = world.client(world.tokens());
		const request = world.transport.request.bind(world.transport);
		world.transport.request = async (one) => {
			sent.push([new URL(one.url).host, 'Authorization' in (one.headers ?? {})]);
			return await request(one);
		};
		await expect(
			client.media.download(
				SLUG,
				{ type: 'video', format: 'video', name: 'a.mp4' },
				world.run({ deadline: world.clock.now() + 1 }),
				keep,
			),
		).rejects.toMatchObject({ kind: 'network' });
		expect(sent.filter(([host]) => host !== new URL(SERVER).host)).toContainEqual([
			'storage.sandbox.test',
			false,
		]);
		expect(sent.some(([host, token]) => token && host !== new URL(SERVER).host)).toBe(false);
	});

	it('has a type even where the server names none', async () => {
		const world = new World();
		world.service.faults.add({
			fault: { type: 'status', status: 200, body: 'x', headers: {} },
			kind: 'media',
		});
		const request = world.transport.request.bind(world.transport);
		world.transport.request = async (one) => ({ ...(await request(one)), headers: {} });
		expect(await load(world, { type: 'audio', format: 'audio', name: 'a.mp4' })).toMatchObject({
			contentType: 'application/octet-stream',
		});
	});
});

describe('a video', () => {
	const VIDEO: MediaQuery = { type: 'video', format: 'video', name: 'a.mp4' };
	const withVideo = (bytes = 5000) => {
		const world = new World();
		world.project.addMedia({ format: 'video', name: 'a.mp4', contentType: 'video/mp4', bytes });
		return world;
	};

	it('comes in pieces', async () => {
		const sizes: number[] = [];
		await withVideo()
			.client()
			.media.download(SLUG, VIDEO, withVideo().run(), async ({ body }) => {
				for await (const piece of body as AsyncIterable<Uint8Array>) sizes.push(piece.length);
			});
		expect(sizes).toEqual([1024, 1024, 1024, 1024, 904]);
	});

	it.each([
		['breaks in the middle', { type: 'truncate', bytes: 3000 }],
		['does not come', { type: 'reset' }],
		['comes too slowly', { type: 'drip', bytes: 1, everyMs: 1000 }],
	] as const)('that %s is read again from its beginning', async (_what, fault) => {
		const world = withVideo();
		world.service.faults.add({ fault, kind: 'media' });
		const begun: number[] = [];
		const file = await world.client().media.download(SLUG, VIDEO, world.run(), async (download) => {
			begun.push(world.transport.sent.length);
			return await keep(download);
		});
		expect(file.bytes).toHaveLength(5000);
		expect(world.transport.sent).toHaveLength(2);
		expect(begun.at(-1)).toBe(2);
		expect(world.transport.open).toBe(0);
	});

	it('that nobody can store is asked for once, and the place is named', async () => {
		const world = withVideo();
		const full = async () => await Promise.reject(Object.assign(new Error('no space'), { code: 'ENOSPC' }));
		await expect(world.client().media.download(SLUG, VIDEO, world.run(), full)).rejects.toMatchObject({
			...{ kind: 'api', code: 'not_saved', message: 'The file a.mp4 could not be saved (ENOSPC)' },
		});
		expect(world.transport.sent).toHaveLength(1);
	});

	it('that is turned away before it is read lets go of its connection', async () => {
		const refusals = [
			new InputError('Too large', { code: 'too_large', field: 'Put files', hint: 'Choose a folder.' }),
			Object.assign(new Error('no space'), { code: 'ENOSPC' }),
		];
		for (const refusal of refusals) {
			const world = withVideo();
			let body: MediaDownload['body'] | undefined;
			const turnAway = async (file: MediaDownload) => {
				({ body } = file);
				return await Promise.reject(refusal);
			};
			await expect(world.client().media.download(SLUG, VIDEO, world.run(), turnAway)).rejects.toBeDefined();
			// Nothing is left to come: it was ended, not only left alone.
			expect(await readAll(body as AsyncIterable<Uint8Array>)).toHaveLength(0);
			expect(world.transport.open).toBe(0);
		}
	});

	it('whose connection breaks while it is let go is refused for the first reason', async () => {
		const world = withVideo();
		world.service.faults.add({ fault: { type: 'truncate', bytes: 0 }, kind: 'media' });
		const full = async () => await Promise.reject(Object.assign(new Error('no space'), { code: 'ENOSPC' }));
		await expect(world.client().media.download(SLUG, VIDEO, world.run(), full)).rejects.toMatchObject({
			code: 'not_saved',
		});
		expect(world.transport.sent).toHaveLength(1);
	});

	it('that cannot be stored for a reason without a code is said to be so as well', async () => {
		const world = withVideo();
		const broken = async () => await Promise.reject(new Error('whatever'));
		await expect(world.client().media.download(SLUG, VIDEO, world.run(), broken)).rejects.toMatchObject({
			message: 'The file a.mp4 could not be saved',
		});
	});

	it('keeps its place in the limit no longer than until it begins', async () => {
		const world = withVideo();
		const client = world.client();
		let inside = 0;
		await client.media.download(SLUG, VIDEO, world.run(), async (outer) => {
			for (let i = 0; i < 8; i++) await client.media.download(SLUG, VIDEO, world.run(), keep);
			inside = world.transport.sent.length;
			await keep(outer);
		});
		expect(inside).toBe(9);
	});

	it('ends when the run is stopped, without another try', async () => {
		const world = withVideo();
		const stop = new AbortController();
		const download = world
			.client()
			.media.download(SLUG, VIDEO, world.run({ signal: stop.signal }), async ({ body }) => {
				stop.abort();
				return await readAll(body as AsyncIterable<Uint8Array>);
			});
		await expect(download).rejects.toMatchObject({ kind: 'aborted' });
		expect(world.transport.sent).toHaveLength(1);
		expect(world.transport.open).toBe(0);
	});

	it('that is refused says why, in the words of its body', async () => {
		const world = new World({ access: 'private' });
		await expect(load(world, VIDEO)).rejects.toMatchObject({ code: 'ec5_256' });
		expect(world.transport.open).toBe(0);
	});

	it('is neither there nor missing where nothing but web pages come, and no photo is', async () => {
		const world = withVideo(2000);
		world.service.faults.add({ fault: { type: 'status', status: 200 }, kind: 'media', times: 99 });
		for (const type of ['photo', 'video'] as const) {
			const asked = world.client().media.has(SLUG, { type, name: VIDEO.name }, world.run());
			await expect(asked).rejects.toMatchObject({ kind: 'api', code: 'unreadable' });
		}
		await expect(load(world, VIDEO)).rejects.toMatchObject({ code: 'unreadable' });
		expect(world.transport.open).toBe(0);
	});

	it('is not read to know whether it is there', async () => {
		const world = withVideo(1_000_000);
		expect(await world.client().media.has(SLUG, VIDEO, world.run())).toBe(true);
		expect(world.transport.sent[0]?.headers).toMatchObject({ Range: 'bytes=0-0' });
		expect(world.transport.open).toBe(0);
	});
});

describe('a photo that has not arrived', () => {
	it('is found out by what the server shows for a name that cannot exist, asked once', async () => {
		const world = new World();
		stored(world, 'entry_original', PHOTO, 'image/jpeg');
		await expect(ask(world, photo('late.jpg'))).rejects.toMatchObject({
			...{ kind: 'notUploaded', message: 'The file late.jpg has not been uploaded yet' },
		});
		await expect(ask(world, photo('later.jpg'))).rejects.toMatchObject({ kind: 'notUploaded' });
		await ask(world, photo());
		expect(world.transport.sent.filter(({ query }) => query?.name === IMPOSSIBLE_NAME)).toHaveLength(1);
		expect(world.transport.sent).toHaveLength(4);
	});

	it('has another placeholder as a small logo', async () => {
		const world = new World();
		await expect(ask(world, photo('late.jpg'))).rejects.toMatchObject({ kind: 'notUploaded' });
		await expect(ask(world, { ...photo('x.jpg'), format: 'project_mobile_logo' })).rejects.toMatchObject({
			kind: 'notUploaded',
		});
	});

	it.each([0, 1])('is not taken for there because a web page comes instead, at request %i', async (skip) => {
		const world = new World();
		world.service.faults.add({ fault: { type: 'status', status: 200 }, kind: 'media', skip });
		expect(await world.client().media.has(SLUG, { type: 'photo', name: 'late.jpg' }, world.run())).toBe(
			false,
		);
		await expect(ask(world, photo('later.jpg'))).rejects.toMatchObject({ kind: 'notUploaded' });
	});

	it('is found when it has arrived later', async () => {
		const world = new World();
		await expect(ask(world, photo())).rejects.toMatchObject({ kind: 'notUploaded' });
		stored(world, 'entry_original', PHOTO, 'image/jpeg');
		expect((await ask(world, photo())).bytes).toHaveLength(2000);
	});

	it('is no mystery where the server says 404: the others are shown all the same', async () => {
		const world = new World();
		stored(world, 'entry_original', PHOTO, 'image/jpeg');
		world.service.faults.add({
			fault: { type: 'status', status: 404, body: '{"errors":[{"code":"ec5_69","title":"","source":""}]}' },
			kind: 'media',
			path: IMPOSSIBLE_NAME,
		});
		expect((await ask(world, photo())).bytes).toHaveLength(2000);
		expect((await ask(world, photo())).bytes).toHaveLength(2000);
	});
});

describe('placeholders', () => {
	const bytes = (text: string) => new TextEncoder().encode(text);

	it.each([
		'ebcd4e14828314b721458388c4f42afd36ca1dd477cc07920f87c4439474ee54',
		'4cfe3fe36196b230cd44c6d925c1c73f5b6b6fffd2feaf879fb083321aa86c52',
		'810066b3df6d30d59f7ade646f36c1c20bfbeb80c97ae8d0e94baec3db60604d',
	])('with the known digest %s need no question', async (digest) => {
		const createHash = crypto.createHash;
		const spy = jest
			.spyOn(crypto, 'createHash')
			.mockImplementation((name) => Object.assign(createHash(name), { digest: () => digest }) as never);
		const probe = jest.fn();
		expect(await new Placeholders().isPlaceholder('s', bytes('x'), probe)).toBe(true);
		expect(probe).not.toHaveBeenCalled();
		spy.mockRestore();
	});

	it('are learnt for each server by itself', async () => {
		const placeholders = new Placeholders();
		const probe = async () => bytes('grey');
		expect(await placeholders.isPlaceholder('a', bytes('grey'), probe)).toBe(true);
		expect(await placeholders.isPlaceholder('a', bytes('photo'), probe)).toBe(false);
		expect(await placeholders.isPlaceholder('b', bytes('grey'), async () => bytes('blue'))).toBe(false);
	});

	it('that could not be learnt are asked for again by the next photo', async () => {
		const placeholders = new Placeholders();
		const broken = async () => await Promise.reject(new Error('no connection'));
		await expect(placeholders.isPlaceholder('a', bytes('x'), broken)).rejects.toThrow('no connection');
		expect(await placeholders.isPlaceholder('a', bytes('x'), async () => bytes('x'))).toBe(true);
	});

	it('are learnt once for many photos at once, and a failure told to all of them', async () => {
		const placeholders = new Placeholders();
		const probe = jest.fn(async () => await Promise.reject(new Error('no connection')));
		const all = await Promise.allSettled(
			[1, 2, 3].map(async () => await placeholders.isPlaceholder('a', bytes('x'), probe)),
		);
		expect(all.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
		expect(probe).toHaveBeenCalledTimes(1);
	});

	it('are learnt by another run when the one that asked was stopped', async () => {
		const placeholders = new Placeholders();
		const stopped = placeholders.isPlaceholder(
			'a',
			bytes('x'),
			async () => await Promise.reject(new AbortedError()),
		);
		const other = placeholders.isPlaceholder('a', bytes('x'), async () => bytes('x'));
		await expect(stopped).rejects.toMatchObject({ kind: 'aborted' });
		expect(await other).toBe(true);
	});

	it('of the sandbox are as large as the real ones', () => {
		expect(missingPhotoPlaceholder()).toHaveLength(40_073);
	});
});

describe('the name of a file', () => {
	it.each([
		'',
		'.',
		'..',
		'../x.jpg',
		'a/b.jpg',
		'/etc/passwd',
		'a\\b.jpg',
		'..\\x',
		'a\u0000.jpg',
		'a\nb.jpg',
		'a\u007f',
		'\t',
	])('%j is refused before anything is sent', async (name) => {
		const world = new World();
		await expect(ask(world, photo(name))).rejects.toMatchObject({
			kind: 'input',
			code: 'media_name',
			field: 'File Name',
		});
		expect(world.transport.sent).toHaveLength(0);
	});

	it('is no logo where the server shows its placeholder for logos, whatever that is', async () => {
		const world = new World();
		await expect(ask(world, LOGO)).rejects.toMatchObject({ kind: 'notUploaded' });
		stored(world, LOGO.format, LOGO.name, 'image/jpeg');
		expect((await ask(world, LOGO)).bytes).toHaveLength(2000);
	});

	it.each(['a b.jpg', '..a.jpg', 'ä.jpg', '日本.mp4', '%2e%2e', 'a&b=c.jpg', IMPOSSIBLE_NAME])(
		'%j may be one',
		(name) => {
			expect(() => checkMediaName(name)).not.toThrow();
		},
	);

	it('is sent as one value, whatever is in it', async () => {
		const world = new World();
		stored(world, 'audio', 'a&name=b #?.mp4', 'audio/mp4');
		expect(
			(await load(world, { type: 'audio', format: 'audio', name: 'a&name=b #?.mp4' })).bytes,
		).toHaveLength(2000);
	});
});
