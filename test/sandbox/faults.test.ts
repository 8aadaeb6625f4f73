import { startSandbox, type Fault, type Sandbox } from '../../sandbox/src';
import { ask, entries, json, smallSandbox } from './ask';

const SLUG = 'sandbox-public';
const URL_ = entries(SLUG, { per_page: 1 });

describe('a planned fault', () => {
	it('strikes the requests it fits, as often as told, after those it lets pass', async () => {
		const sandbox = smallSandbox();
		sandbox.admin.planFault({ kind: 'entries', skip: 1, times: 2, fault: { type: 'status', status: 502 } });
		const statuses = [];
		for (let n = 0; n < 4; n += 1) {
			statuses.push((await ask(sandbox, URL_)).status);
			expect((await ask(sandbox, `/api/export/project/${SLUG}`)).status).toBe(200);
		}
		expect(statuses).toEqual([200, 502, 502, 200]);
		expect(sandbox.stats()).toMatchObject({ faults: 2, statuses: { 502: 2 } });
	});

	it('can be aimed at a path and taken back', async () => {
		const sandbox = smallSandbox();
		sandbox.admin.planFault({ path: 'page=2', fault: { type: 'reset' } });
		expect((await ask(sandbox, URL_)).transport).toBeUndefined();
		expect((await ask(sandbox, `${URL_}&page=2`)).transport).toEqual({ kind: 'reset' });
		sandbox.admin.planFault({ fault: { type: 'reset' } });
		sandbox.admin.clearFaults();
		expect((await ask(sandbox, URL_)).transport).toBeUndefined();
	});

	it.each<[Fault, number, Record<string, string | undefined>]>([
		[{ type: 'status', status: 503 }, 503, { 'content-type': 'text/html' }],
		[{ type: 'status', status: 500, body: 'json' }, 500, { 'content-type': 'application/json' }],
		[{ type: 'status', status: 200, body: '<html>login</html>' }, 200, { 'content-type': 'text/html' }],
		[
			{ type: 'status', status: 302, headers: { Location: 'http://evil.example/' } },
			302,
			{ location: 'http://evil.example/' },
		],
		[{ type: 'rateLimited' }, 429, { 'retry-after': undefined, 'x-ratelimit-limit': undefined }],
		[{ type: 'rateLimited', retryAfter: 7 }, 429, { 'retry-after': '7' }],
		[{ type: 'rateLimited', retryAfter: 'date' }, 429, { 'retry-after': 'Sun, 22 Nov 2026 12:00:30 GMT' }],
	])('%j answers so', async (fault, status, headers) => {
		const sandbox = smallSandbox();
		sandbox.admin.planFault({ fault });
		const answer = await ask(sandbox, URL_);
		expect(answer.status).toBe(status);
		for (const [name, value] of Object.entries(headers)) expect(answer.headers[name]).toBe(value);
	});

	it('can break the JSON, and can lose an answer after the work was done', async () => {
		const sandbox = smallSandbox();
		sandbox.admin.planFault({ fault: { type: 'invalidJson' } });
		const broken = await ask(sandbox, URL_);
		expect(broken.status).toBe(200);
		expect(() => json(broken)).toThrow();
		const token = sandbox.admin.issueToken({ client: 2 });
		sandbox.admin.planFault({ kind: 'token', afterwards: true, fault: { type: 'reset' } });
		const body = JSON.stringify({ client_id: 2 });
		await ask(sandbox, '/api/oauth/token', {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body,
		});
		const headers = { authorization: `Bearer ${token}` };
		expect((await ask(sandbox, entries('sandbox-private'), { headers })).status).toBe(404);
	});
});

describe('over HTTP', () => {
	let sandbox: Sandbox;
	beforeAll(async () => {
		sandbox = await startSandbox({ entries: 5, limits: 'off', clock: 'virtual', basePath: '/ec5/' });
	});
	afterAll(() => sandbox.stop());

	const get = (path: string, init?: RequestInit) => fetch(sandbox.addresses.epicollect5 + path, init);

	it('the server lives under its base path, and its links too', async () => {
		expect(sandbox.addresses.epicollect5).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/ec5$/);
		const body = (await (await get(URL_)).json()) as { links: { self: string } };
		expect(body.links.self.startsWith(`${sandbox.addresses.epicollect5}/api/export/entries/`)).toBe(true);
		expect((await fetch(new URL('/api/projects/x', sandbox.addresses.epicollect5))).status).toBe(404);
	});

	it('a reset, a truncated body and a hang are what they say', async () => {
		sandbox.admin.planFault({ fault: { type: 'reset' } });
		await expect(get(URL_)).rejects.toThrow();
		sandbox.admin.planFault({ fault: { type: 'truncate', bytes: 50 } });
		await expect(get(URL_).then((answer) => answer.text())).rejects.toThrow();
		sandbox.admin.planFault({ fault: { type: 'hang' } });
		await expect(get(URL_, { signal: AbortSignal.timeout(50) })).rejects.toThrow(/abort|timeout/i);
		sandbox.admin.planFault({ fault: { type: 'drip', bytes: 400, everyMs: 1 } });
		expect(((await (await get(URL_)).json()) as { meta: { total: number } }).meta.total).toBe(5);
	});

	it('a range that ends beyond a video promises more than it sends', async () => {
		sandbox.admin.addMedia({ project: SLUG, name: 'x.mp4', bytes: 500 });
		const url = `/api/export/media/${SLUG}?type=video&format=video&name=x.mp4`;
		const answer = await get(url, { headers: { range: 'bytes=0-999' } });
		expect(answer.headers.get('content-length')).toBe('1000');
		await expect(answer.arrayBuffer()).rejects.toThrow();
	});

	it('the admin door takes verbs as JSON and tells what it has', async () => {
		const act = (verb: string, argument: unknown = {}) =>
			fetch(`${sandbox.addresses.admin}/${verb}`, { method: 'POST', body: JSON.stringify(argument) });
		const added = (await (await act('addEntry', { project: SLUG, title: 'By the door' })).json()) as {
			result: { title: string };
		};
		expect(added.result.title).toBe('By the door');
		const failed = await act('addEntry', { project: 'nope' });
		expect([failed.status, await failed.json()]).toEqual([
			400,
			{ ok: false, error: 'project: no project nope' },
		]);
		const unknown = await act('nothing');
		expect(unknown.status).toBe(404);
		expect(((await unknown.json()) as { verbs: string[] }).verbs).toEqual(
			expect.arrayContaining(['addEntry', 'eatLimit', 'planFault', 'setClock', 'workfloplus/revokeTokens']),
		);
		expect((await act('advanceClock', { seconds: 30 })).status).toBe(200);
		expect(sandbox.clock.now()).toBe(Date.UTC(2026, 10, 22, 12, 0, 30));
		expect(
			((await (await fetch(`${sandbox.addresses.admin}/stats`)).json()) as { result: { total: number } })
				.result.total,
		).toBeGreaterThan(3);
	});

	it('the redirect of S3 mode leads to the second origin', async () => {
		sandbox.admin.configure({ s3Redirect: true });
		const url = `/api/export/media/${SLUG}?type=video&format=video&name=x.mp4`;
		const followed = await get(url, { headers: { authorization: 'Bearer x' } });
		expect(followed.url.startsWith(sandbox.addresses.storage)).toBe(true);
		expect((await followed.arrayBuffer()).byteLength).toBe(500);
	});

	it('WorkfloPlus runs beside it', async () => {
		const answer = await fetch(`${sandbox.addresses.workfloplus.accounts}/connect/token`, { method: 'POST' });
		expect(answer.status).toBe(400);
		expect(sandbox.workfloplusClients.length).toBeGreaterThan(0);
	});
});
