import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

/** What can be done with what: the two choices at the top of the node. */

function operationsOf(resource: string, options: INodePropertyOptions[], first: string): INodeProperties {
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: [resource] } },
		options,
		default: first,
	};
}

export const operations: INodeProperties[] = [
	{
		displayName: 'Resource',
		name: 'resource',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Branch Entry', value: 'branchEntry' },
			{ name: 'Entry', value: 'entry' },
			{ name: 'Media', value: 'media' },
			{ name: 'Project', value: 'project' },
		],
		default: 'entry',
	},
	operationsOf(
		'entry',
		[
			{
				name: 'Find Deleted',
				value: 'findDeleted',
				description: 'Find which of the entries that you have are gone from Epicollect5',
				action: 'Find deleted entries',
			},
			{ name: 'Get', value: 'get', description: 'Get one entry by its ID', action: 'Get an entry' },
			{
				name: 'Get Many',
				value: 'getMany',
				description: 'Get all entries of a form, or the newest ones',
				action: 'Get many entries',
			},
		],
		'getMany',
	),
	operationsOf(
		'branchEntry',
		[
			{
				name: 'Get',
				value: 'get',
				description: 'Get one branch entry by its ID',
				action: 'Get a branch entry',
			},
			{
				name: 'Get Many',
				value: 'getMany',
				description: 'Get all entries of a branch, or those of one entry',
				action: 'Get many branch entries',
			},
		],
		'getMany',
	),
	operationsOf(
		'media',
		[
			{
				name: 'Download',
				value: 'download',
				description: 'Download the photos, audios and videos of entries',
				action: 'Download media',
			},
		],
		'download',
	),
	operationsOf(
		'project',
		[
			{
				name: 'Get',
				value: 'get',
				description: 'Get a project with its forms and the number of their entries',
				action: 'Get a project',
			},
			{
				name: 'Get Logo',
				value: 'getLogo',
				description: 'Get the logo of a project as a file',
				action: 'Get the logo of a project',
			},
			{
				name: 'Get Statistics',
				value: 'getStatistics',
				description: 'Get how many entries there are and when the first and the last were made',
				action: 'Get the statistics of a project',
			},
			{
				name: 'Search',
				value: 'search',
				description: 'Find projects by the beginning of their name',
				action: 'Search projects',
			},
		],
		'get',
	),
];
