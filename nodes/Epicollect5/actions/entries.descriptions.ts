import type { INodeProperties } from 'n8n-workflow';

/** What operations on entries and branch entries have in common. */

export function entryId(property: string): INodeProperties {
	return {
		displayName: 'Entry ID',
		name: 'entryId',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. 5b1d0f7e-0922-4d6c-9c1c-0a6f0f4f7c11',
		description: `The ${property} of the entry`,
	};
}

export const simplify: INodeProperties = {
	displayName: 'Simplify',
	name: 'simplify',
	type: 'boolean',
	default: true,
	description: 'Whether to return a simplified version of the response instead of the raw data',
	hint: 'Simplified: numbers are numbers, all dates look the same, a missing answer is null',
};

/** What comes with the entries of a form. */
export const joined: INodeProperties = {
	displayName: 'Include Child Forms and Branches',
	name: 'joined',
	type: 'options',
	options: [
		{
			name: 'Flat',
			value: 'flat',
			description: 'A row for each entry that has none below it, with those above it repeated: for a table',
		},
		{ name: 'Nested', value: 'nested', description: 'Each entry with what belongs to it inside' },
		{ name: 'None', value: '', description: 'Only the entries of the form itself' },
	],
	default: '',
	description: 'Whether the entries of the forms below and of branches come with those they belong to',
	hint: 'Limit and Filters choose among the entries of the form itself',
};

/** How entries are sorted: column and order, as the core calls them. */
export const sort: INodeProperties = {
	displayName: 'Sort',
	name: 'sort',
	type: 'options',
	options: [
		{
			name: 'Automatic',
			value: '',
			description:
				'The newest first with a Limit; all entries in the order of their upload, the safest to read in',
		},
		{ name: 'Newest Created First', value: 'created_at DESC' },
		{ name: 'Newest Uploaded First', value: 'uploaded_at DESC' },
		{ name: 'Oldest Created First', value: 'created_at ASC' },
		{ name: 'Oldest Uploaded First', value: 'uploaded_at ASC' },
		{ name: 'Title, Longest First', value: 'title DESC' },
		{
			name: 'Title, Shortest First',
			value: 'title ASC',
			description: 'Epicollect5 sorts titles by their length, those of one length by the alphabet',
		},
	],
	default: '',
};

/** When an entry was made, and when it arrived; what the service cannot filter by, the node does. */
const DATES: INodeProperties[] = [
	{
		displayName: 'Created After',
		name: 'createdAfter',
		type: 'dateTime',
		default: '',
		description: 'Made at this time or later, by the clock of the phone',
	},
	{
		displayName: 'Created Before',
		name: 'createdBefore',
		type: 'dateTime',
		default: '',
		description:
			'Made at this time or earlier, by the clock of the phone. With Created After too, the node leaves out what is later by itself: Epicollect5 would give whole days.',
	},
	{
		displayName: 'Uploaded After',
		name: 'uploadedAfter',
		type: 'dateTime',
		default: '',
		description: 'Arrived or edited at this time or later, by the clock of the server',
	},
	{
		displayName: 'Uploaded Before',
		name: 'uploadedBefore',
		type: 'dateTime',
		default: '',
		description:
			'Arrived or last edited at this time or earlier, by the clock of the server. With another date too, the node leaves out by itself what Epicollect5 cannot.',
	},
];

const TITLE: INodeProperties = {
	displayName: 'Title Contains',
	name: 'title',
	type: 'string',
	default: '',
	description: 'Large and small letters and accents are the same; % and _ stand for any letters',
};

const ENTRY_ID: INodeProperties = {
	displayName: 'Entry ID',
	name: 'uuid',
	type: 'string',
	default: '',
	description: 'Only this entry',
};

const PARENT: INodeProperties = {
	displayName: 'Parent Entry ID',
	name: 'parentUuid',
	type: 'string',
	default: '',
	description: 'Only what was added to this entry of the form above. Choose a form below the first one.',
};

const OWNER: INodeProperties = {
	displayName: 'Owner Entry ID',
	name: 'ownerUuid',
	type: 'string',
	default: '',
	description: 'Only what was added to this entry of the form',
};

/** All filters that there are. */
export const FILTERS: readonly INodeProperties[] = [...DATES, TITLE, ENTRY_ID, PARENT, OWNER];

/** Narrows down what Get Many reads. Read them with `filtersOf`. */
export function filters(of: 'entry' | 'branchEntry'): INodeProperties {
	const own = of === 'entry' ? [ENTRY_ID, PARENT] : [OWNER];
	return {
		displayName: 'Filters',
		name: 'filters',
		type: 'collection',
		placeholder: 'Add filter',
		default: {},
		options: [...DATES.slice(0, 2), ...own, TITLE, ...DATES.slice(2)],
	};
}
