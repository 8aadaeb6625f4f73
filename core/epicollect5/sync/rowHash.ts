import { createHash } from 'crypto';
import { parseUrl } from '../address';
import type { RawEntry } from '../entry';
import { mixed } from './idSet';

/** Nobody nests answers as deep as this (contract 8): it is cut off rather than followed. */
const DEEPEST = 8;
/** Bytes that a row usually has at most. */
const USUAL_BYTES = 1 << 16;
/** A letter takes at most so many bytes in UTF-8. */
const MOST_BYTES = 3;

/** Bytes that are hashed at a time. */
const WORD = 4;
/** Of rows, locations and the like: more are not remembered. */
const MOST_LAYOUTS = 8;

/** The address of a file up to its name. */
const FILE = /^https?:[^?#]*\/api\/media\/[^?#]*\?(?:[^#]*?&)?name=/;
const PLAIN = /^[\w.-]+$/;
const LETTER_H = 'h'.charCodeAt(0);

const ENCODER = new TextEncoder();
const FLOAT = new Float64Array(1);
const BITS = new Int32Array(FLOAT.buffer);
/** Not looked at: versions are compared with those of the same entry and second, whoever uploaded them. */
const SAME = ['ec5_uuid', 'ec5_branch_uuid', 'uploaded_at', 'created_by'];
const NONE: ReadonlySet<string> = new Set();

/** Marks in the sequence of numbers, so that "1" is not 1, and a list not what is in it. */
const TEXT = 1;
const NUMBER = 2;
const LIST = 3;
const OBJECT = 4;
const OTHER = 5;

/** The properties of an object as they came, and those that are looked at, sorted, with a number for them. */
interface Layout {
	given: readonly string[];
	sorted: readonly string[];
	mark: number;
}

/**
 * Makes fingerprints of what entries say, by which a second edit within one second is noticed. Left out is what changes
 * without an edit (contract 13.1): the counts of branch entries, who uploaded it, and all of a file's address but its
 * name, as the address comes and goes with the project's access and its `v` with every edit.
 *
 * One for the rows of a page: each row of the overlap is hashed at each poll, so that what the rows have in common is
 * looked at once, and the rest without making texts of numbers or parsing addresses.
 */
export class RowHasher {
	private readonly rows: Layout[] = [];
	private readonly objects: Layout[] = [];
	private readonly left: ReadonlySet<string>;
	private bytes = new Uint8Array(USUAL_BYTES);
	/** What has been put together of a row: its texts one after the other, and a hash of all else, their lengths included. */
	private text = '';
	private rest = 0;
	/** Of the last file, up to its name. */
	private address = '';

	/** @param counts names of the answers that count branch entries */
	constructor(counts: ReadonlySet<string>) {
		this.left = new Set([...counts, ...SAME]);
	}

	/** @returns 24 bits: of this rare kind of edit, one in 16 million would be missed */
	hash(row: RawEntry): number {
		this.text = '';
		this.rest = 0;
		this.addObject(row, this.layoutOf(row, this.rows, this.left), 0);
		return mixed(this.rest ^ this.hashOf(this.text)) >>> 8;
	}

	private addObject(object: RawEntry, { sorted, mark }: Layout, depth: number): void {
		this.addMark(OBJECT, mark);
		for (const key of sorted) this.add(object[key], depth);
	}

	private add(value: unknown, depth: number): void {
		if (typeof value === 'string') {
			const text = this.fileName(value) ?? value;
			this.addMark(TEXT, text.length);
			this.text += text;
		} else if (typeof value === 'number') {
			// By its bits: to make texts of numbers takes longer than all the rest of a row.
			FLOAT[0] = value;
			this.addMark(NUMBER, mixed(BITS[0] as number) + (BITS[1] as number));
		} else if (typeof value !== 'object' || value === null) {
			this.addMark(OTHER, value === true ? 1 : 0);
		} else if (depth > DEEPEST) {
			this.addMark(OTHER, depth);
		} else if (Array.isArray(value)) {
			this.addMark(LIST, value.length);
			for (const item of value) this.add(item, depth + 1);
		} else {
			const object = value as RawEntry;
			this.addObject(object, this.layoutOf(object, this.objects, NONE), depth + 1);
		}
	}

	private addMark(mark: number, value: number): void {
		const hash = Math.imul(this.rest ^ value, 0x9e3779b1) + mark;
		this.rest = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
	}

	/** Rows of a page have the same properties, in the same order. */
	private layoutOf(object: RawEntry, layouts: Layout[], left: ReadonlySet<string>): Layout {
		const given = Object.keys(object);
		for (const layout of layouts) if (isSame(layout.given, given)) return layout;
		const sorted = given.filter((key) => !left.has(key)).sort();
		const layout = { given, sorted, mark: this.hashOf(JSON.stringify(sorted)) };
		if (layouts.length < MOST_LAYOUTS) layouts.push(layout);
		return layout;
	}

	/** The name in the address of a file, as public projects send it; private ones send the bare name (contract 8.1). */
	private fileName(text: string): string | undefined {
		if (text.charCodeAt(0) !== LETTER_H || !this.isFile(text)) return undefined;
		const from = this.address.length;
		const end = text.indexOf('&', from);
		const name = text.slice(from, end < 0 ? undefined : end);
		// An address is parsed only where something in it is encoded: that takes longer than all the rest of its row.
		return PLAIN.test(name) ? name : (parseUrl(text)?.searchParams.get('name') ?? undefined);
	}

	/** Addresses of files are alike up to their names. */
	private isFile(text: string): boolean {
		if (this.address !== '' && text.startsWith(this.address)) return true;
		const [address] = FILE.exec(text) ?? [];
		this.address = address ?? this.address;
		return address !== undefined;
	}

	/** MurmurHash3 of the text in UTF-8, which is in the public domain. */
	private hashOf(text: string): number {
		const most = text.length * MOST_BYTES + WORD;
		if (most > this.bytes.length) this.bytes = new Uint8Array(most + (-most & (WORD - 1)));
		const { bytes } = this;
		const { written } = ENCODER.encodeInto(text, bytes);
		// Whole words, of which the last is filled up with zeros.
		bytes.fill(0, written, written + WORD);
		const words = new Int32Array(bytes.buffer, 0, Math.ceil(written / WORD));
		let hash = written;
		for (let i = 0; i < words.length; i++) {
			const word = Math.imul(words[i] as number, 0xcc9e2d51);
			hash ^= Math.imul((word << 15) | (word >>> 17), 0x1b873593);
			hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
		}
		return mixed(hash);
	}
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
	if (a.length !== b.length) return false;
	for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
	return true;
}

/**
 * A fingerprint of the columns. It changes when the form, the mapping or its names do: every row looks different then
 * although nobody has edited it.
 */
export function rowShape(row: RawEntry, mapIndex: number): string {
	const keys = Object.keys(row).filter((key) => key !== 'created_by');
	const text = JSON.stringify([mapIndex, ...keys.sort()]);
	return createHash('sha256').update(text).digest('base64url').slice(0, 9);
}
