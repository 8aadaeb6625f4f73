import { SECOND } from '../clock';
import { taken } from '../http/jsonList';
import { TRIES } from '../http/retry';
import { endOf, filterAt, isBeyond, wholeSecond, type Way } from './anchor';
import { beginCrowd, crowdRequest, incompleteSecond, meet, meetAnew } from './crowd';
import { entryId, type RawEntry } from './entry';
import { isLastPage, PageSizeChanged, type PageSource, type SlicedPage } from './pages';

export { endOf } from './anchor';

export interface KeysetOptions extends Way {
	source: PageSource;
	/** Where reading begins: the earliest second upwards, the latest downwards. Infinite: at the end. */
	start: number;
}

/**
 * Reads by value instead of by page number: always page 1 from the last value seen. An edit or a deletion between two
 * requests cannot shift unread rows past the anchor, as it does with page numbers (contract 13.3). Rows of the anchor's
 * second come again: the caller leaves out what it knows. A page whose rows cannot be taken comes again too.
 * @throws IncompleteError when more than a page of rows share a second and not all of them show
 */
export async function* readByKey(options: KeysetOptions): AsyncGenerator<SlicedPage> {
	const { source, key, order } = options;
	let anchor = Number.isFinite(options.start) ? wholeSecond(options.start) : undefined;
	for (let tries = 1; ;) {
		const filter = anchor === undefined ? undefined : filterAt(options, anchor);
		const page = await source.fetchSliced({ page: 1, sortBy: key, sortOrder: order, filter });
		let last: RawEntry[] | undefined;
		try {
			yield page;
			last = page.rows.damage ? undefined : taken(page.rows, -3);
		} finally {
			page.rows.letGo?.();
		}
		if (last === undefined) {
			if (tries++ === TRIES) throw page.rows.damage;
			continue;
		}
		tries = 1;
		const end = endOf(last, key);
		if (isLastPage(page, 1)) return;
		if (anchor === undefined || isBeyond(end, anchor, order)) {
			anchor = end;
			continue;
		}
		// The whole page is one second: its rows are found and left behind.
		yield* readSecond(options, anchor);
		anchor += order === 'ASC' ? SECOND : -SECOND;
	}
}

/** All rows of one second that has more than a page of them. */
async function* readSecond(options: KeysetOptions, second: number): AsyncGenerator<SlicedPage> {
	let crowd = beginCrowd(second);
	while (crowd.status === 'reading') {
		try {
			const page = await options.source.fetch(crowdRequest(crowd, options));
			const meeting = meet(crowd, page, options, entryId);
			crowd = meeting.crowd;
			yield { ...page, rows: meeting.rows };
		} catch (error) {
			if (!(error instanceof PageSizeChanged)) throw error;
			crowd = meetAnew(crowd);
		}
	}
	if (crowd.status === 'incomplete') throw incompleteSecond(crowd);
}
