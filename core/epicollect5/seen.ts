import { randomBytes } from 'crypto';
import { SECOND } from '../clock';
import { giveBack } from '../http/body';
import { entryId, type RawEntry } from './entry';

/** An ID of the service (contract 8): 36 characters. Others are kept as they are. */
const ID_LENGTH = 36;
const PARTS = 64;
/** Leaves the six upper bits: they depend on all of a sum's factors, the lower ones do not. */
const PART_SHIFT = 26;
/** Numbers that an entry takes: two of its mark, one of its version. */
const WIDTH = 3;
const FIRST_SLOTS = 16;
const FULLEST = 0.8;
const GROWTH = 1.25;

/**
 * The entries of one reading, each in the newest version that was met, in 16 bytes an entry: a million IDs as texts would
 * take a quarter of a gigabyte from whoever wants one page at a time.
 *
 * An ID is known by a mark of 64 bits: two sums of its characters, each multiplied by a random number of this reading.
 * Two given IDs have the same mark 1 time in 2^64 (at most 1 in 2^52, for a pair made for it), whoever chose them, as the
 * numbers are secret: among a million entries it happens in one reading of 40 million. The second entry is left out then,
 * but not counted either: {@link Seen.size} stays below the service's total, and a reading to the end looks again and
 * ends as incomplete, not as a success that lacks a row (contract 13.4).
 */
export class Seen {
	private readonly factors = randomFactors();
	private readonly parts = Array.from({ length: PARTS }, () => new Part());
	/** Those whose ID is none of the service's usual ones. */
	private readonly others = new Map<string, number>();

	/** Different entries met. */
	get size(): number {
		return this.parts.reduce((sum, { size }) => sum + size, this.others.size);
	}

	/** @returns whether this entry, or this newer version of it, is met for the first time; it is known from then on. */
	isNew(row: RawEntry): boolean {
		const id = entryId(row);
		const version = versionOf(row);
		if (id.length !== ID_LENGTH) return this.isNewOther(id, version);
		const { factors } = this;
		let high = 0;
		let low = 0;
		let every = 0;
		for (let i = 0; i < ID_LENGTH; i++) {
			const letter = id.charCodeAt(i);
			every |= letter;
			high = (high + Math.imul(letter, factors[i] as number)) | 0;
			low = (low + Math.imul(letter, factors[ID_LENGTH + i] as number)) | 0;
		}
		// The bound above is for small differences: letters beyond ASCII are in no ID of the service.
		if (every > 127) return this.isNewOther(id, version);
		return (this.parts[high >>> PART_SHIFT] as Part).put(high >>> 0, low >>> 0, version);
	}

	private isNewOther(id: string, version: number): boolean {
		const known = this.others.get(id);
		if (known !== undefined && version <= known) return false;
		this.others.set(id, version);
		return true;
	}
}

/** uploaded_at in whole seconds, as the service gives it (contract 8), counted from 2; 1 where there is none. */
function versionOf({ uploaded_at }: RawEntry): number {
	const ms = typeof uploaded_at === 'string' ? Date.parse(uploaded_at) : NaN;
	return ms >= 0 ? Math.floor(ms / SECOND) + 2 : 1;
}

function randomFactors(): Int32Array {
	const bytes = randomBytes(2 * ID_LENGTH * Int32Array.BYTES_PER_ELEMENT);
	return Int32Array.from({ length: 2 * ID_LENGTH }, (_, i) =>
		bytes.readInt32LE(i * Int32Array.BYTES_PER_ELEMENT),
	);
}

/** A small table of marks. There are many, so that only little has to be copied when one of them gets full. */
class Part {
	size = 0;
	private slots = FIRST_SLOTS;
	private table = new Uint32Array(FIRST_SLOTS * WIDTH);

	/** @returns whether the mark, or this newer version of it, was put in */
	put(high: number, low: number, version: number): boolean {
		const at = this.find(high, low);
		if (this.table[at + 2] !== 0) {
			if (version <= (this.table[at + 2] as number)) return false;
			this.table[at + 2] = version;
			return true;
		}
		this.table[at] = high;
		this.table[at + 1] = low;
		this.table[at + 2] = version;
		this.size += 1;
		if (this.size > this.slots * FULLEST) this.grow();
		return true;
	}

	/** Where the mark is, or has its place. A place is empty where its version is 0. */
	private find(high: number, low: number): number {
		const { table } = this;
		let at = Math.floor((low / 2 ** 32) * this.slots) * WIDTH;
		while (table[at + 2] !== 0 && (table[at] !== high || table[at + 1] !== low)) {
			at = at + WIDTH === table.length ? 0 : at + WIDTH;
		}
		return at;
	}

	private grow(): void {
		const { table } = this;
		this.slots = Math.ceil(this.slots * GROWTH);
		this.table = new Uint32Array(this.slots * WIDTH);
		for (let at = 0; at < table.length; at += WIDTH) {
			if (table[at + 2] === 0) continue;
			const to = this.find(table[at] as number, table[at + 1] as number);
			for (let i = 0; i < WIDTH; i++) this.table[to + i] = table[at + i] as number;
		}
		giveBack(table);
	}
}
