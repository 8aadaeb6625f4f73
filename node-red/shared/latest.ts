/**
 * Rows by the entry they are of. An entry that is edited while being read comes again in its newer version: its rows take
 * the place of the older ones.
 */
export class Latest<T> {
	private readonly byId = new Map<string, T[]>();

	/** The rows of one page, each with the ID of its entry: an entry is in a page once, with all of its rows. */
	take(ids: readonly string[], rows: readonly T[]): void {
		const met = new Set<string>();
		rows.forEach((row, i) => {
			const id = ids[i] ?? '';
			if (met.has(id)) this.byId.get(id)?.push(row);
			else this.byId.set(id, [row]);
			met.add(id);
		});
	}

	get rows(): T[] {
		return [...this.byId.values()].flat();
	}
}
