import { InputError } from '../http/errors';
import { isObject } from '../http/json';

/** The first moment of .NET stands for "never" (contract 2), with or without a zone. */
const UNSET = /^0001-01-01T00:00:00(\.0+)?(Z|[+-]00:00)?$/;

/** @returns the same value with every unset date in it as null, at any depth. */
export function withoutUnsetDates(value: unknown): unknown {
	if (typeof value === 'string') return UNSET.test(value) ? null : value;
	if (Array.isArray(value)) return value.map(withoutUnsetDates);
	if (!isObject(value)) return value;
	return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutUnsetDates(item)]));
}

const ISO = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2}(?:\.\d+)?)?\s?(Z|[+-]\d{2}:?\d{2})?)?$/i;

/** The product's own dialog makes a due day end at 22:59 UTC in British summer time (contract 5.6). */
const END_OF_DAY = '23:59';

/**
 * @param value a Date, milliseconds since the epoch, or ISO 8601 text. Without a zone it is UTC, as in the service's own
 * examples (contract 2); without a time it is the last minute of that day
 * @returns ISO 8601 in UTC, as the service writes it
 * @throws InputError naming `field`
 */
export function toUtc(value: unknown, field: string): string {
	const ms = value instanceof Date ? value.getTime() : typeof value === 'number' ? value : parse(value);
	const date = new Date(ms);
	if (!Number.isNaN(date.getTime())) return date.toISOString();
	throw new InputError(`The ${field} is not a date`, {
		code: 'date',
		field,
		hint: 'Enter it as 2026-05-31, or with a time as 2026-05-31T17:00:00Z.',
	});
}

function parse(value: unknown): number {
	const [, day, time = END_OF_DAY, seconds = ':00', zone = 'Z'] =
		(typeof value === 'string' ? ISO.exec(value.trim()) : null) ?? [];
	if (day === undefined || !isCalendarDay(day)) return NaN;
	return Date.parse(`${day}T${time}${seconds}${zone.toUpperCase().replace(/^(...)(\d\d)$/, '$1:$2')}`);
}

/** JavaScript takes 31 February for 3 March. */
function isCalendarDay(day: string): boolean {
	const date = new Date(`${day}T00:00:00Z`);
	return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}
