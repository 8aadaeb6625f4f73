import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { perItem, type Operation } from '../shared/perItem';
import * as branchEntryGet from './actions/branchEntry/get.operation';
import * as branchEntryGetMany from './actions/branchEntry/getMany.operation';
import { authentication } from './actions/common.descriptions';
import * as entryFindDeleted from './actions/entry/findDeleted.operation';
import * as entryGet from './actions/entry/get.operation';
import * as entryGetMany from './actions/entry/getMany.operation';
import * as mediaDownload from './actions/media/download.operation';
import { operations } from './actions/operations.descriptions';
import * as projectGet from './actions/project/get.operation';
import * as projectGetLogo from './actions/project/getLogo.operation';
import * as projectGetStatistics from './actions/project/getStatistics.operation';
import * as projectSearch from './actions/project/search.operation';
import { budgetOf } from './limit';
import * as listSearch from './methods/listSearch';

const ENTRIES = { noun: 'entry', done: 'read', budget: budgetOf };
const BRANCH_ENTRIES = { ...ENTRIES, noun: 'branch entry' };
const PROJECTS = { noun: 'project', done: 'read' };

/** What is counted and said of it, and what does it. */
const OPERATIONS = new Map<string, Operation>([
	[
		'entry findDeleted',
		{ ...ENTRIES, done: 'found to be deleted', together: true, execute: entryFindDeleted.execute },
	],
	['entry get', { ...ENTRIES, execute: entryGet.execute }],
	['entry getMany', { ...ENTRIES, execute: entryGetMany.execute }],
	['branchEntry get', { ...BRANCH_ENTRIES, execute: branchEntryGet.execute }],
	['branchEntry getMany', { ...BRANCH_ENTRIES, execute: branchEntryGetMany.execute }],
	['media download', { noun: 'item', done: 'worked on', budget: budgetOf, execute: mediaDownload.execute }],
	['project get', { ...PROJECTS, execute: projectGet.execute }],
	['project getLogo', { noun: 'logo', done: 'read', execute: projectGetLogo.execute }],
	['project getStatistics', { ...PROJECTS, execute: projectGetStatistics.execute }],
	['project search', { ...PROJECTS, done: 'found', execute: projectSearch.execute }],
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
			...operations,
			...branchEntryGet.description,
			...branchEntryGetMany.description,
			...entryFindDeleted.description,
			...entryGet.description,
			...entryGetMany.description,
			...mediaDownload.description,
			...projectGet.description,
			...projectGetLogo.description,
			...projectGetStatistics.description,
			...projectSearch.description,
		],
	};

	methods = { listSearch };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await perItem(this, 'Epicollect5', OPERATIONS);
	}
}
