import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { perItem } from '../shared/perItem';
import * as scheduledJobCreate from './actions/scheduledJob/create.operation';
import * as userGetMany from './actions/user/getMany.operation';
import { getUsers, searchWorkflows } from './methods/lists';

/** What is counted and said of it, and what does it. */
const OPERATIONS = new Map([
	['scheduledJob create', { noun: 'scheduled job', done: 'created', execute: scheduledJobCreate.execute }],
	['user getMany', { noun: 'user', done: 'read', execute: userGetMany.execute }],
]);

export class WorkfloPlus implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'WorkfloPlus',
		name: 'workfloPlus',
		icon: { light: 'file:../../icons/workfloplus.svg', dark: 'file:../../icons/workfloplus.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description: 'Plan jobs for people in the field with WorkfloPlus',
		defaults: { name: 'WorkfloPlus' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'workfloPlusOAuth2Api', required: true }],
		properties: [
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				options: [
					{ name: 'Scheduled Job', value: 'scheduledJob' },
					{ name: 'User', value: 'user' },
				],
				default: 'scheduledJob',
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				displayOptions: { show: { resource: ['scheduledJob'] } },
				options: [
					{
						name: 'Create',
						value: 'create',
						description: 'Plan a job for somebody',
						action: 'Create a scheduled job',
					},
				],
				default: 'create',
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				displayOptions: { show: { resource: ['user'] } },
				options: [
					{
						name: 'Get Many',
						value: 'getMany',
						description: 'Get the users of the team',
						action: 'Get many users',
					},
				],
				default: 'getMany',
			},
			...scheduledJobCreate.description,
			...userGetMany.description,
		],
	};

	methods = { listSearch: { searchWorkflows }, loadOptions: { getUsers } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await perItem(this, 'WorkfloPlus', OPERATIONS);
	}
}
