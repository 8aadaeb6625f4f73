import { SECOND } from '../../clock';
import type { RawEntry } from '../entry';
import { idName, NAME_LETTERS } from './idSet';
import { rowHash } from './rowHash';

/** What an entry said, by a hash. */
export interface Content {
	/** As `rowHash` gives it, or {@link UNKNOWN_HASH}. */
	readonly hash: string;
}

/** What was delivered of one second: of this run by id, of earlier ones by the name of the id. */
export interface Delivered {
	readonly ids: ReadonlyMap<string, Content>;
	readonly names: ReadonlyMap<string, Content>;
}

/**
 * The versions that may be sent again, by their second in milliseconds since the epoch. By second, because a version is
 * looked for in its own only: rows of all others, and so nearly all rows of a backlog, cost nothing here.
 */
export type Recent = ReadonlyMap<number, Delivered>;

/** After the columns have changed: rows cannot be compared with what was delivered of them. */
export const UNKNOWN_HASH = '****';
const UNKNOWN: Content = { hash: UNKNOWN_HASH };

/** A row that was just met. Its hash is made when somebody needs it: most rows of a backlog are never seen again. */
export class Fresh implements Content {
	private made: string | undefined;

	constructor(
		readonly second: number,
		private readonly row: RawEntry,
		private readonly counts: ReadonlySet<string>,
	) {}

	get hash(): string {
		return (this.made ??= rowHash(this.row, this.counts));
	}
}

/** What was delivered of an entry in that second. */
export function deliveredAt(recent: Recent, second: number, id: string): Content | undefined {
	const delivered = recent.get(second);
	if (!delivered) return undefined;
	const { ids, names } = delivered;
	return ids.get(id) ?? (names.size > 0 ? names.get(idName(id)) : undefined);
}

/** Drops what will not be asked for again, and takes in the rest of a page. @param bound the earliest second to keep */
export function withFresh(recent: Recent, fresh: ReadonlyMap<string, Fresh>, bound: number): Recent {
	const kept = new Map([...recent].filter(([second]) => second >= bound));
	const changed = new Map<number, Map<string, Content>>();
	for (const [id, content] of fresh) {
		const { second } = content;
		if (second < bound) continue;
		let ids = changed.get(second);
		if (!ids) {
			const before = kept.get(second);
			changed.set(second, (ids = new Map(before?.ids)));
			kept.set(second, { ids, names: before?.names ?? new Map() });
		}
		ids.set(id, content);
	}
	return kept;
}

export function withoutHashes(recent: Recent): Recent {
	const unknown = (of: ReadonlyMap<string, Content>) => new Map([...of.keys()].map((key) => [key, UNKNOWN]));
	return new Map(
		[...recent].map(([second, { ids, names }]) => [second, { ids: unknown(ids), names: unknown(names) }]),
	);
}

const RECORD = NAME_LETTERS + UNKNOWN_HASH.length;

/** @returns for JSON: under each second (since the epoch) the names and hashes of its entries, one after the other */
export function packRecent(recent: Recent): Record<string, string> {
	return Object.fromEntries(
		[...recent].map(([second, { ids, names }]) => {
			const all = new Map(names);
			for (const [id, content] of ids) all.set(idName(id), content);
			return [second / SECOND, [...all].map(([name, { hash }]) => name + hash).join('')];
		}),
	);
}

/** @throws RangeError for what {@link packRecent} has not made */
export function unpackRecent(packed: Record<string, unknown>): Recent {
	const recent = new Map<number, Delivered>();
	for (const [seconds, records] of Object.entries(packed)) {
		const second = Number(seconds) * SECOND;
		if (Number.isNaN(second) || typeof records !== 'string' || records.length % RECORD !== 0) {
			throw new RangeError('The recent entries are damaged');
		}
		const names = new Map<string, Content>();
		for (let at = 0; at < records.length; at += RECORD) {
			const hash = records.slice(at + NAME_LETTERS, at + RECORD);
			names.set(records.slice(at, at + NAME_LETTERS), { hash });
		}
		recent.set(second, { ids: new Map(), names });
	}
	return recent;
}
