import { HOUR, MINUTE, SECOND } from '../../../core/clock';
import {
	AbortedError,
	ApiError,
	AuthError,
	FieldDataError,
	IncompleteError,
	InputError,
	MaintenanceError,
	NetworkError,
	NotFoundError,
	NotUploadedError,
	RateLimitError,
	throwIfAborted,
	type ErrorDetails,
} from '../../../core/http/errors';
import { isObject, parseJson } from '../../../core/http/json';
import { limitReport } from '../../../core/http/limits';
import { backoffMs, neverSent, TRIES } from '../../../core/http/retry';
import { steadyTime } from '../../../core/http/steadyTime';
import { VirtualClock } from '../support/clock';

const NOW = Date.UTC(2026, 10, 22, 12, 0, 0);

describe('the family of errors', () => {
	const details: Required<ErrorDetails> = {
		code: 'ec5_1',
		status: 404,
		hint: 'Do this.',
		retryAfterMs: 5,
		request: 'GET https://a.test',
		field: 'Project',
		cause: new Error('why'),
	};

	it.each([
		[AuthError, 'auth', 'AuthError'],
		[NotFoundError, 'notFound', 'NotFoundError'],
		[RateLimitError, 'rateLimit', 'RateLimitError'],
		[MaintenanceError, 'maintenance', 'MaintenanceError'],
		[NotUploadedError, 'notUploaded', 'NotUploadedError'],
		[NetworkError, 'network', 'NetworkError'],
		[ApiError, 'api', 'ApiError'],
		[InputError, 'input', 'InputError'],
		[IncompleteError, 'incomplete', 'IncompleteError'],
	])('%p is of kind %s, and keeps what it was told', (Kind, kind, name) => {
		const error = new Kind('What happened', details);
		expect(error).toBeInstanceOf(FieldDataError);
		expect(error).toBeInstanceOf(Error);
		expect(error).toMatchObject({ ...details, kind, name, message: 'What happened' });
		expect(error.stack).toContain('What happened');
	});

	it('has no cause where none was given', () => {
		expect(new ApiError('x', { hint: 'y' })).not.toHaveProperty('cause');
		expect(new AbortedError()).not.toHaveProperty('cause');
	});

	it('knows who stopped, and why', () => {
		const error = new AbortedError('timeout');
		expect(error).toMatchObject({ kind: 'aborted', code: 'aborted', cause: 'timeout' });
		expect(error.hint).not.toBe('');
	});

	it('is thrown for a signal that has fired, and for no other', () => {
		const stop = new AbortController();
		expect(() => throwIfAborted(undefined)).not.toThrow();
		expect(() => throwIfAborted(stop.signal)).not.toThrow();
		stop.abort('reason');
		expect(() => throwIfAborted(stop.signal)).toThrow(AbortedError);
	});
});

describe('reading JSON', () => {
	const failed = (body: string) => {
		try {
			return parseJson(body, 'GET https://a.test');
		} catch (error) {
			return error as ApiError;
		}
	};

	it.each<[string, unknown]>([
		['{"a":[1,null]}', { a: [1, null] }],
		[' [] ', []],
		['null', null],
		['"text"', 'text'],
		['0', 0],
	])('goes by the body alone: %s', (body, value) => {
		expect(parseJson(body, 'GET https://a.test')).toEqual(value);
	});

	it.each(['<!DOCTYPE html>', '\n  <html>', '\uFEFF<html>', '<?xml version="1.0"?>'])(
		'says that a web page came: %j',
		(body) => {
			expect(failed(body)).toMatchObject({
				code: 'unreadable',
				request: 'GET https://a.test',
				message: expect.stringContaining('web page'),
				hint: expect.stringContaining('server URL'),
			});
		},
	);

	it.each(['', '{"data":[{"id":"1"', '{"a":1}}', "{'a':1}", 'NaN', '[1,]', 'Ähm'])(
		'says that the answer broke off, without repeating it: %j',
		(body) => {
			const error = failed(body);
			expect(error).toBeInstanceOf(ApiError);
			expect(error).toMatchObject({ code: 'unreadable', message: expect.stringContaining('broke off') });
			expect(error).not.toHaveProperty('cause');
		},
	);

	it('leaves prototypes clean', () => {
		const value = parseJson('{"__proto__":{"polluted":true},"constructor":1}', 'GET https://a.test');
		expect(Object.hasOwn(value as object, '__proto__')).toBe(true);
		expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
	});

	it('survives depth', () => {
		const depth = 100_000;
		expect(failed('['.repeat(depth))).toMatchObject({ code: 'unreadable' });
	});

	it.each<[unknown, boolean]>([
		[{}, true],
		[Object.create(null), true],
		[[], false],
		[null, false],
		[undefined, false],
		['x', false],
		[1, false],
	])('knows an object: %p', (value, is) => {
		expect(isObject(value)).toBe(is);
	});
});

describe('what an answer says of the limit', () => {
	const report = (status: number, headers: Record<string, string>, now = NOW) =>
		limitReport({ status, headers, body: '' }, now);

	it.each<[string, Record<string, string>, object]>([
		['nothing', {}, { limit: undefined, remaining: undefined }],
		['both', { 'x-ratelimit-limit': '5', 'x-ratelimit-remaining': '0' }, { limit: 5, remaining: 0 }],
		['blanks around', { 'x-ratelimit-limit': ' 5 ' }, { limit: 5, remaining: undefined }],
		['twice', { 'x-ratelimit-limit': '5, 5' }, { limit: undefined }],
		['less than nothing', { 'x-ratelimit-remaining': '-1' }, { remaining: undefined }],
		['a fraction', { 'x-ratelimit-limit': '4.5' }, { limit: undefined }],
		['words', { 'x-ratelimit-limit': 'five' }, { limit: undefined }],
		['a number beyond all bounds', { 'x-ratelimit-limit': '9'.repeat(16) }, { limit: undefined }],
	])('is read from its headers: %s', (_, headers, expected) => {
		expect(report(200, headers)).toMatchObject(expected);
		expect(report(200, { ...headers, 'retry-after': '9' })).not.toHaveProperty('retryAfterMs');
	});

	it.each<[string, string | undefined, number | undefined]>([
		['seconds', '12', 12 * SECOND],
		['seconds with blanks', ' 12 ', 12 * SECOND],
		['no time: at least a second', '0', SECOND],
		['a date', 'Sun, 22 Nov 2026 12:01:30 GMT', 90 * SECOND],
		['a date in the old form', 'Sunday, 22-Nov-26 12:01:30 GMT', 90 * SECOND],
		['a date that has passed', 'Sun, 22 Nov 2026 11:59:00 GMT', SECOND],
		['a date in a year', 'Mon, 22 Nov 2027 12:00:00 GMT', 24 * HOUR],
		['a thousand years', '31536000000', 24 * HOUR],
		['less than nothing', '-5', undefined],
		['a fraction', '1.5', undefined],
		['a list', '3, 3', undefined],
		['words', 'in a while', undefined],
		['an empty text', '', undefined],
		['nothing', undefined, undefined],
	])('is when to come back, on a refusal: %s', (_, header, ms) => {
		const headers: Record<string, string> = header === undefined ? {} : { 'retry-after': header };
		expect(report(429, headers)).toMatchObject({ retryAfterMs: ms ?? MINUTE, endsInMs: ms });
	});

	it('is dated by the service’s own clock', () => {
		const headers = {
			date: 'Sun, 22 Nov 2026 09:00:00 GMT',
			'retry-after': 'Sun, 22 Nov 2026 09:00:20 GMT',
		};
		expect(report(429, headers).retryAfterMs).toBe(20 * SECOND);
		expect(report(429, { ...headers, date: 'yesterday' }).retryAfterMs).toBe(SECOND);
		expect(report(429, { ...headers, 'retry-after': '7' }).retryAfterMs).toBe(7 * SECOND);
	});
});

describe('trying again', () => {
	it('pauses twice as long each time, a little apart, in whole milliseconds', () => {
		for (let failed = 1; failed < TRIES; failed++) {
			const pauses = Array.from({ length: 200 }, () => backoffMs(failed));
			const least = SECOND * 2 ** (failed - 1);
			expect(Math.min(...pauses)).toBeGreaterThanOrEqual(least);
			expect(Math.max(...pauses)).toBeLessThanOrEqual(least * 1.25);
			expect(new Set(pauses).size).toBeGreaterThan(20);
			expect(pauses.every(Number.isInteger)).toBe(true);
		}
	});

	it.each<[unknown, boolean]>([
		[{ code: 'ENOTFOUND' }, true],
		[{ code: 'EAI_AGAIN' }, true],
		[{ code: 'ECONNREFUSED' }, true],
		[{ code: 'ECONNRESET' }, false],
		[{ code: 'ETIMEDOUT' }, false],
		[{ code: 7 }, false],
		[new Error('x'), false],
		[undefined, false],
		[null, false],
	])('knows what was surely never sent: %j', (error, never) => {
		expect(neverSent(error)).toBe(never);
	});
});

describe('steady time', () => {
	it('goes with the clock, and stands still while that goes back', () => {
		const clock = new VirtualClock(NOW);
		const now = steadyTime(clock);
		const start = now();
		clock.set(NOW + 500);
		expect(now() - start).toBe(500);
		clock.set(NOW - HOUR);
		expect(now() - start).toBe(500);
		clock.set(NOW - HOUR + 70);
		expect(now() - start).toBe(570);
		clock.set(NOW - 2 * HOUR);
		expect(now() - start).toBe(570);
		clock.set(NOW);
		expect(now() - start).toBe(570 + 2 * HOUR);
	});
});
