import { SECOND } from '../../clock';
import type { RawEntry } from '../entry';
import { NAME_LETTERS } from './idSet';

/** The version of an entry that was delivered last. */
export interface Version {
	/** Its uploaded_at, in milliseconds since the epoch. */
	readonly second: number;
	/** As `rowHash` gives it, or {@link UNKNOWN_HASH}. */
	readonly hash: string;
}

/** Entries that may be sent again, by the name of their mark. */
export type Recent = ReadonlyMap<string, Version>;

/** After the columns have changed: rows cannot be compared with what was delivered of them. */
export const UNKNOWN_HASH = '****';

/** A row that was just met. Its hash is made when somebody needs it: most rows of a backlog are never seen again. */
export interface Fresh {
	second: number;
	row: RawEntry;
}

/** Drops what will not be asked for again, and takes in the rest of a page. @param bound the earliest second to keep */
export function withFresh(
	recent: Recent,
	fresh: ReadonlyMap<string, Fresh>,
	bound: number,
	hashOf: (row: RawEntry) => string,
): Recent {
	const kept = new Map([...recent].filter(([, { second }]) => second >= bound));
	for (const [name, { second, row }] of fresh) {
		if (second >= bound) kept.set(name, { second, hash: hashOf(row) });
		else kept.delete(name);
	}
	return kept;
}

export function withoutHashes(recent: Recent): Recent {
	return new Map([...recent].map(([name, { second }]) => [name, { second, hash: UNKNOWN_HASH }]));
}

const RECORD = NAME_LETTERS + UNKNOWN_HASH.length;

/** @returns for JSON: under each second (since the epoch) the names and hashes of its entries, one after the other */
export function packRecent(recent: Recent): Record<string, string> {
	const bySecond = new Map<number, string[]>();
	for (const [name, { second, hash }] of recent) {
		const records = bySecond.get(second);
		if (records) records.push(name + hash);
		else bySecond.set(second, [name + hash]);
	}
	return Object.fromEntries([...bySecond].map(([second, records]) => [second / SECOND, records.join('')]));
}

/** @throws RangeError for what {@link packRecent} has not made */
export function unpackRecent(packed: Record<string, unknown>): Recent {
	const recent = new Map<string, Version>();
	for (const [seconds, records] of Object.entries(packed)) {
		const second = Number(seconds) * SECOND;
		if (Number.isNaN(second) || typeof records !== 'string' || records.length % RECORD !== 0) {
			throw new RangeError('The recent entries are damaged');
		}
		for (let at = 0; at < records.length; at += RECORD) {
			const hash = records.slice(at + NAME_LETTERS, at + RECORD);
			recent.set(records.slice(at, at + NAME_LETTERS), { second, hash });
		}
	}
	return recent;
}
