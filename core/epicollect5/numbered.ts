import { IncompleteError } from '../http/errors';
import { PageSizeChanged, type Page, type PageRequest, type PageSource } from './pages';

/** Walks over all pages; after the last it is said that not every row was seen. */
const PASSES = 3;

export interface NumberedOptions {
	source: PageSource;
	request: Omit<PageRequest, 'page'>;
	/** Different rows seen so far, by the caller's account. */
	distinct: () => number;
}

/**
 * Reads by page number, for orders that have no key. Rows that move between two pages are met twice or not at all
 * (contract 13.3), so the caller leaves out what it knows, and a walk that ends with fewer rows than the service counts
 * is repeated.
 * @throws IncompleteError after the third walk: "N of M"
 */
export async function* readByNumber({ source, request, distinct }: NumberedOptions): AsyncGenerator<Page> {
	let total = 0;
	for (let pass = 0; pass < PASSES; pass++) {
		try {
			for (let number = 1; ; number++) {
				const page = await source.fetch({ ...request, page: number });
				total = page.total;
				yield page;
				if (page.rows.length < page.size) break;
			}
		} catch (error) {
			if (!(error instanceof PageSizeChanged)) throw error;
		}
		if (distinct() >= total) return;
	}
	throw incomplete(distinct(), total);
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
