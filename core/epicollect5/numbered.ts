import { IncompleteError } from '../http/errors';
import { isLastPage, PageSizeChanged, type Page, type PageRequest, type PageSource } from './pages';
import { Seen } from './seen';

/** Walks over all pages; after the last it is said that not every row was seen. */
const PASSES = 3;

export interface NumberedOptions {
	source: PageSource;
	request: Omit<PageRequest, 'page'>;
	/** Whether everything that is wanted stands before the end of this page. */
	isLast: (page: Page) => boolean;
}

/**
 * Reads by page number, for orders that have no key. Rows that move between two pages are met twice or not at all
 * (contract 13.3): the caller leaves out what it knows, and a walk that may have missed some is repeated.
 * @throws IncompleteError after the third walk: "N of M"
 */
export async function* readByNumber(options: NumberedOptions): AsyncGenerator<Page> {
	let walk = new Walk();
	for (let pass = 0; pass < PASSES; pass++) {
		walk = new Walk();
		try {
			yield* walkPages(options, walk);
			if (walk.isWhole) return;
		} catch (error) {
			if (!(error instanceof PageSizeChanged)) throw error;
		}
	}
	throw incomplete(walk.met, walk.total);
}

async function* walkPages({ source, request, isLast }: NumberedOptions, walk: Walk): AsyncGenerator<Page> {
	for (let number = 1; ; number++) {
		const page = await source.fetch({ ...request, page: number });
		walk.add(page);
		yield page;
		walk.endedEarly = isLast(page);
		if (walk.endedEarly || isLastPage(page, number)) return;
	}
}

/** What one walk has met. Rows of earlier walks do not count: they may have been deleted since. */
class Walk {
	total = 0;
	endedEarly = false;
	private readonly seen = new Seen();
	/** A deletion moves the rows behind it forward, past a reader who stands between. */
	private hasShrunk = false;

	get met(): number {
		return this.seen.size;
	}

	get isWhole(): boolean {
		return !this.hasShrunk && (this.endedEarly || this.met >= this.total);
	}

	add(page: Page): void {
		if (page.total < this.total) this.hasShrunk = true;
		this.total = page.total;
		for (const row of page.rows) this.seen.isNew(row);
	}
}

/** @returns the error that says how many of how many were found */
export function incomplete(found: number, total: number): IncompleteError {
	return new IncompleteError(
		`Only ${found} of ${total} entries could be read: the others moved while reading`,
		{
			code: 'incomplete',
			hint: 'Run it again. Sorted by upload date nothing moves away, however much is edited.',
		},
	);
}
