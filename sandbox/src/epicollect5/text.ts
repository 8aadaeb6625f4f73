/** How PHP and MySQL spell things. */

const SPECIAL_LETTERS: Record<string, string> = {
	ß: 'ss',
	æ: 'ae',
	Æ: 'AE',
	œ: 'oe',
	Œ: 'OE',
	ø: 'o',
	Ø: 'O',
	đ: 'd',
	Đ: 'D',
	ł: 'l',
	Ł: 'L',
	þ: 'th',
	Þ: 'TH',
	ð: 'd',
	Ð: 'D',
	ı: 'i',
};

/** Slug of a text, as the server makes it from the path segment (contract 1). */
export function slugify(text: string): string {
	return [...text]
		.map((letter) => SPECIAL_LETTERS[letter] ?? letter)
		.join('')
		.normalize('NFD')
		.replace(/[^\x20-\x7e\s]/g, '')
		.replace(/_+/g, '-')
		.replace(/@/g, '-at-')
		.toLowerCase()
		.replace(/[^-a-z0-9\s]/g, '')
		.replace(/[-\s]+/g, '-')
		.replace(/^-+|-+$/g, '');
}

const PLAIN = /^[\x20-\x21\x23-\x5b\x5d-\x7f]*$/;
const NEEDS_ESCAPE = /[^\x20-\x21\x23-\x5b\x5d-\x7f]/g;
const SHORT_ESCAPES: Record<string, string> = {
	'"': '\\"',
	'\\': '\\\\',
	'\b': '\\b',
	'\f': '\\f',
	'\n': '\\n',
	'\r': '\\r',
	'\t': '\\t',
};

/** A JSON string as json_encode writes it: non-ASCII as \uXXXX, slashes bare (contract 5). */
export function jsonString(text: string): string {
	if (PLAIN.test(text)) return `"${text}"`;
	return `"${text.replace(
		NEEDS_ESCAPE,
		(unit) => SHORT_ESCAPES[unit] ?? `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
	)}"`;
}

/** A JSON value as json_encode writes it. Bigints are written as plain integers. */
export function phpJson(value: unknown): string {
	if (value === null || value === undefined) return 'null';
	if (typeof value === 'string') return jsonString(value);
	if (typeof value === 'number') return phpFloat(value, 17, 'e');
	if (typeof value === 'bigint') return value.toString();
	if (typeof value === 'boolean') return value ? 'true' : 'false';
	if (Array.isArray(value)) return `[${value.map(phpJson).join(',')}]`;
	const parts: string[] = [];
	for (const [key, item] of Object.entries(value as Record<string, unknown>)) {
		if (item !== undefined) parts.push(`${jsonString(key)}:${phpJson(item)}`);
	}
	return `{${parts.join(',')}}`;
}

/**
 * A double as PHP prints it: JSON keeps all digits (17, lower-case e), CSV 14 digits with a capital E
 * (contract 9). Exponents appear below 1e-4 and where the number has more digits than are printed.
 */
export function phpFloat(value: number, digits: 14 | 17, exponent: 'e' | 'E'): string {
	if (Number.isInteger(value) && Math.abs(value) < 1e14) return value === 0 ? '0' : String(value);
	const size = Math.abs(value);
	// In this range JavaScript prints the same digits and no exponent.
	if (digits === 17 && size >= 1e-4 && size < 1e17) return String(value);
	if (!Number.isFinite(value)) return value > 0 ? 'INF' : value < 0 ? '-INF' : 'NAN';
	const scientific = digits === 17 ? value.toExponential() : rounded(value, digits);
	const match = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(scientific) as RegExpExecArray;
	const sign = match[1] ?? '';
	const mantissa = `${match[2]}${match[3] ?? ''}`.replace(/0+$/, '') || '0';
	const power = Number(match[4]);
	if (power < -4 || power >= digits) {
		const rest = mantissa.slice(1) || '0';
		return `${sign}${mantissa.charAt(0)}.${rest}${exponent}${power < 0 ? '-' : '+'}${Math.abs(power)}`;
	}
	if (power < 0) return `${sign}0.${'0'.repeat(-power - 1)}${mantissa}`;
	const padded = mantissa.padEnd(power + 1, '0');
	const fraction = padded.slice(power + 1);
	return `${sign}${padded.slice(0, power + 1)}${fraction === '' ? '' : `.${fraction}`}`;
}

/** So many digits; exactly between two, the even one is taken (JavaScript would take the larger). */
function rounded(value: number, digits: number): string {
	const finer = value.toExponential(digits);
	const match = /^(-?\d\.\d*)(\d)5(e.*)$/.exec(finer);
	if (match === null || Number(finer) !== value || Number(match[2]) % 2 !== 0)
		return value.toExponential(digits - 1);
	return `${match[1]}${match[2]}${match[3]}`;
}

/** rawurlencode: everything but letters, digits and `-_.~`. */
export function rawUrlEncode(text: string): string {
	return encodeURIComponent(text).replace(
		/[!'()*]/g,
		(letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
	);
}

/** urlencode: as a form does it, blanks become `+`. */
export function formEncode(text: string): string {
	return rawUrlEncode(text).replace(/%20/g, '+').replace(/~/g, '%7E');
}

/** Path text without percent signs; unreadable escapes stay as typed. */
export function decodePath(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}

/** `2024-05-01 09:00:00`, UTC. */
export function sqlTime(ms: number): string {
	return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}

/** `2024-05-01T09:00:00.000Z`, cut to whole seconds. */
export function isoSeconds(ms: number): string {
	return `${new Date(ms).toISOString().slice(0, 19)}.000Z`;
}

/** Ms of `2024-05-01 09:00:00` (UTC). */
export function fromSqlTime(text: string): number {
	return Date.parse(`${text.replace(' ', 'T')}Z`);
}
