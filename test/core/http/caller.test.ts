import { TokenKeeper } from '../../../core/auth/tokenKeeper';
import type { IssuedToken, TokenSource } from '../../../core/auth/token';
import { MINUTE, SECOND } from '../../../core/clock';
import { Caller, describe as described, type Call, type Tokens } from '../../../core/http/caller';
import { STATUS_RULES, type Rule } from '../../../core/http/classify';
import {
	AbortedError,
	ApiError,
	AuthError,
	FieldDataError,
	NetworkError,
	RateLimitError,
} from '../../../core/http/errors';
import { isObject, parseJson } from '../../../core/http/json';
import { Limiter, type Reservation } from '../../../core/http/limiter';
import type { HttpRequest, HttpResponse, Transport } from '../../../core/http/transport';
import { Run, type RunOptions, type Wait } from '../../../core/run';
import { VirtualClock } from '../support/clock';

const START = Date.UTC(2026, 10, 22, 12, 0, 0);
const URL_ASKED = 'https://five.test/api/export/entries/birds';

type Answer = Partial<HttpResponse> | Error | (() => Partial<HttpResponse> | Promise<Partial<HttpResponse>>);

const ok: Answer = { status: 200, body: '{"data":1}' };
const refusal = (code: string, status = 404): Answer => ({ status, body: JSON.stringify({ code }) });
const limited = (retryAfter = '7'): Answer => ({ status: 429, headers: { 'retry-after': retryAfter } });
const wire = (code: string) => Object.assign(new Error(`connect ${code} 10.0.0.1`), { code });

const RULES: readonly Rule[] = [
	{
		when: ({ codes, withToken }) => codes.includes('dead_token') && withToken,
		remedy: 'renewToken',
		error: ({ request }) => new AuthError('refused', { code: 'dead_token', hint: 'look', request }),
	},
	{
		when: ({ codes }) => codes.includes('limit'),
		remedy: 'waitForLimit',
		error: () => new RateLimitError('used up', { code: 'limit', hint: 'wait' }),
	},
	...STATUS_RULES,
];

function codesOf(body: string | Uint8Array): string[] {
	try {
		const parsed: unknown = JSON.parse(String(body));
		return isObject(parsed) && typeof parsed.code === 'string' ? [parsed.code] : [];
	} catch {
		return [];
	}
}

/** A keeper with a service behind it that gives `t1`, `t2`, … */
function tokensOf(clock: VirtualClock, issue?: () => Promise<IssuedToken>) {
	const issued: string[] = [];
	const source: TokenSource = {
		store: { read: async () => await Promise.resolve(undefined), write: async () => await Promise.resolve() },
		issue: async () => {
			if (issue) return await issue();
			issued.push(`t${issued.length + 1}`);
			return await Promise.resolve({ accessToken: issued.at(-1) ?? '', expiresIn: 7200 });
		},
	};
	const tokens: Tokens = { keeper: new TokenKeeper(clock), source };
	return { tokens, issued };
}

interface World {
	answers?: Answer[];
	takesMs?: number;
	options?: RunOptions;
}

function setUp({ answers = [ok], takesMs = 0, options = {} }: World = {}) {
	const clock = new VirtualClock(START);
	const sent: HttpRequest[] = [];
	const transport: Transport = {
		async request(request) {
			sent.push(request);
			if (takesMs > 0) await clock.sleep(takesMs, request.signal);
			const answer = answers.length > 1 ? answers.shift() : answers[0];
			if (answer instanceof Error) throw answer;
			const response = typeof answer === 'function' ? await answer() : answer;
			return { status: 200, headers: {}, body: '', ...response } as never;
		},
	};
	const waits: Wait[] = [];
	const run = new Run(clock, { onWait: (wait) => waits.push(wait), ...options });
	const caller = new Caller({ transport, clock, rules: RULES, codesOf });
	const limiter = new Limiter({ hits: 5, perMs: MINUTE, by: 'project' }, clock);
	const request: HttpRequest<'text'> = { method: 'GET', url: URL_ASKED, responseType: 'text' };
	const call = (more: Partial<Call<'text', unknown>> = {}) =>
		caller.call<'text', unknown>({
			...{ request, run, repeatable: true },
			read: ({ body }) => parseJson(body, described(request)),
			...more,
		});
	const elapsed = () => clock.now() - START;
	return { clock, sent, waits, run, limiter, call, elapsed };
}

const failed = async (promise: Promise<unknown>): Promise<FieldDataError> => {
	const error: unknown = await promise.then(
		() => new Error('nothing failed'),
		(thrown: unknown) => thrown,
	);
	expect(error).toBeInstanceOf(FieldDataError);
	return error as FieldDataError;
};

/** Places that are free, although nothing was waited for. */
async function freePlaces(limiter: Limiter, clock: VirtualClock): Promise<number> {
	const taken: Reservation[] = [];
	const deadline = clock.now() + limiter.expectedMs;
	for (;;) {
		try {
			taken.push(await limiter.acquire({ deadline }));
		} catch {
			for (const reservation of taken) reservation.release();
			return taken.length;
		}
	}
}

const unhandled: unknown[] = [];
const note = (reason: unknown) => unhandled.push(reason);
beforeAll(() => process.on('unhandledRejection', note));
afterAll(() => process.off('unhandledRejection', note));
afterEach(async () => {
	await new Promise((resolve) => setImmediate(resolve));
	expect(unhandled.splice(0)).toEqual([]);
});

describe('a call', () => {
	it('hands over what was read, and counts one request', async () => {
		const { call, run, sent } = setUp();
		expect(await call()).toEqual({ data: 1 });
		expect(run.summary).toMatchObject({ requests: 1, waitedMs: 0 });
		expect(sent[0]).toMatchObject({ url: URL_ASKED, timeoutMs: 100 * SECOND });
	});

	it('asks for JSON, unless it says otherwise, and sends no token where none is given', async () => {
		const { call, sent } = setUp();
		await call();
		expect(sent[0]?.headers).toEqual({ Accept: 'application/json' });
		const request: HttpRequest<'text'> = {
			method: 'GET',
			url: URL_ASKED,
			responseType: 'text',
			headers: { Accept: 'image/jpeg' },
			timeoutMs: 5,
		};
		await call({ request });
		expect(sent[1]).toMatchObject({ headers: { Accept: 'image/jpeg' }, timeoutMs: 5 });
	});

	it('says verb and address in its errors, and nothing of the query', async () => {
		const { call } = setUp({ answers: [{ status: 400 }] });
		const request: HttpRequest<'text'> = {
			method: 'GET',
			url: URL_ASKED,
			query: { title: 'Jane Doe' },
			responseType: 'text',
		};
		const error = await failed(call({ request }));
		expect(error.request).toBe(`GET ${URL_ASKED}`);
		expect(JSON.stringify({ ...error, message: error.message })).not.toContain('Jane');
	});

	it('judges nothing that the service calls a success', async () => {
		const { call } = setUp({ answers: [{ status: 206, body: '{"code":"dead_token"}' }] });
		expect(await call()).toEqual({ code: 'dead_token' });
	});
});

describe('the token', () => {
	it('goes along as Bearer', async () => {
		const { call, clock, sent } = setUp();
		await call({ tokens: tokensOf(clock).tokens });
		expect(sent[0]?.headers).toMatchObject({ Authorization: 'Bearer t1' });
	});

	it('is renewed once when the service refuses it, and the request sent again', async () => {
		const { call, clock, sent, run } = setUp({ answers: [refusal('dead_token'), ok] });
		const { tokens, issued } = tokensOf(clock);
		expect(await call({ tokens })).toEqual({ data: 1 });
		expect(sent.map(({ headers }) => headers?.Authorization)).toEqual(['Bearer t1', 'Bearer t2']);
		expect(issued).toHaveLength(2);
		expect(run.summary.requests).toBe(2);
	});

	it('is renewed only once: then the refusal is final', async () => {
		const { call, clock, sent } = setUp({ answers: [refusal('dead_token')] });
		const { tokens, issued } = tokensOf(clock);
		expect(await failed(call({ tokens }))).toMatchObject({ kind: 'auth', code: 'dead_token' });
		expect(sent).toHaveLength(2);
		expect(issued).toHaveLength(2);
	});

	it('is renewed once even where limit and faults come in between', async () => {
		const { call, clock, sent } = setUp({
			answers: [refusal('dead_token'), limited('3'), { status: 503 }, refusal('dead_token')],
		});
		const { tokens, issued } = tokensOf(clock);
		expect(await failed(call({ tokens }))).toMatchObject({ code: 'dead_token' });
		expect(sent).toHaveLength(4);
		expect(issued).toHaveLength(2);
	});

	it('is renewed for what must not be repeated too: a refused request did nothing', async () => {
		const { call, clock, sent } = setUp({ answers: [refusal('dead_token'), ok] });
		await call({ tokens: tokensOf(clock).tokens, repeatable: false });
		expect(sent).toHaveLength(2);
	});

	it('is not asked for where none is sent, though the service complains', async () => {
		const { call, sent } = setUp({ answers: [refusal('dead_token')] });
		expect(await failed(call())).toMatchObject({ kind: 'api', code: 'dead_token' });
		expect(sent).toHaveLength(1);
	});

	it('is not renewed when a rule asks for it and none was sent', async () => {
		const clock = new VirtualClock(START);
		const rules: Rule[] = [
			{
				when: () => true,
				remedy: 'renewToken',
				error: () => new AuthError('private', { hint: 'enter one' }),
			},
		];
		const transport: Transport = {
			request: async () => await Promise.resolve({ status: 404, headers: {}, body: '' as never }),
		};
		const caller = new Caller({ transport, clock, rules, codesOf });
		const request: HttpRequest<'text'> = { method: 'GET', url: URL_ASKED, responseType: 'text' };
		const call = caller.call({ request, run: new Run(clock), repeatable: true, read: () => 1 });
		expect(await failed(call)).toMatchObject({ message: 'private' });
	});

	it('that cannot be had leaves the place in the window to others', async () => {
		const { call, clock, limiter, sent } = setUp();
		const wrong = () => Promise.reject(new AuthError('wrong secret', { code: 'ec5_253', hint: 'copy it' }));
		const { tokens } = tokensOf(clock, wrong);
		expect(await failed(call({ tokens, limiter }))).toMatchObject({ kind: 'auth', code: 'ec5_253' });
		expect(sent).toHaveLength(0);
		expect(await freePlaces(limiter, clock)).toBe(5);
	});

	it('is waited for while its server does not answer', async () => {
		const { call, clock, limiter, run, waits } = setUp();
		let tries = 0;
		const { tokens } = tokensOf(clock, async () => {
			if (++tries === 1) throw new NetworkError('no answer', { code: 'ECONNRESET', hint: 'check' });
			return await Promise.resolve({ accessToken: 'late', expiresIn: 7200 });
		});
		expect(await call({ tokens, limiter })).toEqual({ data: 1 });
		expect(tries).toBe(2);
		expect(waits.every(({ reason }) => reason === 'retry')).toBe(true);
		expect(run.summary).toMatchObject({ requests: 1 });
		expect(run.summary.waitedMs).toBeGreaterThanOrEqual(5 * SECOND);
		expect(await freePlaces(limiter, clock)).toBe(4);
	});

	it('whose renewal fails for want of an answer is tried again too', async () => {
		const { call, clock } = setUp({ answers: [refusal('dead_token'), ok] });
		let tries = 0;
		const { tokens } = tokensOf(clock, async () => {
			if (++tries === 2) throw new NetworkError('no answer', { code: 'ECONNRESET', hint: 'check' });
			return await Promise.resolve({ accessToken: `t${tries}`, expiresIn: 7200 });
		});
		expect(await call({ tokens })).toEqual({ data: 1 });
		expect(tries).toBe(3);
	});

	it('whose renewal is refused ends the call with that reason', async () => {
		const { call, clock, sent } = setUp({ answers: [refusal('dead_token')] });
		let tries = 0;
		const { tokens } = tokensOf(clock, async () => {
			if (++tries > 1) throw new AuthError('wrong secret', { code: 'ec5_253', hint: 'copy it' });
			return await Promise.resolve({ accessToken: 't1', expiresIn: 7200 });
		});
		expect(await failed(call({ tokens }))).toMatchObject({ code: 'ec5_253' });
		expect(sent).toHaveLength(1);
	});

	it('is one for ten calls at once', async () => {
		const { call, clock } = setUp({ takesMs: 300 });
		const { tokens, issued } = tokensOf(clock);
		await Promise.all(Array.from({ length: 10 }, () => call({ tokens })));
		expect(issued).toEqual(['t1']);
	});

	it('is one more for ten calls at once after it was revoked', async () => {
		let alive = 't1';
		const seen: string[] = [];
		const clock = new VirtualClock(START);
		const transport: Transport = {
			async request(request) {
				await clock.sleep(200);
				const token = String(request.headers?.Authorization).slice('Bearer '.length);
				seen.push(token);
				const body = token === alive ? '{}' : '{"code":"dead_token"}';
				return { status: token === alive ? 200 : 404, headers: {}, body: body as never };
			},
		};
		const { tokens, issued } = tokensOf(clock);
		const caller = new Caller({ transport, clock, rules: RULES, codesOf });
		const request: HttpRequest<'text'> = { method: 'GET', url: URL_ASKED, responseType: 'text' };
		const call = () => caller.call({ request, run: new Run(clock), tokens, repeatable: true, read: () => 1 });
		await call();
		alive = 't2';
		await Promise.all(Array.from({ length: 10 }, call));
		expect(issued).toEqual(['t1', 't2']);
		expect(seen).toHaveLength(1 + 10 + 10);
	});
});

describe('a refusal by the limit', () => {
	it('is waited for to the second, and the wait is announced and counted', async () => {
		const { call, limiter, waits, run, elapsed } = setUp({ answers: [limited('7'), ok] });
		expect(await call({ limiter })).toEqual({ data: 1 });
		expect(elapsed()).toBe(7 * SECOND);
		expect(waits).toEqual([{ reason: 'limit', ms: 7 * SECOND, until: START + 7 * SECOND }]);
		expect(run.summary).toMatchObject({ requests: 2, waitedMs: 7 * SECOND });
	});

	it('is waited for without a limiter too', async () => {
		const { call, waits, run, elapsed } = setUp({ answers: [limited('7'), ok] });
		expect(await call()).toEqual({ data: 1 });
		expect(elapsed()).toBe(7 * SECOND);
		expect(waits).toEqual([{ reason: 'limit', ms: 7 * SECOND, until: START + 7 * SECOND }]);
		expect(run.summary.waitedMs).toBe(7 * SECOND);
	});

	it.each([true, false])(
		'that is told by a code alone lasts a minute (with limiter: %p)',
		async (withLimiter) => {
			const { call, limiter, elapsed } = setUp({ answers: [refusal('limit', 400), ok] });
			expect(await call(withLimiter ? { limiter } : {})).toEqual({ data: 1 });
			expect(elapsed()).toBe(MINUTE);
		},
	);

	it('is taken ten times in a row before it is an error', async () => {
		const { call, limiter, sent, elapsed } = setUp({ answers: [limited('7')] });
		const error = await failed(call({ limiter }));
		expect(error).toMatchObject({ kind: 'rateLimit', status: 429, retryAfterMs: 7 * SECOND });
		expect(sent).toHaveLength(10);
		expect(elapsed()).toBe(9 * 7 * SECOND);
	});

	it('does not count as a fault of the service', async () => {
		const { call, limiter } = setUp({
			answers: [limited(), { status: 500 }, limited(), { status: 502 }, ok],
		});
		expect(await call({ limiter })).toEqual({ data: 1 });
	});

	it('is waited for by what must not be repeated: a refused request did nothing', async () => {
		const { call, limiter, sent } = setUp({ answers: [limited(), ok] });
		await call({ limiter, repeatable: false });
		expect(sent).toHaveLength(2);
	});

	it.each([true, false])('is not waited for beyond the deadline (with limiter: %p)', async (withLimiter) => {
		const { call, limiter, sent, elapsed } = setUp({
			answers: [limited('30')],
			options: { deadline: START + 20 * SECOND },
		});
		const error = await failed(call(withLimiter ? { limiter } : {}));
		expect(error).toMatchObject({ kind: 'rateLimit', retryAfterMs: 30 * SECOND });
		expect(sent).toHaveLength(1);
		expect(elapsed()).toBe(0);
	});

	it('leaves a share to others that was asked for', async () => {
		const { call, limiter, elapsed } = setUp({ options: { share: 0.5 } });
		for (let count = 0; count < 4; count++) await call({ limiter });
		expect(elapsed()).toBe(2 * 24 * SECOND);
	});
});

describe('a fault that may pass', () => {
	it.each<[string, Answer]>([
		['500', { status: 500, body: '<html>' }],
		['502', { status: 502 }],
		['503', { status: 503 }],
		['504', { status: 504 }],
		['408', { status: 408 }],
		['a broken connection', wire('ECONNRESET')],
		['no connection', wire('ECONNREFUSED')],
		['a time-out', wire('ETIMEDOUT')],
		['an exception without a code', new Error('fetch failed')],
		['half an answer', { status: 200, body: '{"data":[{"ec5_uu' }],
		['a page where data was asked for', { status: 200, body: '<!DOCTYPE html><title>Proxy</title>' }],
		['an empty answer', { status: 200, body: '' }],
	])('is tried again: %s', async (_, fault) => {
		const { call, waits, run, sent } = setUp({ answers: [fault, fault, fault, ok] });
		expect(await call()).toEqual({ data: 1 });
		expect(sent).toHaveLength(4);
		expect(waits.map(({ reason }) => reason)).toEqual(['retry', 'retry', 'retry']);
		for (const [index, { ms }] of waits.entries()) {
			expect(ms).toBeGreaterThanOrEqual(SECOND * 2 ** index);
			expect(ms).toBeLessThanOrEqual(SECOND * 2 ** index * 1.25);
		}
		expect(run.summary.waitedMs).toBeCloseTo(waits.reduce((sum, { ms }) => sum + ms, 0));
	});

	it.each<[string, Answer, object]>([
		['500', { status: 500 }, { kind: 'api', code: 'server_fault', status: 500 }],
		['a connection', wire('ECONNRESET'), { kind: 'network', code: 'ECONNRESET' }],
		['an answer', { status: 200, body: '{' }, { kind: 'api', code: 'unreadable' }],
	])('is an error when it does not pass: %s', async (_, fault, expected) => {
		const { call, sent } = setUp({ answers: [fault] });
		expect(await failed(call())).toMatchObject({ ...expected, request: `GET ${URL_ASKED}` });
		expect(sent).toHaveLength(4);
	});

	it.each<[string, Answer]>([
		['500', { status: 500 }],
		['a broken connection', wire('ECONNRESET')],
		['no connection', wire('ECONNREFUSED')],
		['half an answer', { status: 200, body: '{' }],
	])('is final for what must not be repeated: %s', async (_, fault) => {
		const { call, sent } = setUp({ answers: [fault, ok] });
		await failed(call({ repeatable: false }));
		expect(sent).toHaveLength(1);
	});

	it('is not waited for beyond the deadline', async () => {
		const { call, sent, elapsed } = setUp({
			answers: [{ status: 500 }],
			options: { deadline: START + 500 },
		});
		expect(await failed(call())).toMatchObject({ code: 'server_fault' });
		expect(sent).toHaveLength(1);
		expect(elapsed()).toBe(0);
	});

	it('counts in the window where it may have arrived, and only there', async () => {
		for (const [fault, free] of [
			['ECONNRESET', 4],
			['ENOTFOUND', 5],
		] as const) {
			const { call, clock, limiter } = setUp({ answers: [wire(fault)] });
			await failed(call({ limiter, repeatable: false, run: new Run(clock, { deadline: START }) }));
			expect(await freePlaces(limiter, clock)).toBe(free);
		}
	});

	it.each([
		['400', { status: 400 }],
		['403', { status: 403 }],
		['422', { status: 422 }],
		['301', { status: 301 }],
	])('is none: %s', async (_, answer) => {
		const { call, sent } = setUp({ answers: [answer] });
		expect(await failed(call())).toMatchObject({ status: answer.status });
		expect(sent).toHaveLength(1);
	});

	it('is none in a body that is read and not understood: the same would come again', async () => {
		const { call, sent } = setUp({ answers: [{ status: 200, body: '{"other":true}' }] });
		const error = await failed(
			call({ read: ({ body }) => (JSON.parse(body) as { data: { id: string } }).data.id }),
		);
		expect(error).toMatchObject({
			kind: 'api',
			code: 'unexpected_answer',
			status: 200,
			cause: expect.any(TypeError),
		});
		expect(sent).toHaveLength(1);
	});

	it('names the host, and the reason by its code only', async () => {
		const { call } = setUp({ answers: [wire('ECONNREFUSED')] });
		const error = await failed(call());
		expect(error.message).toBe('No answer from five.test');
		expect(error.hint).not.toBe('');
		expect(error.cause).toBeUndefined();
		expect(JSON.stringify(error)).not.toContain('10.0.0.1');
	});

	it('has a name even when the address is no address', async () => {
		const { call } = setUp({ answers: [new TypeError('Invalid URL')] });
		const request: HttpRequest<'text'> = { method: 'GET', url: '/api', responseType: 'text' };
		expect((await failed(call({ request }))).message).toBe('No answer from the server');
	});

	it('passes an error of our own family through', async () => {
		const mine = new ApiError('my own', { code: 'mine', hint: 'look' });
		const { call, sent } = setUp({ answers: [mine] });
		expect(await failed(call())).toBe(mine);
		expect(sent).toHaveLength(1);
	});
});

describe('stopping a call', () => {
	const stopper = () => {
		const stop = new AbortController();
		return { stop, options: { signal: stop.signal } };
	};

	it('before it begins sends nothing', async () => {
		const { stop, options } = stopper();
		stop.abort();
		const { call, limiter, clock, sent } = setUp({ options });
		expect(await failed(call({ limiter }))).toBeInstanceOf(AbortedError);
		expect(sent).toHaveLength(0);
		expect(await freePlaces(limiter, clock)).toBe(5);
	});

	it('while it waits for the limit leaves the queue', async () => {
		const { stop, options } = stopper();
		const { call, limiter, clock, sent, elapsed } = setUp({ options });
		const taken = await Promise.all([1, 2, 3, 4, 5].map(() => limiter.acquire()));
		const waiting = failed(call({ limiter }));
		await clock.sleep(SECOND);
		stop.abort(new Error('enough'));
		expect(await waiting).toMatchObject({ kind: 'aborted', cause: new Error('enough') });
		expect(sent).toHaveLength(0);
		taken.forEach((reservation) => reservation.release());
		expect(await freePlaces(limiter, clock)).toBe(5);
		expect(elapsed()).toBe(SECOND);
	});

	it('while it waits for a token leaves the token to the others', async () => {
		const { stop, options } = stopper();
		const { call, limiter, clock, sent, elapsed } = setUp({ options });
		const { tokens } = tokensOf(clock, async () => {
			await clock.sleep(20 * SECOND);
			return { accessToken: 'slow', expiresIn: 7200 };
		});
		const waiting = failed(call({ limiter, tokens }));
		const other = call({ tokens, run: new Run(clock) });
		await clock.sleep(SECOND);
		stop.abort();
		expect(await waiting).toBeInstanceOf(AbortedError);
		expect(elapsed()).toBe(SECOND);
		expect(await freePlaces(limiter, clock)).toBe(5);
		expect(await other).toEqual({ data: 1 });
		expect(sent.map(({ headers }) => headers?.Authorization)).toEqual(['Bearer slow']);
	});

	it('while a token fails that nobody waits for any more is the end of it', async () => {
		const { stop, options } = stopper();
		const { call, clock } = setUp({ options });
		const { tokens } = tokensOf(clock, async () => {
			await clock.sleep(SECOND);
			throw new Error('far too late');
		});
		const waiting = failed(call({ tokens }));
		stop.abort();
		expect(await waiting).toBeInstanceOf(AbortedError);
		await clock.sleep(MINUTE);
	});

	it('at the moment when the place is granted gives it back', async () => {
		const { stop, options } = stopper();
		const { call, limiter, clock, sent } = setUp({ options });
		const { tokens, issued } = tokensOf(clock);
		const waiting = failed(call({ limiter, tokens }));
		stop.abort();
		expect(await waiting).toBeInstanceOf(AbortedError);
		expect(sent).toHaveLength(0);
		expect(await freePlaces(limiter, clock)).toBe(5);
		expect(issued.length).toBeLessThanOrEqual(1);
	});

	it('while it is on its way counts as sent', async () => {
		const { stop, options } = stopper();
		const { call, limiter, clock, elapsed } = setUp({ options, takesMs: 10 * SECOND });
		const waiting = failed(call({ limiter }));
		await clock.sleep(SECOND);
		stop.abort();
		expect(await waiting).toBeInstanceOf(AbortedError);
		expect(elapsed()).toBe(SECOND);
		expect(await freePlaces(limiter, clock)).toBe(4);
	});

	it('says so whatever the transport throws, and keeps nothing of that', async () => {
		const { stop, options } = stopper();
		const thrown = Object.assign(new Error('canceled'), {
			config: { headers: { Authorization: 'Bearer x' } },
		});
		const { call } = setUp({
			options,
			answers: [
				() => {
					stop.abort();
					throw thrown;
				},
			],
		});
		const error = await failed(call());
		expect(error).toBeInstanceOf(AbortedError);
		expect(error.cause).not.toBe(thrown);
	});

	it.each<[string, Answer]>([
		['for the next try', { status: 500 }],
		['for the limit', limited('30')],
	])('while it pauses %s ends the pause', async (_, answer) => {
		const { stop, options } = stopper();
		const { call, clock, elapsed, sent } = setUp({ options, answers: [answer] });
		const waiting = failed(call());
		await clock.sleep(300);
		stop.abort(new Error('enough'));
		expect(await waiting).toMatchObject({ kind: 'aborted', cause: new Error('enough') });
		expect(elapsed()).toBe(300);
		expect(sent).toHaveLength(1);
	});

	it('at any moment ends in an AbortedError or the answer, and never costs a place in the window', async () => {
		for (let ms = 0; ms <= 9000; ms += 250) {
			const { stop, options } = stopper();
			const { call, limiter, clock } = setUp({
				options,
				takesMs: 400,
				answers: [refusal('dead_token'), { status: 500 }, limited('3'), wire('ENOTFOUND'), ok],
			});
			const { tokens } = tokensOf(clock, async () => {
				await clock.sleep(500);
				return { accessToken: `t${clock.now()}`, expiresIn: 7200 };
			});
			const end = call({ limiter, tokens }).catch((error: unknown) => error);
			const watch = clock.sleep(ms).then(() => stop.abort());
			const outcome = await end;
			if (outcome instanceof Error) expect(outcome).toBeInstanceOf(AbortedError);
			else expect(outcome).toEqual({ data: 1 });
			await watch;
			await clock.sleep(10 * MINUTE);
			expect(await freePlaces(limiter, clock)).toBe(5);
		}
	});
});
