import { OWN_PROPERTIES, type Column, type Stream } from './columns';
import { entryId, type RawEntry } from './entry';
import { readerOf, textOrNull, type TidyValue } from './values';

export type { TidyValue } from './values';

/** The entry's own properties, then the answers under their names. */
export type TidyEntry = Record<string, TidyValue>;

export interface TidyOptions {
	slug: string;
	stream: Stream;
	columns: readonly Column[];
	/** The uploader's e-mail address is personal data and comes on request only. */
	withUploader?: boolean;
}

/** Turns the rows of one stream into tidy entries. */
export type Tidier = (row: RawEntry) => TidyEntry;

/**
 * Turns entries into values that a spreadsheet or a database takes: "no answer" is null (an empty list for choices of
 * many), numbers are numbers, dates and times ISO, a location has three numbers, a file its name and address.
 * Source of what the service sends: contract 8.1.
 *
 * What can be decided once for all rows is decided here: a form has dozens of columns, and a reading hundreds of
 * thousands of rows.
 */
export function tidier(options: TidyOptions): Tidier {
	const { columns, slug, stream } = options;
	const own = ownReaders(options);
	const answers = columns.map((column) => answerReader(column));
	const names = columns.map(({ name }) => name);
	const blanks = new Map<number, () => TidyEntry>();
	const event = `${slug}/${stream.branchRef ?? stream.formRef}/`;
	return (row) => {
		let present = 0;
		for (let i = 0; i < own.length; i++) if (row[own[i]!.key] !== undefined) present |= 1 << i;
		let blank = blanks.get(present);
		if (!blank) {
			const keys = own.filter((_, i) => present & (1 << i)).map(({ key }) => key);
			blanks.set(present, (blank = blankOf([...keys, 'eventId', ...names])));
		}
		const entry = blank();
		for (let i = 0; i < own.length; i++) {
			const { key, read } = own[i]!;
			if (present & (1 << i)) entry[key] = read(row[key]);
		}
		entry.eventId = `${event}${entryId(row)}/${String(row.uploaded_at)}`;
		for (const { key, name, isInherited, read } of answers) {
			entry[name] = read(isInherited && !Object.hasOwn(row, key) ? undefined : row[key]);
		}
		return entry;
	};
}

/** As {@link tidier}, for a single row. */
export function tidyEntry(row: RawEntry, options: TidyOptions): TidyEntry {
	return tidier(options)(row);
}

/** One answer, by the type of its question. */
export function tidyValue(value: unknown, column: Pick<Column, 'type' | 'datetimeFormat'>): TidyValue {
	return readerOf(column)(value);
}

interface OwnReader {
	key: string;
	read: (value: unknown) => TidyValue;
}

function ownReaders({ columns, withUploader }: TidyOptions): OwnReader[] {
	const overwritten = new Set(columns.map(({ key }) => key));
	return OWN_PROPERTIES.filter((key) => key !== 'eventId' && (withUploader || key !== 'created_by')).map(
		// A question that the mapping calls `title` has overwritten the entry's own.
		(key) => ({ key, read: overwritten.has(key) ? () => null : textOrNull }),
	);
}

function answerReader(column: Column) {
	const { key, name } = column;
	return { key, name, isInherited: key in Object.prototype, read: readerOf(column) };
}

/**
 * @returns a maker of objects that have these properties, in this order, all null.
 *
 * A copy of what the JSON parser made stays a plain record inside V8; an object that gets dozens of computed names one
 * by one becomes a hash table, four times as slow to make. A property called `__proto__` is its own here, so that
 * assigning to it changes no prototype.
 */
function blankOf(names: readonly string[]): () => TidyEntry {
	const text = `{${names.map((name) => `${JSON.stringify(name)}:null`).join(',')}}`;
	const blank = JSON.parse(text) as TidyEntry;
	return () => ({ ...blank });
}
