import { SECOND } from '../../clock';
import type { RawEntry } from '../entry';
import { lettersOf, numberOf } from './bits';
import type { RowHasher } from './rowHash';

/** After the columns have changed, and where nobody knows them: rows cannot be compared with what was delivered of them. */
export const UNKNOWN_HASH = -1;
const UNKNOWN_LETTERS = '****';
const HASH_LETTERS = 4;
const MARK_LETTERS = 6;
const RECORD = MARK_LETTERS + HASH_LETTERS;

export type Hasher = Pick<RowHasher, 'hash'>;

/** A row that was just met. Its hash is made when somebody needs it: most rows of a backlog are never seen again. */
export class Fresh {
	private made: number | undefined;

	constructor(
		readonly second: number,
		readonly mark: number,
		private readonly row: RawEntry,
		private readonly hasher: Hasher,
	) {}

	get hash(): number {
		return (this.made ??= this.hasher.hash(this.row));
	}
}

/** What was delivered of one second: the hash of what an entry said, by the mark of its id. */
type Delivered = ReadonlyMap<number, number>;

/**
 * The versions that may be sent again, as a value. By their second, because a version is looked for in its own only: rows
 * of all others, and so nearly all rows of a backlog, cost nothing here.
 */
export class Recent {
	static readonly EMPTY = new Recent(new Map(), Infinity);

	/** @param oldest no second is before it */
	private constructor(
		private readonly seconds: ReadonlyMap<number, Delivered>,
		private readonly oldest: number,
		private packed?: string,
	) {}

	/** Versions in all. */
	get size(): number {
		let size = 0;
		for (const delivered of this.seconds.values()) size += delivered.size;
		return size;
	}

	/** What was delivered in that second (milliseconds since the epoch): hashes by the marks of ids. */
	at(second: number): Delivered | undefined {
		return this.seconds.get(second);
	}

	/** Drops what will not be asked for again, and takes in the rest of a page. @param bound the earliest second to keep */
	with(fresh: Iterable<Fresh>, bound: number): Recent {
		const added = [...fresh].filter(({ second }) => second >= bound);
		if (added.length === 0 && bound <= this.oldest) return this;
		const kept = new Map([...this.seconds].filter(([second]) => second >= bound));
		const changed = new Map<number, Map<number, number>>();
		for (const { second, mark, hash } of added) {
			let delivered = changed.get(second);
			if (!delivered) {
				changed.set(second, (delivered = new Map(kept.get(second))));
				kept.set(second, delivered);
			}
			delivered.set(mark, hash);
		}
		return Recent.of(kept);
	}

	withoutHashes(): Recent {
		const unknown = (delivered: Delivered) =>
			new Map([...delivered.keys()].map((mark) => [mark, UNKNOWN_HASH]));
		return new Recent(
			new Map([...this.seconds].map(([second, delivered]) => [second, unknown(delivered)])),
			this.oldest,
		);
	}

	/**
	 * @returns a text for JSON: for each second, how many seconds after the one before it is (the first: after the epoch), to
	 * the base of 36, and the marks and hashes of its entries
	 */
	pack(): string {
		return (this.packed ??= this.made());
	}

	/** @throws RangeError for what {@link pack} has not made */
	static unpack(text: string): Recent {
		const seconds = new Map<number, Delivered>();
		let second = 0;
		for (const part of text === '' ? [] : text.split(',')) {
			const [gap = '', records = ''] = part.split('.');
			second += parseInt(gap, 36) * SECOND;
			if (!Number.isSafeInteger(second) || records.length % RECORD !== 0) {
				throw new RangeError('The recent entries are damaged');
			}
			seconds.set(second, unpacked(records));
		}
		return Recent.of(seconds, text);
	}

	private static of(seconds: ReadonlyMap<number, Delivered>, packed?: string): Recent {
		let oldest = Infinity;
		for (const second of seconds.keys()) oldest = Math.min(oldest, second);
		return new Recent(seconds, oldest, packed);
	}

	private made(): string {
		let before = 0;
		const parts = [...this.seconds]
			.sort(([a], [b]) => a - b)
			.map(([second, delivered]) => {
				const gap = ((second - before) / SECOND).toString(36);
				before = second;
				let records = '';
				for (const [mark, hash] of delivered) records += lettersOf(mark, MARK_LETTERS) + hashLetters(hash);
				return `${gap}.${records}`;
			});
		return parts.join(',');
	}
}

function hashLetters(hash: number): string {
	return hash === UNKNOWN_HASH ? UNKNOWN_LETTERS : lettersOf(hash, HASH_LETTERS);
}

/** @throws RangeError */
function unpacked(records: string): Delivered {
	const delivered = new Map<number, number>();
	for (let at = 0; at < records.length; at += RECORD) {
		const hashAt = at + MARK_LETTERS;
		const hash = records.startsWith(UNKNOWN_LETTERS, hashAt)
			? UNKNOWN_HASH
			: numberOf(records, hashAt, HASH_LETTERS);
		delivered.set(numberOf(records, at, MARK_LETTERS), hash);
	}
	return delivered;
}
