import { createHash } from 'crypto';
import { BitReader, BitWriter } from './bits';

/**
 * Width of an id's key. A new entry is taken for a known one, and so called "updated" instead of "created", with
 * probability n / 2^38 among n known entries: 1 in 2.7 million among 100,000, and 1 in a million among 275,000. It is
 * delivered either way. Stored sorted, as differences (Rice code), 100,000 take 23 bits each: 383 kB.
 */
const BITS = 38;
const RANGE = 2 ** BITS;
const LOW_BITS = 20;

/** Letters of a name. */
export const NAME_LETTERS = 8;

/**
 * 38 bits of an id, for "has it ever been met". Fast, as every row that is read needs it, and not safe from who makes ids
 * that are alike: all that they get by it is "updated" in the place of "created". Whether a version was delivered is told
 * by {@link idMark} and the hash of the whole row.
 */
export function idKey(id: string): number {
	return mixedId(id, 0x2545f491, 0x3f);
}

/**
 * 36 other bits of an id, for what has to be told apart within one second. Fast too: whoever makes an id that is alike one
 * of the same second gets by it that a version comes twice. It could be lost only if its content were alike as well, by
 * the hash of the row, and had come before.
 */
export function idMark(id: string): number {
	return mixedId(id, 0x41c6ce57, 0xf);
}

function mixedId(id: string, seed: number, high: number): number {
	let a = id.length ^ seed;
	let b = seed;
	for (let i = 0; i < id.length; i++) {
		const letter = id.charCodeAt(i);
		a = Math.imul(a ^ letter, 0x01000193) ^ (a >>> 15);
		b = Math.imul(b ^ letter, 0x85ebca6b) ^ (b >>> 13);
	}
	const low = mixed(a ^ mixed(b));
	return (mixed(b + low) & high) * 2 ** 32 + low;
}

/** Spreads each bit over all 32 (the finalizer of MurmurHash3, which is in the public domain). */
export function mixed(value: number): number {
	let bits = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
	bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
	return (bits ^ (bits >>> 16)) >>> 0;
}

/** As {@link idKey}, of a cryptographic digest: for names of which one taken for known would be lost. */
export function safeKey(name: string): number {
	const bytes = createHash('sha256').update(name).digest();
	return bytes.readUIntBE(0, Math.ceil(BITS / 8)) % RANGE;
}

/**
 * 48 bits of an id in letters, for what is counted: among 6,000, any two are alike 1 time in 10⁷. Of a cryptographic
 * digest, so that nobody can make an id that stands for somebody else's.
 */
export function idName(id: string): string {
	return createHash('sha256').update(id).digest('base64url').slice(0, NAME_LETTERS);
}

/**
 * The ids ever met, as a value: `with` gives another set and shares what is common. Kept as sorted lists, each at least
 * twice as long as the next, so that adding page by page costs little whatever has been met before.
 */
export class IdSet {
	static readonly EMPTY = new IdSet([]);

	private constructor(
		private readonly lists: readonly Float64Array[],
		private packed?: string,
	) {}

	get size(): number {
		return this.lists.reduce((sum, { length }) => sum + length, 0);
	}

	has(key: number): boolean {
		return this.lists.some((list) => isIn(list, key));
	}

	/** @param keys of ids; which of them are in already does not matter */
	with(keys: Iterable<number>): IdSet {
		let last: Float64Array = Float64Array.from(new Set(keys))
			.filter((key) => !this.has(key))
			.sort();
		if (last.length === 0) return this;
		const lists = [...this.lists];
		for (let before = lists.at(-1); before && before.length < 2 * last.length; before = lists.at(-1)) {
			last = merged(before, last);
			lists.pop();
		}
		return new IdSet([...lists, last]);
	}

	/** The ids of this set that are not in the other. */
	without(other: IdSet): IdSet {
		const left = this.lists.map((list) => list.filter((key) => !other.has(key)));
		return new IdSet(left.filter(({ length }) => length > 0));
	}

	/** @returns the set as a text for JSON: `<how many>.<width of a remainder>.<bits>` */
	pack(): string {
		return (this.packed ??= packed(this.lists.reduce(merged, new Float64Array())));
	}

	/** @throws RangeError for what {@link pack} has not made */
	static unpack(text: string): IdSet {
		const [count, width, bits] = text.split('.');
		const size = Number(count);
		const of = Number(width);
		if (bits === undefined || !(size <= bits.length * 6) || !(of >= 0 && of <= BITS)) {
			throw new RangeError('The set is damaged');
		}
		return new IdSet(size === 0 ? [] : [unpacked(size, of, new BitReader(bits))], text);
	}
}

function packed(keys: Float64Array): string {
	const width = Math.max(0, Math.round(Math.log2((RANGE / Math.max(1, keys.length)) * Math.LN2)));
	const out = new BitWriter();
	let previous = 0;
	for (const key of keys) {
		const gap = key - previous;
		for (let ones = Math.floor(gap / 2 ** width); ones > 0; ones--) out.write(1, 1);
		out.write(0, 1);
		const rest = gap % 2 ** width;
		if (width > LOW_BITS) out.write(Math.floor(rest / 2 ** LOW_BITS), width - LOW_BITS);
		out.write(rest % 2 ** Math.min(LOW_BITS, width), Math.min(LOW_BITS, width));
		previous = key;
	}
	return `${keys.length}.${width}.${out.end()}`;
}

function unpacked(size: number, width: number, bits: BitReader): Float64Array {
	const keys = new Float64Array(size);
	let key = 0;
	for (let i = 0; i < size; i++) {
		while (bits.read(1) === 1) key += 2 ** width;
		if (width > LOW_BITS) key += bits.read(width - LOW_BITS) * 2 ** LOW_BITS;
		key += bits.read(Math.min(LOW_BITS, width));
		keys[i] = key;
	}
	return keys;
}

function isIn(list: Float64Array, key: number): boolean {
	let from = 0;
	let to = list.length;
	while (from < to) {
		const middle = (from + to) >> 1;
		if ((list[middle] as number) < key) from = middle + 1;
		else to = middle;
	}
	return list[from] === key;
}

/** @param a sorted, and nothing of it in `b`, which is sorted too */
function merged(a: Float64Array, b: Float64Array): Float64Array {
	const both = new Float64Array(a.length + b.length);
	let left = 0;
	let right = 0;
	for (let i = 0; i < both.length; i++) {
		const fromLeft = right === b.length || (a[left] as number) < (b[right] as number);
		both[i] = (fromLeft ? a[left++] : b[right++]) as number;
	}
	return both;
}
