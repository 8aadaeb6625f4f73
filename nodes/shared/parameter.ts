import type { IExecuteFunctions } from 'n8n-workflow';
import { InputError } from '../../core/http/errors';
import type { HostContext } from './transport';

/** A setting of the node, in an execution or in the open dialog; a resource locator gives what is behind it. */
export function parameter(context: HostContext, name: string, itemIndex: number): unknown {
	const options = { extractValue: true };
	if ('getCurrentNodeParameter' in context) return context.getCurrentNodeParameter(name, options);
	return context.getNodeParameter(name, itemIndex, undefined, options);
}

/** The same as text; a setting that is not there is empty. */
export function textParameter(context: HostContext, name: string, itemIndex: number): string {
	const value = parameter(context, name, itemIndex);
	return typeof value === 'string' ? value : typeof value === 'number' ? `${value}` : '';
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
