import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';
import { DEPENDS_ON_PROJECT } from './actions/common.descriptions';

/** What cannot be said of raw entries: they are as the service sends them. */
const TIDY: IDisplayOptions = { hide: { '/simplify': [false] } };

/** Members of `Options`: what entries look like. Read them with {@link shapeOf}. */
export const shapeOptions: INodeProperties[] = [
	{
		displayName: 'Column Names',
		name: 'columnNames',
		type: 'options',
		options: [
			{
				name: 'Mapping',
				value: 'mapping',
				description: 'Short names, which may change when somebody edits the form',
			},
			{
				name: 'Question Refs',
				value: 'ref',
				description: 'Long internal names that never change: best for a database',
			},
			{
				name: 'Question Text',
				value: 'question',
				description: 'The questions as people read them: best for a spreadsheet',
			},
		],
		default: 'mapping',
		description: 'What the answers are called',
		displayOptions: TIDY,
	},
	{
		displayName: "Include Uploader's Email",
		name: 'uploader',
		type: 'boolean',
		default: false,
		description:
			'Whether to add who uploaded the entry. This is personal data, and only private projects have it.',
		displayOptions: TIDY,
	},
	{
		displayName: 'Include UTM Coordinates',
		name: 'utm',
		type: 'boolean',
		default: false,
		description: 'Whether to add zone, northing and easting to locations',
		displayOptions: TIDY,
	},
	{
		displayName: 'Mapping',
		name: 'mapping',
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		description:
			"Which of the project's sets of names to use. Left empty, it is the project's default, which its owner can change at any time.",
		typeOptions: { loadOptionsDependsOn: DEPENDS_ON_PROJECT },
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: "The project's default",
				typeOptions: {
					searchListMethod: 'searchMappings',
					searchable: true,
					skipCredentialsCheckInRLC: true,
				},
			},
			{ displayName: 'By Name', name: 'name', type: 'string', placeholder: 'e.g. EC5_AUTO' },
		],
	},
	{
		displayName: 'One Field per Choice',
		name: 'choiceFields',
		type: 'boolean',
		default: false,
		description: 'Whether to add a field for each possible answer that tells whether it was chosen',
		displayOptions: TIDY,
	},
	{
		displayName: 'Time Zone',
		name: 'timeZone',
		type: 'string',
		default: '',
		placeholder: 'e.g. Europe/Berlin',
		description:
			'In which to give created_at and uploaded_at; UTC if empty. Answers to questions about a date or time have no zone and stay as they are.',
		displayOptions: TIDY,
	},
];

/** The collection `Options` with these members, in the order of the alphabet. */
export function optionsWith(
	members: readonly INodeProperties[],
	displayOptions?: IDisplayOptions,
): INodeProperties {
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [...members].sort((a, b) => (a.displayName < b.displayName ? -1 : 1)),
		...(displayOptions && { displayOptions }),
	};
}
