import { isObject } from '../http/json';
import { parseUrl } from './address';
import type { Column } from './columns';
import { dateReader, timeReader } from './dates';

export type TidyValue =
	| string
	| number
	| null
	| string[]
	| { latitude: number; longitude: number; accuracy: number | null }
	| { name: string; type: string; url: string | null };

export type ValueReader = (value: unknown) => TidyValue;

/**
 * @returns what makes answers of this type tidy (contract 8.1). An unknown type is kept as text rather than lost.
 */
export function readerOf({ type, datetimeFormat }: Pick<Column, 'type' | 'datetimeFormat'>): ValueReader {
	switch (type) {
		case 'integer':
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
			return location;
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

/** An answer that was deleted from the form comes as an empty text. */
function chosen(value: unknown): string[] {
	const list: unknown[] = Array.isArray(value) ? value : [value];
	const texts: string[] = [];
	for (const one of list) {
		const text = textOrNull(one);
		if (text !== null) texts.push(text);
	}
	return texts;
}

function location(value: unknown): TidyValue {
	if (!isObject(value)) return null;
	const latitude = numberOrNull(value.latitude);
	const longitude = numberOrNull(value.longitude);
	if (latitude === null || longitude === null) return null;
	return { latitude, longitude, accuracy: numberOrNull(value.accuracy) };
}

/** The first `name` of a query, where it needs no decoding: as all names do that the app gives (contract 8.1). */
const PLAIN_NAME = /^https?:\/\/[^/?#]+\/[^?#]*\?(?:[^&#]*&)*?name=([\w.-]+)(?:&|$)/i;

/** Public projects send an address with the file's name in it, private ones the bare name. */
function media(value: unknown, type: string): TidyValue {
	const text = textOrNull(value);
	if (text === null) return null;
	const plain = PLAIN_NAME.exec(text)?.[1];
	if (plain !== undefined) return { name: plain, type, url: text };
	if (!/^https?:\/\//i.test(text)) return { name: text, type, url: null };
	return { name: parseUrl(text)?.searchParams.get('name') ?? text, type, url: text };
}
