import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { InputError } from '../../core/http/errors';

/** What is behind a resource locator, null where an expression in it gives nothing; any other value as it is. */
export function located(value: unknown): unknown {
	const isLocator = typeof value === 'object' && value !== null && '__rl' in value;
	if (!isLocator) return value;
	return 'value' in value ? (value.value ?? null) : '';
}

/** Null, or a text without anything but blanks. */
export function isNothing(value: unknown): boolean {
	return value === null || (typeof value === 'string' && value.trim() === '');
}

/**
 * A setting as its own description wants it. Only a field that was left empty is unset: an expression that gives nothing,
 * or something of another kind, would otherwise give more than was asked for, without a word.
 * @param value undefined where the setting is not there
 * @returns undefined where it is unset; a text without blanks around it, a number within its range, true or false, one of
 * the choices, or a list of them; a date as it came, for the core to judge
 * @throws InputError that names the field
 */
export function checked(value: unknown, property: INodeProperties): unknown {
	const given = located(value);
	if (given === undefined || given === '') return undefined;
	if (isNothing(given)) {
		throw settingError(property, 'has no value', 'Its expression gives nothing, or only blanks.');
	}
	return (KINDS[property.type] ?? text)(given, property);
}

type Kind = (given: unknown, property: INodeProperties) => unknown;

const KINDS: Partial<Record<INodeProperties['type'], Kind>> = {
	boolean: flag,
	dateTime: (given) => given,
	multiOptions: choices,
	number: numberInRange,
	options: choice,
};

/** A text or a number, as which an ID may come. */
function text(given: unknown, property: INodeProperties): string {
	if (typeof given === 'string') return given.trim();
	if (typeof given === 'number' && Number.isFinite(given)) return `${given}`;
	throw settingError(property, 'is not a text', `Its expression gives ${kindOf(given)}.`);
}

function flag(given: unknown, property: INodeProperties): boolean {
	const word = typeof given === 'string' ? given.trim().toLowerCase() : given;
	if (word === true || word === 'true') return true;
	if (word === false || word === 'false') return false;
	throw settingError(property, 'is neither true nor false', `Its expression gives ${kindOf(given)}.`);
}

function numberInRange(given: unknown, property: INodeProperties): number {
	const { minValue = -Infinity, maxValue = Infinity } = property.typeOptions ?? {};
	const number = asNumber(given);
	if (number >= minValue && number <= maxValue) return number;
	const range = Number.isFinite(maxValue) ? `from ${minValue} to ${maxValue}` : `of at least ${minValue}`;
	throw settingError(property, `is not a number ${range}`, 'Enter another number.');
}

/** @returns NaN for everything but a number and a text of digits: JavaScript takes nothing for 0 and true for 1 */
export function asNumber(given: unknown): number {
	const isNumber = typeof given === 'string' && /^\s*-?\d+(\.\d+)?\s*$/.test(given);
	return typeof given === 'number' || isNumber ? Number(given) : NaN;
}

function choice(given: unknown, property: INodeProperties): string {
	const values = valuesOf(property);
	const found = values.find((value) => value === (typeof given === 'string' ? given.trim() : given));
	if (found !== undefined) return found;
	throw settingError(property, 'is none of its choices', `An expression has to give ${listed(values)}.`);
}

function choices(given: unknown, property: INodeProperties): string[] | undefined {
	const values = valuesOf(property);
	if (Array.isArray(given) && given.every((one) => values.includes(one as string))) {
		return given.length === 0 ? undefined : (given as string[]);
	}
	const hint = `An expression has to give a list with some of ${listed(values)}.`;
	throw settingError(property, 'is no list of its choices', hint);
}

function valuesOf({ options = [] }: INodeProperties): string[] {
	return (options as INodePropertyOptions[]).map(({ value }) => String(value));
}

function listed(values: readonly string[]): string {
	return values.map((value) => (value === '' ? 'an empty text' : `"${value}"`)).join(', ');
}

function kindOf(given: unknown): string {
	if (Array.isArray(given)) return 'a list';
	if (typeof given === 'object') return 'an object';
	return typeof given === 'boolean' ? String(given) : `something else (${typeof given})`;
}

/** @param what is wrong with it. @param why whence that comes */
function settingError({ displayName, required }: INodeProperties, what: string, why: string): InputError {
	const next = required ? 'Correct it.' : 'Correct it, or empty the field if you do not want it.';
	return new InputError(`"${displayName}" ${what}`, {
		...{ code: 'setting', field: displayName },
		hint: `${why} ${next}`,
	});
}
