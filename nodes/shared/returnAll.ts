import type { INodeProperties } from 'n8n-workflow';

export const returnAll: INodeProperties = {
	displayName: 'Return All',
	name: 'returnAll',
	type: 'boolean',
	default: false,
	description: 'Whether to return all results or only up to a given limit',
};

/** The two parameters of every "Get Many" (n8n's UX guidelines). */
export function returnAllOrLimit(resource: string, hint?: string): INodeProperties[] {
	const show = { resource: [resource], operation: ['getMany'] };
	return [
		{ ...returnAll, displayOptions: { show } },
		{
			displayName: 'Limit',
			name: 'limit',
			type: 'number',
			default: 50,
			typeOptions: { minValue: 1 },
			description: 'Max number of results to return',
			...(hint === undefined ? {} : { hint }),
			displayOptions: { show: { ...show, returnAll: [false] } },
		},
	];
}
