import { parseJson, quoteLongNumbers } from '../../../core/http/json';

const parse = (text: string) => parseJson(text, 'GET x');

describe('numbers that JavaScript would round', () => {
	const cases: Array<[string, unknown]> = [
		['[9223372036854775807]', ['9223372036854775807']],
		['{"a":-9007199254740993,"b":9007199254740991}', { a: '-9007199254740993', b: 9007199254740991 }],
		['9007199254740993', 9007199254740992],
		['{"a": 9007199254740993 }', { a: '9007199254740993' }],
		[
			'[0.12345678901234567, 1e400, 12345678901234567.5]',
			[0.12345678901234567, Infinity, 12345678901234567.5],
		],
		['["[9007199254740993", 1, "\\":9007199254740993"]', ['[9007199254740993', 1, '":9007199254740993']],
		['{"\\\\":9007199254740993,"x":"\\\\\\""}', { '\\': '9007199254740993', x: '\\"' }],
		['[true,null,"",{}]', [true, null, '', {}]],
	];

	it.each(cases.filter(([text]) => /[[{]/.test(text)))(
		'%s keeps every digit of its whole numbers',
		(text, value) => {
			expect(parse(text)).toEqual(value);
		},
	);

	it.each(cases)('%s does so too on a runtime that does not tell how a number was written', (text, value) => {
		expect(JSON.parse(quoteLongNumbers(text))).toEqual(text === '9007199254740993' ? text : value);
	});

	it('are looked for in what is JSON only', () => {
		expect(() => parse('{9007199254740993:1}')).toThrow(expect.objectContaining({ code: 'unreadable' }));
		expect(() => parse('[9007199254740993')).toThrow(expect.objectContaining({ code: 'unreadable' }));
	});

	it('leave the prototypes clean', () => {
		const value = parse('{"__proto__":{"a":9007199254740993}}') as object;
		expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
		expect(Object.keys(value)).toEqual(['__proto__']);
	});
});

describe('a runtime that does not tell how a number was written', () => {
	/** The module as Node 18 and 20 load it: their JSON.parse gives a reviver the key and the value only. */
	function onOldRuntime(): typeof parseJson {
		const native = JSON.parse.bind(JSON);
		const spy = jest
			.spyOn(JSON, 'parse')
			.mockImplementation((text, reviver) =>
				native(text, reviver && ((key: string, value: unknown) => reviver.call({}, key, value) as unknown)),
			);
		try {
			let module: { parseJson: typeof parseJson } | undefined;
			jest.isolateModules(() => {
				module = jest.requireActual<{ parseJson: typeof parseJson }>('../../../core/http/json');
			});
			return module!.parseJson;
		} finally {
			spy.mockRestore();
		}
	}

	it('is found out once, and helped', () => {
		expect(onOldRuntime()('[9007199254740993]', 'GET x')).toEqual(['9007199254740993']);
	});

	it.each([
		...['{"a":{1234567890123456789:1}}', '{1234567890123456789:1}', '[00012345678901234567]'],
		...['[-00012345678901234567]', '[1234567890123456789', '[1234567890123456789,]'],
		...['1234567890123456789 1', '[--1234567890123456789]', '["a" 1234567890123456789]'],
	])('takes no more for JSON than any other: %s', (text) => {
		for (const read of [parseJson, onOldRuntime()]) {
			expect(() => read(text, 'GET x')).toThrow(expect.objectContaining({ code: 'unreadable' }));
		}
	});
});
