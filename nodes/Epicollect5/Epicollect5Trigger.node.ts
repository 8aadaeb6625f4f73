import { NodeConnectionTypes, type INodeType, type INodeTypeDescription } from 'n8n-workflow';
import { searchBranches, searchForms, searchMappings, searchProjects } from './methods/listSearch';
import { description } from './trigger/descriptions';
import { getShortestInterval } from './trigger/interval';
import { poll } from './trigger/poll';

export class Epicollect5Trigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Epicollect5 Trigger',
		name: 'epicollect5Trigger',
		icon: { light: 'file:../../icons/epicollect5.svg', dark: 'file:../../icons/epicollect5.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{ $parameter["events"].join(", ") }}',
		description: 'Starts the workflow when people upload or edit entries with Epicollect5',
		defaults: { name: 'Epicollect5 Trigger' },
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{
				name: 'epicollect5OAuth2Api',
				required: true,
				displayOptions: { show: { authentication: ['clientApp'] } },
			},
		],
		properties: description,
	};

	methods = {
		listSearch: { searchBranches, searchForms, searchMappings, searchProjects },
		loadOptions: { getShortestInterval },
	};

	poll = poll;
}
