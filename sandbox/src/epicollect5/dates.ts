/** The two readings of a filter date: PHP decides whether it is accepted, MySQL what it means (contract 13.2). */

export interface CalendarDate {
	year: number;
	month: number;
	day: number;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const MONTH =
	'(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)';
const WEEKDAY = '(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\\.?,?\\s+)?';
const DAY = '([0-2]?\\d|3[01])(?:st|nd|rd|th)?';
const MONTH_NUMBER = '(0?\\d|1[0-2])';
const TIME = '(?:[01]?\\d|2[0-4]):[0-5]\\d(?::(?:[0-5]\\d|60)(?:[.,:]\\d+)?)?(?:\\s*[ap]\\.?m\\.?)?';
const COMPACT_TIME = 't?(?:[01]\\d|2[0-4])[0-5]\\d(?:[0-5]\\d)?';
const ABBREVIATIONS =
	'z|utc|gmt|wet|west|bst|cet|cest|eet|eest|msk|ist|jst|kst|est|edt|cst|cdt|mst|mdt|pst|pdt|akst|akdt|hst|aest|aedt|acst|awst|nzst|nzdt|[a-ik-z]';
const AREAS =
	'(?:africa|america|antarctica|arctic|asia|atlantic|australia|europe|indian|pacific|etc)/[a-z_/+-]+';
const ZONE = `(?:\\(?(?:(?:gmt|utc)?[+-]\\d{1,2}:?(?:[0-5]\\d)?|${ABBREVIATIONS}|${AREAS})\\)?)`;
const RELATIVE =
	'(?:midnight|noon|today|now|tomorrow|yesterday|[+-]?\\s*\\d+\\s*(?:sec|second|min|minute|hour|day|week|fortnight|month|year)s?(?:\\s+ago)?)';

type Parts = { y?: number; m?: number; d?: number };
type Reader = { pattern: string; read: (groups: string[]) => Parts };

const number = (text: string | undefined): number => Number(text);
const month = (text: string | undefined): number =>
	MONTHS.indexOf((text ?? '').slice(0, 3).toLowerCase()) + 1;
const shortYear = (text: string | undefined): number =>
	(text ?? '').length > 2 ? number(text) : number(text) + (number(text) < 70 ? 2000 : 1900);

/** Spellings that name a day, a month and a year, the most telling first. */
const READERS: Reader[] = [
	{
		pattern: `([+-]?\\d{4})-${MONTH_NUMBER}-${DAY}`,
		read: (g) => ({ y: number(g[0]), m: number(g[1]), d: number(g[2]) }),
	},
	{
		pattern: `(\\d{4})/${MONTH_NUMBER}/${DAY}`,
		read: (g) => ({ y: number(g[0]), m: number(g[1]), d: number(g[2]) }),
	},
	{
		pattern: `${MONTH_NUMBER}/${DAY}/(\\d{4}|\\d{2})`,
		read: (g) => ({ y: shortYear(g[2]), m: number(g[0]), d: number(g[1]) }),
	},
	{
		pattern: `${DAY}[-.\\t]${MONTH_NUMBER}[-.](\\d{4})`,
		read: (g) => ({ y: number(g[2]), m: number(g[1]), d: number(g[0]) }),
	},
	{
		pattern: `${DAY}[.\\t]${MONTH_NUMBER}\\.(\\d{2})`,
		read: (g) => ({ y: shortYear(g[2]), m: number(g[1]), d: number(g[0]) }),
	},
	{
		pattern: '(\\d{4})(0\\d|1[0-2])([0-2]\\d|3[01])',
		read: (g) => ({ y: number(g[0]), m: number(g[1]), d: number(g[2]) }),
	},
	{ pattern: `(\\d{4})-${MONTH_NUMBER}`, read: (g) => ({ y: number(g[0]), m: number(g[1]), d: 1 }) },
	{
		pattern: `${DAY}[ \\t.-]*${MONTH}[ \\t.-]*(\\d{4})`,
		read: (g) => ({ y: number(g[2]), m: month(g[1]), d: number(g[0]) }),
	},
	{
		pattern: `${MONTH}[ \\t.-]*${DAY}[,.\\s]+(\\d{4})`,
		read: (g) => ({ y: number(g[2]), m: month(g[0]), d: number(g[1]) }),
	},
	{
		pattern: `(\\d{4})[-.\\s]*${MONTH}[-.\\s]*${DAY}`,
		read: (g) => ({ y: number(g[0]), m: month(g[1]), d: number(g[2]) }),
	},
	{ pattern: `${MONTH}[ \\t.-]*(\\d{4})`, read: (g) => ({ y: number(g[1]), m: month(g[0]), d: 1 }) },
	{ pattern: `(\\d{4})[ \\t.-]*${MONTH}`, read: (g) => ({ y: number(g[0]), m: month(g[1]), d: 1 }) },
];

const AFTER_DATE = `(?:(?:\\s*t\\s*|\\s+|:)?(?:${TIME}|${COMPACT_TIME}))?(?:\\s*${ZONE})?(?:\\s+${RELATIVE})*`;
const COMPILED = READERS.map((reader) => ({
	...reader,
	regex: new RegExp(`^${WEEKDAY}${reader.pattern}${AFTER_DATE}$`, 'i'),
}));

/** The date that PHP reads from a text, or null where the server answers ec5_79. */
export function phpDate(text: string): CalendarDate | null {
	const trimmed = text.trim();
	const stamp = /^@(-?\d+)(?:\.\d+)?$/.exec(trimmed);
	if (stamp !== null) {
		const date = new Date(Number(stamp[1]) * 1000);
		return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
	}
	for (const { regex, read } of COMPILED) {
		const match = regex.exec(trimmed);
		if (match === null) continue;
		const { y = 0, m = 0, d = 0 } = read(match.slice(1));
		return isCalendarDate(y, m, d) ? { year: y, month: m, day: d } : null;
	}
	return null;
}

function isCalendarDate(year: number, monthNumber: number, day: number): boolean {
	if (year < 1 || monthNumber < 1 || monthNumber > 12 || day < 1) return false;
	return day <= new Date(Date.UTC(2000 + (year % 400), monthNumber, 0)).getUTCDate();
}

const MYSQL_DATE =
	/^\s*(\d{4})([^\dA-Za-z\s]?)(\d{1,2})\2(\d{1,2})(?:[T\s]+(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:\.(\d+))?)?)?)?(.*)$/;

/**
 * What MySQL makes of the text as typed: ms since 1970 (with fractions), or null where it cannot read it and
 * so matches nothing. An offset is honoured, a Z is just ignored (the session is UTC).
 */
export function mysqlTime(text: string): number | null {
	const match = MYSQL_DATE.exec(text);
	if (match === null) return null;
	const [, year, delimiter, monthText, dayText, hour = '0', minute = '0', second = '0', fraction, rest = ''] =
		match;
	if (delimiter === '' && (monthText?.length !== 2 || dayText?.length !== 2)) return null;
	const [y, m, d] = [Number(year), Number(monthText), Number(dayText)];
	if (!isCalendarDate(y, m, d) || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59)
		return null;
	let ms = Date.UTC(y, m - 1, d, Number(hour), Number(minute), Number(second));
	if (fraction !== undefined) ms += Number(`0.${fraction.slice(0, 6)}`) * 1000;
	const offset = /^([+-])(\d{2}):(\d{2})\s*$/.exec(rest);
	if (offset !== null) {
		const minutes = Number(offset[2]) * 60 + Number(offset[3]);
		ms -= (offset[1] === '-' ? -minutes : minutes) * 60_000;
	}
	return ms;
}

/** Lower and upper bound, both inclusive, in ms. An empty range has `from > to`. */
export interface TimeRange {
	from: number;
	to: number;
}

const NOTHING: TimeRange = { from: 1, to: 0 };

/** The rows that a filter lets through. */
export function filterRange(from: string | undefined, to: string | undefined): TimeRange {
	if (from !== undefined && to !== undefined) {
		// Both given: widened to whole calendar days, times and zones in the text are thrown away.
		const first = phpDate(from);
		const last = phpDate(to);
		if (first === null || last === null) return NOTHING;
		const start = Date.UTC(first.year, first.month - 1, first.day);
		return { from: start, to: Date.UTC(last.year, last.month - 1, last.day, 23, 59, 59) };
	}
	const value = mysqlTime((from ?? to) as string);
	if (value === null) return NOTHING;
	return from !== undefined ? { from: value, to: Infinity } : { from: -Infinity, to: value };
}
