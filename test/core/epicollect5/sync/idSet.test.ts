import { BitReader, BitWriter } from '../../../../core/epicollect5/sync/bits';
import { idKey, idMark, idName, IdSet, NAME_LETTERS, safeKey } from '../../../../core/epicollect5/sync/idSet';
import { uuid } from '../support/world';

const keysOf = (count: number) => Array.from({ length: count }, (_, i) => idKey(uuid(i)));

describe('the ids ever met', () => {
	it.each([0, 1, 2, 3, 500, 20_000])('come through JSON as they are, %i of them', (count) => {
		const keys = keysOf(count);
		const set = IdSet.unpack(JSON.parse(JSON.stringify(IdSet.EMPTY.with(keys).pack())) as string);
		expect(set.size).toBe(count);
		expect(keys.every((key) => set.has(key))).toBe(true);
		expect(set.has(idKey(uuid(count)))).toBe(false);
		expect(set.pack()).toBe(IdSet.EMPTY.with(keys).pack());
	});

	it.each([[[0]], [[2 ** 38 - 1]], [[0, 1, 2, 3]], [[0, 2 ** 38 - 1]], [[5, 2 ** 20, 2 ** 37]]])(
		'may be %j',
		(keys) => {
			const set = IdSet.unpack(IdSet.EMPTY.with(keys).pack());
			expect(set.size).toBe(keys.length);
			expect(keys.every((key) => set.has(key))).toBe(true);
			expect(set.has(4)).toBe(false);
		},
	);

	it('come through JSON as they are, also where there are so many that little of each is kept', () => {
		const keys = Array.from({ length: 400_000 }, (_, i) => i * 687_000 + (i % 7));
		const set = IdSet.unpack(IdSet.EMPTY.with(keys).pack());
		expect(set.size).toBe(keys.length);
		expect(keys.filter((key) => !set.has(key))).toEqual([]);
		expect(set.pack()).toBe(IdSet.EMPTY.with(keys).pack());
	});

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

	it('take at most 385 kB for 100,000', () => {
		expect(IdSet.EMPTY.with(keysOf(100_000)).pack().length).toBeLessThan(385_000);
	});

	it.each([
		'',
		'3',
		'3.5',
		'-1.5.AAA',
		'3.99.AAAA',
		'3.-1.AAAA',
		'3.x.AAAA',
		'3.38.AA',
		'3.38.AA!AAAAAAAAAAAAA',
		'1e9.3.AAAA',
	])('are not read from %j', (text) => {
		expect(() => IdSet.unpack(text)).toThrow(RangeError);
	});
});

describe('the key of an id', () => {
	const versionOne = (i: number) =>
		`${(0xb0c0d0e0 + 9973 * i).toString(16).slice(-8)}-0a0b-11ef-a1b2-00163e5f3c1a`;

	it.each<[string, (i: number) => string]>([
		['ids that count up', uuid],
		['ids of one phone by the time', versionOne],
		['texts of any kind', (i) => `ü${i}`],
	])('is the same every time, and another one for each of %s', (_what, idOf) => {
		const keys = Array.from({ length: 100_000 }, (_, i) => idKey(idOf(i)));
		expect(idKey(idOf(7))).toBe(keys[7]);
		expect(keys.every((key) => Number.isInteger(key) && key >= 0 && key < 2 ** 38)).toBe(true);
		expect(new Set(keys).size).toBe(100_000);
		// Spread evenly, as the size of the state depends on it.
		const parts = Array.from({ length: 64 }, () => 0);
		for (const key of keys) parts[Math.floor(key / 2 ** 32)] = (parts[Math.floor(key / 2 ** 32)] ?? 0) + 1;
		expect(Math.min(...parts)).toBeGreaterThan(1300);
		expect(Math.max(...parts)).toBeLessThan(1850);
	});
});

describe('the mark of an id', () => {
	it('is the same every time, fits into six letters, and is another one for each', () => {
		const marks = Array.from({ length: 50_000 }, (_, i) => idMark(uuid(i)));
		expect(idMark(uuid(7))).toBe(marks[7]);
		expect(marks.every((mark) => Number.isInteger(mark) && mark >= 0 && mark < 2 ** 36)).toBe(true);
		expect(new Set(marks).size).toBe(50_000);
	});

	it('tells apart what the key does not', () => {
		expect(idKey(uuid(294_663))).toBe(idKey(uuid(888_285)));
		expect(idMark(uuid(294_663))).not.toBe(idMark(uuid(888_285)));
	});
});

describe('the safe key of a name', () => {
	it('is a key as the fast one is', () => {
		const keys = Array.from({ length: 1000 }, (_, i) => safeKey(uuid(i)));
		expect(keys.every((key) => Number.isInteger(key) && key >= 0 && key < 2 ** 38)).toBe(true);
	});

	it('tells apart what the fast one does not', () => {
		const [one, other] = [uuid(294_663), uuid(888_285)];
		expect(idKey(one)).toBe(idKey(other));
		expect(safeKey(one)).not.toBe(safeKey(other));
		expect(safeKey(one)).toBe(safeKey(one));
		expect(IdSet.EMPTY.with([safeKey(one)]).has(safeKey(other))).toBe(false);
	});
});

describe('the name of an id', () => {
	it('is the same every time, and another one for another id', () => {
		const names = Array.from({ length: 50_000 }, (_, i) => idName(uuid(i)));
		expect(idName(uuid(1))).toBe(names[1]);
		expect(names.every((name) => name.length === NAME_LETTERS)).toBe(true);
		expect(new Set(names).size).toBe(50_000);
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
