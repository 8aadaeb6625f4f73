import { EPICOLLECT5_RULES, epicollect5Codes } from '../../../core/epicollect5/rules';
import { classify, STATUS_RULES, type Answer, type Remedy, type Rule } from '../../../core/http/classify';
import {
	ApiError,
	AuthError,
	FieldDataError,
	MaintenanceError,
	NotFoundError,
	NotUploadedError,
	RateLimitError,
} from '../../../core/http/errors';

const REQUEST = 'GET https://five.test/api/export/entries/birds';
const NOW = Date.UTC(2026, 10, 22, 12, 0, 0);

interface Facts {
	status: number;
	body?: string;
	headers?: Record<string, string>;
	withToken?: boolean;
}

function answerOf({ status, body = '', headers = {}, withToken = true }: Facts): Answer {
	const response = { status, headers, body };
	return { response, codes: epicollect5Codes(body), request: REQUEST, withToken, now: NOW };
}

const judge = (facts: Facts) => classify(EPICOLLECT5_RULES, answerOf(facts));

/** As the service builds it (contract 3). */
const errors = (...codes: unknown[]) =>
	JSON.stringify({ errors: codes.map((code) => ({ code, title: 'A title', source: 'middleware' })) });

const HTML = '<!DOCTYPE html><html><body>Bad Gateway</body></html>';

type Kind = abstract new (...args: never[]) => FieldDataError;
type Row = [code: string, status: number, kind: Kind, remedy: Remedy];

/** Every line of contract 3, and of 2.4 and 2.5. */
const TABLE: Row[] = [
	['ec5_11', 404, NotFoundError, 'none'],
	['ec5_11', 400, NotFoundError, 'none'],
	['ec5_15', 400, NotFoundError, 'none'],
	['ec5_21', 404, NotFoundError, 'none'],
	['ec5_21', 400, NotFoundError, 'none'],
	['ec5_27', 400, ApiError, 'none'],
	['ec5_29', 400, ApiError, 'none'],
	['ec5_43', 400, ApiError, 'none'],
	['ec5_69', 404, NotUploadedError, 'none'],
	['ec5_77', 404, AuthError, 'none'],
	['ec5_78', 404, AuthError, 'none'],
	['ec5_79', 400, ApiError, 'none'],
	['ec5_84', 400, NotFoundError, 'none'],
	['ec5_87', 400, ApiError, 'none'],
	['ec5_99', 400, NotFoundError, 'none'],
	['ec5_103', 404, ApiError, 'none'],
	['ec5_103', 400, ApiError, 'none'],
	['ec5_116', 400, ApiError, 'none'],
	['ec5_219', 422, NotFoundError, 'none'],
	['ec5_232', 400, ApiError, 'none'],
	['ec5_243', 400, ApiError, 'none'],
	['ec5_252', 404, MaintenanceError, 'retryLater'],
	['ec5_253', 400, AuthError, 'none'],
	['ec5_254', 400, AuthError, 'none'],
	['ec5_255', 429, RateLimitError, 'waitForLimit'],
	['ec5_256', 404, AuthError, 'renewToken'],
	['ec5_257', 404, AuthError, 'none'],
	['ec5_261', 400, FieldDataError, 'none'],
	['ec5_322', 400, NotFoundError, 'none'],
	['ec5_335', 400, ApiError, 'none'],
];

describe('the list of refusals', () => {
	it.each(TABLE)('knows %s with status %i', (code, status, Kind, remedy) => {
		const verdict = judge({ status, body: errors(code) });
		expect(verdict?.error).toBeInstanceOf(Kind);
		expect(verdict?.remedy).toBe(remedy);
		expect(verdict?.error).toMatchObject({ code, status, request: REQUEST });
		expect(verdict?.error.message).toMatch(/^[A-Z].*[^.]$/);
		expect(verdict?.error.hint).toMatch(/^.{10,}[.]$/);
	});

	it.each(TABLE.filter(([code]) => !['ec5_255'].includes(code)))(
		'goes by the code %s, whatever the status',
		(code, _status, Kind, remedy) => {
			for (const status of [400, 401, 403, 404, 422]) {
				const verdict = judge({ status, body: errors(code) });
				expect(verdict?.error).toBeInstanceOf(Kind);
				expect(verdict?.remedy).toBe(remedy);
				expect(verdict?.error.status).toBe(status);
			}
		},
	);

	it('never takes a 404 for a missing project without reading its code', () => {
		const gone = TABLE.filter(([code, status]) => status === 404 && code !== 'ec5_11' && code !== 'ec5_21');
		for (const [code] of gone) {
			expect(judge({ status: 404, body: errors(code) })?.error).not.toBeInstanceOf(NotFoundError);
		}
		for (const body of ['', HTML, '{"message":"Not Found"}', '{}', 'null', '[]']) {
			expect(judge({ status: 404, body })).toMatchObject({
				error: { code: 'no_epicollect5' },
				remedy: 'retryLater',
			});
		}
	});

	it('tells a project that needs a client app from one whose token is dead', () => {
		const body = errors('ec5_256');
		expect(judge({ status: 404, body, withToken: false })).toMatchObject({
			remedy: 'none',
			error: { kind: 'auth', field: 'Client ID', message: expect.stringContaining('private') },
		});
		expect(judge({ status: 404, body })).toMatchObject({
			remedy: 'renewToken',
			error: { hint: expect.stringContaining('Another program') },
		});
	});

	it('reads on when several parameters fail', () => {
		expect(judge({ status: 400, body: errors('ec5_27', 'ec5_79', 'ec5_29') })?.error.code).toBe('ec5_79');
		expect(judge({ status: 400, body: errors('ec5_27', 'ec5_29') })?.error.code).toBe('ec5_27');
	});

	it('puts maintenance before everything else', () => {
		const verdict = judge({ status: 404, body: errors('ec5_11', 'ec5_256', 'ec5_252') });
		expect(verdict?.error).toBeInstanceOf(MaintenanceError);
	});

	it.each([
		['of the service', errors('ec5_255'), 'ec5_255'],
		['of a proxy', HTML, 'ec5_255'],
		['without a word', '', 'ec5_255'],
	])('waits for the limit %s', (_, body, code) => {
		const verdict = judge({ status: 429, body, headers: { 'retry-after': '12' } });
		expect(verdict).toMatchObject({ remedy: 'waitForLimit', error: { code, retryAfterMs: 12_000 } });
		expect(judge({ status: 429, body })?.error.retryAfterMs).toBe(60_000);
	});

	it('knows no answer by its code that the service did not give', () => {
		expect(judge({ status: 418, body: errors('ec5_9999') })).toMatchObject({
			remedy: 'none',
			error: { kind: 'api', code: 'ec5_9999', status: 418, hint: expect.stringMatching(/./) },
		});
	});

	it.each([
		['500 of the framework', 500, '{"message":"Server Error"}'],
		['500 as a page', 500, HTML],
		['502 of nginx', 502, HTML],
		['503 for maintenance', 503, HTML],
		['504 of a proxy', 504, ''],
		['408', 408, ''],
		['599', 599, ''],
	])('takes a %s for a fault that passes', (_, status, body) => {
		expect(judge({ status, body })).toMatchObject({
			remedy: 'retryLater',
			error: { kind: 'api', code: 'server_fault', status },
		});
	});

	it.each([300, 301, 302, 304, 307, 399])(
		'says where to look when the service redirects with %i',
		(status) => {
			expect(judge({ status })).toMatchObject({ remedy: 'none', error: { code: 'redirect', status } });
		},
	);

	it.each([
		[100, ''],
		[400, '{"message":"Bad request."}'],
		[401, ''],
		[403, HTML],
		[422, '{}'],
		[499, 'nonsense'],
	])('takes a %i without a code of the service for final', (status, body) => {
		expect(judge({ status, body })).toMatchObject({
			remedy: 'none',
			error: { kind: 'api', code: 'refused', status, hint: expect.stringMatching(/./) },
		});
	});

	it.each([200, 201, 204, 206, 299])('has nothing to say to a %i', (status) => {
		expect(judge({ status, body: errors('ec5_256') })).toBeUndefined();
	});

	it('never holds what the user typed, or what the service answered', () => {
		for (const [code, status] of TABLE) {
			const body = JSON.stringify({ errors: [{ code, title: 'jane@doe.test', source: 'secret' }] });
			const error = judge({ status, body })?.error;
			const all = JSON.stringify({ ...error, message: error?.message });
			expect(all).not.toContain('jane');
			expect(all).not.toContain('secret"');
		}
	});
});

describe("the service's codes", () => {
	it.each<[string, unknown, string[]]>([
		['one', { errors: [{ code: 'ec5_11' }] }, ['ec5_11']],
		['several, in their order', { errors: [{ code: 'ec5_29' }, { code: 'ec5_27' }] }, ['ec5_29', 'ec5_27']],
		['none where errors is an object', { errors: {} }, []],
		['none where errors is a text', { errors: 'ec5_11' }, []],
		['none where errors is empty', { errors: [] }, []],
		['none where errors is absent', { message: 'Server Error' }, []],
		['none where the codes are numbers', { errors: [{ code: 11 }, { code: null }] }, []],
		['none where the codes are objects', { errors: [{ code: { toString: 'x' } }, { code: [] }] }, []],
		['none where the code is empty', { errors: [{ code: '' }, {}] }, []],
		['only those of objects', { errors: [null, 'ec5_1', 7, ['ec5_2'], { code: 'ec5_3' }] }, ['ec5_3']],
		['none in a list', [{ code: 'ec5_11' }], []],
		['none in a number', 7, []],
		['none in nothing', null, []],
	])('are %s', (_, body, codes) => {
		expect(epicollect5Codes(JSON.stringify(body))).toEqual(codes);
	});

	it.each(['', '<html>', '{"errors":[{"code":"ec5_1', 'undefined'])('are none in %j', (body) => {
		expect(epicollect5Codes(body)).toEqual([]);
	});

	it('are read from bytes too, as files are asked for', () => {
		expect(epicollect5Codes(new TextEncoder().encode(errors('ec5_69')))).toEqual(['ec5_69']);
		expect(epicollect5Codes(new Uint8Array([0xff, 0xd8, 0xff]))).toEqual([]);
	});

	it('of a shape that is not the service’s leave a 404 to whoever stands in between', () => {
		expect(judge({ status: 404, body: '{"errors":[{"code":404}]}' })?.remedy).toBe('retryLater');
	});
});

describe('a list of rules', () => {
	const rule = (name: string, applies: boolean): Rule => ({
		when: () => applies,
		remedy: 'none',
		error: () => new ApiError(name, { hint: 'look' }),
	});

	it('is read from the top; the first that applies decides', () => {
		const rules = [rule('no', false), rule('first', true), rule('second', true)];
		expect(classify(rules, answerOf({ status: 400 }))?.error.message).toBe('first');
	});

	it('that has no end leaves the answer to its reader', () => {
		expect(classify([rule('no', false)], answerOf({ status: 400 }))).toBeUndefined();
	});

	it('may end with what the status tells: there is a verdict for every status', () => {
		for (let status = 100; status < 600; status++) {
			const verdict = classify(STATUS_RULES, answerOf({ status }));
			if (status >= 200 && status < 300) expect(verdict).toBeUndefined();
			else expect(verdict?.error.hint).toMatch(/./);
		}
	});

	it.each<[counted: false | undefined, boolean]>([
		[undefined, true],
		[false, false],
	])('takes a refusal for counted by the limit where no rule says otherwise (%s)', (counted, is) => {
		const rules = [{ ...rule('x', true), ...(counted === false && { counted }) }];
		expect(classify(rules, answerOf({ status: 400 }))?.counted).toBe(is);
	});

	it('waits for the limit by the status alone', () => {
		const verdict = classify(STATUS_RULES, answerOf({ status: 429, headers: { 'retry-after': '3' } }));
		expect(verdict).toMatchObject({
			remedy: 'waitForLimit',
			error: { kind: 'rateLimit', code: 'rate_limit', retryAfterMs: 3000 },
		});
	});
});
