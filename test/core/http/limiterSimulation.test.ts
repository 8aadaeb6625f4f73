import { MINUTE, SECOND } from '../../../core/clock';
import { Limiter, type AcquireOptions } from '../../../core/http/limiter';
import { seededRandom, type Random } from '../../../sandbox/src/shared/random';
import { VirtualClock } from '../support/clock';
import { WindowServer } from './windowServer';

const SEEDS = Array.from({ length: 12 }, (_, index) => index + 1);
const LIMIT = { hits: 5, perMs: MINUTE, by: 'project' } as const;

interface World {
	clock: VirtualClock;
	random: Random;
	server: WindowServer;
	limiter: Limiter;
	startedAt: number;
	/** When each request was accepted. */
	accepted: number[];
}

/** A server whose clock is off by any part of a window, and a limiter that knows nothing of it. */
function world(seed: number, hits = 5): World {
	const random = seededRandom(seed);
	const clock = new VirtualClock(Date.UTC(2026, 0, 1) + random.int(0, 59_999));
	const server = new WindowServer(clock, { hits, seconds: 60, aheadMs: random.int(-90_000, 90_000) });
	const limiter = new Limiter({ ...LIMIT, hits }, clock);
	return { clock, random, server, limiter, startedAt: clock.now(), accepted: [] };
}

/** One request on its way there and back. @returns whether it was accepted */
async function ask(world: World, options: AcquireOptions = {}, latency: [number, number] = [100, 1200]) {
	const { clock, random, server, limiter } = world;
	const reservation = await limiter.acquire(options);
	const ms = random.int(...latency);
	const there = Math.floor(ms * random.next());
	await clock.sleep(there);
	const response = server.count();
	if (response.status === 200) world.accepted.push(clock.now());
	await clock.sleep(ms - there);
	reservation.settle(response);
	return response.status === 200;
}

/** Repeats one request until it is accepted, as a caller does. */
async function insist(world: World, options?: AcquireOptions): Promise<number> {
	for (let tries = 1; ; tries++) if (await ask(world, options)) return tries;
}

async function read(world: World, requests: number, pauseMs: () => number = () => 0): Promise<void> {
	for (let count = 0; count < requests; count++) {
		await insist(world);
		await world.clock.sleep(pauseMs());
	}
}

const elapsed = ({ clock, startedAt }: World) => clock.now() - startedAt;

/** The first five at once, then five a minute. */
const leastMs = (requests: number, hits = 5) => (Math.ceil(requests / hits) - 1) * MINUTE;

describe('a limiter with a window for itself', () => {
	it.each(SEEDS)(
		'reads 200 pages one by one in the least possible time, never refused (seed %i)',
		async (seed) => {
			const alone = world(seed);
			await read(alone, 200);
			expect(alone.server.refused).toBe(0);
			expect(elapsed(alone)).toBeLessThanOrEqual(leastMs(200) * 1.03);
		},
	);

	it.each(SEEDS)('reads 200 pages with four readers at once, never refused (seed %i)', async (seed) => {
		const shared = world(seed);
		await Promise.all([1, 2, 3, 4].map(() => read(shared, 50)));
		expect(shared.server.refused).toBe(0);
		expect(elapsed(shared)).toBeLessThanOrEqual(leastMs(200) * 1.03);
	});

	it.each(SEEDS)('is never refused when requests come in bursts at any time (seed %i)', async (seed) => {
		const idle = world(seed, 2 + (seed % 4));
		for (let count = 0; count < 60; count++) {
			const burst = idle.random.int(1, 6);
			const asked = Array.from({ length: burst }, () => ask(idle, {}, [100, 3000]));
			if (idle.random.chance(0.5)) await Promise.all(asked);
			await idle.clock.sleep(idle.random.int(0, 100_000));
			await Promise.all(asked);
		}
		expect(idle.server.refused).toBe(0);
	});

	it.each(SEEDS)('is never refused when answers take up to half a minute (seed %i)', async (seed) => {
		const slow = world(seed);
		const reader = async () => {
			for (let count = 0; count < 40; count++) {
				await ask(slow, {}, [1000, 30_000]);
				if (slow.random.chance(0.3)) await slow.clock.sleep(slow.random.int(0, 50_000));
			}
		};
		await Promise.all([reader(), reader(), reader(), reader()]);
		expect(slow.server.refused).toBe(0);
		expect(slow.accepted).toHaveLength(160);
	});

	it.each(SEEDS)('is never refused when requests and answers get lost (seed %i)', async (seed) => {
		const lossy = world(seed);
		const { clock, random, server, limiter } = lossy;
		const once = async () => {
			const reservation = await limiter.acquire();
			await clock.sleep(random.int(50, 600));
			const arrives = random.chance(0.8);
			const response = arrives ? server.count() : undefined;
			await clock.sleep(random.int(50, 600));
			reservation.settle(arrives && random.chance(0.8) ? response : undefined);
		};
		for (let count = 0; count < 60; count++) {
			await Promise.all(Array.from({ length: random.int(1, 3) }, once));
			if (random.chance(0.5)) await clock.sleep(random.int(0, 90_000));
		}
		expect(server.refused).toBe(0);
	});

	it.each(SEEDS)('follows a limit that is lowered and raised while it reads (seed %i)', async (seed) => {
		const moody = world(seed);
		for (const hits of [5, 2, 8, 3, 20, 1]) {
			moody.server.hits = hits;
			const before = moody.clock.now();
			await Promise.all([read(moody, hits * 2), read(moody, hits * 2)]);
			// At most the rest of the window before, four windows, and what the first answers take.
			expect(moody.clock.now() - before).toBeLessThanOrEqual(5 * MINUTE + 10 * SECOND);
		}
		// A limit is only told by the first request after the change.
		expect(moody.server.refused).toBeLessThanOrEqual(8);
	});

	it('keeps to a limit that the service does not tell', async () => {
		const clock = new VirtualClock();
		const server = new WindowServer(clock, { hits: 5, seconds: 60, silent: true });
		const silent = { ...world(1), clock, server, limiter: new Limiter(LIMIT, clock), startedAt: clock.now() };
		await read(silent, 50);
		expect(server.refused).toBe(0);
		expect(elapsed(silent)).toBeLessThanOrEqual(leastMs(50) * 1.03);
	});
});

describe('a limiter whose window strangers use too', () => {
	/** Strangers come in ones to fives, on average as often as `everyMs`. */
	async function strangers({ clock, random, server }: World, everyMs: number, signal: AbortSignal) {
		while (!signal.aborted) {
			await clock.sleep(random.int(0, 2 * everyMs));
			server.eat(random.int(1, 5));
		}
	}

	it.each(SEEDS)('gets on, and nobody starves (seed %i)', async (seed) => {
		const busy = world(seed);
		const over = new AbortController();
		const eaters = strangers(busy, 40 * SECOND, over.signal);
		const tries: number[] = [];
		const reader = async () => {
			for (let count = 0; count < 25; count++) tries.push(await insist(busy));
			return busy.clock.now();
		};
		const ends = await Promise.all([reader(), reader(), reader(), reader()]);
		over.abort();
		await eaters;
		expect(tries).toHaveLength(100);
		expect(Math.max(...tries)).toBeLessThanOrEqual(6);
		// Those who stand in one queue come to their end together.
		expect(Math.max(...ends) - Math.min(...ends)).toBeLessThanOrEqual(8 * MINUTE);
	});

	it.each(SEEDS)('uses nearly all that strangers leave (seed %i)', async (seed) => {
		const busy = world(seed);
		const over = new AbortController();
		const eaters = (async () => {
			while (!over.signal.aborted) {
				await busy.clock.sleep(busy.random.int(30_000, 90_000));
				busy.server.eat(1);
			}
		})();
		await read(busy, 100);
		over.abort();
		await eaters;
		expect(elapsed(busy)).toBeLessThanOrEqual(leastMs(100, 4) * 1.15);
	});
});

describe('a share of one half', () => {
	it.each(SEEDS.slice(0, 4))(
		'is 2.5 requests a minute, no more than two in a row (seed %i)',
		async (seed) => {
			const polite = world(seed);
			const sent: number[] = [];
			for (let count = 0; count < 101; count++) {
				const reservation = await polite.limiter.acquire({ share: 0.5 });
				sent.push(polite.clock.now());
				reservation.settle(polite.server.count());
			}
			const minutes = ((sent.at(-1) ?? 0) - (sent[1] ?? 0)) / MINUTE;
			expect(99 / minutes).toBeCloseTo(2.5, 1);
			// Any three take at least as long as one at an even pace.
			for (let index = 2; index < sent.length; index++) {
				expect((sent[index] ?? 0) - (sent[index - 2] ?? 0)).toBeGreaterThanOrEqual(24 * SECOND);
			}
			expect(polite.server.refused).toBe(0);
		},
	);

	it('is one share for all who ask for it', async () => {
		const polite = world(5);
		const reader = async () => {
			for (let count = 0; count < 10; count++) await insist(polite, { share: 0.5 });
		};
		await Promise.all([reader(), reader(), reader()]);
		expect(elapsed(polite)).toBeGreaterThanOrEqual(28 * 24 * SECOND);
		expect(elapsed(polite)).toBeLessThanOrEqual(28 * 24 * SECOND + 5 * SECOND);
	});
});
