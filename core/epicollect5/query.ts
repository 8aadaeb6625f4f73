import { DAY } from '../clock';
import { InputError } from '../http/errors';
import type { Stream } from './columns';

export type SortColumn = 'created_at' | 'uploaded_at' | 'title';
export type DateColumn = Exclude<SortColumn, 'title'>;
export type SortOrder = 'ASC' | 'DESC';

/**
 * Both ends are included, `to` as a bare date with its whole day. Texts are ISO 8601; without a zone they are UTC, as
 * everything at the service.
 */
export interface DateBounds {
	from?: string | Date;
	to?: string | Date;
}

/** What to read of a form or branch. Source of what the service can do: contract 7.1 and 13.2. */
export interface EntriesQuery extends Stream {
	/** Always named: the owner of a project can switch the default at any time (contract 10). */
	mapIndex: number;
	/** The first N only. Absent: all. */
	limit?: number;
	sortBy?: SortColumn;
	sortOrder?: SortOrder;
	/** When the entry was made, by the phone's clock. */
	created?: DateBounds;
	/** When it arrived or was last edited, by the server's clock. */
	uploaded?: DateBounds;
	/** Part of the title, whatever its case and accents. */
	title?: string;
	/** One entry. */
	uuid?: string;
	/** The children of one entry; `parentFormRef` is the form above. */
	parentUuid?: string;
	parentFormRef?: string;
	/** The branch entries of one entry. */
	ownerUuid?: string;
	/** Hands over a page's rows at once, for who has to look at all of them before the first one goes on. */
	wholePages?: boolean;
}

/** Milliseconds since the epoch; both ends included. */
export interface Span {
	from: number;
	to: number;
}

/** How a query is read: which column the service filters and sorts by, and what is left to this side. */
export interface Plan {
	/** `keyset`: by value, nothing is lost while entries are edited. `numbered`: by page number. */
	method: 'keyset' | 'numbered';
	sortBy: SortColumn;
	sortOrder: SortOrder;
	/** The one column that the service filters by. */
	filterBy: DateColumn | undefined;
	created: Span;
	uploaded: Span;
	/** The wanted order, where the reading gives another one. */
	reorder: { by: DateColumn; order: SortOrder } | undefined;
	limit: number;
}

/**
 * Chooses how to read. The service has one filter and one sort column, widens two bounds to whole days, and pages by
 * number only, so: reading everything goes by value of the filtered column (contract 13.4); reading the first N, or by
 * title, goes by number.
 * @throws InputError
 */
export function planQuery(query: EntriesQuery): Plan {
	const { created, uploaded } = spansOf(query);
	const limit = limitOf(query.limit);
	checkIds(query);
	const filterBy = filterOf(created, uploaded);
	const common = { created, uploaded, limit, filterBy };
	if (limit !== Infinity || query.sortBy === 'title' || query.uuid !== undefined) {
		const sortBy = query.sortBy ?? 'created_at';
		const sortOrder = query.sortOrder ?? (sortBy === 'title' ? 'ASC' : 'DESC');
		return { ...common, method: 'numbered', sortBy, sortOrder, reorder: undefined };
	}
	const key = filterBy ?? query.sortBy ?? 'uploaded_at';
	const wanted = query.sortBy && { by: query.sortBy, order: query.sortOrder ?? 'DESC' };
	// Edits move to the end of uploaded_at: read from that end they would be missed.
	const sortOrder = key === 'created_at' && wanted?.by === key ? wanted.order : 'ASC';
	const fits = wanted === undefined || (wanted.by === key && wanted.order === sortOrder);
	return { ...common, method: 'keyset', sortBy: key, sortOrder, reorder: fits ? undefined : wanted };
}

/** `2026-05-31T10:00:00.000Z`: the only spelling that the service never misreads (contract 13.2). */
export function isoText(ms: number): string {
	return new Date(ms).toISOString();
}

/**
 * Reads the dates of a query, which can be judged before the project is known: what is no date needs no request.
 * @throws InputError that names the field
 */
export function spansOf({ created, uploaded }: Pick<EntriesQuery, 'created' | 'uploaded'>) {
	return { created: spanOf(created, 'Created'), uploaded: spanOf(uploaded, 'Uploaded') };
}

function spanOf(bounds: DateBounds | undefined, field: string): Span {
	const span = {
		from: instant(bounds?.from, `${field} After`, 0) ?? -Infinity,
		to: instant(bounds?.to, `${field} Before`, DAY - 1) ?? Infinity,
	};
	if (span.from <= span.to) return span;
	throw new InputError(`"${field} After" is later than "${field} Before"`, {
		code: 'date',
		field: `${field} After`,
		hint: 'Exchange the two dates.',
	});
}

function filterOf(created: Span, uploaded: Span): DateColumn | undefined {
	if (isBounded(uploaded)) return 'uploaded_at';
	return isBounded(created) ? 'created_at' : undefined;
}

export function isBounded({ from, to }: Span): boolean {
	return Number.isFinite(from) || Number.isFinite(to);
}

/**
 * @param value anything, as an expression of a host may give: only a missing and an empty one are no bound
 * @param ofDay what to add to a bare date
 */
function instant(value: unknown, field: string, ofDay: number): number | undefined {
	const text = typeof value === 'string' ? value.trim() : value;
	if (text === undefined || text === '') return undefined;
	const ms = text instanceof Date ? text.getTime() : parseIso(text, ofDay);
	if (!Number.isNaN(ms)) return ms;
	throw new InputError(`"${field}" is not a date`, {
		code: 'date',
		field,
		hint: 'Enter it as 2026-05-31 or 2026-05-31T10:00:00Z.',
	});
}

const ISO = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?) ?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i;

/** Not by `Date.parse` alone: it guesses at other spellings, in this machine's zone, and makes 30 February a March day. */
function parseIso(text: unknown, ofDay: number): number {
	if (typeof text !== 'string') return NaN;
	const [, day = '', time, zone = 'Z'] = ISO.exec(text) ?? [];
	const midnight = Date.parse(day);
	if (Number.isNaN(midnight) || !isoText(midnight).startsWith(day)) return NaN;
	if (time === undefined) return midnight + ofDay;
	const [, hours = '', minutes = '00'] = /^([+-]\d{2}):?(\d{2})?$/.exec(zone) ?? [];
	return Date.parse(`${day}T${time}${hours === '' ? 'Z' : `${hours}:${minutes}`}`);
}

/** @returns milliseconds since the epoch of a text in ISO 8601, the beginning of a bare day; NaN for anything else */
export function parseInstant(text: unknown): number {
	return parseIso(typeof text === 'string' ? text.trim() : text, 0);
}

/** What the service would ignore without a word, to answer with other rows than were asked for (contract 7.1). */
function checkIds({ uuid, parentUuid, parentFormRef, ownerUuid, branchRef }: EntriesQuery): void {
	const ids = { 'Entry ID': uuid, 'Parent Entry ID': parentUuid, 'Owner Entry ID': ownerUuid };
	for (const [field, id] of Object.entries(ids)) {
		if (id !== undefined) checkEntryId(id, field);
	}
	if (parentUuid !== undefined && parentFormRef === undefined) {
		throw idError(
			'Only a form below another one has parents',
			'Parent Entry ID',
			'Choose a form further down.',
		);
	}
	if (ownerUuid !== undefined && branchRef === undefined) {
		throw idError('Only the entries of a branch have an owner', 'Owner Entry ID', 'Choose a branch.');
	}
}

/** @param field the setting that it comes from. @throws InputError */
export function checkEntryId(id: string, field = 'Entry ID'): void {
	if (UUID.test(id)) return;
	throw idError(`"${field}" is not the ID of an entry`, field, 'An entry ID has 36 characters.');
}

const UUID = /^[0-9a-f-]{36}$/i;

function idError(message: string, field: string, hint: string): InputError {
	return new InputError(message, { code: 'id', field, hint });
}

function limitOf(limit: number | undefined): number {
	if (limit === undefined) return Infinity;
	if (Number.isInteger(limit) && limit > 0) return limit;
	throw new InputError('"Limit" is not a whole number above 0', {
		code: 'limit',
		field: 'Limit',
		hint: 'Enter how many entries you want, or choose to return all.',
	});
}
