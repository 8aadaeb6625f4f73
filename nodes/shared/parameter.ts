import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { InputError } from '../../core/http/errors';
import { asNumber, checked, isNothing, located } from './checked';
import { returnAll } from './returnAll';
import type { HostContext } from './transport';

/**
 * A setting of the node, in an execution, a poll or the open dialog; a resource locator gives what is behind it.
 * @returns null where an expression gives nothing; empty for a setting that is not there, as n8n leaves out those that
 * the dialog does not show, and for one in which only blanks were typed
 */
export function parameter(context: HostContext, name: string, itemIndex: number): unknown {
	if ('getCurrentNodeParameter' in context) {
		const shown = context.getCurrentNodeParameter(name) ?? '';
		return unlessEmptied(shown, shown);
	}
	const given =
		'getInputData' in context
			? context.getNodeParameter(name, itemIndex, '')
			: context.getNodeParameter(name, '');
	return unlessEmptied(given, context.getNode().parameters[name]);
}

/**
 * @param entered what stands in the field, before any expression is looked at: an expression begins with "="
 * @returns empty where that is nothing itself: n8n's date field leaves null behind when it is cleared, people leave blanks
 */
function unlessEmptied(given: unknown, entered: unknown): unknown {
	const value = located(given) ?? null;
	return isNothing(value) && isNothing(located(entered)) ? '' : value;
}

/** The same as its description wants it. @returns undefined where it is unset. @throws InputError */
export function setting(context: HostContext, property: INodeProperties, itemIndex: number): unknown {
	return checked(parameter(context, property.name, itemIndex), property);
}

/** The same for one whose choices or words are texts; empty where it is unset. @throws InputError */
export function textSetting(context: HostContext, property: INodeProperties, itemIndex: number): string {
	return (setting(context, property, itemIndex) ?? '') as string;
}

/** The same for one that is on or off. @throws InputError */
export function flagSetting(context: HostContext, property: INodeProperties, itemIndex: number): boolean {
	return (setting(context, property, itemIndex) ?? property.default) as boolean;
}

/** A text by its name alone; a setting that is not there is empty. @throws InputError where it is no text */
export function textParameter(context: HostContext, name: string, itemIndex: number): string {
	const given = parameter(context, name, itemIndex);
	if (typeof given === 'string') return given.trim();
	return textSetting(context, { displayName: titleOf(name), name, type: 'string', default: '' }, itemIndex);
}

/**
 * The members of a collection that were added, by name, as they come: null where an expression gives nothing.
 * @throws InputError where an expression gives no collection
 */
export function collection(context: HostContext, name: string, itemIndex: number): Record<string, unknown> {
	const added = parameter(context, name, itemIndex);
	if (added === '') return {};
	if (typeof added === 'object' && added !== null && !Array.isArray(added)) {
		const entered = context.getNode().parameters[name] as Record<string, unknown> | undefined;
		const members = Object.entries(added as object).map(([member, value]: [string, unknown]) => {
			return [member, unlessEmptied(value, entered?.[member])] as const;
		});
		return Object.fromEntries(members);
	}
	const title = titleOf(name);
	throw new InputError(`"${title}" is not a collection of fields`, {
		...{ code: 'setting', field: title },
		hint: 'Its expression gives something else. Correct it, or set the fields one by one.',
	});
}

/**
 * Members of a collection as their descriptions want them.
 * @returns without those that were not added or left empty
 * @throws InputError
 */
export function checkedCollection<T extends object>(
	context: HostContext,
	name: string,
	itemIndex: number,
	members: readonly INodeProperties[],
): Partial<T> {
	const added = collection(context, name, itemIndex);
	const values = members.map((member) => [member.name, checked(added[member.name], member)] as const);
	return Object.fromEntries(values.filter(([, value]) => value !== undefined)) as Partial<T>;
}

/** @returns the wanted number of results, or undefined for all of them. @throws InputError */
export function limitParameter(context: IExecuteFunctions, itemIndex: number): number | undefined {
	if (flagSetting(context, returnAll, itemIndex)) return undefined;
	const limit = asNumber(parameter(context, 'limit', itemIndex));
	if (Number.isInteger(limit) && limit > 0) return limit;
	throw new InputError('"Limit" is not a whole number above 0', {
		code: 'limit',
		field: 'Limit',
		hint: 'Enter how many results you want, or switch on Return All.',
	});
}

/** `startFrom` is called `Start From` in the dialog. */
function titleOf(name: string): string {
	const words = name.replace(/([A-Z])/g, ' $1');
	return words.charAt(0).toUpperCase() + words.slice(1);
}
