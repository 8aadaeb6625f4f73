/** A flag that cannot be used: told to the user, exit code 2. */
export class UsageError extends Error {}

/** Reads `--name value` and `--name=value`; unknown flags and missing values are refused by name. */
export function readFlags<Name extends string>(
	argv: string[],
	names: readonly Name[],
): Partial<Record<Name, string>> {
	const flags: Partial<Record<Name, string>> = {};
	for (let at = 0; at < argv.length; at += 1) {
		const word = argv[at] as string;
		const [name = '', inline] = word.startsWith('--') ? splitOnce(word.slice(2)) : ['', undefined];
		if (!(names as readonly string[]).includes(name)) {
			throw new UsageError(`${word}: no such flag; there are ${names.map((item) => `--${item}`).join(', ')}`);
		}
		const value = inline ?? argv[(at += 1)];
		if (value === undefined || (inline === undefined && value.startsWith('--'))) {
			throw new UsageError(`--${name}: a value is missing`);
		}
		flags[name as Name] = value;
	}
	return flags;
}

function splitOnce(text: string): [string, string | undefined] {
	const mark = text.indexOf('=');
	return mark < 0 ? [text, undefined] : [text.slice(0, mark), text.slice(mark + 1)];
}

/** A whole number within bounds, or a refusal that names the flag. */
export function wholeNumber(flag: string, text: string, min: number, max: number): number {
	const value = Number(text);
	if (!/^\d+$/.test(text) || value < min || value > max) {
		throw new UsageError(`--${flag}: a whole number from ${min} to ${max} is needed, not "${text}"`);
	}
	return value;
}
