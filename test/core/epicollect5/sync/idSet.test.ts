import { BitReader, BitWriter } from '../../../../core/epicollect5/sync/bits';
import { IdSet, markOf, NAME_LETTERS } from '../../../../core/epicollect5/sync/idSet';
import { uuid } from '../support/world';

const keysOf = (count: number) => Array.from({ length: count }, (_, i) => markOf(uuid(i)).key);

describe('the ids ever met', () => {
	it.each([0, 1, 2, 3, 500, 20_000])('come through JSON as they are, %i of them', (count) => {
		const keys = keysOf(count);
		const set = IdSet.unpack(JSON.parse(JSON.stringify(IdSet.EMPTY.with(keys).pack())) as string);
		expect(set.size).toBe(count);
		expect(keys.every((key) => set.has(key))).toBe(true);
		expect(set.has(markOf(uuid(count)).key)).toBe(false);
		expect(set.pack()).toBe(IdSet.EMPTY.with(keys).pack());
	});

	it.each([[[0]], [[2 ** 40 - 1]], [[0, 1, 2, 3]], [[0, 2 ** 40 - 1]], [[5, 2 ** 20, 2 ** 39]]])(
		'may be %j',
		(keys) => {
			const set = IdSet.unpack(IdSet.EMPTY.with(keys).pack());
			expect(set.size).toBe(keys.length);
			expect(keys.every((key) => set.has(key))).toBe(true);
			expect(set.has(4)).toBe(false);
		},
	);

	it('are the same whether they came at once or one by one, and know each once', () => {
		const keys = keysOf(2000);
		let grown = IdSet.EMPTY;
		for (let i = 0; i < keys.length; i += 7) grown = grown.with(keys.slice(i, i + 9));
		expect(grown.size).toBe(2000);
		expect(grown.pack()).toBe(IdSet.EMPTY.with(keys).pack());
	});

	it('are a value: adding makes another set, adding nothing new the same', () => {
		const few = IdSet.EMPTY.with([1, 2]);
		const more = few.with([2, 3]);
		expect([few.size, more.size, IdSet.EMPTY.size]).toEqual([2, 3, 0]);
		expect(few.with([1])).toBe(few);
	});

	it('can be gone back to: without those that came later they are as before', () => {
		const keys = keysOf(3000);
		const before = IdSet.EMPTY.with(keys.slice(0, 2000));
		const later = IdSet.EMPTY.with(keys.slice(2000));
		const after = before.with(keys.slice(2000));
		expect(after.without(later).pack()).toBe(before.pack());
		expect(after.without(IdSet.EMPTY).pack()).toBe(after.pack());
		expect(later.without(after).size).toBe(0);
		expect(after.size).toBe(3000);
	});

	it('take at most 420 kB for 100,000', () => {
		expect(IdSet.EMPTY.with(keysOf(100_000)).pack().length).toBeLessThan(420_000);
	});

	it.each([
		'',
		'3',
		'3.5',
		'-1.5.AAA',
		'3.99.AAAA',
		'3.x.AAAA',
		'3.38.AA',
		'3.38.AA!AAAAAAAAAAAAA',
		'1e9.3.AAAA',
	])('are not read from %j', (text) => {
		expect(() => IdSet.unpack(text)).toThrow(RangeError);
	});
});

describe('the mark of an id', () => {
	it('is the same every time, and another one for another id', () => {
		expect(markOf(uuid(1))).toEqual(markOf(uuid(1)));
		expect(markOf(uuid(1)).name).toHaveLength(NAME_LETTERS);
		const marks = Array.from({ length: 50_000 }, (_, i) => markOf(uuid(i)));
		expect(new Set(marks.map(({ name }) => name)).size).toBe(50_000);
		expect(new Set(marks.map(({ key }) => key)).size).toBe(50_000);
		expect(marks.every(({ key }) => key >= 0 && key < 2 ** 40)).toBe(true);
	});
});

describe('bits', () => {
	it('are read as they were written', () => {
		const out = new BitWriter();
		const numbers = Array.from({ length: 300 }, (_, i) => ({
			width: i % 25,
			value: (i * 7919) % 2 ** (i % 25),
		}));
		for (const { value, width } of numbers) out.write(value, width);
		const bits = new BitReader(out.end());
		for (const { value, width } of numbers) expect(bits.read(width)).toBe(value);
	});
});
