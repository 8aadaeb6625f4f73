import type { IExecuteFunctions } from 'n8n-workflow';
import { InputError } from '../../core/http/errors';
import type { HostContext } from './transport';

/**
 * A setting of the node, in an execution, a poll or the open dialog; a resource locator gives what is behind it.
 * @returns null for a setting that is not there, as n8n leaves out those that the dialog does not show
 */
export function parameter(context: HostContext, name: string, itemIndex: number): unknown {
	if ('getCurrentNodeParameter' in context) return located(context.getCurrentNodeParameter(name));
	if ('getInputData' in context) return located(context.getNodeParameter(name, itemIndex, null));
	return located(context.getNodeParameter(name, null));
}

/** What is behind a resource locator; any other value as it is. */
export function located(value: unknown): unknown {
	const isLocator = typeof value === 'object' && value !== null && '__rl' in value && 'value' in value;
	return isLocator ? value.value : value;
}

/** The same as text; a setting that is not there is empty. */
export function textParameter(context: HostContext, name: string, itemIndex: number): string {
	return asText(parameter(context, name, itemIndex));
}

/** A text or number as text, without blanks around it; empty for anything else. */
export function asText(value: unknown): string {
	return typeof value === 'string' ? value.trim() : typeof value === 'number' ? `${value}` : '';
}

/** The members of a collection that were added, by name. */
export function collection(context: HostContext, name: string, itemIndex: number): Record<string, unknown> {
	const added = parameter(context, name, itemIndex);
	return typeof added === 'object' && added !== null ? { ...added } : {};
}

/** @returns the wanted number of results, or undefined for all of them. @throws InputError */
export function limitParameter(context: IExecuteFunctions, itemIndex: number): number | undefined {
	if (context.getNodeParameter('returnAll', itemIndex)) return undefined;
	const limit = Number(context.getNodeParameter('limit', itemIndex));
	if (Number.isInteger(limit) && limit > 0) return limit;
	throw new InputError('"Limit" is not a whole number above 0', {
		code: 'limit',
		field: 'Limit',
		hint: 'Enter how many results you want, or switch on Return All.',
	});
}
