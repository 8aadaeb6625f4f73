import { InputError } from '../http/errors';
import type { Field } from './fields';
import { flatColumns, type FlatOptions, type FlatValue } from './flat';
import type { TidyEntry } from './tidy';

/** RFC 7946: WGS 84, longitude first. An entry without a location has no geometry, and stays in the list. */
export interface Feature {
	type: 'Feature';
	/** The entry's. */
	id: string;
	geometry: { type: 'Point'; coordinates: [longitude: number, latitude: number] } | null;
	properties: Record<string, FlatValue>;
}

export interface FeatureCollection {
	type: 'FeatureCollection';
	features: Feature[];
}

export interface GeoJsonOptions extends FlatOptions {
	/** Name or ref of the location question to be shown; default the first one. */
	location?: string;
}

/**
 * @returns what turns tidy entries with these properties into features. Their properties are plain values: locations and
 * files are spread over several.
 * @throws InputError where no location question is of that name or ref
 */
export function featureMaker(
	fields: readonly Field[],
	options: GeoJsonOptions = {},
): (entry: TidyEntry) => Feature {
	const place = placeOf(fields, options.location);
	const columns = flatColumns(fields, options);
	return (entry) => ({
		type: 'Feature',
		id: String(entry.ec5_branch_uuid ?? entry.ec5_uuid),
		geometry: place ? pointOf(entry[place.name]) : null,
		// Not by assignment: a question may be called __proto__.
		properties: Object.fromEntries(columns.map(({ name, read }) => [name, read(entry)])),
	});
}

export function featureCollection(features: Feature[]): FeatureCollection {
	return { type: 'FeatureCollection', features };
}

function placeOf(fields: readonly Field[], wanted: string | undefined): Field | undefined {
	const places = fields.filter(({ type }) => type === 'location');
	if (!wanted) return places[0];
	const place = places.find(({ ref }) => ref === wanted) ?? places.find(({ name }) => name === wanted);
	if (place) return place;
	throw new InputError(`There is no location question "${wanted}"`, {
		code: 'location',
		field: 'Location Question',
		hint:
			places.length === 0
				? 'This form or branch has none.'
				: `Choose one of: ${places.map(({ name }) => name).join(', ')}.`,
	});
}

function pointOf(value: TidyEntry[string] | undefined): Feature['geometry'] {
	if (typeof value !== 'object' || value === null || !('longitude' in value)) return null;
	return { type: 'Point', coordinates: [value.longitude, value.latitude] };
}
