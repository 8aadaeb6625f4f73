import type { DateBounds } from '../../core/epicollect5/query';
import type { ReadRequest } from '../../core/epicollect5/reading';
import type { Settings } from './values';

/** What a dialog with the rows of filters.html saves. */
export interface FiltersDef {
	/** `created_at`, `uploaded_at` or `title`; empty for the order that is cheapest to read. */
	sortBy?: string;
	sortByType?: string;
	/** `ASC` or `DESC`. */
	sortOrder?: string;
	sortOrderType?: string;
	/** ISO 8601, or so many days ago by the type `ago`. */
	createdFrom?: string;
	createdFromType?: string;
	createdTo?: string;
	createdToType?: string;
	uploadedFrom?: string;
	uploadedFromType?: string;
	uploadedTo?: string;
	uploadedToType?: string;
	titleContains?: string;
	titleContainsType?: string;
	entryId?: string;
	entryIdType?: string;
}

/** Which entries are read, and in which order. */
export type Filters = Pick<ReadRequest, 'sortBy' | 'sortOrder' | 'created' | 'uploaded' | 'title' | 'uuid'>;

/** @param now milliseconds since the epoch. @throws InputError naming the field */
export async function filtersFrom(settings: Settings, now: number): Promise<Filters> {
	const bounds = async (name: string, label: string): Promise<DateBounds | undefined> => {
		const from = await settings.moment(`${name}From`, `${label} after`, now);
		const to = await settings.moment(`${name}To`, `${label} before`, now);
		return from === undefined && to === undefined ? undefined : { from, to };
	};
	return {
		sortBy: await settings.choice('sortBy', 'Order', ['created_at', 'uploaded_at', 'title']),
		sortOrder: await settings.choice('sortOrder', 'Direction', ['ASC', 'DESC']),
		created: await bounds('created', 'Created'),
		uploaded: await bounds('uploaded', 'Uploaded'),
		title: await settings.narrowingText('titleContains', 'Title contains'),
		uuid: await settings.narrowingText('entryId', 'Entry ID'),
	};
}
