import { isObject } from '../http/json';
import { parseUrl } from './address';
import type { Column } from './columns';
import { dateReader, timeReader } from './dates';

export type TidyValue =
	string | number | boolean | null | string[] | Location | { name: string; type: string; url: string | null };

/** Decimal degrees (WGS 84) and metres. The UTM parts come on request, null where the service has none (contract 8.1). */
export interface Location {
	latitude: number;
	longitude: number;
	accuracy: number | null;
	/** Such as `30U`. */
	zone?: string | null;
	northing?: number | null;
	easting?: number | null;
}

export interface ValueOptions {
	/** Adds zone, northing and easting to locations. */
	utm?: boolean;
}

export type ValueReader = (value: unknown) => TidyValue;

/**
 * @returns what makes answers of this type tidy (contract 8.1). An unknown type is kept as text rather than lost.
 */
export function readerOf(
	{ type, datetimeFormat }: Pick<Column, 'type' | 'datetimeFormat'>,
	{ utm }: ValueOptions = {},
): ValueReader {
	switch (type) {
		case 'integer':
			return integerOrNull;
		case 'decimal':
		case 'branch':
			return numberOrNull;
		case 'date':
			return dated(dateReader(datetimeFormat));
		case 'time':
			return dated(timeReader(datetimeFormat));
		case 'checkbox':
		case 'searchmultiple':
			return chosen;
		case 'searchsingle':
			return (value) => chosen(value)[0] ?? null;
		case 'location':
			return utm ? locationWithUtm : location;
		case 'photo':
		case 'audio':
		case 'video':
			return (value) => media(value, type);
		default:
			return textOrNull;
	}
}

export function textOrNull(value: unknown): string | null {
	if (typeof value === 'string') return value === '' ? null : value;
	if (value === undefined || value === null) return null;
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

function dated(iso: (text: string) => string): ValueReader {
	return (value) => {
		const text = textOrNull(value);
		return text === null ? null : iso(text);
	};
}

function numberOrNull(value: unknown): number | null {
	if (typeof value === 'number') return value;
	if (typeof value !== 'string' || value === '' || value.trim() === '') return null;
	const number = Number(value);
	return Number.isFinite(number) ? number : null;
}

/** A whole number that JavaScript cannot hold stays exact, as a text: see {@link parseJson}. */
function integerOrNull(value: unknown): number | string | null {
	const number = numberOrNull(value);
	if (number === null || Number.isSafeInteger(number) || typeof value !== 'string') return number;
	return /^\s*-?\d+\s*$/.test(value) ? value.trim() : number;
}

/**
 * An answer that was deleted from the form comes as an empty text. A list is copied by methods of its own, not into `[]`:
 * V8 counts what such a line makes, and puts all later ones among its old objects if it takes them for lasting.
 */
export function chosen(value: unknown): string[] {
	if (Array.isArray(value)) return value.map(textOrNull).filter((text) => text !== null);
	const text = textOrNull(value);
	return text === null ? [] : [text];
}

function location(value: unknown): Location | null {
	if (!isObject(value)) return null;
	const latitude = numberOrNull(value.latitude);
	const longitude = numberOrNull(value.longitude);
	if (latitude === null || longitude === null) return null;
	return { latitude, longitude, accuracy: numberOrNull(value.accuracy) };
}

function locationWithUtm(value: unknown): Location | null {
	const place = location(value);
	if (!place || !isObject(value)) return null;
	const { UTM_Zone: zone, UTM_Northing: northing, UTM_Easting: easting } = value;
	return {
		...place,
		...{ zone: textOrNull(zone), northing: numberOrNull(northing), easting: numberOrNull(easting) },
	};
}

/** Public projects send an address with the file's name in it, private ones the bare name. */
function media(value: unknown, type: string): TidyValue {
	const text = textOrNull(value);
	if (text === null) return null;
	if (!/^https?:\/\//i.test(text)) return { name: text, type, url: null };
	return {
		name: plainName(text) ?? parseUrl(text)?.searchParams.get('name') ?? text,
		type,
		url: text,
	};
}

/** @returns the `name` of an address as the service builds it (contract 8.1), if nothing in it needs to be decoded */
function plainName(url: string): string | undefined {
	const at = url.indexOf(NAME);
	if (at < 0 || url.includes('#') || url.includes('?name=')) return undefined;
	const end = url.indexOf('&', at + NAME.length);
	const name = url.slice(at + NAME.length, end < 0 ? undefined : end);
	return /^[\w.-]+$/.test(name) ? name : undefined;
}

const NAME = '&name=';
