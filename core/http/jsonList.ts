import { giveBack } from './body';
import { isObject, LONG_DIGITS, parseJson } from './json';

/** Values in a row; a list at hand is one too. */
export interface Sliceable<T> {
	readonly length: number;
	slice(start?: number, end?: number): T[];
	/** Gives back what it takes of memory; it has no items then. Need not be called. */
	letGo?(): void;
	/** Why items could not be made, once that has happened. */
	damage?: unknown;
}

/** @returns undefined where they cannot be made: who has fetched them does it again, or throws */
export function taken<T>(list: Sliceable<T>, start?: number, end?: number): T[] | undefined {
	try {
		return list.slice(start, end);
	} catch (error) {
		if (list.damage !== error) throw error;
		return undefined;
	}
}

/**
 * Parses a body but for one list in it, whose items are made from the bytes when they are asked for. A page of five
 * hundred entries that is there as text, as objects and as tidy values at once outlives V8's quick collections, which
 * widens its young heap and fills the old one: a reading of a hundred thousand entries took 170 MB more than one of ten
 * thousand that way.
 *
 * Where the list and each of its items begin and end is found here, so that half a body is noticed at once.
 * @param body is the list's from then on
 * @param path names of the properties that lead to the list
 * @returns what {@link parseJson} does, with a {@link JsonList} in the list's place where there is one
 * @throws ApiError as {@link parseJson}; for what is wrong within an item when it is made
 */
export function parseWithList(body: Uint8Array, path: readonly string[], request: string): unknown {
	const scanner = new Scanner(body, path);
	const seams = scanner.find();
	if (seams === undefined) return parseJson(decode(body), request);
	const before = decode(body.subarray(0, seams[0]));
	const behind = decode(body.subarray(seams.at(-1)! + 1));
	const last = path.at(-1)!;
	const around = (value: boolean) => {
		const parsed = parseJson(`${before}${value}${behind}`, request);
		let holder = parsed;
		for (const name of path.slice(0, -1)) holder = isObject(holder) ? holder[name] : undefined;
		return isObject(holder) && holder[last] === value ? { parsed, holder } : undefined;
	};
	// Of two properties of one name the parser takes the later one, which does not follow what is put here.
	const found = around(true) && around(false);
	if (!found) return parseJson(decode(body), request);
	found.holder[last] = new JsonList(body, seams, request, scanner.hasLong);
	return found.parsed;
}

/** A list as bytes of JSON: each look at its items makes them anew. */
export class JsonList implements Sliceable<unknown> {
	readonly length: number;

	/**
	 * @param seams places of the opening bracket, of the commas between the items, and of the closing bracket
	 * @param hasLong whether it may have numbers of 16 digits and more
	 */
	constructor(
		private readonly body: Uint8Array,
		private readonly seams: readonly number[],
		private readonly request: string,
		private readonly hasLong: boolean,
	) {
		const isEmpty = seams.length === 2 && body.subarray(seams[0]! + 1, seams[1]).every(isBlank);
		this.length = isEmpty ? 0 : seams.length - 1;
	}

	/** As an array's. @throws ApiError with code `unreadable` */
	slice(start = 0, end = this.length): unknown[] {
		const from = this.place(start);
		const to = this.place(end);
		if (from >= to) return [];
		const text = this.text(this.seams[from]!, this.seams[to]!);
		const items = parseJson(text, this.request, this.hasLong) as unknown[];
		// Between two commas, or a comma and the end, there may be nothing.
		return items.length === to - from ? items : (parseJson('', this.request) as never);
	}

	letGo(): void {
		giveBack(this.body);
	}

	private place(index: number): number {
		return Math.min(this.length, index < 0 ? Math.max(0, this.length + index) : index);
	}

	/** The signs at both ends are brackets meanwhile: put around the text they would have it copied. */
	private text(from: number, to: number): string {
		const { body } = this;
		const [before, after] = [body[from]!, body[to]!];
		body[from] = OPEN_LIST;
		body[to] = CLOSE_LIST;
		const text = decode(body.subarray(from, to + 1));
		body[from] = before;
		body[to] = after;
		return text;
	}
}

const decoder = new TextDecoder();

function decode(bytes: Uint8Array): string {
	return decoder.decode(bytes);
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_MAP = 0x7b;
const CLOSE_MAP = 0x7d;
const BLANK = 0x20;
const BYTE_ORDER_MARK = 0xef;

/** JSON knows four blanks. */
function isBlank(sign: number): boolean {
	return sign === BLANK || sign === 0x0a || sign === 0x0d || sign === 0x09;
}

/** Looks for a list in bytes of JSON, as far as that can be done without making its values. */
class Scanner {
	/** Whether a number of 16 digits and more was met, outside of texts. */
	hasLong = false;
	private at = 0;

	constructor(
		private readonly body: Uint8Array,
		private readonly path: readonly string[],
	) {}

	/** @returns the seams of {@link JsonList}; undefined where there is no such list, or no end of it */
	find(): number[] | undefined {
		if (this.body[0] === BYTE_ORDER_MARK) this.at = 3;
		for (const name of this.path) {
			if (this.next() !== OPEN_MAP || !this.enter(name)) return undefined;
		}
		return this.next() === OPEN_LIST ? this.seams() : undefined;
	}

	/** Goes on to the value of that name in the map that has just been opened. */
	private enter(name: string): boolean {
		for (;;) {
			if (this.next() !== QUOTE) return false;
			const begin = this.at;
			this.text();
			const isIt = decode(this.body.subarray(begin, this.at - 1)) === name;
			if (this.next() !== COLON) return false;
			if (isIt) return true;
			if (this.value() !== COMMA) return false;
			this.at += 1;
		}
	}

	/** Of the list that has just been opened. */
	private seams(): number[] | undefined {
		const seams = [this.at - 1];
		for (;;) {
			const sign = this.value();
			if (sign !== COMMA && sign !== CLOSE_LIST) return undefined;
			seams.push(this.at);
			this.at += 1;
			if (sign === CLOSE_LIST) return seams;
		}
	}

	/** Passes over a value. @returns the sign behind it, which is not passed over; undefined at the end */
	private value(): number | undefined {
		const { body } = this;
		const { length } = body;
		let depth = 0;
		for (let { at } = this; at < length; at++) {
			const sign = body[at]!;
			if (sign === QUOTE) at = textEnd(body, at + 1);
			else if (sign >= OPEN_LIST) {
				if (sign === OPEN_MAP || sign === OPEN_LIST) depth += 1;
				else if (sign === CLOSE_MAP || sign === CLOSE_LIST) {
					if (depth === 0) return this.stopAt(at);
					depth -= 1;
				}
			} else if (sign === COMMA) {
				if (depth === 0) return this.stopAt(at);
			} else if (isDigit(sign)) {
				const first = at;
				while (at + 1 < length && isDigit(body[at + 1]!)) at += 1;
				if (at - first + 1 >= LONG_DIGITS) this.hasLong = true;
			}
		}
		this.at = length;
		return undefined;
	}

	private stopAt(at: number): number | undefined {
		this.at = at;
		return this.body[at];
	}

	/** Passes over the rest of a text, with its closing quote. */
	private text(): void {
		this.at = textEnd(this.body, this.at) + 1;
	}

	/** Passes over blanks and a sign. @returns the sign */
	private next(): number | undefined {
		while (this.at < this.body.length && this.body[this.at]! <= BLANK) this.at += 1;
		return this.body[this.at++];
	}
}

/** @returns where the text's closing quote is, or the end of all */
function textEnd(body: Uint8Array, begin: number): number {
	const { length } = body;
	let at = begin;
	for (; at < length; at++) {
		const sign = body[at]!;
		if (sign === QUOTE) return at;
		if (sign === BACKSLASH) at += 1;
	}
	return at;
}

function isDigit(sign: number): boolean {
	return sign >= 0x30 && sign <= 0x39;
}
