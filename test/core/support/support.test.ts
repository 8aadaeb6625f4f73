import { virtualClock } from '../../../sandbox/src/shared/clock';
import type { SandboxResponse, SandboxService } from '../../../sandbox/src/shared/types';
import { VirtualClock } from './clock';
import { SandboxTransport } from './sandboxTransport';

function serviceOf(
	answer: (path: string, query: string, origin: string) => Partial<SandboxResponse>,
): SandboxService {
	return {
		handle: async ({ path, query, origin }) => ({
			status: 200,
			headers: {},
			body: Buffer.from('body'),
			...answer(path, query.toString(), origin),
		}),
	};
}

describe('the virtual clock', () => {
	it('lets an hour pass at once, in the order of the wakers', async () => {
		const clock = new VirtualClock(0);
		const order: Array<[string, number]> = [];
		const sleeper = async (name: string, ms: number) => {
			await clock.sleep(ms);
			order.push([name, clock.now()]);
		};
		await Promise.all([sleeper('hour', 3_600_000), sleeper('second', 1000), sleeper('second', 1000)]);
		expect(order).toEqual([
			['second', 1000],
			['second', 1000],
			['hour', 3_600_000],
		]);
	});

	it('stands still while somebody works', async () => {
		const clock = new VirtualClock(0);
		const asleep = clock.sleep(10);
		await clock.work(() => new Promise((resolve) => setTimeout(resolve, 20)));
		expect(clock.now()).toBe(0);
		await asleep;
		expect(clock.now()).toBe(10);
	});

	it('forgets a sleeper that was stopped', async () => {
		const clock = new VirtualClock(0);
		const stop = new AbortController();
		const asleep = clock.sleep(1000, stop.signal);
		stop.abort(new Error('stopped'));
		await expect(asleep).rejects.toThrow('stopped');
		await clock.sleep(5);
		expect(clock.now()).toBe(5);
	});

	it('starts where the sandbox does', () => {
		expect(new VirtualClock().now()).toBe(virtualClock().now());
	});
});

describe('the sandbox transport', () => {
	it('gives a request to the service whose address fits best, without the base path', async () => {
		const seen: string[] = [];
		const note = serviceOf((path, query, origin) => {
			seen.push(`${origin} ${path} ${query}`);
			return {};
		});
		const clock = new VirtualClock();
		const transport = new SandboxTransport(clock, { 'https://a.test': note, 'https://a.test/in': note });
		await transport.request({
			method: 'GET',
			url: 'https://a.test/in/x%20y?a=1',
			query: { b: 2 },
			responseType: 'text',
		});
		await transport.request({ method: 'GET', url: 'https://a.test/inside', responseType: 'text' });
		expect(seen).toEqual(['https://a.test/in /x%20y a=1&b=2', 'https://a.test /inside ']);
		await expect(
			transport.request({ method: 'GET', url: 'https://b.test/', responseType: 'text' }),
		).rejects.toMatchObject({ code: 'ENOTFOUND' });
	});

	it('acts out a broken and a hanging connection', async () => {
		const clock = new VirtualClock(0);
		const ask = (kind: 'reset' | 'hang', timeoutMs?: number, signal?: AbortSignal) =>
			new SandboxTransport(clock, { 'https://a.test': serviceOf(() => ({ transport: { kind } })) }).request({
				...{ method: 'GET', url: 'https://a.test/', responseType: 'text' },
				...{ timeoutMs, signal },
			});
		await expect(ask('reset')).rejects.toMatchObject({ code: 'ECONNRESET' });
		await expect(ask('hang', 30_000)).rejects.toMatchObject({ code: 'ETIMEDOUT' });
		expect(clock.now()).toBe(30_000);
		const stop = new AbortController();
		const hanging = ask('hang', undefined, stop.signal);
		setTimeout(() => stop.abort(), 5);
		await expect(hanging).rejects.toMatchObject({ code: 'ABORT_ERR' });
	});

	it('hands over text or bytes, and takes its time', async () => {
		const clock = new VirtualClock(0);
		const transport = new SandboxTransport(
			clock,
			{ 'https://a.test': serviceOf(() => ({})) },
			{ takesMs: 700 },
		);
		const request = { method: 'GET', url: 'https://a.test/' } as const;
		expect((await transport.request({ ...request, responseType: 'text' })).body).toBe('body');
		expect((await transport.request({ ...request, responseType: 'bytes' })).body).toEqual(
			new Uint8Array([98, 111, 100, 121]),
		);
		expect(clock.now()).toBe(1400);
	});
});
