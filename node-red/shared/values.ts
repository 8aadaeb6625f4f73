import { HOUR } from '../../core/clock';
import { InputError } from '../../core/http/errors';
import type { Message, Red, RedNode } from './red';

/** A setting of a dialog that may also be taken from the message, a context, the environment or an expression. */
export interface TypedValue {
	value: string;
	/** `msg`, `flow`, `global`, `env`, `jsonata`, `str`, `num`, …; our own: `list` (picked from the service's list), `none`. */
	type: string;
}

/** @throws InputError naming the field, where an expression cannot be evaluated. */
export async function evaluate(
	from: { red: Red; node: RedNode; message: Message },
	{ value, type }: TypedValue,
	field: string,
): Promise<unknown> {
	if (type === 'list') return value;
	if (type === 'none') return undefined;
	const { red, node, message } = from;
	try {
		return await new Promise<unknown>((resolve, reject) => {
			red.util.evaluateNodeProperty(value, type, node, message as never, (error, result) =>
				error ? reject(error) : resolve(result),
			);
		});
	} catch (cause) {
		throw new InputError(`"${field}" could not be evaluated`, {
			code: 'expression',
			field,
			hint: cause instanceof Error ? cause.message : String(cause),
		});
	}
}

/**
 * The settings of a node for one message. `<name>Type` says where the value of `<name>` comes from; where it is missing,
 * as in a flow made by hand, the value is taken as it stands. `field` is the label in the dialog.
 */
export class Settings {
	constructor(private readonly from: { red: Red; node: RedNode; def: object; message: Message }) {}

	/** Whatever it is; undefined for a setting that was never saved. @throws InputError */
	async value(name: string, field: string): Promise<unknown> {
		const value = this.saved(name);
		if (value === undefined || value === null) return undefined;
		const type = this.saved(`${name}Type`);
		return await evaluate(
			this.from,
			{ value: String(value), type: typeof type === 'string' && type !== '' ? type : 'list' },
			field,
		);
	}

	/** @throws InputError */
	async text(name: string, field: string): Promise<string | undefined> {
		return textOf(await this.value(name, field), field);
	}

	/**
	 * As {@link value}, for what narrows down what is read. Only where it was left empty in the dialog it is unset: what a
	 * message or the environment does not have would give more than was asked for, without a word.
	 * @throws InputError
	 */
	private async narrowing(name: string, field: string): Promise<unknown> {
		const value = await this.value(name, field);
		const isNothing = (value ?? '') === '' || (typeof value === 'string' && value.trim() === '');
		if (isNothing && ELSEWHERE.includes(String(this.saved(`${name}Type`)))) throw cameToNothing(field);
		return value;
	}

	/** As {@link text}, for what narrows down what is read. @throws InputError where it is not there */
	async narrowingText(name: string, field: string): Promise<string | undefined> {
		return textOf(await this.narrowing(name, field), field);
	}

	/** Of what is read. @throws InputError, also where it is not there */
	async count(name: string, field: string): Promise<number | undefined> {
		return countOf(await this.narrowing(name, field), field);
	}

	/** @throws InputError */
	async flag(name: string, field: string): Promise<boolean> {
		return flagOf(await this.value(name, field), field) ?? false;
	}

	/** @returns one of `known`, whatever its case; undefined for nothing. @throws InputError naming what there is */
	async choice<T extends string>(name: string, field: string, known: readonly T[]): Promise<T | undefined> {
		const text = (await this.text(name, field))?.toLowerCase();
		if (text === undefined) return undefined;
		const found = known.find((one) => one.toLowerCase() === text);
		if (found === undefined) throw wrong(field, `one of: ${known.join(', ')}`);
		return found;
	}

	/**
	 * A point in time for the core: a Date, or a text in ISO 8601 as it is. Of type `ago` it is so many days before `now`.
	 * @throws InputError
	 */
	async moment(name: string, field: string, now: number): Promise<string | Date | undefined> {
		if (this.saved(`${name}Type`) !== 'ago') return momentOf(await this.narrowing(name, field), field);
		const days = amountOf(this.saved(name), field);
		return days === undefined ? undefined : new Date(now - days * 24 * HOUR);
	}

	/** @throws InputError */
	async amount(name: string, field: string): Promise<number | undefined> {
		return amountOf(await this.value(name, field), field);
	}

	/** As it was saved, without looking into the message. */
	saved(name: string): unknown {
		return (this.from.def as Readonly<Record<string, unknown>>)[name];
	}
}

/** @returns trimmed text; undefined for nothing. @throws InputError for an object or a list. */
export function textOf(value: unknown, field: string): string | undefined {
	if (value === undefined || value === null) return undefined;
	if (typeof value === 'object' || typeof value === 'function') throw wrong(field, 'a text');
	const text = String(value).trim();
	return text === '' ? undefined : text;
}

/** @returns a whole number above 0; undefined for nothing. @throws InputError */
export function countOf(value: unknown, field: string): number | undefined {
	if (value === undefined || value === null || value === '') return undefined;
	const number = typeof value === 'number' || typeof value === 'string' ? Number(value) : NaN;
	if (!Number.isSafeInteger(number) || number < 1) throw wrong(field, 'a whole number above 0');
	return number;
}

/** @returns a number of at least 0; undefined for nothing. @throws InputError */
export function amountOf(value: unknown, field: string): number | undefined {
	if (value === undefined || value === null || value === '') return undefined;
	const number = typeof value === 'number' || typeof value === 'string' ? Number(value) : NaN;
	if (!Number.isFinite(number) || number < 0) throw wrong(field, 'a number of at least 0');
	return number;
}

/** @returns a Date for one and for milliseconds since 1970; a text is left to the core. @throws InputError */
export function momentOf(value: unknown, field: string): string | Date | undefined {
	const date = typeof value === 'number' ? new Date(value) : value;
	if (!(date instanceof Date)) return textOf(date, field);
	if (Number.isNaN(date.getTime())) throw wrong(field, 'a date');
	return date;
}

/** @returns a yes or no. @throws InputError */
export function flagOf(value: unknown, field: string): boolean | undefined {
	if (value === undefined || value === null || value === '') return undefined;
	if (value === true || value === 'true') return true;
	if (value === false || value === 'false') return false;
	throw wrong(field, 'true or false');
}

/** @returns a list of texts from a list or from a text with commas. @throws InputError */
export function textsOf(value: unknown, field: string): string[] {
	const items = Array.isArray(value) ? value : (textOf(value, field) ?? '').split(',');
	return items.map((item) => textOf(item, field)).filter((item) => item !== undefined);
}

/** @returns the label and the text of the first value that is an environment variable, such as `${NAME}` */
export function variableIn(
	values: Readonly<Record<string, string>>,
): [label: string, text: string] | undefined {
	return Object.entries(values).find(([, value]) => /^\$\{.+\}$/.test(value.trim()));
}

/**
 * Node-RED leaves a variable that is not set as it stands, and a project can have any name. As a wrong secret it would end
 * the token that runs.
 * @throws InputError
 */
export function refuseUnset(values: Readonly<Record<string, string>>): void {
	const [field, text] = variableIn(values) ?? [];
	if (field === undefined) return;
	throw new InputError(`The environment variable ${text} is not set`, {
		code: 'env',
		field,
		hint: 'Set it where Node-RED is started, or for the flow in the editor.',
	});
}

/** Where a value may be missing when the flow runs. */
const ELSEWHERE: readonly string[] = ['msg', 'flow', 'global', 'env', 'jsonata'];

function cameToNothing(field: string): InputError {
	return new InputError(`"${field}" came to nothing`, {
		code: 'nothing',
		field,
		hint: 'Without it more would be read than you asked for, so nothing was read. Give a value, or empty the field in the dialog.',
	});
}

function wrong(field: string, wanted: string): InputError {
	return new InputError(`"${field}" is not ${wanted}`, {
		code: 'value',
		field,
		hint: `Give ${wanted} in the dialog or in the message.`,
	});
}
