import { isObject } from '../http/json';
import { parseUrl } from './address';
import { OWN_PROPERTIES, type Column, type Stream } from './columns';
import { eventId, type RawEntry } from './entry';
import { isoDate, isoTime } from './dates';

export type TidyValue =
	| string
	| number
	| null
	| string[]
	| { latitude: number; longitude: number; accuracy: number | null }
	| { name: string; type: string; url: string | null };

/** The entry's own properties, then the answers under their names. */
export type TidyEntry = Record<string, TidyValue>;

export interface TidyOptions {
	slug: string;
	stream: Stream;
	columns: readonly Column[];
	/** The uploader's e-mail address is personal data and comes on request only. */
	withUploader?: boolean;
}

/**
 * Turns an entry into values that a spreadsheet or a database takes: "no answer" is null (an empty list for choices of
 * many), numbers are numbers, dates and times ISO, a location has three numbers, a file its name and address.
 * Source of what the service sends: contract 8.1.
 */
export function tidyEntry(row: RawEntry, options: TidyOptions): TidyEntry {
	const { columns, slug, stream } = options;
	const overwritten = new Set(columns.map(({ key }) => key));
	const pairs: Array<[string, TidyValue]> = [];
	for (const key of OWN_PROPERTIES) {
		if (!Object.hasOwn(row, key)) continue;
		if (key === 'created_by' && !options.withUploader) continue;
		// A question that the mapping calls `title` has overwritten the entry's own.
		pairs.push([key, overwritten.has(key) ? null : textOrNull(row[key])]);
	}
	pairs.push(['eventId', eventId(slug, stream, row)]);
	for (const column of columns) {
		const value = Object.hasOwn(row, column.key) ? row[column.key] : undefined;
		pairs.push([column.name, tidyValue(value, column)]);
	}
	// Not by assignment: a question may be called __proto__.
	return Object.fromEntries(pairs);
}

/** One answer, by the type of its question. An unknown type is kept as text rather than lost. */
export function tidyValue(value: unknown, column: Pick<Column, 'type' | 'datetimeFormat'>): TidyValue {
	switch (column.type) {
		case 'integer':
		case 'decimal':
		case 'branch':
			return numberOrNull(value);
		case 'date':
			return isoDate(textOrNull(value), column.datetimeFormat);
		case 'time':
			return isoTime(textOrNull(value), column.datetimeFormat);
		case 'checkbox':
		case 'searchmultiple':
			return chosen(value);
		case 'searchsingle':
			return chosen(value)[0] ?? null;
		case 'location':
			return location(value);
		case 'photo':
		case 'audio':
		case 'video':
			return media(value, column.type);
		default:
			return textOrNull(value);
	}
}

function textOrNull(value: unknown): string | null {
	if (value === undefined || value === null || value === '') return null;
	// A phone number may come as a JSON number; anything unforeseen stays readable.
	return typeof value === 'object' ? jsonText(value) : String(value);
}

function jsonText(value: object): string {
	try {
		return JSON.stringify(value);
	} catch {
		// Only what is nested deeper than this machine can follow.
		return '[unreadable]';
	}
}

function numberOrNull(value: unknown): number | null {
	if (typeof value === 'number') return value;
	if (typeof value !== 'string' || value.trim() === '') return null;
	const number = Number(value);
	return Number.isFinite(number) ? number : null;
}

/** An answer that was deleted from the form comes as an empty text. */
function chosen(value: unknown): string[] {
	const list: unknown[] = Array.isArray(value) ? value : [value];
	return list.map(textOrNull).filter((text) => text !== null);
}

function location(value: unknown): TidyValue {
	if (!isObject(value)) return null;
	const latitude = numberOrNull(value.latitude);
	const longitude = numberOrNull(value.longitude);
	if (latitude === null || longitude === null) return null;
	return { latitude, longitude, accuracy: numberOrNull(value.accuracy) };
}

/** Public projects send an address with the file's name in it, private ones the bare name. */
function media(value: unknown, type: string): TidyValue {
	const text = textOrNull(value);
	if (text === null) return null;
	if (!/^https?:\/\//i.test(text)) return { name: text, type, url: null };
	return { name: parseUrl(text)?.searchParams.get('name') ?? text, type, url: text };
}
