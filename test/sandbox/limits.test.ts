import { limitTable } from '../../sandbox/src';
import { appOf, ask, askToken, entries, outcome, smallSandbox } from './ask';

const START = Date.UTC(2026, 0, 1, 12, 0, 0);

function limited(limits: 'production' | 'code' | 'off' = 'production') {
	const sandbox = smallSandbox({ limits });
	sandbox.clock.set(START + 400);
	return sandbox;
}

describe('a rate limit', () => {
	it('has the numbers of the public service, of the code, or none', () => {
		expect(limitTable('production')).toMatchObject({
			project: { hits: 5, seconds: 60 },
			entries: { hits: 5, seconds: 60 },
			media: { hits: 10, seconds: 60 },
			token: { hits: 10, seconds: 3600 },
			appMediaSecond: { hits: 5, seconds: 1 },
			appMediaMinute: { hits: 300, seconds: 60 },
			ip: { hits: 600, seconds: 60 },
		});
		expect(limitTable('code')).toMatchObject({
			project: { hits: 60 },
			entries: { hits: 60 },
			media: { hits: 30 },
		});
		expect(limitTable('off').entries.hits).toBe(1_000_000);
	});

	it('counts down, rejects with the seconds left, and opens a new window at the very second', async () => {
		const sandbox = limited();
		const hit = () => ask(sandbox, entries('sandbox-public', { per_page: 1 }));
		for (const remaining of ['4', '3', '2', '1', '0']) {
			expect((await hit()).headers).toMatchObject({
				'x-ratelimit-limit': '5',
				'x-ratelimit-remaining': remaining,
			});
		}
		const end = START / 1000 + 60;
		const rejected = await hit();
		expect(outcome(rejected)).toBe('429 ec5_255 rate-limiter');
		expect(rejected.headers).toMatchObject({
			'x-ratelimit-remaining': '0',
			'retry-after': '60',
			'x-ratelimit-reset': String(end),
		});
		sandbox.clock.set(end * 1000 - 1);
		expect((await hit()).headers['retry-after']).toBe('1');
		sandbox.clock.set(end * 1000);
		expect((await hit()).headers['x-ratelimit-remaining']).toBe('4');
	});

	it('is shared by forms, formats, HEAD, denied requests and the whole world', async () => {
		const sandbox = limited();
		const { client_id } = appOf(sandbox, 'sandbox-private');
		const authorization = `Bearer ${sandbox.admin.issueToken({ client: client_id })}`;
		const url = entries('sandbox-private', { per_page: 1 });
		for (let n = 0; n < 3; n += 1) expect((await ask(sandbox, url)).status).toBe(404);
		expect((await ask(sandbox, url, { method: 'HEAD', headers: { authorization } })).status).toBe(200);
		sandbox.admin.eatLimit({ bucket: 'entries', key: 'sandbox-private' });
		expect((await ask(sandbox, `${url}&format=csv`, { headers: { authorization } })).status).toBe(429);
		expect((await ask(sandbox, url, { method: 'HEAD' })).body).toHaveLength(0);
	});

	it('counts each spelling of a slug and each endpoint apart', async () => {
		const sandbox = limited();
		sandbox.admin.eatLimit({ bucket: 'entries', key: 'sandbox-public', hits: 5 });
		expect((await ask(sandbox, entries('sandbox-public'))).status).toBe(429);
		expect((await ask(sandbox, entries('Sandbox-Public'))).status).toBe(200);
		expect((await ask(sandbox, '/api/export/project/sandbox-public')).status).toBe(200);
	});

	it('does not count unknown routes, wrong methods, OPTIONS and maintenance', async () => {
		const sandbox = limited();
		const url = entries('sandbox-public');
		for (let n = 0; n < 9; n += 1) {
			expect((await ask(sandbox, url, { method: 'OPTIONS' })).headers).toMatchObject({ allow: 'GET,HEAD' });
			expect((await ask(sandbox, url, { method: 'POST' })).status).toBe(422);
			expect((await ask(sandbox, '/api/export/nothing/x')).headers['x-ratelimit-limit']).toBeUndefined();
		}
		sandbox.admin.maintenance({ on: true });
		for (let n = 0; n < 9; n += 1) expect((await ask(sandbox, url)).status).toBe(404);
		sandbox.admin.maintenance({ on: false });
		expect((await ask(sandbox, url)).headers['x-ratelimit-remaining']).toBe('4');
	});

	it('lets an address have ten tokens an hour, failed ones included', async () => {
		const sandbox = limited();
		const body = { grant_type: 'client_credentials', ...appOf(sandbox, 'sandbox-private') };
		for (let n = 0; n < 5; n += 1) expect((await askToken(sandbox, body)).status).toBe(200);
		for (let n = 0; n < 5; n += 1) expect((await askToken(sandbox, {})).status).toBe(400);
		const rejected = await askToken(sandbox, body);
		expect([rejected.status, rejected.headers['retry-after']]).toEqual([429, '3600']);
		sandbox.clock.advance(3_599_600);
		expect((await askToken(sandbox, body)).status).toBe(200);
	});

	it('holds Google agents to a bucket of their own besides', async () => {
		const sandbox = limited('code');
		const headers = { 'user-agent': 'Mozilla/5.0 (compatible; google-apps-script)' };
		const url = entries('sandbox-public', { per_page: 1 });
		expect((await ask(sandbox, url, { headers })).headers).toMatchObject({ 'x-ratelimit-limit': '10' });
		for (let n = 0; n < 9; n += 1) await ask(sandbox, url, { headers });
		expect((await ask(sandbox, url, { headers })).status).toBe(429);
		expect((await ask(sandbox, url)).status).toBe(200);
	});

	it('gives public media five a second per project, behind the bucket of the address', async () => {
		const sandbox = limited();
		const url = '/api/media/sandbox-public?type=photo&format=entry_original&name=x.jpg';
		for (let n = 0; n < 5; n += 1) expect((await ask(sandbox, url)).status).toBe(200);
		const rejected = await ask(sandbox, url);
		expect([rejected.status, rejected.headers['retry-after']]).toEqual([429, '1']);
		sandbox.clock.advance(600);
		expect((await ask(sandbox, url)).headers['x-ratelimit-remaining']).toBe('4');
		const denied = await ask(sandbox, url.replace('public', 'private'));
		expect(denied.headers).toMatchObject({ 'x-ratelimit-limit': '600', 'x-ratelimit-remaining': '592' });
	});

	it('can be lowered while it runs', async () => {
		const sandbox = limited('code');
		const url = entries('sandbox-public', { per_page: 1 });
		for (let n = 0; n < 3; n += 1) await ask(sandbox, url);
		sandbox.admin.setLimits({ buckets: { entries: { hits: 4 } } });
		expect((await ask(sandbox, url)).headers['x-ratelimit-remaining']).toBe('0');
		expect((await ask(sandbox, url)).status).toBe(429);
		expect(sandbox.stats()).toMatchObject({ rateLimited: 1, rateLimitedByKind: { entries: 1 } });
	});
});
