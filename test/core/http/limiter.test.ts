import { HOUR, MINUTE, SECOND } from '../../../core/clock';
import { AbortedError, InputError, RateLimitError } from '../../../core/http/errors';
import { Limiter, LimiterRegistry, type AcquireOptions, type Reservation } from '../../../core/http/limiter';
import type { Limit } from '../../../core/http/limits';
import type { HttpResponse } from '../../../core/http/transport';
import { VirtualClock } from '../support/clock';

const START = Date.UTC(2026, 10, 22, 12, 0, 0);

/** Lets everything happen that needs no time. */
const settled = async () => {
	for (let turn = 0; turn < 20; turn++) await Promise.resolve();
};

function setUp(limit: Partial<Limit> = {}) {
	const clock = new VirtualClock(START);
	const limiter = new Limiter({ hits: 5, perMs: MINUTE, by: 'project', ...limit }, clock);
	const take = async (count = 1, options?: AcquireOptions) => {
		const taken: Reservation[] = [];
		while (taken.length < count) taken.push(await limiter.acquire(options));
		return taken;
	};
	const elapsed = () => clock.now() - START;
	return { clock, limiter, take, elapsed };
}

function answer(said: number | undefined, limit: number | undefined = 5, status = 200): HttpResponse {
	const headers: Record<string, string> = {};
	if (limit !== undefined) headers['x-ratelimit-limit'] = String(limit);
	if (said !== undefined) headers['x-ratelimit-remaining'] = String((limit ?? 5) - said);
	return { status, headers, body: '' };
}

const refusal = (retryAfter?: string, more: Record<string, string> = {}): HttpResponse => ({
	status: 429,
	headers: retryAfter === undefined ? more : { ...more, 'retry-after': retryAfter },
	body: '',
});

/** Settles each with the count that the service would tell. */
const answerAll = (reservations: Reservation[], first = 1, limit = 5) =>
	reservations.forEach((reservation, index) => reservation.settle(answer(first + index, limit)));

describe('the window', () => {
	it('holds as many requests as the limit allows, answered or not', async () => {
		const { take, limiter, elapsed } = setUp();
		const taken = await take(5);
		expect(elapsed()).toBe(0);
		const sixth = limiter.acquire();
		answerAll(taken);
		expect((await sixth).waitedMs).toBe(MINUTE);
	});

	it('ends a minute after its first answer, the latest time at which it can have begun', async () => {
		const { clock, take, elapsed } = setUp();
		const taken = await take(5);
		await clock.sleep(800);
		taken[2]?.settle(answer(3));
		await clock.sleep(5000);
		taken[0]?.settle(answer(1));
		answerAll(taken);
		await take();
		expect(elapsed()).toBe(MINUTE + 800);
	});

	it('counts what strangers sent, as soon as an answer tells', async () => {
		const { clock, take, elapsed } = setUp();
		const [first] = await take();
		await clock.sleep(SECOND);
		first?.settle(answer(4));
		const [second] = await take();
		second?.settle(answer(5));
		await take();
		expect(elapsed()).toBe(MINUTE + SECOND);
	});

	it('believes the highest count, whatever the order of the answers', async () => {
		const { take, limiter, elapsed } = setUp();
		const [one, two, three] = await take(3);
		three?.settle(answer(4));
		one?.settle(answer(1));
		two?.settle(answer(3));
		await limiter.acquire();
		await limiter.acquire();
		expect(elapsed()).toBe(MINUTE);
	});

	it('is a new one when a later answer counts no higher than an earlier one', async () => {
		const { clock, take, elapsed } = setUp();
		const [first] = await take();
		first?.settle(answer(2));
		await clock.sleep(30 * SECOND);
		// Strangers had opened the window; it has ended, and this is the second request of the next.
		const [second] = await take();
		second?.settle(answer(2));
		const rest = await take(3);
		answerAll(rest, 3);
		await take();
		expect(elapsed()).toBe(30 * SECOND + MINUTE);
	});

	it('keeps the requests that were sent while the service began a new one', async () => {
		const { clock, take, elapsed } = setUp();
		const [opener] = await take();
		opener?.settle(answer(1));
		await clock.sleep(59 * SECOND + 500);
		const [two, three] = await take(2);
		await clock.sleep(300);
		// Both counted in the next window; the answers come in the wrong order.
		three?.settle(answer(2));
		two?.settle(answer(1));
		const rest = await take(3);
		answerAll(rest, 3);
		await take();
		expect(elapsed()).toBe(59 * SECOND + 800 + MINUTE);
	});

	it('counts a request that is in flight at its end for the next one too, as it may belong there', async () => {
		const { clock, take, limiter, elapsed } = setUp();
		const [slow, ...quick] = await take(5);
		answerAll(quick, 2);
		await clock.sleep(MINUTE);
		const next = await take(4);
		const fifth = limiter.acquire();
		slow?.settle(answer(1));
		await settled();
		answerAll(next);
		await fifth;
		expect(elapsed()).toBe(2 * MINUTE);
	});

	it('takes it back when a later answer tells better', async () => {
		const { clock, take, elapsed } = setUp();
		const [slow, ...quick] = await take(5);
		answerAll(quick, 2);
		await clock.sleep(MINUTE);
		slow?.settle(answer(1));
		const [next] = await take();
		next?.settle(answer(1));
		await take(4);
		expect(elapsed()).toBe(MINUTE);
	});

	it('knows a request for its own that was sent in the one before and counts too low for it', async () => {
		const { clock, take, elapsed } = setUp();
		answerAll(await take(2));
		await clock.sleep(59 * SECOND);
		const [late] = await take();
		await clock.sleep(2 * SECOND);
		const [next] = await take();
		late?.settle(answer(1));
		next?.settle(answer(2));
		await take(3);
		expect(elapsed()).toBe(61 * SECOND);
	});

	it('counts a request that got no answer, until a later answer includes it', async () => {
		const { clock, take, elapsed } = setUp({ hits: 3 });
		const [lost] = await take();
		lost?.settle();
		await clock.sleep(SECOND);
		const [second] = await take();
		second?.settle(answer(1, 3));
		await take(2);
		expect(elapsed()).toBe(SECOND);
	});

	it('does not take the end of a lost request for the end of the window', async () => {
		const { clock, take, elapsed } = setUp();
		const [lost] = await take();
		lost?.settle();
		await clock.sleep(50 * SECOND);
		const [opener] = await take();
		opener?.settle(answer(1));
		answerAll(await take(4), 2);
		await take();
		expect(elapsed()).toBe(50 * SECOND + MINUTE);
	});

	it('goes on after requests that never got an answer, although nobody told when', async () => {
		const { take, elapsed } = setUp({ hits: 2 });
		for (const reservation of await take(2)) reservation.settle();
		await take();
		expect(elapsed()).toBe(MINUTE);
	});

	it('waits for one of those in flight when nothing else is known', async () => {
		const { clock, take, limiter, elapsed } = setUp({ hits: 1 });
		const [hanging] = await take();
		const waits: number[] = [];
		const next = limiter.acquire({ onWait: (ms) => waits.push(ms) });
		await clock.sleep(100 * SECOND);
		hanging?.settle();
		await next;
		expect(elapsed()).toBe(160 * SECOND);
		expect(waits[0]).toBe(MINUTE);
	});

	it('takes an answer without numbers as one request', async () => {
		const { take, elapsed } = setUp();
		for (const reservation of await take(5)) {
			reservation.settle({ status: 502, headers: {}, body: '<html>' });
		}
		await take();
		expect(elapsed()).toBe(MINUTE);
	});

	it('gives a place back that was not used', async () => {
		const { take, elapsed } = setUp();
		const taken = await take(5);
		taken[0]?.release();
		await take();
		expect(elapsed()).toBe(0);
	});

	it('does not begin with a request that was never sent', async () => {
		const { clock, take, elapsed } = setUp();
		const [unsent] = await take();
		unsent?.release();
		await clock.sleep(45 * SECOND);
		const taken = await take(5);
		const sixth = take();
		await settled();
		answerAll(taken);
		await sixth;
		expect(elapsed()).toBe(45 * SECOND + MINUTE);
	});

	it('counts each reservation once, however often it is settled or released', async () => {
		const { take, elapsed } = setUp({ hits: 2 });
		const [first, second] = await take(2);
		first?.settle(answer(1, 2));
		first?.settle(answer(1, 2));
		first?.release();
		second?.settle(answer(2, 2));
		second?.release();
		await take(2);
		expect(elapsed()).toBe(MINUTE);
	});
});

describe('a limit that changes', () => {
	it('is lowered by an answer', async () => {
		const { take, elapsed } = setUp();
		const [first] = await take();
		first?.settle(answer(1, 2));
		const [second] = await take();
		second?.settle(answer(2, 2));
		await take();
		expect(elapsed()).toBe(MINUTE);
	});

	it('is raised by an answer, for those who wait too', async () => {
		const { take, limiter, elapsed } = setUp();
		const taken = await take(5);
		const waiting = [limiter.acquire(), limiter.acquire(), limiter.acquire()];
		taken[0]?.settle(answer(1, 60));
		await Promise.all(waiting);
		expect(elapsed()).toBe(0);
	});

	it('is told by the later answer of two requests sent at once', async () => {
		const { take, elapsed } = setUp();
		const [one, two] = await take(2);
		two?.settle(answer(2, 60));
		one?.settle(answer(1, 2));
		await take();
		expect(elapsed()).toBe(MINUTE);
	});

	it('is told by the later request, when an earlier one is answered last', async () => {
		const { clock, take, elapsed } = setUp();
		const [early] = await take();
		await clock.sleep(10);
		const [late] = await take();
		late?.settle(answer(2, 2));
		early?.settle(answer(1, 60));
		await take();
		expect(elapsed()).toBe(MINUTE + 10);
	});

	it.each(['0', '', 'many', '-3'])('is not believed when it is %j', async (limit) => {
		const { take, elapsed } = setUp({ hits: 2 });
		const [first] = await take();
		first?.settle({ status: 200, headers: { 'x-ratelimit-limit': limit }, body: '' });
		await take();
		expect(elapsed()).toBe(0);
	});

	it('counts at least the request itself, when more remain than the limit is known to be', async () => {
		const { take, elapsed } = setUp({ hits: 2 });
		for (const reservation of await take(2)) {
			reservation.settle({ status: 200, headers: { 'x-ratelimit-remaining': '50' }, body: '' });
		}
		await take();
		expect(elapsed()).toBe(0);
		await take();
		expect(elapsed()).toBe(MINUTE);
	});

	it('is left alone where the answers show several windows in turn', async () => {
		const { take, elapsed } = setUp({ hits: 5, perMs: SECOND, mixed: true });
		const shown = [answer(1), answer(2), answer(296, 300), answer(297, 300), answer(5)];
		(await take(5)).forEach((reservation, index) => reservation.settle(shown[index]));
		answerAll(await take(5));
		await take();
		expect(elapsed()).toBe(2 * SECOND);
	});
});

describe('a refusal', () => {
	it.each([
		['seconds', '37', 37 * SECOND],
		['no time at all', '0', SECOND],
		['a date', 'Sun, 22 Nov 2026 12:00:25 GMT', 25 * SECOND],
		['a date that has passed', 'Sun, 22 Nov 2026 11:00:00 GMT', SECOND],
		['nothing', undefined, MINUTE],
		['nonsense', 'soon', MINUTE],
	])('that says %s is waited for to the millisecond', async (_, retryAfter, ms) => {
		const { take, elapsed } = setUp();
		const [first] = await take();
		first?.settle(refusal(retryAfter));
		await take();
		expect(elapsed()).toBe(ms);
	});

	it('tells better when the window ends than our own guess', async () => {
		const { clock, take, elapsed } = setUp();
		answerAll(await take(3));
		await clock.sleep(10 * SECOND);
		const [refused] = await take();
		refused?.settle(refusal('20'));
		answerAll(await take(5));
		expect(elapsed()).toBe(30 * SECOND);
		await take();
		expect(elapsed()).toBe(30 * SECOND + MINUTE);
	});

	it('leaves nothing of its window, though less was known to be used', async () => {
		const { clock, take, elapsed } = setUp();
		const [first, refused] = await take(2);
		first?.settle(answer(1));
		refused?.settle(refusal('3'));
		await clock.sleep(3 * SECOND);
		answerAll(await take(5));
		expect(elapsed()).toBe(3 * SECOND);
		await take();
		expect(elapsed()).toBe(3 * SECOND + MINUTE);
	});

	it('leaves the whole limit for the window after it', async () => {
		const { take, elapsed } = setUp();
		const [first] = await take();
		first?.settle(refusal('20'));
		answerAll(await take(5));
		expect(elapsed()).toBe(20 * SECOND);
		await take();
		expect(elapsed()).toBe(20 * SECOND + MINUTE);
	});

	it('holds back those who wait already', async () => {
		const { take, limiter, elapsed } = setUp();
		const taken = await take(5);
		const waits: number[] = [];
		const waiting = limiter.acquire({ onWait: (ms) => waits.push(ms) });
		taken[0]?.settle(refusal('90'));
		await waiting;
		expect(elapsed()).toBe(90 * SECOND);
		expect(waits).toEqual([MINUTE, 90 * SECOND]);
	});

	it('of several is over with the last of them', async () => {
		const { take, elapsed } = setUp();
		const taken = await take(4);
		['30', '31', '29', undefined].forEach((after, index) => taken[index]?.settle(refusal(after)));
		await take();
		expect(elapsed()).toBe(MINUTE);
	});

	it('by a proxy is not taken for the end of the window', async () => {
		const { clock, take, elapsed } = setUp({ hits: 10, perMs: HOUR });
		const [first, second] = await take(2);
		first?.settle(answer(9, 10));
		second?.settle(refusal());
		await take();
		expect(elapsed()).toBe(MINUTE);
		await clock.sleep(0);
		await take();
		expect(elapsed()).toBe(HOUR);
	});

	it('of a request from the window before does not open this one', async () => {
		const { clock, take, elapsed } = setUp();
		const [slow, ...quick] = await take(5);
		answerAll(quick, 2);
		await clock.sleep(MINUTE);
		const fresh = await take(4);
		fresh.forEach((reservation) => reservation.settle(answer(4)));
		slow?.settle(refusal('1'));
		await take();
		expect(elapsed()).toBe(MINUTE + SECOND);
		await take();
		expect(elapsed()).toBe(2 * MINUTE);
	});

	it('is dated by the clock of the service, where it tells the time', async () => {
		const { take, elapsed } = setUp();
		const [first] = await take();
		// Twenty minutes behind this machine's clock.
		const date = 'Sun, 22 Nov 2026 11:40:00 GMT';
		first?.settle(refusal('Sun, 22 Nov 2026 11:40:50 GMT', { date }));
		await take();
		expect(elapsed()).toBe(50 * SECOND);
	});

	it('never holds anybody back for more than a day', async () => {
		const { take, elapsed } = setUp();
		const [first] = await take();
		first?.settle(refusal('999999999999999'));
		await take();
		expect(elapsed()).toBe(24 * HOUR);
	});
});

describe('a share', () => {
	it('is given back with a request that was never sent or not counted', async () => {
		const { clock, limiter, elapsed } = setUp();
		for (const end of ['release', 'refuse', 'release'] as const) {
			const reservation = await limiter.acquire({ share: 0.5 });
			if (end === 'release') reservation.release();
			else reservation.settle(refusal('1'));
		}
		await clock.sleep(SECOND);
		await limiter.acquire({ share: 0.5 });
		await limiter.acquire({ share: 0.5 });
		expect(elapsed()).toBeLessThanOrEqual(2 * SECOND);
		await limiter.acquire({ share: 0.5 });
		expect(elapsed()).toBeGreaterThanOrEqual(25 * SECOND);
	});

	it('below one request a minute is one request at a time', async () => {
		const { limiter, elapsed } = setUp();
		for (let count = 0; count < 3; count++) (await limiter.acquire({ share: 0.1 })).settle(answer(1));
		expect(elapsed()).toBe(2 * 2 * MINUTE);
	});

	it.each([1 / 3, 0.7, 0.123, 0.999])('of %p is kept to, in whole milliseconds', async (share) => {
		const { clock, limiter, elapsed } = setUp();
		for (let count = 0; count < 30; count++) (await limiter.acquire({ share })).settle(answer(1));
		const burst = Math.max(1, Math.floor(5 * share));
		const evenly = ((30 - burst) * MINUTE) / (5 * share);
		expect(elapsed()).toBeGreaterThanOrEqual(Math.floor(evenly));
		expect(elapsed()).toBeLessThanOrEqual(evenly + 30);
		expect(clock.slept.every(Number.isInteger)).toBe(true);
	});

	it('above 1 is all there is', async () => {
		const { take, elapsed } = setUp();
		answerAll(await take(5, { share: 7 }));
		await take(1, { share: 7 });
		expect(elapsed()).toBe(MINUTE);
	});

	it.each([0, -1, NaN])('of %p is refused, and harms nobody else', async (share) => {
		const { limiter, take, elapsed } = setUp();
		await expect(limiter.acquire({ share })).rejects.toBeInstanceOf(InputError);
		await expect(limiter.acquire({ share })).rejects.toMatchObject({
			code: 'share',
			hint: expect.any(String),
		});
		await take(2, { share: 0.5 });
		expect(elapsed()).toBe(0);
	});
});

describe('the queue', () => {
	it('is first come, first served', async () => {
		const { take, limiter } = setUp({ hits: 2 });
		const order: string[] = [];
		const one = async (name: string) => {
			const reservation = await limiter.acquire();
			order.push(name);
			reservation.settle();
		};
		const taken = await take(2);
		const all = ['a', 'b', 'c', 'd', 'e'].map(one);
		answerAll(taken, 1, 2);
		await Promise.all(all);
		expect(order).toEqual(['a', 'b', 'c', 'd', 'e']);
	});

	it('tells each how long it will take, one window after the other', async () => {
		const { take, limiter } = setUp({ hits: 2 });
		answerAll(await take(2), 1, 2);
		const waits: number[][] = [[], [], [], [], []];
		const stop = new AbortController();
		const all = waits.map((told) => limiter.acquire({ onWait: (ms) => told.push(ms), signal: stop.signal }));
		await settled();
		expect(waits).toEqual([[MINUTE], [MINUTE], [2 * MINUTE], [2 * MINUTE], [3 * MINUTE]]);
		stop.abort();
		expect(await Promise.allSettled(all)).toHaveLength(5);
	});

	it('tells each how long it will take, at the pace of the share', async () => {
		const { take, limiter } = setUp();
		answerAll(await take(2, { share: 0.5 }));
		const waits: number[][] = [[], [], []];
		const stop = new AbortController();
		const all = waits.map((told) =>
			limiter.acquire({ share: 0.5, onWait: (ms) => told.push(ms), signal: stop.signal }),
		);
		await settled();
		expect(waits).toEqual([[24 * SECOND], [48 * SECOND], [72 * SECOND]]);
		stop.abort();
		expect(await Promise.allSettled(all)).toHaveLength(3);
	});

	it.each([
		['keeps to its share while the service would answer', 2, 0.5, undefined, true],
		['has used its share, and others the rest', 2, 0.5, 5, false],
		['takes all that the service gives', 5, 1, undefined, false],
	])('tells who waits whether it only %s', async (_who, sent, share, said, pacing) => {
		const { take, limiter } = setUp();
		answerAll(await take(sent, { share }), said ?? 1, 5);
		const told: boolean[] = [];
		const stop = new AbortController();
		const waiting = limiter.acquire({ share, signal: stop.signal, onWait: (_ms, own) => told.push(own) });
		await settled();
		expect(told).toEqual([pacing]);
		stop.abort();
		await expect(waiting).rejects.toBeInstanceOf(AbortedError);
	});

	it('tells of a refusal as of the service, whatever the share', async () => {
		const { take, limiter } = setUp();
		const [refused] = await take(1, { share: 0.5 });
		refused?.settle({ status: 429, headers: { 'retry-after': '7' }, body: '' });
		const told: Array<[number, boolean]> = [];
		await limiter.acquire({ share: 0.5, onWait: (...wait) => told.push(wait) });
		expect(told).toEqual([[7 * SECOND, false]]);
	});

	it('lets all go at once for whom there is a place, and sleeps for nobody', async () => {
		const { clock, limiter } = setUp();
		await Promise.all([1, 2, 3, 4, 5].map(() => limiter.acquire()));
		expect(clock.slept).toEqual([]);
	});

	it('lets go all who had to wait for the same window', async () => {
		const { clock, take, limiter, elapsed } = setUp();
		answerAll(await take(5));
		await Promise.all([1, 2, 3, 4, 5].map(() => limiter.acquire()));
		expect(elapsed()).toBe(MINUTE);
		expect(clock.slept.every((ms) => ms === MINUTE)).toBe(true);
	});

	it('loses nobody when a host both stops and fails at the news of a wait', async () => {
		const { take, limiter, elapsed } = setUp();
		answerAll(await take(5));
		const stop = new AbortController();
		const other = limiter.acquire();
		const mad = limiter.acquire({
			signal: stop.signal,
			onWait: () => {
				stop.abort();
				throw new Error('and fails');
			},
		});
		await expect(mad).rejects.toBeInstanceOf(AbortedError);
		await other;
		expect(elapsed()).toBe(MINUTE);
	});

	it('does not repeat itself while nothing changes', async () => {
		const { clock, take, limiter } = setUp();
		const taken = await take(5);
		answerAll(taken.slice(0, 4));
		const waits: number[] = [];
		const waiting = limiter.acquire({ onWait: (ms) => waits.push(ms) });
		const aside = new AbortController();
		const other = limiter.acquire({ signal: aside.signal });
		await clock.sleep(10 * SECOND);
		taken[4]?.settle(answer(5));
		aside.abort();
		await expect(other).rejects.toBeInstanceOf(AbortedError);
		await waiting;
		expect(waits).toEqual([MINUTE]);
	});

	it('lets a long pause be looked at every hour, for the sake of hosts whose timers are short', async () => {
		const { clock, take, elapsed } = setUp({ hits: 1, perMs: 5 * HOUR });
		const [first] = await take();
		first?.settle(answer(1, 1));
		await take();
		expect(elapsed()).toBe(5 * HOUR);
		expect(Math.max(...clock.slept)).toBe(HOUR);
	});

	it('goes on when its first gives up', async () => {
		const { clock, take, limiter, elapsed } = setUp();
		const slow = new AbortController();
		await take(1, { share: 0.1 });
		const first = limiter.acquire({ share: 0.1, signal: slow.signal });
		const second = limiter.acquire();
		await clock.sleep(SECOND);
		slow.abort(new Error('enough'));
		await expect(first).rejects.toMatchObject({ kind: 'aborted', cause: new Error('enough') });
		await second;
		expect(elapsed()).toBe(SECOND);
	});

	it('does not let in who has stopped before', async () => {
		const { limiter, take, elapsed } = setUp({ hits: 1 });
		await expect(limiter.acquire({ signal: AbortSignal.abort() })).rejects.toBeInstanceOf(AbortedError);
		await take();
		expect(elapsed()).toBe(0);
	});

	it('lets go who stops at the news that there is a wait', async () => {
		const { limiter, take, elapsed } = setUp();
		answerAll(await take(5));
		const stop = new AbortController();
		const waiting = limiter.acquire({ signal: stop.signal, onWait: () => stop.abort() });
		await expect(waiting).rejects.toBeInstanceOf(AbortedError);
		expect(elapsed()).toBe(0);
	});

	it('survives a host that stops others, or fails, at the news of a wait', async () => {
		const { limiter, take, elapsed } = setUp({ hits: 1 });
		const [first] = await take();
		first?.settle(answer(1, 1));
		const others = new AbortController();
		const aside = limiter.acquire({ signal: others.signal });
		const failing = limiter.acquire({
			onWait: () => {
				others.abort();
				throw new Error('a failure of the host');
			},
		});
		await expect(aside).rejects.toBeInstanceOf(AbortedError);
		await expect(failing).rejects.toThrow('a failure of the host');
		await take();
		expect(elapsed()).toBe(MINUTE);
	});

	it('tells nobody who has left meanwhile', async () => {
		const { clock, limiter, take } = setUp({ hits: 1 });
		const [first] = await take();
		const stop = new AbortController();
		const told: string[] = [];
		const notes = ['first', 'second'].map((name, index) =>
			limiter
				.acquire({
					signal: index === 1 ? stop.signal : undefined,
					onWait: (ms) => {
						told.push(`${name} ${ms}`);
						if (ms > MINUTE) stop.abort();
					},
				})
				.catch((error: unknown) => error),
		);
		await settled();
		told.length = 0;
		first?.settle(refusal('100'));
		expect(told).toEqual(['first 100000']);
		expect(await notes[1]).toBeInstanceOf(AbortedError);
		expect(clock.now()).toBe(START);
		await notes[0];
	});
});

describe('a deadline', () => {
	it('refuses at once what would have to wait longer', async () => {
		const { take, limiter, elapsed } = setUp();
		answerAll(await take(5));
		await expect(limiter.acquire({ deadline: START + 59 * SECOND })).rejects.toMatchObject({
			kind: 'rateLimit',
			code: 'deadline',
			retryAfterMs: MINUTE,
		});
		expect(elapsed()).toBe(0);
	});

	it('lets pass what ends in time', async () => {
		const { take, limiter, elapsed } = setUp();
		answerAll(await take(5));
		await limiter.acquire({ deadline: START + MINUTE });
		expect(elapsed()).toBe(MINUTE);
	});

	it('counts the time that answers usually take, by the middle one of the last nine', async () => {
		const { clock, take, limiter } = setUp({ hits: 100 });
		expect(limiter.expectedMs).toBe(0);
		for (const ms of [1, 1, 2000, 9000, 400, 30_000, 800, 7000, 500, 8000, 600]) {
			const [reservation] = await take();
			await clock.sleep(ms);
			reservation?.settle(answer(undefined, 100));
		}
		expect(limiter.expectedMs).toBe(2000);
		const now = clock.now();
		await expect(limiter.acquire({ deadline: now + 1999 })).rejects.toMatchObject({ code: 'deadline' });
		await expect(limiter.acquire({ deadline: now + 2000 })).resolves.toBeDefined();
	});

	it('is met where the limit was lowered to one just when a window ended', async () => {
		const { clock, take, limiter, elapsed } = setUp();
		const [first] = await take();
		await clock.sleep(40);
		first?.settle(answer(1));
		await clock.sleep(MINUTE - 40);
		// Sent in the first window as far as is known here, and answered in the second one.
		const [second] = await take();
		await clock.sleep(40);
		second?.settle(answer(1, 1));
		await limiter.acquire({ deadline: clock.now() + 2 * MINUTE });
		expect(elapsed()).toBe(2 * MINUTE + 40);
	});

	it('is not missed for ever because one answer took longer than any run has', async () => {
		const { clock, take, limiter } = setUp();
		const [reservation] = await take();
		await clock.sleep(120 * MINUTE);
		reservation?.settle(answer(4));
		const inTime = () => limiter.acquire({ deadline: clock.now() + 5 * MINUTE });
		await expect(inTime()).rejects.toMatchObject({ code: 'deadline' });
		clock.advance(10 * MINUTE);
		await expect(inTime()).resolves.toBeDefined();
	});

	it('that has passed lets nothing start, though a place is free', async () => {
		const { limiter } = setUp();
		await expect(limiter.acquire({ deadline: START - 1 })).rejects.toBeInstanceOf(RateLimitError);
	});

	it('holds for those who stand behind others', async () => {
		const { limiter, take, elapsed } = setUp({ hits: 2 });
		answerAll(await take(2), 1, 2);
		const stop = new AbortController();
		const ahead = [1, 2].map(() => limiter.acquire({ signal: stop.signal }).catch(() => undefined));
		// The next window is full with the two ahead.
		await expect(limiter.acquire({ deadline: START + MINUTE + SECOND })).rejects.toMatchObject({
			retryAfterMs: 2 * MINUTE,
		});
		expect(elapsed()).toBe(0);
		stop.abort();
		await Promise.all(ahead);
	});

	it('holds for those who stand behind somebody with a smaller share', async () => {
		const { limiter, take, elapsed } = setUp();
		await take(1, { share: 0.1 });
		const ahead = limiter.acquire({ share: 0.1 });
		await expect(limiter.acquire({ deadline: START + 10 * SECOND })).rejects.toMatchObject({
			code: 'deadline',
		});
		expect(elapsed()).toBe(0);
		await ahead;
	});

	it('is looked at again when others make it late', async () => {
		const { clock, limiter, take, elapsed } = setUp();
		const taken = await take(5);
		const waiting = limiter.acquire({ deadline: START + 70 * SECOND });
		await clock.sleep(SECOND);
		taken[0]?.settle(refusal('120'));
		await expect(waiting).rejects.toMatchObject({ code: 'deadline', retryAfterMs: 120 * SECOND });
		expect(elapsed()).toBe(SECOND);
	});
});

describe('a clock that is set', () => {
	it('back by hours holds nobody back for hours', async () => {
		const { clock, take, limiter } = setUp();
		answerAll(await take(5));
		clock.set(START - 5 * HOUR);
		await limiter.acquire();
		expect(clock.now()).toBe(START - 5 * HOUR + MINUTE);
	});

	it('forward lets the window end early, and a refusal put it right', async () => {
		const { clock, take, limiter } = setUp();
		answerAll(await take(5));
		clock.set(START + HOUR);
		const early = await limiter.acquire();
		early.settle(refusal('40'));
		await limiter.acquire();
		expect(clock.now()).toBe(START + HOUR + 40 * SECOND);
	});
});

describe('the registry', () => {
	it('gives one limiter to all who read the same', () => {
		const registry = new LimiterRegistry(new VirtualClock());
		const limit: Limit = { hits: 5, perMs: MINUTE, by: 'project' };
		const get = (origin: string, scope: string, bucket: string) => registry.get(origin, scope, bucket, limit);
		const mine = get('https://a.test', 'birds', 'entries');
		expect(get('https://a.test', 'birds', 'entries')).toBe(mine);
		expect(get('https://b.test', 'birds', 'entries')).not.toBe(mine);
		expect(get('https://a.test', 'bees', 'entries')).not.toBe(mine);
		expect(get('https://a.test', 'birds', 'media')).not.toBe(mine);
	});
});
