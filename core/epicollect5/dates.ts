interface Rule {
	pattern: RegExp;
	iso: (text: string) => string;
}

/** Where the parts stand in the service's date formats (contract 8.1): cut by position, as each row has some. */
const DATES: ReadonlyMap<string, Rule> = new Map(
	Object.entries<Rule>({
		'dd/MM/YYYY': {
			pattern: /^\d{2}\/\d{2}\/\d{4}$/,
			iso: (text) => `${text.slice(6)}-${text.slice(3, 5)}-${text.slice(0, 2)}`,
		},
		'MM/dd/YYYY': {
			pattern: /^\d{2}\/\d{2}\/\d{4}$/,
			iso: (text) => `${text.slice(6)}-${text.slice(0, 2)}-${text.slice(3, 5)}`,
		},
		'YYYY/MM/dd': {
			pattern: /^\d{4}\/\d{2}\/\d{2}$/,
			iso: (text) => `${text.slice(0, 4)}-${text.slice(5, 7)}-${text.slice(8)}`,
		},
		'MM/YYYY': { pattern: /^\d{2}\/\d{4}$/, iso: (text) => `${text.slice(3)}-${text.slice(0, 2)}` },
		'dd/MM': { pattern: /^\d{2}\/\d{2}$/, iso: (text) => `${text.slice(3)}-${text.slice(0, 2)}` },
	}),
);

/** The `hh` formats give hours of 24 too (contract 8.1); `HH:mm:ss` is ISO already. */
const TIMES: ReadonlyMap<string, Rule> = new Map(
	Object.entries<Rule>({
		'hh:mm': { pattern: /^\d{2}:\d{2}$/, iso: (text) => `${text}:00` },
		'mm:ss': { pattern: /^\d{2}:\d{2}$/, iso: (text) => `00:${text}` },
	}),
);

/** Makes a date or time ISO 8601; what does not look like its format is returned as it is. */
export type IsoReader = (text: string) => string;

/** For dates, as far as the format has their parts: `2026-05-31`, `2026-05` or `05-31`. */
export function dateReader(format: string | undefined): IsoReader {
	return reader(DATES.get(format ?? ''));
}

/** For times: `HH:MM:SS`. */
export function timeReader(format: string | undefined): IsoReader {
	return reader(TIMES.get(format?.replace('HH', 'hh') ?? ''));
}

function reader(rule: Rule | undefined): IsoReader {
	if (!rule) return (text) => text;
	return (text) => (rule.pattern.test(text) ? rule.iso(text) : text);
}
