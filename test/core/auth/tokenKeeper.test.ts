import type { IssuedToken, Token, TokenSource } from '../../../core/auth/token';
import { EARLY_RENEWAL_MS, TokenKeeper, TokenKeepers, TOKENS_PER_HOUR } from '../../../core/auth/tokenKeeper';
import { HOUR, MINUTE, SECOND } from '../../../core/clock';
import {
	AbortedError,
	ApiError,
	AuthError,
	FieldDataError,
	MaintenanceError,
	NetworkError,
	NotFoundError,
	RateLimitError,
} from '../../../core/http/errors';
import { seededRandom } from '../../../sandbox/src/shared/random';
import { VirtualClock } from '../support/clock';

const START = Date.UTC(2026, 10, 22, 12, 0, 0);
const LIFE = 7200;

const offline = () => new NetworkError('no answer', { code: 'ECONNREFUSED', hint: 'check' });
const wrong = () => new AuthError('wrong secret', { code: 'ec5_253', hint: 'copy', field: 'Client ID' });
const broken = () => new ApiError('fault', { code: 'server_fault', status: 500, hint: 'wait' });

/** A token endpoint: a fresh token ends the earlier ones, as Epicollect5 does it (contract 2.3). */
class Service {
	alive: string | undefined;
	issued = 0;
	asked = 0;
	takesMs = 0;
	expiresIn: number | undefined = LIFE;
	/** Thrown by the next requests, the last one for ever. */
	failures: unknown[] = [];
	failsForEver = false;

	constructor(private readonly clock: VirtualClock) {}

	async issue(): Promise<IssuedToken> {
		this.asked += 1;
		if (this.takesMs > 0) await this.clock.sleep(this.takesMs);
		if (this.failures.length > 0) throw this.failsForEver ? this.failures[0] : this.failures.shift();
		this.issued += 1;
		this.alive = `token ${this.issued}`;
		return { accessToken: this.alive, expiresIn: this.expiresIn };
	}
}

/** What several processes share. */
class SharedStore {
	kept: Token | undefined;
	reads = 0;
	writes = 0;

	async read(): Promise<Token | undefined> {
		this.reads += 1;
		return await Promise.resolve(this.kept);
	}

	async write(token: Token): Promise<void> {
		this.writes += 1;
		this.kept = token;
		await Promise.resolve();
	}
}

function setUp() {
	const clock = new VirtualClock(START);
	const service = new Service(clock);
	const store = new SharedStore();
	const source: TokenSource = { store, issue: () => service.issue() };
	const keeper = new TokenKeeper(clock);
	return { clock, service, store, source, keeper };
}

const failed = async (promise: Promise<unknown>): Promise<FieldDataError> => {
	const error: unknown = await promise.then(
		(value) => new Error(`it gave ${String(value)}`),
		(thrown: unknown) => thrown,
	);
	expect(error).toBeInstanceOf(FieldDataError);
	return error as FieldDataError;
};

const unhandled: unknown[] = [];
const note = (reason: unknown) => unhandled.push(reason);
beforeAll(() => process.on('unhandledRejection', note));
afterAll(() => process.off('unhandledRejection', note));
afterEach(async () => {
	await new Promise((resolve) => setImmediate(resolve));
	expect(unhandled.splice(0)).toEqual([]);
});

describe('one token', () => {
	it('serves all requests of two hours', async () => {
		const { keeper, source, service, clock } = setUp();
		for (let minute = 0; minute < 117; minute++) {
			expect(await keeper.get(source)).toBe('token 1');
			await clock.sleep(MINUTE);
		}
		expect(service.issued).toBe(1);
	});

	it('serves ten that ask at once, and is asked for once', async () => {
		const { keeper, source, service, store } = setUp();
		service.takesMs = 2000;
		const tokens = await Promise.all(Array.from({ length: 10 }, () => keeper.get(source)));
		expect(new Set(tokens)).toEqual(new Set(['token 1']));
		expect(service.asked).toBe(1);
		expect(store).toMatchObject({ reads: 1, writes: 1, kept: { accessToken: 'token 1' } });
	});

	it('serves those who ask while the store is read', async () => {
		const { keeper, source, clock } = setUp();
		const kept = { accessToken: 'kept', expiresAt: START + HOUR };
		const slow: TokenSource = {
			...source,
			store: { ...source.store, read: async () => (await clock.sleep(500), kept) },
		};
		expect(await Promise.all([keeper.get(slow), keeper.get(slow), keeper.get(source)])).toEqual([
			'kept',
			'kept',
			'kept',
		]);
	});

	it('fails for all who wait for it, with the same reason, and is asked for once', async () => {
		const { keeper, source, service } = setUp();
		service.takesMs = 100;
		service.failures = [wrong()];
		const errors = await Promise.all(Array.from({ length: 10 }, () => failed(keeper.get(source))));
		expect(new Set(errors).size).toBe(1);
		expect(service.asked).toBe(1);
	});

	it('is kept with its end, by the clock of this machine when it was asked for', async () => {
		const { keeper, source, service, store } = setUp();
		service.takesMs = 5000;
		await keeper.get(source);
		expect(store.kept).toEqual({ accessToken: 'token 1', expiresAt: START + LIFE * SECOND });
	});

	it.each([undefined, 0, -1, NaN])(
		'whose life is told as %p is used until it is refused',
		async (expiresIn) => {
			const { keeper, source, service, store, clock } = setUp();
			service.expiresIn = expiresIn;
			await keeper.get(source);
			await clock.sleep(1000 * HOUR);
			expect(await keeper.get(source)).toBe('token 1');
			expect(store.kept).toEqual({ accessToken: 'token 1', expiresAt: undefined });
		},
	);
});

describe('early renewal', () => {
	it('comes two minutes before the end, not sooner', async () => {
		const { keeper, source, clock } = setUp();
		await keeper.get(source);
		await clock.sleep(LIFE * SECOND - EARLY_RENEWAL_MS - 1);
		expect(await keeper.get(source)).toBe('token 1');
		await clock.sleep(1);
		expect(await keeper.get(source)).toBe('token 2');
	});

	it('is one for all who ask meanwhile: the old token dies as the new one is made', async () => {
		const { keeper, source, service, clock } = setUp();
		await keeper.get(source);
		service.takesMs = 3000;
		await clock.sleep(LIFE * SECOND - MINUTE);
		const early = keeper.get(source);
		await clock.sleep(1000);
		const others = await Promise.all(Array.from({ length: 9 }, () => keeper.get(source)));
		expect([await early, ...others]).toEqual(Array(10).fill('token 2'));
		expect(service.issued).toBe(2);
	});

	it('serves those whose request was refused because of it', async () => {
		const { keeper, source, service, clock } = setUp();
		const old = await keeper.get(source);
		await clock.sleep(LIFE * SECOND - MINUTE);
		await keeper.get(source);
		const again = await Promise.all(Array.from({ length: 5 }, () => keeper.renew(old, source)));
		expect(again).toEqual(Array(5).fill('token 2'));
		expect(service.issued).toBe(2);
	});

	it('of a token of short life comes in its last quarter', async () => {
		const { keeper, source, service, clock } = setUp();
		service.expiresIn = 60;
		await keeper.get(source);
		await clock.sleep(44 * SECOND);
		expect(await keeper.get(source)).toBe('token 1');
		await clock.sleep(SECOND);
		expect(await keeper.get(source)).toBe('token 2');
	});

	it('takes what another process has stored, and asks for nothing', async () => {
		const { keeper, source, service, store, clock } = setUp();
		await keeper.get(source);
		await clock.sleep(LIFE * SECOND - MINUTE);
		store.kept = { accessToken: 'of another', expiresAt: clock.now() + HOUR };
		expect(await keeper.get(source)).toBe('of another');
		expect(service.issued).toBe(1);
	});

	it.each<[string, () => FieldDataError]>([
		['the connection', offline],
		['the service', broken],
		['maintenance', () => new MaintenanceError('closed', { hint: 'wait' })],
		['the limit', () => new RateLimitError('used up', { hint: 'wait', retryAfterMs: HOUR })],
	])('that fails because of %s leaves the old token as long as it lives', async (_, reason) => {
		const { keeper, source, service, clock } = setUp();
		await keeper.get(source);
		service.failures = [reason()];
		service.failsForEver = true;
		await clock.sleep(LIFE * SECOND - EARLY_RENEWAL_MS);
		for (let second = 0; second < 120; second++) {
			expect(await keeper.get(source)).toBe('token 1');
			await clock.sleep(SECOND);
		}
		expect(service.asked).toBeLessThanOrEqual(7);
		expect((await failed(keeper.get(source))).kind).toBe(reason().kind);
	});

	it('that is refused for a wrong secret says so: the old token is dead by that', async () => {
		const { keeper, source, service, clock } = setUp();
		await keeper.get(source);
		service.failures = [wrong()];
		await clock.sleep(LIFE * SECOND - MINUTE);
		expect(await failed(keeper.get(source))).toMatchObject({ kind: 'auth', code: 'ec5_253' });
	});

	it('that is refused by the ceiling leaves the old token as long as it lives', async () => {
		const { keeper, source, clock, service } = setUp();
		service.expiresIn = 400;
		let token = await keeper.get(source);
		for (let count = 1; count < TOKENS_PER_HOUR; count++) token = await keeper.renew(token, source);
		await clock.sleep(350 * SECOND);
		expect(await keeper.get(source)).toBe(token);
		await clock.sleep(50 * SECOND);
		expect(await failed(keeper.get(source))).toMatchObject({ code: 'token_ceiling' });
	});

	it('never gives the old token to somebody to whom it was refused meanwhile', async () => {
		const { keeper, source, service, clock } = setUp();
		const old = await keeper.get(source);
		await clock.sleep(LIFE * SECOND - MINUTE);
		service.takesMs = 1000;
		service.failures = [offline()];
		const early = failed(keeper.get(source));
		await clock.sleep(500);
		expect((await failed(keeper.renew(old, source))).kind).toBe('network');
		expect((await early).kind).toBe('network');
	});
});

describe('a refused token', () => {
	it('is renewed once, whoever and however many say so', async () => {
		const { keeper, source, service } = setUp();
		service.takesMs = 700;
		const dead = await keeper.get(source);
		const fresh = await Promise.all(Array.from({ length: 10 }, () => keeper.renew(dead, source)));
		expect(fresh).toEqual(Array(10).fill('token 2'));
		expect(service.asked).toBe(2);
	});

	it('is renewed once, also for those who say so late', async () => {
		const { keeper, source, service, clock } = setUp();
		const dead = await keeper.get(source);
		expect(await keeper.renew(dead, source)).toBe('token 2');
		await clock.sleep(10 * MINUTE);
		expect(await keeper.renew(dead, source)).toBe('token 2');
		expect(service.asked).toBe(2);
	});

	it('is replaced by what another process has stored, and nothing is asked for', async () => {
		const { keeper, source, service, store } = setUp();
		const dead = await keeper.get(source);
		store.kept = { accessToken: 'of another', expiresAt: START + HOUR };
		expect(await keeper.renew(dead, source)).toBe('of another');
		expect(await keeper.get(source)).toBe('of another');
		expect(service.asked).toBe(1);
	});

	it('is not taken from the store again', async () => {
		const { keeper, source, store } = setUp();
		const dead = await keeper.get(source);
		expect(store.kept?.accessToken).toBe(dead);
		expect(await keeper.renew(dead, source)).toBe('token 2');
		store.kept = { accessToken: dead, expiresAt: START + HOUR };
		const second = await keeper.get(source);
		expect(await keeper.renew(second, source)).toBe('token 3');
	});

	it('is not taken from a store that was being read when it was refused', async () => {
		const { keeper, source, service, store, clock } = setUp();
		store.kept = { accessToken: 'dead', expiresAt: START + HOUR };
		const slow: TokenSource = {
			...source,
			store: {
				read: async () => (await clock.sleep(1000), store.kept),
				write: (token) => store.write(token),
			},
		};
		const first = keeper.get(slow);
		await clock.sleep(500);
		expect(await keeper.renew('dead', slow)).toBe('token 1');
		expect(await first).toBe('token 1');
		expect(service.asked).toBe(1);
	});

	it('is not given to somebody who was waiting for it while it was refused', async () => {
		const { keeper, source, store } = setUp();
		store.kept = { accessToken: 'dead', expiresAt: START + HOUR };
		const order: Array<Promise<string>> = [];
		// Refused after each number of steps that the machine can take: none of them is the wrong one.
		for (let steps = 0; steps < 12; steps++) {
			const fresh = new TokenKeeper(new VirtualClock(START));
			store.kept = { accessToken: 'dead', expiresAt: START + HOUR };
			const first = fresh.get(source);
			for (let step = 0; step < steps; step++) await Promise.resolve();
			order.push(fresh.renew('dead', source));
			await first;
		}
		for (const token of await Promise.all(order)) expect(token).toMatch(/^token \d+$/);
		expect(await keeper.get(source)).toMatch(/^token \d+$/);
	});

	it('that nobody has seen here is only noted', async () => {
		const { keeper, source, service, store } = setUp();
		const token = await keeper.get(source);
		expect(await keeper.renew('of another project', source)).toBe(token);
		expect(service.asked).toBe(1);
		expect(store.reads).toBe(1);
	});

	it('is remembered among the last twenty', async () => {
		const { keeper, source, store, service } = setUp();
		const keepInStore = (accessToken: string) => (store.kept = { accessToken, expiresAt: START + HOUR });
		for (let count = 0; count < 19; count++) await keeper.renew(`dead ${count}`, source);
		keepInStore('dead 0');
		expect(await keeper.renew('token 1', source)).toBe('token 2');
		keepInStore('dead 18');
		expect(await keeper.renew('token 2', source)).toBe('token 3');
		// That was the twenty-first.
		keepInStore('dead 0');
		expect(await keeper.renew('token 3', source)).toBe('dead 0');
		expect(service.issued).toBe(3);
	});

	it('lives again when the service gives the same one once more', async () => {
		const { keeper, source, service } = setUp();
		const dead = await keeper.get(source);
		service.issued = 0;
		expect(await keeper.renew(dead, source)).toBe(dead);
		expect(await keeper.get(source)).toBe(dead);
		expect(service.asked).toBe(2);
	});
});

describe('a failed renewal', () => {
	/** Asks every second. @returns the seconds at which the service was asked */
	async function askEverySecond(seconds: number, reason: () => unknown, everyMs = SECOND): Promise<number[]> {
		const { keeper, service, source, clock } = setUp();
		const at: number[] = [];
		const noting: TokenSource = {
			...source,
			issue: async () => {
				at.push((clock.now() - START) / SECOND);
				return await service.issue();
			},
		};
		service.failures = [reason()];
		service.failsForEver = true;
		while (clock.now() - START < seconds * SECOND) {
			await failed(keeper.get(noting));
			await clock.sleep(everyMs);
		}
		return at;
	}

	it('for a wrong secret is repeated after 1, 2, 4 … minutes, and hourly at last', async () => {
		const minutes = (await askEverySecond(6 * 3600, wrong, MINUTE)).map((second) => second / 60);
		expect(minutes.slice(0, 6)).toEqual([0, 1, 3, 7, 15, 31]);
		expect(minutes.slice(6)).toEqual([63, 123, 183, 243, 303]);
	});

	it('by a fault is repeated after 5, 10, 20 … seconds, and within the ceiling', async () => {
		const seconds = await askEverySecond(3600, broken);
		expect(seconds).toEqual([0, 5, 15, 35, 75, 155]);
	});

	it('for want of a connection is repeated every five minutes at last, and forgotten when it is back', async () => {
		const { keeper, service, source, clock } = setUp();
		service.failures = [offline()];
		service.failsForEver = true;
		while (clock.now() < START + 10 * HOUR) {
			expect((await failed(keeper.get(source))).kind).toBe('network');
			await clock.sleep(10 * SECOND);
		}
		service.failures = [];
		const back = clock.now();
		for (;;) {
			const token = await keeper.get(source).catch(() => undefined);
			if (token !== undefined) break;
			await clock.sleep(SECOND);
		}
		expect(clock.now() - back).toBeLessThanOrEqual(5 * MINUTE);
		// A night without a connection has used up none of the hour.
		for (let count = 1; count < TOKENS_PER_HOUR; count++) await keeper.renew(`token ${count}`, source);
		expect(service.issued).toBe(TOKENS_PER_HOUR);
	});

	it('says the same again meanwhile, and how long it will take', async () => {
		const { keeper, source, service, clock } = setUp();
		service.failures = [wrong()];
		const first = await failed(keeper.get(source));
		await clock.sleep(20 * SECOND);
		const second = await failed(keeper.get(source));
		expect(second).toBeInstanceOf(AuthError);
		expect(second).toMatchObject({
			...{ message: first.message, code: 'ec5_253', hint: 'copy', field: 'Client ID' },
			retryAfterMs: 40 * SECOND,
		});
		expect(service.asked).toBe(1);
	});

	it('waits at least as long as the service says', async () => {
		const { keeper, source, service, clock } = setUp();
		service.failures = [new RateLimitError('used up', { hint: 'wait', retryAfterMs: 50 * MINUTE })];
		await failed(keeper.get(source));
		await clock.sleep(50 * MINUTE - 1);
		await failed(keeper.get(source));
		await clock.sleep(1);
		expect(await keeper.get(source)).toBe('token 1');
		expect(service.asked).toBe(2);
	});

	it('begins with short pauses again after a success', async () => {
		const { keeper, source, service, clock } = setUp();
		service.failures = [broken(), broken()];
		await failed(keeper.get(source));
		await clock.sleep(5 * SECOND);
		await failed(keeper.get(source));
		await clock.sleep(10 * SECOND);
		const token = await keeper.get(source);
		service.failures = [broken()];
		expect(await failed(keeper.renew(token, source))).toMatchObject({ retryAfterMs: undefined });
		await clock.sleep(5 * SECOND);
		expect(await keeper.get(source)).toBe('token 2');
	});

	it('is over when another process has stored a token', async () => {
		const { keeper, source, service, store } = setUp();
		service.failures = [wrong()];
		await failed(keeper.get(source));
		store.kept = { accessToken: 'of another', expiresAt: START + HOUR };
		expect(await keeper.get(source)).toBe('of another');
		expect(await keeper.renew('of another', source)).toBe('token 1');
	});

	it.each<[string, unknown, string]>([
		['a plain Error', new Error('secret=abc'), 'no_token'],
		['an error with a code', Object.assign(new Error('secret=abc'), { code: 'ECONNRESET' }), 'ECONNRESET'],
		['a string', 'secret=abc', 'no_token'],
		['nothing', undefined, 'no_token'],
		['an error with an odd code', { code: 7 }, 'no_token'],
		['somebody who stopped', new AbortedError('secret=abc'), 'aborted'],
	])(
		'with %s is an error of our family, without its text, and not repeated at once',
		async (_, thrown, code) => {
			const { keeper, source, service } = setUp();
			service.failures = [thrown];
			const error = await failed(keeper.get(source));
			expect(error).toMatchObject({ kind: 'network', code, hint: expect.stringMatching(/./) });
			expect(error.cause).toBeUndefined();
			expect(error.message).not.toContain('abc');
			expect(await failed(keeper.get(source))).toMatchObject({ kind: 'network', retryAfterMs: 5 * SECOND });
			expect(service.asked).toBe(1);
		},
	);

	it.each([wrong(), offline(), broken(), new NotFoundError('gone', { hint: 'look' })])(
		'keeps its kind when it is told again: $name',
		async (reason) => {
			const { keeper, source, service } = setUp();
			service.failures = [reason];
			await failed(keeper.get(source));
			const again = await failed(keeper.get(source));
			expect(again).toMatchObject({ name: reason.name, kind: reason.kind, cause: reason });
		},
	);
});

describe('the ceiling', () => {
	it('ends a quarrel between two programs, and says how to', async () => {
		const { keeper, source, service } = setUp();
		let token = await keeper.get(source);
		for (let count = 1; count < TOKENS_PER_HOUR; count++) token = await keeper.renew(token, source);
		const error = await failed(keeper.renew(token, source));
		expect(error).toMatchObject({ kind: 'rateLimit', code: 'token_ceiling', retryAfterMs: HOUR });
		expect(error.hint).toContain('Another program');
		expect(service.asked).toBe(TOKENS_PER_HOUR);
	});

	it('moves with the hour', async () => {
		const { keeper, source, service, clock } = setUp();
		let token = await keeper.get(source);
		for (let count = 1; count < TOKENS_PER_HOUR; count++) {
			await clock.sleep(10 * MINUTE);
			token = await keeper.renew(token, source);
		}
		expect(await failed(keeper.renew(token, source))).toMatchObject({ retryAfterMs: 10 * MINUTE });
		await clock.sleep(10 * MINUTE);
		await keeper.get(source);
		expect(service.asked).toBe(TOKENS_PER_HOUR + 1);
	});

	it('names the failure that used up the hour', async () => {
		const { keeper, source, service, clock } = setUp();
		service.failures = [broken()];
		service.failsForEver = true;
		while (service.asked < TOKENS_PER_HOUR) {
			await failed(keeper.get(source));
			await clock.sleep(SECOND);
		}
		await clock.sleep(10 * MINUTE);
		const error = await failed(keeper.get(source));
		expect(error).toMatchObject({ code: 'server_fault' });
		expect(error.retryAfterMs).toBeGreaterThan(40 * MINUTE);
	});

	it('is not blamed on a connection that fails', async () => {
		const { keeper, source, service } = setUp();
		let token = await keeper.get(source);
		for (let count = 1; count < TOKENS_PER_HOUR - 1; count++) token = await keeper.renew(token, source);
		service.failures = [offline()];
		expect(await failed(keeper.renew(token, source))).toMatchObject({ kind: 'network' });
	});

	it('is told as such after a connection that failed, as it lasts much longer', async () => {
		const { keeper, source, service, clock } = setUp();
		let token = await keeper.get(source);
		for (let count = 2; count < TOKENS_PER_HOUR; count++) token = await keeper.renew(token, source);
		service.failures = [wrong()];
		await failed(keeper.renew(token, source));
		await clock.sleep(HOUR - 1);
		for (let count = 0; count < TOKENS_PER_HOUR; count++) {
			await clock.sleep(count === 0 ? 1 : 0);
			token = await keeper.renew(token, source);
		}
		service.failures = [offline()];
		expect(await failed(keeper.renew(token, source))).toMatchObject({ code: 'token_ceiling' });
	});
});

describe('what is said of the token', () => {
	it('is nothing before the first one, then its end and how many were asked for', async () => {
		const { keeper, source, clock } = setUp();
		expect(await keeper.state(source)).toEqual({ hasToken: false, askedThisHour: 0 });
		const first = await keeper.get(source);
		const second = await keeper.renew(first, source);
		expect(await keeper.state(source)).toEqual({
			...{ hasToken: true, expiresAt: START + LIFE * SECOND, askedThisHour: 2 },
		});
		expect(JSON.stringify(await keeper.state(source))).not.toContain(second);
		clock.advance(HOUR);
		expect(await keeper.state(source)).toMatchObject({ hasToken: true, askedThisHour: 0 });
		clock.advance(HOUR);
		expect(await keeper.state(source)).toMatchObject({ hasToken: false });
	});

	it('comes from the store after a restart, and costs no token', async () => {
		const { keeper, source, service, store } = setUp();
		store.kept = { accessToken: 'kept', expiresAt: START + HOUR };
		expect(await keeper.state(source)).toMatchObject({ hasToken: true, expiresAt: START + HOUR });
		expect(service.asked).toBe(0);
	});

	it('names the last failure until there is a token', async () => {
		const { keeper, source, service, clock } = setUp();
		service.failures = [wrong()];
		await failed(keeper.get(source));
		expect(await keeper.state(source)).toMatchObject({ hasToken: false, failure: 'wrong secret' });
		clock.advance(HOUR);
		await keeper.get(source);
		expect((await keeper.state(source)).failure).toBeUndefined();
	});
});

describe('a store', () => {
	it('gives the token of the time before a restart', async () => {
		const { source, service, store, clock } = setUp();
		await new TokenKeeper(clock).get(source);
		await clock.sleep(HOUR);
		expect(await new TokenKeeper(clock).get(source)).toBe('token 1');
		expect(service.asked).toBe(1);
		expect(store.writes).toBe(1);
	});

	it('is asked once, not at every request', async () => {
		const { keeper, source, store } = setUp();
		store.kept = { accessToken: 'kept', expiresAt: START + HOUR };
		for (let count = 0; count < 5; count++) await keeper.get(source);
		expect(store.reads).toBe(1);
	});

	it.each([
		['is over', -SECOND],
		['is about to end', EARLY_RENEWAL_MS],
	])('with a token that %s is not believed', async (_, left) => {
		const { keeper, source, store } = setUp();
		store.kept = { accessToken: 'kept', expiresAt: START + left };
		expect(await keeper.get(source)).toBe('token 1');
	});

	it('may hold a token of which only the service knows the end', async () => {
		const { keeper, source, store, service } = setUp();
		store.kept = { accessToken: 'kept' };
		expect(await keeper.get(source)).toBe('kept');
		expect(await keeper.renew('kept', source)).toBe('token 1');
		expect(service.asked).toBe(1);
	});

	it.each<[string, () => Promise<never>]>([
		['rejects', () => Promise.reject(new Error('no database'))],
		[
			'throws',
			() => {
				throw new Error('no database');
			},
		],
	])('that %s at reading and writing costs nothing but its use', async (_, fail) => {
		const { keeper, source, service } = setUp();
		const bad: TokenSource = { ...source, store: { read: fail, write: fail } };
		expect(await keeper.get(bad)).toBe('token 1');
		expect(await keeper.get(bad)).toBe('token 1');
		expect(await keeper.renew('token 1', bad)).toBe('token 2');
		expect(service.asked).toBe(2);
	});
});

describe('a clock that is set', () => {
	it('forward by hours costs one token', async () => {
		const { keeper, source, service, clock } = setUp();
		await keeper.get(source);
		clock.set(START + 5 * HOUR);
		expect(await keeper.get(source)).toBe('token 2');
		clock.set(START + MINUTE);
		expect(await keeper.get(source)).toBe('token 2');
		expect(service.asked).toBe(2);
	});

	it('back by hours costs at most one refusal', async () => {
		const { keeper, source, service, clock } = setUp();
		const token = await keeper.get(source);
		clock.set(START - 5 * HOUR);
		expect(await keeper.get(source)).toBe(token);
		expect(await keeper.renew(token, source)).toBe('token 2');
		expect(service.asked).toBe(2);
	});

	it('back by hours does not prolong the pause after a failure', async () => {
		const { keeper, source, service, clock } = setUp();
		service.failures = [wrong()];
		await failed(keeper.get(source));
		clock.set(START - 5 * HOUR);
		await failed(keeper.get(source));
		await clock.sleep(MINUTE);
		expect(await keeper.get(source)).toBe('token 1');
	});

	it('back by hours does not prolong the hour of the ceiling', async () => {
		const { keeper, source, clock } = setUp();
		let token = await keeper.get(source);
		for (let count = 1; count < TOKENS_PER_HOUR; count++) token = await keeper.renew(token, source);
		clock.set(START - 5 * HOUR);
		expect(await failed(keeper.renew(token, source))).toMatchObject({ retryAfterMs: HOUR });
	});
});

describe('several processes with one store', () => {
	it.each([1, 2, 3, 4, 5, 6, 7, 8])('use few tokens, and never the ceiling (seed %i)', async (seed) => {
		const random = seededRandom(seed);
		const { clock, service, source } = setUp();
		service.takesMs = 400;
		const until = START + 12 * HOUR;
		let refused = 0;
		const worker = async () => {
			const keeper = new TokenKeeper(clock);
			while (clock.now() < until) {
				let token = await keeper.get(source);
				await clock.sleep(random.int(0, 2000));
				if (token !== service.alive) {
					refused += 1;
					token = await keeper.renew(token, source);
				}
				await clock.sleep(random.int(0, 10 * MINUTE));
			}
		};
		await Promise.all([worker(), worker(), worker(), worker()]);
		// Twelve hours are 6.1 lives of a token; two workers may renew at the same moment.
		expect(service.asked).toBeLessThanOrEqual(12);
		expect(refused).toBeLessThanOrEqual(4 * service.asked);
	});
});

describe('the keepers of a process', () => {
	it('are one for each client app', () => {
		const keepers = new TokenKeepers(new VirtualClock());
		expect(keepers.get('a 1 x')).toBe(keepers.get('a 1 x'));
		expect(keepers.get('a 1 x')).not.toBe(keepers.get('a 1 y'));
	});
});
