import type { INodeProperties } from 'n8n-workflow';

export const authentication: INodeProperties[] = [
	{
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
	},
	{
		displayName: 'Server URL',
		name: 'serverUrl',
		type: 'string',
		default: 'https://five.epicollect.net',
		required: true,
		description: 'Leave as it is unless your organisation runs an Epicollect5 server of its own',
		displayOptions: { show: { authentication: ['none'] } },
	},
];

const DEPENDS_ON_SERVER = ['authentication', 'serverUrl'];

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
						regex: '^https?://[^/]+/(?:.*/)?(?:project|dataviewer)/[^/?#]+.*$',
						errorMessage: 'This is not the address of a project page',
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
	displayName: 'Form',
	name: 'form',
	type: 'resourceLocator',
	default: { mode: 'list', value: '' },
	description: 'The form to read. Left empty, it is the first form of the project.',
	typeOptions: { loadOptionsDependsOn: ['project.value', ...DEPENDS_ON_SERVER] },
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			placeholder: 'The first form',
			typeOptions: { searchListMethod: 'searchForms', searchable: true, skipCredentialsCheckInRLC: true },
		},
		{
			displayName: 'By Ref',
			name: 'id',
			type: 'string',
			placeholder: 'e.g. a1b2c3d4e5f64718293a4b5c6d7e8f90_6630a1f2c0001',
			hint: 'The internal name of the form, which never changes',
		},
	],
};
