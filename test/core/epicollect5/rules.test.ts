import {
	EPICOLLECT5_RULES,
	EPICOLLECT5_TOKEN_RULES,
	epicollect5Codes,
} from '../../../core/epicollect5/rules';
import { classify, type Rule } from '../../../core/http/classify';
import { MINUTE, SECOND } from '../../../core/clock';

const REQUEST = 'GET https://five.test/api/export/entries/birds';
const refusal = (code: string) => JSON.stringify({ errors: [{ code, title: 'x', source: 'x' }] });
const judge = (
	rules: readonly Rule[],
	status: number,
	body: string,
	headers: Record<string, string> = {},
) => {
	const response = { status, headers, body };
	return classify(rules, {
		...{ response, codes: epicollect5Codes(body), request: REQUEST, withToken: true, now: 0 },
	});
};

describe('a refusal of the token endpoint', () => {
	it.each([
		['by its status', 429, ''],
		['by its status, from something in between', 429, '<html></html>'],
		['by its code', 400, refusal('ec5_255')],
		['by both', 429, refusal('ec5_255')],
	])('for the limit, told %s, is waited for by nobody: its window is an hour', (_how, status, body) => {
		expect(judge(EPICOLLECT5_TOKEN_RULES, status, body)).toMatchObject({
			remedy: 'none',
			error: {
				...{ kind: 'rateLimit', code: 'token_limit', status, request: REQUEST },
				retryAfterMs: 10 * MINUTE,
			},
		});
	});

	it('for the limit leaves it alone for as long as the service says', () => {
		expect(judge(EPICOLLECT5_TOKEN_RULES, 429, '', { 'retry-after': '1800' })).toMatchObject({
			error: { retryAfterMs: 1800 * SECOND },
		});
	});

	it.each(['ec5_253', 'ec5_254', 'ec5_252'])('for another reason (%s) is read as everywhere', (code) => {
		const there = judge(EPICOLLECT5_TOKEN_RULES, 400, refusal(code));
		const elsewhere = judge(EPICOLLECT5_RULES, 400, refusal(code));
		expect([there?.error.code, there?.remedy]).toEqual([code, elsewhere?.remedy]);
	});
});

describe('the limit', () => {
	it('loses no place to maintenance, which the service answers before it counts', () => {
		expect(judge(EPICOLLECT5_RULES, 404, refusal('ec5_252'))?.counted).toBe(false);
		expect(judge(EPICOLLECT5_RULES, 404, refusal('ec5_11'))?.counted).toBe(true);
	});
});

describe('a 404 without a code', () => {
	it('names the request that something else answered', () => {
		expect(judge(EPICOLLECT5_RULES, 404, '<html></html>')?.error).toMatchObject({
			...{ code: 'no_epicollect5', status: 404, request: REQUEST, field: 'Server URL' },
		});
	});
});
