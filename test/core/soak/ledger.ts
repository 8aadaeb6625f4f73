/**
 * What the server really held, and when: written down by whoever changes the server, never read from an answer, so that
 * it can be held against what the core made of the answers.
 */
export interface Version {
	id: string;
	/** Ref of the form or branch. */
	stream: string;
	/** Of the parent or owner; empty where there is none. */
	above: string;
	createdAt: number;
	uploadedAt: number;
	/** Says which version it is: no two have the same. */
	title: string;
	/** In ticks. It can be seen from the one on until before the other. */
	from: number;
	until: number;
}

export class Ledger {
	/** Counts the changes: between two of them nothing happened. */
	tick = 0;
	/** The ticks at which a form was changed. */
	readonly formChanges: number[] = [];
	private readonly rows = new Map<string, Version[]>();
	private readonly byStream = new Map<string, Set<string>>();

	add(version: Omit<Version, 'from' | 'until'>): void {
		const all = this.rows.get(version.id) ?? [];
		this.end(version.id);
		all.push({ ...version, from: this.tick, until: Infinity });
		this.rows.set(version.id, all);
		const ids = this.byStream.get(version.stream) ?? new Set();
		this.byStream.set(version.stream, ids.add(version.id));
	}

	end(id: string): void {
		this.tick += 1;
		const last = this.rows.get(id)?.at(-1);
		if (last && last.until === Infinity) last.until = this.tick;
	}

	changeForm(): void {
		this.formChanges.push((this.tick += 1));
	}

	/**
	 * Whether it was uploaded in the same second as the version before it, and a form was changed since then: the columns are
	 * other ones, and nothing says that it is another version (contract 13.5).
	 */
	isBlurred({ id, from, uploadedAt }: Version): boolean {
		const before = this.versions(id).filter((one) => one.from < from && one.uploadedAt === uploadedAt);
		return before.some((one) => this.formChanges.some((tick) => tick >= one.from));
	}

	get streams(): string[] {
		return [...this.byStream.keys()];
	}

	/** Every ID that the stream has ever had. */
	ids(stream: string): string[] {
		return [...(this.byStream.get(stream) ?? [])];
	}

	versions(id: string): readonly Version[] {
		return this.rows.get(id) ?? [];
	}

	/** The rows that were there all the time, each in all the versions of it that could be seen. */
	throughout(stream: string, { from, to }: Period): Version[][] {
		return this.ids(stream)
			.map((id) => this.versions(id).filter((version) => version.from <= to && version.until > from))
			.filter((seen) => isWhole(seen, from, to));
	}

	/** Whether something came, and whether something went, in the stream meanwhile. */
	changes(stream: string, { from, to }: Period): { came: boolean; went: boolean; edited: boolean } {
		const found = { came: false, went: false, edited: false };
		for (const id of this.ids(stream)) {
			const all = this.versions(id);
			all.forEach((version, index) => {
				const begins = version.from > from && version.from <= to;
				const ends = version.until > from && version.until <= to;
				if (begins && index === 0) found.came = true;
				else if (begins) found.edited = true;
				if (ends && index === all.length - 1) found.went = true;
			});
		}
		return found;
	}
}

/** In ticks, both ends included. */
export interface Period {
	from: number;
	to: number;
}

function isWhole(seen: readonly Version[], from: number, to: number): boolean {
	const [first] = seen;
	const last = seen.at(-1);
	return first !== undefined && last !== undefined && first.from <= from && last.until > to;
}
