import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { n8nTransport } from '../../nodes/shared/transport';
import { fakeExecution } from './fakeHost';

describe("The core's door to the network in n8n", () => {
	let answer: (request: IncomingMessage, response: ServerResponse) => void;
	const server = createServer((request, response) => answer(request, response));
	let base: string;
	const transport = n8nTransport(fakeExecution({ parameters: {} }).context);

	beforeAll(async () => {
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	});
	afterAll(async () => await new Promise((resolve) => server.close(resolve)));

	it('encodes the query, leaves out what is undefined, and gives headers in lower case', async () => {
		answer = (request, response) => response.writeHead(200, { 'X-RateLimit-Limit': '5' }).end(request.url);
		const query = { title: "a b&c'(é)", page: 1, none: undefined };
		const { body, headers } = await transport.request({
			method: 'GET',
			url: base,
			query,
			responseType: 'text',
		});
		expect(body).toBe('/?title=a%20b%26c%27%28%C3%A9%29&page=1');
		expect(headers['x-ratelimit-limit']).toBe('5');
	});

	it('never throws because of a status and never follows a redirect', async () => {
		answer = (_request, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end('gone');
		const redirect = await transport.request({ method: 'GET', url: base, responseType: 'text' });
		expect(redirect).toMatchObject({
			status: 302,
			body: 'gone',
			headers: { location: 'http://127.0.0.1:1/' },
		});
		answer = (_request, response) => response.writeHead(500).end();
		expect(await transport.request({ method: 'GET', url: base, responseType: 'text' })).toMatchObject({
			status: 500,
		});
	});

	it('gives bytes as they came', async () => {
		answer = (_request, response) => response.end(Buffer.from([0, 255, 128]));
		const { body } = await transport.request({ method: 'GET', url: base, responseType: 'bytes' });
		expect([...body]).toEqual([0, 255, 128]);
	});

	it('gives up what comes one byte at a time for ever', async () => {
		answer = (_request, response) => {
			const drip = setInterval(() => response.write('x'), 10);
			response.on('close', () => clearInterval(drip));
		};
		await expect(
			transport.request({ method: 'GET', url: base, responseType: 'text', timeoutMs: 100 }),
		).rejects.toMatchObject({ code: 'ETIMEDOUT' });
	});

	it('gives a stream as it comes, and breaks it where the connection breaks', async () => {
		answer = (_request, response) => {
			response.writeHead(200, { 'content-length': '6' });
			response.write('abc');
			setTimeout(() => response.destroy(), 20);
		};
		const { body } = await transport.request({ method: 'GET', url: base, responseType: 'stream' });
		let text = '';
		const read = async () => {
			for await (const piece of body) text += Buffer.from(piece).toString();
		};
		await expect(read()).rejects.toThrow();
		expect(text).toBe('abc');
	});

	it('takes no flood of headers', async () => {
		answer = (_request, response) => {
			for (let i = 0; i < 2000; i++) response.setHeader(`X-Flood-${i}`, 'x'.repeat(100));
			response.end();
		};
		await expect(transport.request({ method: 'GET', url: base, responseType: 'text' })).rejects.toThrow();
	});

	it('leaves an endless answer before it fills the memory', async () => {
		answer = (_request, response) => {
			const piece = Buffer.alloc(1024 * 1024);
			const more = () => {
				while (!response.destroyed && response.write(piece));
			};
			response.on('drain', more);
			more();
		};
		const before = process.memoryUsage().rss;
		await expect(transport.request({ method: 'GET', url: base, responseType: 'text' })).rejects.toMatchObject(
			{ code: 'too_large' },
		);
		expect(process.memoryUsage().rss - before).toBeLessThan(400 * 1024 * 1024);
	});

	it('lets only the kind of a failure through, never the request that holds the token', async () => {
		const httpRequest = async () =>
			await Promise.reject(
				Object.assign(new Error('Bearer abc'), { code: 'ECONNRESET', config: { headers: 'Bearer abc' } }),
			);
		const broken = n8nTransport({ helpers: { httpRequest } } as never);
		const failure: unknown = await broken
			.request({ method: 'GET', url: base, responseType: 'text' })
			.catch((error: unknown) => error);
		expect(failure).toMatchObject({ code: 'ECONNRESET' });
		expect(`${(failure as Error).stack}${JSON.stringify(failure)}`).not.toContain('Bearer');
	});
});
