import type { IExecuteFunctions } from 'n8n-workflow';
import { spansOf, type EntriesQuery, type SortColumn, type SortOrder } from '../../core/epicollect5/query';
import { InputError } from '../../core/http/errors';
import { checkedCollection, collection, textSetting } from '../shared/parameter';
import { zonedDate } from '../shared/zone';
import { FILTERS, sort } from './actions/entries.descriptions';

/** The members of `Filters`, as they are checked. */
type Filters = Pick<EntriesQuery, 'title' | 'uuid' | 'parentUuid' | 'ownerUuid'> &
	Record<'createdAfter' | 'createdBefore' | 'uploadedAfter' | 'uploadedBefore', unknown>;

/**
 * Reads the collection `Filters`. Dates without a zone are those of the workflow's, bare days too.
 * @throws InputError for a filter that was set and comes to nothing: left out, it would let everything through
 */
export function filtersOf(
	context: IExecuteFunctions,
	itemIndex: number,
): Pick<EntriesQuery, 'created' | 'uploaded' | 'title' | 'uuid' | 'parentUuid' | 'ownerUuid'> {
	checkNames(Object.keys(collection(context, 'filters', itemIndex)));
	const filters = checkedCollection<Filters>(context, 'filters', itemIndex, FILTERS);
	const { createdAfter, createdBefore, uploadedAfter, uploadedBefore, ...others } = filters;
	const zone = context.getTimezone();
	const bounds = (from: unknown, to: unknown) =>
		boundsOf(zonedDate(from, zone, 'first'), zonedDate(to, zone, 'last'));
	const dates = {
		created: bounds(createdAfter, createdBefore),
		uploaded: bounds(uploadedAfter, uploadedBefore),
	};
	spansOf(dates);
	return { ...others, ...dates };
}

/** Where the whole collection is an expression, n8n passes on what it does not know. */
function checkNames(names: readonly string[]): void {
	const unknown = names.find((name) => FILTERS.every((filter) => filter.name !== name));
	if (unknown === undefined) return;
	throw new InputError(`There is no filter "${unknown}"`, {
		...{ code: 'filter', field: 'Filters' },
		hint: `An expression has to name them as ${FILTERS.map(({ name }) => name).join(', ')}.`,
	});
}

function boundsOf(from: string | undefined, to: string | undefined): EntriesQuery['created'] {
	return from === undefined && to === undefined ? undefined : { from, to };
}

/** Reads `Sort`, and which entries come first then. @throws InputError */
export function sortOf(
	context: IExecuteFunctions,
	itemIndex: number,
): Pick<EntriesQuery, 'sortBy' | 'sortOrder'> & { first: string } {
	const chosen = textSetting(context, sort, itemIndex);
	if (chosen === '') return { first: 'newest' };
	const [sortBy, sortOrder] = chosen.split(' ') as [SortColumn, SortOrder];
	return { sortBy, sortOrder, first: chosen === 'created_at DESC' ? 'newest' : 'first' };
}
