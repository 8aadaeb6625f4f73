import { createHash } from 'node:crypto';
import { makeRequest, placeholderHashes, type SandboxCore } from '../../sandbox/src';
import { ask, json, outcome, smallSandbox } from './ask';

const SLUG = 'sandbox-public';
const PHOTO = '11111111-1111-4111-8111-111111111111_1700000000.jpg';
const CLIP = '11111111-1111-4111-8111-111111111111_1700000000.mp4';

function mediaUrl(parameters: Record<string, string>, endpoint = '/api/export/media'): string {
	return `${endpoint}/${SLUG}?${new URLSearchParams(parameters).toString()}`;
}

const photo = (name: string, format = 'entry_original') => mediaUrl({ type: 'photo', format, name });
const clip = mediaUrl({ type: 'video', format: 'video', name: CLIP });
const sha = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe('media', () => {
	let sandbox: SandboxCore;
	beforeEach(() => {
		sandbox = smallSandbox({ entries: 5 });
		sandbox.admin.addMedia({ project: SLUG, name: PHOTO, bytes: 20_000 });
		sandbox.admin.addMedia({ project: SLUG, name: CLIP, bytes: 1_000 });
	});

	it('of a photo that is there is a JPEG of its size, cached for a day, or for a year with v', async () => {
		const answer = await ask(sandbox, photo(PHOTO));
		expect(answer.body).toHaveLength(20_000);
		expect(answer.body.subarray(0, 3).toString('hex')).toBe('ffd8ff');
		expect(answer.body.subarray(-2).toString('hex')).toBe('ffd9');
		expect(answer.headers).toMatchObject({
			'content-type': 'image/jpeg',
			'cache-control': 'max-age=86400, public',
		});
		expect((await ask(sandbox, `${photo(PHOTO)}&v=1`)).headers['cache-control']).toContain('immutable');
		expect((await ask(sandbox, photo(PHOTO), { headers: { range: 'bytes=0-9' } })).status).toBe(200);
	});

	it('of a photo that has not arrived is a placeholder with 200, until it arrives', async () => {
		const missing = await ask(sandbox, photo('nope.jpg'));
		expect([missing.status, missing.body.length]).toEqual([200, 40_073]);
		expect(missing.headers['cache-control']).toContain('immutable');
		expect(sha(missing.body)).toBe(placeholderHashes().missingPhoto);
		expect(sha((await ask(sandbox, photo('nope.jpg', 'entry_thumb'))).body)).toBe(
			placeholderHashes().missingPhoto,
		);
		const logo = await ask(sandbox, photo('logo.jpg'));
		expect([logo.body.length, sha(logo.body)]).toEqual([3_735, placeholderHashes().generic]);
		sandbox.admin.addMedia({ project: SLUG, name: 'nope.jpg' });
		expect((await ask(sandbox, photo('nope.jpg'))).body).toHaveLength(12_000);
	});

	it('of an audio or video that has not arrived is a 404', async () => {
		const url = mediaUrl({ type: 'audio', format: 'audio', name: 'nope.mp4' });
		expect(outcome(await ask(sandbox, url))).toBe('404 ec5_69 media-service');
	});

	it('names every missing or wrong parameter', async () => {
		expect(outcome(await ask(sandbox, mediaUrl({})))).toBe('400 ec5_21 type ec5_21 name ec5_21 format');
		expect(outcome(await ask(sandbox, mediaUrl({ type: 'x', format: 'y', name: 'z' })))).toBe(
			'400 ec5_29 type ec5_29 format',
		);
		expect(outcome(await ask(sandbox, mediaUrl({ type: 'photo', format: 'temp', name: 'z' })))).toBe(
			'400 ec5_103 media-service',
		);
		expect(
			outcome(await ask(sandbox, mediaUrl({ type: 'photo', format: 'entry_original', 'name[]': 'z' }))),
		).toBe('400 ec5_87 name');
	});

	it('never leaves its storage by the name', async () => {
		expect(outcome(await ask(sandbox, photo('../../secret')))).toBe('400 ec5_103 media-service');
		expect((await ask(sandbox, photo(`../x/${PHOTO}`))).body).toHaveLength(40_073);
		expect((await ask(sandbox, photo(`sub/../${PHOTO}`))).body).toHaveLength(20_000);
	});

	it.each([
		['bytes=0-99', 206, '100', 'bytes 0-99/1000', 100],
		['bytes=100-', 206, '900', 'bytes 100-999/1000', 900],
		['bytes=-100', 206, '101', 'bytes 0-100/1000', 101],
		['bytes=0-9,20-29', 206, '10', 'bytes 0-9/1000', 10],
		['bytes=0-99999', 200, '100000', undefined, 1000],
		['bytes=abc', 200, '1000', undefined, 1000],
		['items=0-5', 200, '1000', undefined, 1000],
		['bytes=5000-', 502, undefined, undefined, null],
		['bytes=200-100', 502, undefined, undefined, null],
	])(
		'of a video reads the range %s as the server does',
		async (range, status, length, contentRange, bytes) => {
			const answer = await ask(sandbox, clip, { headers: { range } });
			expect(answer.status).toBe(status);
			expect(answer.headers['content-length']).toBe(length);
			expect(answer.headers['content-range']).toBe(contentRange);
			if (bytes !== null) expect(answer.body).toHaveLength(bytes);
			if (status === 502) expect(answer.headers['x-ratelimit-limit']).toBeUndefined();
		},
	);

	it('can be redirected to a storage that refuses a second authorisation and forgets after a while', async () => {
		sandbox.admin.configure({ s3Redirect: true });
		const answer = await ask(sandbox, clip);
		expect([answer.status, answer.headers['cache-control']]).toEqual([302, 'no-store, private']);
		const url = new URL(answer.headers['location'] ?? '');
		const get = (headers = {}) =>
			sandbox.epicollect5.storage.handle(makeRequest({ url: url.pathname + url.search, headers }));
		expect((await get()).body).toHaveLength(1000);
		expect((await get({ range: 'bytes=5-9' })).headers['content-range']).toBe('bytes 5-9/1000');
		expect((await get({ authorization: 'Bearer x' })).status).toBe(400);
		sandbox.clock.advance(1_801_000);
		expect((await get()).status).toBe(403);
		expect((await ask(sandbox, photo('nope.jpg'))).status).toBe(200);
		expect(
			(await ask(sandbox, mediaUrl({ type: 'video', format: 'video', name: CLIP }, '/api/media'))).status,
		).toBe(200);
	});

	it('of demo rows is there for most and still missing for some', async () => {
		const demo = smallSandbox({ entries: 200 });
		const rows = json(await ask(demo, `/api/export/entries/${SLUG}?per_page=200`)).data.entries;
		const urls: string[] = rows
			.map((row: Record<string, string>) => row['16_Photo_of_the_site'])
			.filter(Boolean);
		const sizes: number[] = [];
		for (const url of urls) {
			sizes.push(
				(await ask(demo, url.replace('http://sandbox.test/api/media', '/api/export/media'))).body.length,
			);
		}
		const missing = sizes.filter((size) => size === 40_073).length;
		expect(missing).toBeGreaterThan(0);
		expect(missing).toBeLessThan(sizes.length / 2);
	});
});
