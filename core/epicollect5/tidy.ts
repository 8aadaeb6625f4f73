import { OWN_PROPERTIES, type Column, type Stream } from './columns';
import { entryId, type RawEntry } from './entry';
import type { Field } from './fields';
import { chosen, readerOf, textOrNull, type TidyValue, type ValueReader } from './values';
import { zoneReader } from './zone';

export type { TidyValue } from './values';

/** The entry's own properties, then the answers under their names, at last the event's ID. */
export type TidyEntry = Record<string, TidyValue>;

/** Entries of one request, and what properties they have. */
export interface TidyPage {
	entries: TidyEntry[];
	fields: Field[];
}

/** What a user chooses of the values. */
export interface ValueChoices {
	/** The uploader's e-mail address is personal data and comes on request only. */
	withUploader?: boolean;
	/** IANA name. For created_at and uploaded_at: the answers to questions have no zone (contract 8.1). */
	timeZone?: string;
	/** Adds zone, northing and easting to locations. */
	utm?: boolean;
	/** Adds a field for each possible answer that tells whether it was chosen, after the question's own. */
	choiceFields?: boolean;
}

export interface TidyOptions extends ValueChoices {
	slug: string;
	stream: Stream;
	columns: readonly Column[];
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
	const answers = columns.flatMap((column) => answerReaders(column, options));
	const blanks = new Map<number, Blank>();
	const event = `${slug}/${stream.branchRef ?? stream.formRef}/`;
	return (row) => {
		let present = 0;
		for (const { key, bit } of own) if (row[key] !== undefined) present |= bit;
		let blank = blanks.get(present);
		if (!blank) blanks.set(present, (blank = blankOf(present, own, answers)));
		const entry = blank();
		for (const { key, bit, read } of own) if (present & bit) entry[key] = read(row[key]);
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
	bit: number;
	read: ValueReader;
}

interface AnswerReader {
	key: string;
	name: string;
	/** Whether every object seems to have a property of that name, as `constructor`. */
	isInherited: boolean;
	read: ValueReader;
}

function ownReaders({ columns, withUploader, timeZone }: TidyOptions): OwnReader[] {
	const overwritten = new Set(columns.map(({ key }) => key));
	const local = zoneReader(timeZone);
	const date: ValueReader = (value) => {
		const text = textOrNull(value);
		return text === null ? null : local(text);
	};
	return OWN_PROPERTIES.filter((key) => key !== 'eventId' && (withUploader || key !== 'created_by')).map(
		(key, i) => {
			const read = key === 'created_at' || key === 'uploaded_at' ? date : textOrNull;
			// A question that the mapping calls `title` has overwritten the entry's own.
			return { key, bit: 1 << i, read: overwritten.has(key) ? () => null : read };
		},
	);
}

function answerReaders(column: Column, { utm, choiceFields }: TidyOptions): AnswerReader[] {
	const { key, name, choices = [] } = column;
	const from = { key, isInherited: key in Object.prototype };
	const answer = { ...from, name, read: readerOf(column, { utm }) };
	if (!choiceFields) return [answer];
	const whether = choices.map((choice) => ({
		...{ ...from, name: choice.name },
		read: (value: unknown) => choice.text !== undefined && chosen(value).includes(choice.text),
	}));
	return [answer, ...whether];
}

type Blank = () => TidyEntry;

/**
 * @returns a maker of objects that have these properties, in this order, all null.
 *
 * A copy of what the JSON parser made stays a plain record inside V8; an object that gets dozens of computed names one
 * by one becomes a hash table, four times as slow to make. A property called `__proto__` is its own here, so that
 * assigning to it changes no prototype.
 */
function blankOf(present: number, own: readonly OwnReader[], answers: readonly AnswerReader[]): Blank {
	const keys = own.filter(({ bit }) => present & bit).map(({ key }) => key);
	// The event's ID is long and for machines: in a table it would push the answers off the screen.
	const names = [...keys, ...answers.map(({ name }) => name), 'eventId'];
	const text = `{${names.map((name) => `${JSON.stringify(name)}:null`).join(',')}}`;
	const blank = JSON.parse(text) as TidyEntry;
	return () => ({ ...blank });
}
