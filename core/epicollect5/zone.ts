import { InputError } from '../http/errors';

/** Offsets change at full quarters of an hour only. */
const QUARTER_MS = 900_000;
/** Quarters to remember: beyond, a list is begun anew rather than let grow. */
const REMEMBERED = 10_000;

/**
 * @param timeZone IANA name, such as `Europe/Berlin`; nothing is changed where none is given
 * @returns what turns the service's dates (ISO 8601, UTC) into that zone's: `2026-05-31T12:00:00+02:00`, with
 * milliseconds where the date has some. What is no date is returned as it is.
 * @throws InputError for what is no zone
 */
export function zoneReader(timeZone: string | undefined): (text: string) => string {
	if (timeZone === undefined || (typeof timeZone === 'string' && timeZone.trim() === ''))
		return (text) => text;
	const offsetOf = offsets(formatOf(timeZone));
	return (text) => {
		const ms = Date.parse(text);
		if (Number.isNaN(ms)) return text;
		const offset = offsetOf(ms);
		const local = new Date(ms + minutesOf(offset) * 60_000);
		// Beyond the years that a date can have.
		if (Number.isNaN(local.getTime())) return text;
		return local.toISOString().replace('.000Z', 'Z').replace('Z', offset);
	};
}

/** Asking for an offset costs more than all the rest of an entry: once for each quarter of an hour is enough. */
function offsets(format: Intl.DateTimeFormat): (ms: number) => string {
	const known = new Map<number, string>();
	return (ms) => {
		const quarter = Math.floor(ms / QUARTER_MS);
		let offset = known.get(quarter);
		if (offset === undefined) {
			if (known.size >= REMEMBERED) known.clear();
			// `GMT+02:00`, and `GMT` alone for none. Seconds, of the time before 1972, have no place in ISO 8601.
			known.set(quarter, (offset = /[+-]\d{2}:\d{2}/.exec(format.format(ms))?.[0] ?? '+00:00'));
		}
		return offset;
	};
}

function minutesOf(offset: string): number {
	const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4, 6));
	return offset.startsWith('-') ? -minutes : minutes;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
	try {
		return new Intl.DateTimeFormat('en-US', { timeZone: timeZone.trim(), timeZoneName: 'longOffset' });
	} catch {
		// An expression may give anything: a number, an object, nothing.
		const named = typeof timeZone === 'string' ? timeZone : 'Time Zone';
		throw new InputError(`"${named}" is not a time zone`, {
			code: 'time_zone',
			field: 'Time Zone',
			hint: 'Enter a name such as Europe/Berlin, America/New_York or UTC.',
		});
	}
}
