import type { INodeProperties } from 'n8n-workflow';

export const accessBy: INodeProperties = {
	displayName: 'Authentication',
	name: 'authentication',
	type: 'options',
	options: [
		{
			name: 'Client App',
			value: 'clientApp',
			description: 'For private projects: with the client ID and secret of an app of the project',
		},
		{
			name: 'None (Public Project)',
			value: 'none',
			description: 'Public projects can be read by everybody',
		},
	],
	default: 'none',
};

export const serverUrl: INodeProperties = {
	displayName: 'Server URL',
	name: 'serverUrl',
	type: 'string',
	default: 'https://five.epicollect.net',
	required: true,
	description: 'Leave as it is unless your organisation runs an Epicollect5 server of its own',
	displayOptions: { show: { authentication: ['none'] } },
};

/** Which server, and how one gets in. */
export const authentication: INodeProperties[] = [accessBy, serverUrl];

const DEPENDS_ON_SERVER = ['authentication', 'serverUrl'];
/** What makes a list of the project's parts outdated. */
export const DEPENDS_ON_PROJECT = ['project.value', ...DEPENDS_ON_SERVER];

/** As `projectSlug` of the core reads them: with whatever is below the page, and below the path of a server. */
const PAGE_OF_PROJECT =
	'^https?://[^/?#]+/(?:[^?#]*/)?(?:project|myprojects|api/export/(?:entries|media))/[^/?#]+.*$';

/** The project of every operation. */
export const project: INodeProperties = {
	displayName: 'Project',
	name: 'project',
	type: 'resourceLocator',
	default: { mode: 'list', value: '' },
	required: true,
	description: 'The project to read',
	typeOptions: { loadOptionsDependsOn: DEPENDS_ON_SERVER },
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			placeholder: 'Type the beginning of its name...',
			typeOptions: {
				searchListMethod: 'searchProjects',
				searchable: true,
				searchFilterRequired: true,
				// n8n would ask for a credential, which public projects do not need.
				skipCredentialsCheckInRLC: true,
			},
		},
		{
			displayName: 'By URL',
			name: 'url',
			type: 'string',
			placeholder: 'e.g. https://five.epicollect.net/project/my-project',
			hint: 'The address of the project page, as the browser shows it',
			validation: [
				{
					type: 'regex',
					properties: {
						regex: PAGE_OF_PROJECT,
						errorMessage:
							'This is not the address of a project page, such as https://five.epicollect.net/project/my-project',
					},
				},
			],
		},
		{
			displayName: 'By Slug',
			name: 'slug',
			type: 'string',
			placeholder: 'e.g. my-project',
			hint: 'The last part of the address of the project page',
		},
	],
};

/** The form of an operation; without a choice the first one. */
export const form: INodeProperties = {
	...part('searchForms', 'The first form'),
	displayName: 'Form',
	name: 'form',
	description: 'Left empty, it is the first form of the project',
	typeOptions: { loadOptionsDependsOn: DEPENDS_ON_PROJECT },
};

/** The branch of an operation on branch entries. */
export const branch: INodeProperties = {
	...part('searchBranches', 'Choose a branch...'),
	displayName: 'Branch',
	name: 'branch',
	required: true,
	description: 'A question of the form that is answered several times for one entry',
	typeOptions: { loadOptionsDependsOn: ['form.value', ...DEPENDS_ON_PROJECT] },
};

/** How a part of a project is chosen. */
function part(searchListMethod: string, placeholder: string): INodeProperties {
	return {
		displayName: 'Part',
		name: 'part',
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder,
				typeOptions: { searchListMethod, searchable: true, skipCredentialsCheckInRLC: true },
			},
			{
				displayName: 'By Name or Ref',
				name: 'id',
				type: 'string',
				placeholder: 'e.g. Site',
				hint: 'The name as the website shows it, or the internal ref, which never changes',
			},
		],
	};
}

/** Where a file goes that an operation gives. */
export const outputField: INodeProperties = {
	displayName: 'Put Output File in Field',
	name: 'binaryPropertyName',
	type: 'string',
	default: 'data',
	required: true,
	hint: 'The name of the output binary field to put the file in',
};
