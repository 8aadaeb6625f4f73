import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { perItem } from '../shared/perItem';
import { authentication } from './actions/common.descriptions';
import * as entryGetMany from './actions/entry/getMany.operation';
import * as projectGet from './actions/project/get.operation';
import { searchBranches, searchForms, searchMappings, searchProjects } from './methods/listSearch';

/** What is counted and said of it, and what does it. */
const OPERATIONS = new Map([
	['entry getMany', { noun: 'entry', done: 'read', first: 'newest', execute: entryGetMany.execute }],
	['project get', { noun: 'project', done: 'read', execute: projectGet.execute }],
]);

export class Epicollect5 implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Epicollect5',
		name: 'epicollect5',
		icon: { light: 'file:../../icons/epicollect5.svg', dark: 'file:../../icons/epicollect5.dark.svg' },
		group: ['input'],
		version: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description: 'Read the entries that people collect with Epicollect5',
		defaults: { name: 'Epicollect5' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{
				name: 'epicollect5OAuth2Api',
				required: true,
				displayOptions: { show: { authentication: ['clientApp'] } },
			},
		],
		properties: [
			...authentication,
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				options: [
					{ name: 'Entry', value: 'entry' },
					{ name: 'Project', value: 'project' },
				],
				default: 'entry',
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				displayOptions: { show: { resource: ['entry'] } },
				options: [
					{
						name: 'Get Many',
						value: 'getMany',
						description: 'Get all entries of a form, or the newest ones',
						action: 'Get many entries',
					},
				],
				default: 'getMany',
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				displayOptions: { show: { resource: ['project'] } },
				options: [
					{
						name: 'Get',
						value: 'get',
						description: 'Get a project with its forms and the number of their entries',
						action: 'Get a project',
					},
				],
				default: 'get',
			},
			...entryGetMany.description,
			...projectGet.description,
		],
	};

	methods = { listSearch: { searchBranches, searchForms, searchMappings, searchProjects } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await perItem(this, 'Epicollect5', OPERATIONS);
	}
}
