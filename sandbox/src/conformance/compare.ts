import { compareTitles, timeOf } from '../epicollect5/stream';
import type { Entry } from '../epicollect5/model';

/** JSON with whole numbers beyond 2^53 kept apart. */
export function parseJson(text: string): unknown {
	const reviver = (_key: string, value: unknown, context?: { source: string }): unknown =>
		typeof value === 'number' &&
		Math.abs(value) > Number.MAX_SAFE_INTEGER &&
		/^-?\d+$/.test(context?.source ?? '')
			? `integer ${context?.source}`
			: value;
	return JSON.parse(text, reviver as (key: string, value: unknown) => unknown);
}

/** First difference between two JSON values, by value and without regard to key order; null when alike. */
export function firstDifference(expected: unknown, actual: unknown, path = '$'): string | null {
	if (Object.is(expected, actual)) return null;
	if (Array.isArray(expected) && Array.isArray(actual)) {
		if (expected.length !== actual.length)
			return `${path}: ${expected.length} items recorded, ${actual.length} here`;
		for (let at = 0; at < expected.length; at += 1) {
			const difference = firstDifference(expected[at], actual[at], `${path}[${at}]`);
			if (difference !== null) return difference;
		}
		return null;
	}
	if (isObject(expected) && isObject(actual)) {
		for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
			const difference = firstDifference(expected[key], actual[key], `${path}.${key}`);
			if (difference !== null) return difference;
		}
		return null;
	}
	return expected === actual ? null : `${path}: ${short(expected)} recorded, ${short(actual)} here`;
}

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value for a message. */
export function short(value: unknown): string {
	const text = value === undefined ? 'nothing' : JSON.stringify(value);
	return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}

export type SortKey = 'created_at' | 'uploaded_at' | 'title';

function sameKey(left: Entry, right: Entry, sortBy: SortKey): boolean {
	if (sortBy !== 'title') return timeOf(left, sortBy) === timeOf(right, sortBy);
	const bytes = Buffer.byteLength(left.title) === Buffer.byteLength(right.title);
	return bytes && compareTitles(left.title, right.title) === 0;
}

/**
 * Compares the order of two pages. Rows of equal sort key are a set; at either end of a page any rows of that
 * tie are right, because the tie may go on beyond it (contract 7.2).
 */
export function orderDifference(recorded: Entry[], here: Entry[], sortBy: SortKey): string | null {
	if (recorded.length !== here.length) return `${recorded.length} rows recorded, ${here.length} here`;
	for (let start = 0; start < recorded.length;) {
		const first = recorded[start] as Entry;
		let end = start;
		while (end < recorded.length && sameKey(first, recorded[end] as Entry, sortBy)) end += 1;
		for (let at = start; at < end; at += 1) {
			if (!sameKey(first, here[at] as Entry, sortBy)) {
				return `row ${at}: ${first.uuid} recorded, ${(here[at] as Entry).uuid} here, which sorts differently`;
			}
		}
		const inner = start > 0 && end < recorded.length;
		const names = new Set(recorded.slice(start, end).map((entry) => entry.uuid));
		const mine = here.slice(start, end).map((entry) => entry.uuid);
		if (new Set(mine).size < mine.length) return `rows ${start} to ${end - 1}: one comes twice here`;
		const stranger = mine.find((uuid) => !names.has(uuid));
		if (inner && stranger !== undefined) {
			return `rows ${start} to ${end - 1}: ${stranger} is here but not recorded`;
		}
		start = end;
	}
	return null;
}
