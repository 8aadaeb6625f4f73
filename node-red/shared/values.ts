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

/** @returns trimmed text; undefined for nothing. @throws InputError for an object or a list. */
export function textOf(value: unknown, field: string): string | undefined {
	if (value === undefined || value === null) return undefined;
	if (typeof value === 'object') throw wrong(field, 'a text');
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

function wrong(field: string, wanted: string): InputError {
	return new InputError(`"${field}" is not ${wanted}`, {
		code: 'value',
		field,
		hint: `Give ${wanted} in the dialog or in the message.`,
	});
}
