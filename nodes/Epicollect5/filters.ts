import type { IExecuteFunctions } from 'n8n-workflow';
import type { EntriesQuery, SortColumn, SortOrder } from '../../core/epicollect5/query';
import { asText, collection, textParameter } from '../shared/parameter';
import { zonedDate } from '../shared/zone';

/** Reads the collection `Filters`. Dates without a zone are those of the workflow's. */
export function filtersOf(
	context: IExecuteFunctions,
	itemIndex: number,
): Pick<EntriesQuery, 'created' | 'uploaded' | 'title' | 'uuid' | 'parentUuid' | 'ownerUuid'> {
	const filters = collection(context, 'filters', itemIndex);
	const date = (name: string) => zonedDate(filters[name], context.getTimezone());
	const text = (name: string) => asText(filters[name]) || undefined;
	return {
		created: bounds(date('createdAfter'), date('createdBefore')),
		uploaded: bounds(date('uploadedAfter'), date('uploadedBefore')),
		title: text('title'),
		uuid: text('uuid'),
		parentUuid: text('parentUuid'),
		ownerUuid: text('ownerUuid'),
	};
}

function bounds(from: string | undefined, to: string | undefined): EntriesQuery['created'] {
	return from || to ? { from, to } : undefined;
}

/** Reads `Sort`, and which entries come first then. */
export function sortOf(
	context: IExecuteFunctions,
	itemIndex: number,
): Pick<EntriesQuery, 'sortBy' | 'sortOrder'> & { first: string } {
	const sort = textParameter(context, 'sort', itemIndex);
	if (sort === '') return { first: 'newest' };
	const [sortBy, sortOrder] = sort.split(' ') as [SortColumn, SortOrder];
	return { sortBy, sortOrder, first: sort === 'created_at DESC' ? 'newest' : 'first' };
}
