import { ApiError } from '../../../core/http/errors';
import { sendFollowing } from '../../../core/http/redirects';
import type { HttpMethod, HttpRequest, HttpResponse, Transport } from '../../../core/http/transport';

const HOME = 'https://five.test/api/export/media/birds';

/** Answers by address; notes what was sent. */
function network(answers: Record<string, Partial<HttpResponse>>) {
	const sent: HttpRequest[] = [];
	const transport: Transport = {
		request: async (request) => {
			sent.push(request);
			const response = { status: 200, headers: {}, body: 'there', ...answers[request.url] };
			return await Promise.resolve(response as never);
		},
	};
	return { sent, transport };
}

const to = (location: string, status = 302, more: Record<string, string> = {}): Partial<HttpResponse> => ({
	status,
	headers: { location, ...more },
	body: '',
});

function get(more: Partial<HttpRequest<'text'>> = {}): HttpRequest<'text'> {
	return {
		method: 'GET',
		url: HOME,
		query: { name: 'a.jpg' },
		headers: { Authorization: 'Bearer secret-token', Accept: 'image/jpeg' },
		responseType: 'text',
		...more,
	};
}

async function follow(location: string, request = get()) {
	const { sent, transport } = network({ [HOME]: to(location) });
	const response = await sendFollowing(transport, request);
	return { sent, response, second: sent[1] };
}

describe('a redirect', () => {
	it.each([301, 302, 303, 307, 308])('with status %i is followed', async (status) => {
		const { sent, transport } = network({ [HOME]: to('/elsewhere', status) });
		expect((await sendFollowing(transport, get())).body).toBe('there');
		expect(sent.map(({ url }) => url)).toEqual([HOME, 'https://five.test/elsewhere']);
	});

	it.each([200, 201, 300, 304, 305, 404])('is none with status %i', async (status) => {
		const { sent, transport } = network({ [HOME]: to('/elsewhere', status) });
		expect((await sendFollowing(transport, get())).status).toBe(status);
		expect(sent).toHaveLength(1);
	});

	it('without an address is handed over as it is', async () => {
		const { sent, transport } = network({ [HOME]: { status: 302 } });
		expect((await sendFollowing(transport, get())).status).toBe(302);
		expect(sent).toHaveLength(1);
	});

	it.each<HttpMethod>(['POST', 'PUT', 'DELETE'])(
		'of a %s is never followed: it may hold the secret',
		async (method) => {
			const { sent, transport } = network({ [HOME]: to('https://five.test/elsewhere', 307) });
			const response = await sendFollowing(transport, get({ method, body: 'client_secret=s' }));
			expect(response.status).toBe(307);
			expect(sent).toHaveLength(1);
		},
	);

	it('takes the query of its own address, and none of the first', async () => {
		const { second } = await follow('https://store.test/file?X-Amz-Signature=abc');
		expect(second).toMatchObject({ url: 'https://store.test/file?X-Amz-Signature=abc' });
		expect(second?.query).toBeUndefined();
	});

	it('keeps what else was asked for: headers, kind of body, time, signal', async () => {
		const { signal } = new AbortController();
		const request = get({ signal, timeoutMs: 1234 });
		const { second } = await follow('https://store.test/file', request);
		expect(second).toMatchObject({ method: 'GET', responseType: 'text', timeoutMs: 1234, signal });
		expect(second?.headers).toEqual({ Accept: 'image/jpeg' });
	});

	it('leads in circles no longer than five times', async () => {
		const { sent, transport } = network({ [HOME]: to('/b'), 'https://five.test/b': to(HOME) });
		await expect(sendFollowing(transport, get())).rejects.toMatchObject({
			kind: 'api',
			code: 'redirect',
			hint: expect.stringMatching(/server URL/),
		});
		expect(sent).toHaveLength(6);
	});

	it('may lead over five stations', async () => {
		const stations = Object.fromEntries([1, 2, 3, 4].map((n) => [`https://five.test/${n}`, to(`/${n + 1}`)]));
		const { sent, transport } = network({ [HOME]: to('/1'), ...stations });
		expect((await sendFollowing(transport, get())).body).toBe('there');
		expect(sent).toHaveLength(6);
	});
});

describe('the token', () => {
	it.each([
		['an absolute address', 'https://five.test/other'],
		['a path', '/other?x=1'],
		['a relative path', 'thumbs/a.jpg'],
		['an address without scheme', '//five.test/other'],
		['the standard port by name', 'https://five.test:443/other'],
		['the host in capitals', 'https://FIVE.TEST/other'],
	])('goes along within its origin: %s', async (_, location) => {
		const { second } = await follow(location);
		expect(second?.headers).toHaveProperty('Authorization', 'Bearer secret-token');
	});

	it.each([
		['another host', 'https://store.test/file'],
		['a subdomain', 'https://cdn.five.test/file'],
		['a longer name', 'https://five.test.evil.test/file'],
		['another port', 'https://five.test:8443/file'],
		['no encryption', 'http://five.test/file'],
		['another host without scheme', '//evil.test/file'],
		['the own host as user name', 'https://five.test@evil.test/file'],
		['backslashes for slashes', 'https:\\\\evil.test\\five.test'],
	])('stays at home: %s', async (_, location) => {
		const { sent, second } = await follow(location);
		expect(sent).toHaveLength(2);
		expect(JSON.stringify(second)).not.toContain('secret-token');
	});

	it.each(['authorization', 'AUTHORIZATION', 'Authorization', 'aUTHORIZATION'])(
		'stays at home however the header is spelt: %s',
		async (name) => {
			const { second } = await follow(
				'https://store.test/file',
				get({ headers: { [name]: 'Bearer secret-token' } }),
			);
			expect(second?.headers).toEqual({});
		},
	);

	it('does not come back to somebody who was sent away and back', async () => {
		const { sent, transport } = network({
			[HOME]: to('https://evil.test/a'),
			'https://evil.test/a': to('https://five.test/back'),
		});
		await sendFollowing(transport, get());
		expect(sent[2]?.url).toBe('https://five.test/back');
		expect(sent[2]?.headers).toEqual({ Accept: 'image/jpeg' });
	});

	it('needs no headers to be absent', async () => {
		const { second } = await follow('https://store.test/file', get({ headers: undefined }));
		expect(second?.headers).toEqual({});
	});
});

describe('an address that leads nowhere', () => {
	it.each([
		'javascript:alert(1)',
		'file:///etc/passwd',
		'data:text/plain,hello',
		'ftp://five.test/file',
		'mailto:somebody@five.test',
		'http://',
		'https://[half',
		'http://a b.test/',
		'https://five.test:99999/',
	])('is an error of our family, with what to do: %s', async (location) => {
		const { sent, transport } = network({ [HOME]: to(location) });
		const error: unknown = await sendFollowing(transport, get()).catch((thrown: unknown) => thrown);
		expect(error).toBeInstanceOf(ApiError);
		expect(error).toMatchObject({ code: 'redirect', request: `GET ${HOME}`, hint: expect.any(String) });
		expect((error as Error).message).not.toContain('circles');
		expect(sent).toHaveLength(1);
	});

	it('never has its signature in the message', async () => {
		const signed = 'https://store.test/file?X-Amz-Signature=abc';
		const { transport } = network({ [HOME]: to(signed), [signed]: to('javascript:x') });
		const error = (await sendFollowing(transport, get()).catch((thrown: unknown) => thrown)) as ApiError;
		expect(error.request).toBe(`GET ${HOME}`);
		expect(JSON.stringify({ ...error, message: error.message })).not.toContain('Signature');
	});

	it.each(['https://user:pass@store.test/file', 'https://user@five.test/file#part'])(
		'is followed without a user name: %s',
		async (location) => {
			const { second } = await follow(location);
			expect(second?.url).toMatch(/^https:\/\/(store|five)\.test\/file$/);
		},
	);
});

describe('the limit', () => {
	const counted = { 'x-ratelimit-limit': '10', 'x-ratelimit-remaining': '7' };

	it('is told by the service, not by the storage it leads to', async () => {
		const { transport } = network({
			[HOME]: to('https://store.test/file', 302, counted),
			'https://store.test/file': {
				headers: { 'x-ratelimit-limit': '1000000', 'x-ratelimit-remaining': '0', etag: '"1"' },
			},
		});
		const { headers } = await sendFollowing(transport, get());
		expect(headers).toEqual({ etag: '"1"', ...counted });
	});

	it('is told by nobody where the service told none', async () => {
		const { transport } = network({
			[HOME]: to('https://store.test/file'),
			'https://store.test/file': { headers: { 'x-ratelimit-limit': '1', 'content-type': 'image/jpeg' } },
		});
		expect((await sendFollowing(transport, get())).headers).toEqual({ 'content-type': 'image/jpeg' });
	});

	it('is told by the last answer within the origin', async () => {
		const last = { 'x-ratelimit-limit': '10', 'x-ratelimit-remaining': '6' };
		const { transport } = network({
			[HOME]: to('/moved', 301, counted),
			'https://five.test/moved': { headers: last },
		});
		expect((await sendFollowing(transport, get())).headers).toEqual(last);
	});
});
