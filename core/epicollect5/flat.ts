import type { Field } from './fields';
import { Names, oldestFirst } from './names';
import type { TidyEntry } from './tidy';
import type { Location, TidyValue } from './values';

/** What stands in one cell of a table. */
export type FlatValue = string | number | boolean | string[] | null;

/** One column of a table, taken from a property of a tidy entry. */
export interface FlatColumn {
	name: string;
	/** The property's. */
	field: Field;
	read: (entry: TidyEntry) => FlatValue;
}

type Part = [suffix: string, read: (value: TidyValue) => FlatValue];

export interface FlatOptions {
	/** Adds zone, northing and easting of locations. */
	utm?: boolean;
}

/**
 * Spreads tidy entries over columns of plain values: a location over `<name>_latitude`, `_longitude` and `_accuracy`, a
 * file over `<name>_name` and `<name>_url`. Names are unique, and a question that is added renames no column.
 */
export function flatColumns(fields: readonly Field[], { utm }: FlatOptions = {}): FlatColumn[] {
	const own = fields.filter(({ type }) => type === 'own');
	const names = new Names(own.map(({ name }) => name));
	const named = new Map(own.map((field) => [field, [columnOf(field, field.name)]]));
	const answers = fields.filter(({ type }) => type !== 'own');
	for (const field of oldestFirst(answers)) {
		const parts = partsOf(field.type, utm === true);
		named.set(
			field,
			parts
				? parts.map(([suffix, read]) => columnOf(field, names.take(field.name + suffix), read))
				: [columnOf(field, names.take(field.name))],
		);
	}
	return fields.flatMap((field) => named.get(field) ?? []);
}

function columnOf(field: Field, name: string, part?: Part[1]): FlatColumn {
	const read = (entry: TidyEntry): FlatValue => {
		const value = Object.hasOwn(entry, field.name) ? (entry[field.name] ?? null) : null;
		return part ? part(value) : plain(value);
	};
	return { name, field, read };
}

function partsOf(type: string, utm: boolean): Part[] | undefined {
	if (type === 'location') {
		const parts = ['latitude', 'longitude', 'accuracy', ...(utm ? ['zone', 'northing', 'easting'] : [])];
		return parts.map((part) => [`_${part}`, (value) => partOf(value, part)]);
	}
	if (!MEDIA.has(type)) return undefined;
	return ['name', 'url'].map((part) => [`_${part}`, (value) => partOf(value, part)]);
}

const MEDIA = new Set(['photo', 'audio', 'video']);

function partOf(value: TidyValue, part: string): FlatValue {
	if (!isMap(value)) return null;
	return (value as unknown as Record<string, string | number | null | undefined>)[part] ?? null;
}

function plain(value: TidyValue): FlatValue {
	return isMap(value) ? null : value;
}

function isMap(value: TidyValue): value is Location | { name: string; type: string; url: string | null } {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
