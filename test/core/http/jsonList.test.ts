import fc from 'fast-check';
import { ApiError } from '../../../core/http/errors';
import { parseJson } from '../../../core/http/json';
import { JsonList, parseWithList } from '../../../core/http/jsonList';

const PATH = ['data', 'entries'];
const REQUEST = 'GET https://five.epicollect.net/api/export/entries/birds';

const parse = (text: string | Uint8Array, path = PATH): unknown =>
	parseWithList(Uint8Array.from(Buffer.from(text)), path, REQUEST);

/** As a reader sees it who wants everything: the list made. */
function whole(text: string): unknown {
	return JSON.parse(
		JSON.stringify(parse(text), (_key, value: unknown) =>
			value instanceof JsonList ? value.slice() : value,
		),
	);
}

function listOf(text: string): JsonList {
	const { data } = parse(text) as { data: { entries: unknown } };
	expect(data.entries).toBeInstanceOf(JsonList);
	return data.entries as JsonList;
}

const page = (entries: string) => `{"data":{"id":"birds","entries":[${entries}]},"meta":{"total":1}}`;

describe('a body whose list is parsed when it is wanted', () => {
	it('says the same as one that is parsed at once, whatever is in it', () => {
		// Long numbers have promises of their own below.
		const value = fc.jsonValue({ maxDepth: 4 }).filter((one) => !/\d{16}/.test(JSON.stringify(one)));
		const around = fc.dictionary(fc.string(), value);
		fc.assert(
			fc.property(
				around,
				around,
				fc.array(value),
				fc.constantFrom(undefined, 1, '\t'),
				(outer, inner, entries, indent) => {
					const text = JSON.stringify({ ...outer, data: { ...inner, entries }, meta: outer }, null, indent);
					expect(whole(text)).toEqual(JSON.parse(text));
				},
			),
			{ seed: 7 },
		);
	});

	it('gives any part of the list as an array would', () => {
		const items = [{ a: '],[' }, 'Ü"\\', [1, [2]], null, { b: { c: '}' } }, 7];
		const list = listOf(page(items.map((item) => JSON.stringify(item)).join(' ,\n ')));
		expect(list).toHaveLength(items.length);
		for (let start = -8; start <= 8; start++) {
			for (let end = -8; end <= 8; end++) expect(list.slice(start, end)).toEqual(items.slice(start, end));
		}
		expect(list.slice()).toEqual(items);
	});

	it('keeps whole numbers exact that JavaScript would round', () => {
		const list = listOf(page('{"n":9223372036854775807},{"n":-9007199254740993},{"n":0.12345678901234567}'));
		expect(list.slice(0, 2)).toEqual([{ n: '9223372036854775807' }, { n: '-9007199254740993' }]);
		expect(list.slice(2)).toEqual([{ n: 0.12345678901234567 }]);
	});

	it.each([
		'9007199254740993',
		'[9007199254740993]',
		'{"a":[1,-9007199254740993]}',
		'1,{"b":9007199254740993}',
	])('keeps them exact wherever they stand: %s', (items) => {
		expect(listOf(page(items)).slice()).toEqual(parseJson(`[${items}]`, REQUEST));
		expect(JSON.stringify(listOf(page(items)).slice())).toContain('9007199254740993"');
	});

	it('keeps them exact around the list too', () => {
		expect(parse('{"meta":{"total":9007199254740993},"data":{"entries":[]}}')).toMatchObject({
			meta: { total: '9007199254740993' },
		});
	});

	it.each([
		['', 0],
		[' \n ', 0],
		['1', 1],
		[' {} ', 1],
	])('counts the items of a list of %j', (entries, count) => {
		const list = listOf(page(entries));
		expect(list).toHaveLength(count);
		expect(list.slice()).toHaveLength(count);
	});

	it.each([
		['a list elsewhere', '{"data":[1],"entries":[2]}'],
		['something else in its place', '{"data":{"entries":{"0":1}}}'],
		['its name written in another way', '{"data":{"\\u0065ntries":[1]}}'],
		['nothing but a list', '[{"data":{"entries":[1]}}]'],
		['a text', '"data"'],
		['the list twice, of which the later one counts', '{"data":{"entries":[1],"entries":[2]}}'],
		['two maps of one name', '{"data":{"entries":[1]},"data":{"entries":[2]}}'],
		['a later one that is none', '{"data":{"entries":[1]},"data":7}'],
	])('is understood with %s', (_what, text) => {
		expect(whole(text)).toEqual(JSON.parse(text));
	});

	it('may begin with a byte order mark', () => {
		expect(listOf(`\uFEFF${page('{"a":"é"}')}`).slice()).toEqual([{ a: 'é' }]);
	});

	it('is refused when half of it came, wherever it broke off', () => {
		const text = page('{"title":"\\"]}","n":[1,{"m":2}]},{"title":"b"}');
		for (let length = 0; length < text.length; length++) {
			const half = text.slice(0, length);
			expect(() => parse(half)).toThrow(ApiError);
			expect(() => parse(half)).toThrow(expect.objectContaining({ code: 'unreadable', request: REQUEST }));
		}
	});

	it.each(['<html><body>Maintenance</body></html>', page('{]'), page('1,,2'), page('1,'), page(',')])(
		'is never taken for data where it is none: %s',
		(text) => {
			expect(() => whole(text)).toThrow(expect.objectContaining({ code: 'unreadable' }));
		},
	);

	it.each([0, 1, 49, 50, 100])(
		'is refused with a comma behind its last of %d items, however it is taken',
		(items) => {
			const list = listOf(page(`${'1,'.repeat(items)}`));
			const take = () => {
				let end = 0;
				do list.slice(end, (end += 50));
				while (end < list.length);
			};
			if (items === 0) expect(list).toHaveLength(0);
			else expect(take).toThrow(expect.objectContaining({ code: 'unreadable' }));
		},
	);

	it.each(['\u00a0', '\v', '\f', '\u2028', '\uFEFF'])(
		'is not taken for empty where JSON knows no blank: %j',
		(sign) => {
			expect(() => whole(page(sign))).toThrow(expect.objectContaining({ code: 'unreadable' }));
		},
	);

	it.each([
		'{"data":{"entries":[1]},"data":{"entries":[]}}',
		'{"data":{"entries":[1],"entries":[]}}',
		'{"data":{"entries":[1],"entries":true}}',
		'{"data":{"entries":[1],"ent\\u0072ies":[]}}',
		'{"\uFEFFdata":{"entries":[1]},"data":{"entries":[]}}',
		'{"data":{"\uFEFFentries":[1],"entries":[]}}',
	])('is the one that JSON.parse finds where a name stands twice: %s', (text) => {
		expect(whole(text)).toEqual(JSON.parse(text));
	});

	it('says of a web page the same as where no list is looked for', () => {
		const text = '<!DOCTYPE html>';
		let wanted: unknown;
		try {
			parseJson(text, REQUEST);
		} catch (error) {
			wanted = error;
		}
		expect(() => parse(text)).toThrow(wanted as ApiError);
	});

	it('holds what is wrong in one item against that one only', () => {
		const list = listOf(page('{"a":1},{"b":nul},{"c":3}'));
		expect(list.slice(0, 1)).toEqual([{ a: 1 }]);
		expect(() => list.slice(0, 2)).toThrow(expect.objectContaining({ code: 'unreadable' }));
		expect(list.slice(2)).toEqual([{ c: 3 }]);
	});

	it('leaves prototypes clean, whatever the names', () => {
		const text = '{"__proto__":{"entries":[{"polluted":1}]},"data":{"__proto__":{"x":1},"entries":[]}}';
		expect(listOf(text)).toHaveLength(0);
		const own = parse(text, ['__proto__', 'entries']) as object;
		expect(Object.keys(own)).toEqual(['__proto__', 'data']);
		expect({}).not.toHaveProperty('polluted');
		expect({}).not.toHaveProperty('entries');
	});

	it('is no danger however deep it is nested', () => {
		const deep = 200_000;
		expect(listOf(page('['.repeat(deep) + ']'.repeat(deep))).slice()).toHaveLength(1);
	});

	it('gives its memory back when it is let go of', () => {
		const body = Uint8Array.from(Buffer.from(page('1,2')));
		const { data } = parseWithList(body, PATH, REQUEST) as { data: { entries: JsonList } };
		data.entries.letGo();
		expect(body.buffer.byteLength).toBe(0);
	});
});
