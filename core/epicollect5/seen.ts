import { entryId, type RawEntry } from './entry';

/** The entries of one reading, each in the newest version that was met. */
export class Seen {
	private readonly versions = new Map<string, string>();

	/** Different entries met. */
	get size(): number {
		return this.versions.size;
	}

	/** @returns whether this entry, or this newer version of it, is met for the first time; it is known from then on. */
	isNew(row: RawEntry): boolean {
		const id = entryId(row);
		const version = String(row.uploaded_at);
		const known = this.versions.get(id);
		// ISO texts of one form: the order of the letters is the order of time.
		if (known !== undefined && version <= known) return false;
		this.versions.set(id, version);
		return true;
	}
}
