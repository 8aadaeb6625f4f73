interface Rule {
	pattern: RegExp;
	iso: (parts: string[]) => string;
}

/** Parts of the service's date formats, by position (contract 8.1). */
const DATES: ReadonlyMap<string, Rule> = new Map(
	Object.entries<Rule>({
		'dd/MM/YYYY': { pattern: /^(\d{2})\/(\d{2})\/(\d{4})$/, iso: ([d, m, y]) => `${y}-${m}-${d}` },
		'MM/dd/YYYY': { pattern: /^(\d{2})\/(\d{2})\/(\d{4})$/, iso: ([m, d, y]) => `${y}-${m}-${d}` },
		'YYYY/MM/dd': { pattern: /^(\d{4})\/(\d{2})\/(\d{2})$/, iso: ([y, m, d]) => `${y}-${m}-${d}` },
		'MM/YYYY': { pattern: /^(\d{2})\/(\d{4})$/, iso: ([m, y]) => `${y}-${m}` },
		'dd/MM': { pattern: /^(\d{2})\/(\d{2})$/, iso: ([d, m]) => `${m}-${d}` },
	}),
);

/** The `hh` formats give hours of 24 too (contract 8.1). */
const TIMES: ReadonlyMap<string, Rule> = new Map(
	Object.entries<Rule>({
		'hh:mm:ss': { pattern: /^(\d{2}):(\d{2}):(\d{2})$/, iso: ([h, m, s]) => `${h}:${m}:${s}` },
		'hh:mm': { pattern: /^(\d{2}):(\d{2})$/, iso: ([h, m]) => `${h}:${m}:00` },
		'mm:ss': { pattern: /^(\d{2}):(\d{2})$/, iso: ([m, s]) => `00:${m}:${s}` },
	}),
);

/**
 * @returns the date as ISO 8601, as far as the format has its parts: `2026-05-31`, `2026-05` or `05-31`. What does not
 * look like its format is returned as it is.
 */
export function isoDate(text: string | null, format: string | undefined): string | null {
	return convert(text, DATES.get(format ?? ''));
}

/** @returns the time as `HH:MM:SS`. What does not look like its format is returned as it is. */
export function isoTime(text: string | null, format: string | undefined): string | null {
	return convert(text, TIMES.get(format?.replace('HH', 'hh') ?? ''));
}

function convert(text: string | null, rule: Rule | undefined): string | null {
	const match = text === null ? null : rule?.pattern.exec(text);
	return match && rule ? rule.iso(match.slice(1)) : text;
}
