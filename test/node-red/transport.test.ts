import { execFileSync } from 'node:child_process';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { Epicollect5Client } from '../../core/epicollect5/client';
import { Placeholders } from '../../core/epicollect5/media';
import { letGo, readAll } from '../../core/http/body';
import { LimiterRegistry } from '../../core/http/limiter';
import { Run } from '../../core/run';
import { transport } from '../../node-red/shared/transport';
import { VirtualClock } from '../core/support/clock';

let server: Server;
let url: string;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
const asked: IncomingMessage[] = [];

beforeAll(async () => {
	server = createServer((request, response) => {
		asked.push(request);
		answer(request, response);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
	server.closeAllConnections();
	server.close();
});
beforeEach(() => (asked.length = 0));

const get = (more: object = {}) =>
	transport.request({ method: 'GET', url: `${url}/api`, responseType: 'text', ...more });

describe("Node-RED's door to the network", () => {
	it('gives every status as it is, names of headers in lower case', async () => {
		answer = (_, response) => response.writeHead(404, { 'X-RateLimit-Remaining': '4' }).end('{"errors":[]}');
		expect(await get()).toMatchObject({
			status: 404,
			headers: { 'x-ratelimit-remaining': '4' },
			body: '{"errors":[]}',
		});
	});

	it('never follows a redirect: the core does, so that a token stays at its origin', async () => {
		answer = (_, response) => response.writeHead(302, { location: `${url}/elsewhere` }).end();
		expect(await get({ headers: { Authorization: 'Bearer secret' } })).toMatchObject({ status: 302 });
		expect(asked).toHaveLength(1);
	});

	it('parses nothing, whatever the content type', async () => {
		answer = (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"a":1}');
		expect((await get()).body).toBe('{"a":1}');
	});

	it('unpacks, and gives bytes where bytes are asked for', async () => {
		const bytes = Buffer.from([0, 255, 128, 10]);
		answer = (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(bytes));
		const { body } = await transport.request({ method: 'GET', url, responseType: 'bytes' });
		expect(Buffer.from(body)).toEqual(bytes);
	});

	it('encodes the query by RFC 3986 and leaves out what is undefined', async () => {
		answer = (_, response) => response.end();
		await get({
			query: { filter_from: '2026-05-31T10:00:00+02:00', title: "a b'(c)*!", page: 2, none: undefined },
		});
		expect(asked[0]?.url).toBe(
			'/api?filter_from=2026-05-31T10%3A00%3A00%2B02%3A00&title=a%20b%27%28c%29%2A%21&page=2',
		);
	});

	it('sends a body as it is', async () => {
		let sent = '';
		answer = (request, response) => {
			request.on('data', (chunk: Buffer) => (sent += chunk.toString()));
			request.on('end', () => response.end());
		};
		const headers = { 'Content-Type': 'application/json' };
		await transport.request({ method: 'POST', url, body: '{"a": 1}', headers, responseType: 'text' });
		expect(sent).toBe('{"a": 1}');
		expect(asked[0]?.headers['content-type']).toBe('application/json');
	});

	describe('where the environment names a proxy', () => {
		const NAMES = /_proxy$/i;
		const before = Object.entries(process.env).filter(([name]) => NAMES.test(name));
		const forget = () => {
			for (const name of Object.keys(process.env)) if (NAMES.test(name)) delete process.env[name];
		};
		beforeEach(forget);
		afterEach(() => {
			forget();
			Object.assign(process.env, Object.fromEntries(before));
		});

		it.each(['http_proxy', 'HTTP_PROXY', 'ALL_PROXY'])('asks it for another machine: %s', async (name) => {
			process.env[name] = url;
			answer = (_, response) => response.end('by proxy');
			expect(await get({ url: 'http://elsewhere.invalid/api' })).toMatchObject({ body: 'by proxy' });
			expect(asked[0]?.url).toBe('http://elsewhere.invalid/api');
		});

		it.each(['http_proxy', 'HTTP_PROXY', 'ALL_PROXY'])('never for this one: %s', async (name) => {
			process.env[name] = 'http://127.0.0.1:9';
			answer = (_, response) => response.end('direct');
			expect(await get()).toMatchObject({ body: 'direct' });
		});
	});

	it('ends with the signal, at once and with its reason', async () => {
		answer = () => undefined;
		const stop = new AbortController();
		const request = get({ signal: stop.signal });
		const reason = new Error('redeployed');
		setTimeout(() => stop.abort(reason), 20);
		const began = performance.now();
		await expect(request).rejects.toBe(reason);
		expect(performance.now() - began).toBeLessThan(200);
	});

	it('gives up after the time limit', async () => {
		answer = () => undefined;
		await expect(get({ timeoutMs: 50 })).rejects.toMatchObject({ code: 'ETIMEDOUT' });
	});

	it('gives a stream as it comes, longer than the time limit as long as it goes on', async () => {
		answer = (_, response) => {
			let left = 6;
			const drip = setInterval(() => {
				response.write('x');
				if (--left > 0) return;
				clearInterval(drip);
				response.end();
			}, 30);
		};
		const { body } = await transport.request({ method: 'GET', url, responseType: 'stream', timeoutMs: 100 });
		expect(Buffer.from(await readAll(body)).toString()).toBe('xxxxxx');
	});

	it('breaks a stream where it falls silent, where its connection breaks, and where the run is stopped', async () => {
		answer = (_, response) => void response.write('x');
		const silent = await transport.request({ method: 'GET', url, responseType: 'stream', timeoutMs: 50 });
		await expect(readAll(silent.body)).rejects.toMatchObject({ code: 'ETIMEDOUT' });
		answer = (_, response) => {
			response.writeHead(200, { 'content-length': '9' }).write('x');
			setTimeout(() => response.destroy(), 20);
		};
		const broken = await transport.request({ method: 'GET', url, responseType: 'stream' });
		await expect(readAll(broken.body)).rejects.toMatchObject({ code: 'ECONNRESET' });
		answer = (_, response) => void response.write('x');
		const stop = new AbortController();
		const { body } = await transport.request({
			...{ method: 'GET', url, responseType: 'stream', signal: stop.signal },
		});
		const reason = new Error('redeployed');
		setTimeout(() => stop.abort(reason), 20);
		await expect(readAll(body)).rejects.toBe(reason);
	});

	it('lets go of the connection of a stream that nobody reads', async () => {
		let isClosed = false;
		answer = (_, response) => {
			response.on('close', () => (isClosed = true));
			response.write('x');
		};
		await letGo(await transport.request({ method: 'GET', url, responseType: 'stream' }));
		for (let i = 0; i < 100 && !isClosed; i++) await new Promise((resolve) => setTimeout(resolve, 10));
		expect(isClosed).toBe(true);
	});

	it('closes the connection of a file that was turned away before it was read', async () => {
		let isClosed = false;
		answer = (_, response) => {
			response.on('close', () => (isClosed = true));
			response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': '500000000' });
			response.write(Buffer.alloc(100_000));
		};
		const clock = new VirtualClock();
		const [limiters, placeholders] = [new LimiterRegistry(clock), new Placeholders()];
		const { media } = new Epicollect5Client({ clock, transport, limiters, placeholders, baseUrl: url });
		const query = { type: 'video', format: 'video', name: 'a.mp4' } as const;
		const noRoom = new Error('no room');
		const turnAway = async () => await Promise.reject(noRoom);
		await expect(media.download('birds', query, new Run(clock), turnAway)).rejects.toMatchObject({
			...{ code: 'not_saved', cause: noRoom },
		});
		for (let i = 0; i < 100 && !isClosed; i++) await new Promise((resolve) => setTimeout(resolve, 10));
		expect(isClosed).toBe(true);
	});

	it('takes no flood of headers', async () => {
		answer = (_, response) => {
			for (let i = 0; i < 2000; i++) response.setHeader(`X-Flood-${i}`, 'x'.repeat(100));
			response.end();
		};
		await expect(get()).rejects.toThrow();
	});

	it('leaves an endless answer before it fills the memory', async () => {
		answer = (_, response) => {
			const piece = Buffer.alloc(1024 * 1024);
			const more = () => {
				while (!response.destroyed && response.write(piece));
			};
			response.on('drain', more);
			more();
		};
		const before = process.memoryUsage().rss;
		await expect(get()).rejects.toMatchObject({ code: 'too_large' });
		expect(process.memoryUsage().rss - before).toBeLessThan(400 * 1024 * 1024);
	});

	it('puts no header of the request into an error', async () => {
		answer = (request) => request.socket.destroy();
		const error: unknown = await get({ headers: { Authorization: 'Bearer secret-token' } }).catch(
			(e: unknown) => e,
		);
		expect(error).toMatchObject({ code: 'ECONNRESET' });
		expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('secret-token');
	});

	it('loads axios on first use only', () => {
		const built = path.resolve(__dirname, '../../node-red/dist/nodes/field-data.js');
		const script = `require(${JSON.stringify(built)});
			console.log(Object.keys(require.cache).filter((file) => file.includes('axios')).length);`;
		expect(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' }).trim()).toBe('0');
	});
});
