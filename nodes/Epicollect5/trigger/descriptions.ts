import type { INodeProperties, INodePropertyTypeOptions } from 'n8n-workflow';
import { mediaOptions } from '../actions/media/attach.descriptions';
import { authentication, branch, DEPENDS_ON_PROJECT, form, project } from '../actions/common.descriptions';
import { simplify } from '../actions/entries.descriptions';
import { optionsWith, shapeOptions } from '../shape.descriptions';

/** Events of one execution. */
export const DEFAULT_BATCH = 1_000;
/** Two pages of 500, or more than a poll's time usually gives. */
export const LARGEST_BATCH = 5_000;

export const events: INodeProperties = {
	displayName: 'Events',
	name: 'events',
	type: 'multiOptions',
	required: true,
	options: [
		{ name: 'Entry Created', value: 'created', description: 'An entry has arrived on the server' },
		{
			name: 'Entry Updated',
			value: 'updated',
			description: 'An entry that had arrived before was edited. Every edit comes, deletions do not.',
		},
		{
			name: 'Media Arrived',
			value: 'mediaArrived',
			description:
				'A photo, audio or video of a new or edited entry can be downloaded. Phones often send them later: each is waited for up to 30 days, up to 300 at a time. With Download Media it has the file, and is not told of those that came with their entry.',
		},
	],
	default: ['created', 'updated'],
	description: 'What starts the workflow',
};

export const watch: INodeProperties = {
	displayName: 'Watch',
	name: 'watch',
	type: 'options',
	noDataExpression: true,
	options: [
		{ name: 'Form', value: 'form', description: 'The entries of one form' },
		{ name: 'Branch', value: 'branch', description: 'The entries of one branch of a form' },
		{
			name: 'Whole Project',
			value: 'project',
			description: 'All forms and branches, also those that the project gets later',
		},
	],
	default: 'form',
};

export const startFrom: INodeProperties = {
	displayName: 'Start From',
	name: 'startFrom',
	type: 'options',
	options: [
		{ name: 'Now', value: 'now', description: 'Only what is uploaded from now on' },
		{
			name: 'All Existing',
			value: 'beginning',
			description: 'Everything that is on the server, then what is new',
		},
		{ name: 'Date', value: 'date', description: 'Everything uploaded since that day, then what is new' },
	],
	default: 'now',
	description:
		'Where to begin when the workflow is activated for the first time. Later it goes on where it was, whatever happened meanwhile.',
};

const startDate: INodeProperties = {
	displayName: 'Start Date',
	name: 'startDate',
	type: 'dateTime',
	default: '',
	required: true,
	description:
		'The first upload to deliver. A fixed date, as a moving one is another start with each poll, which the trigger refuses.',
	displayOptions: { show: { startFrom: ['date'] } },
};

const computed: INodePropertyTypeOptions = {
	loadOptionsMethod: 'getShortestInterval',
	loadOptionsDependsOn: ['watch', ...DEPENDS_ON_PROJECT],
};

/** A list of one: the only kind of field that can show what is not known before the project is. */
const interval: INodeProperties = {
	displayName: 'Shortest Sensible Interval',
	name: 'interval',
	type: 'options',
	typeOptions: computed,
	default: '',
	description:
		'Computed from the number of forms and branches, as Epicollect5 limits how often a project may be asked: a poll asks for two of them, the next one for the next two. With polls every 5 minutes it takes five times as long until each had its turn. Files are counted apart and take nothing from it; while the trigger gets to know what was there before it started, one request in ten may go there.',
};

const DOWNLOAD =
	'Which files come with the entries. No entry waits for its files: mediaMissing names those that the phone has not sent yet, or for which there was no time. With the event Media Arrived they come later, each in an item of its own; without it they do not come. The limit allows for 5 files a minute of a private project, and for 150 of a public one.';

/** The options that only the trigger has. */
export const ownOptions: INodeProperties[] = [
	{
		displayName: 'After a Restart',
		name: 'afterRestart',
		type: 'options',
		options: [
			{
				name: 'Deliver the Last Batch Again',
				value: 'again',
				description:
					'Nothing gets lost. Each start of n8n repeats the last batch, with the same eventId and redelivered: true.',
			},
			{
				name: 'Never Deliver Twice',
				value: 'never',
				description: 'Nothing is repeated. A batch can get lost if n8n is ended in the middle of it.',
			},
		],
		default: 'again',
		description:
			'A moment before it runs the workflow with a batch, n8n notes that the batch was delivered. If n8n is ended in between, the batch would be lost, so the trigger delivers it again. Where n8n keeps durable cursors nothing gets lost in between: choose Never Deliver Twice there. It does where these three settings of n8n, which are off by default, are all true: N8N_SCHEDULER_ENABLED, N8N_SCHEDULER_POLL_TRIGGERS_ENABLED and N8N_POLLER_DURABLE_CURSORS_ENABLED.',
	},
	{
		displayName: 'Batch Size',
		name: 'batchSize',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: LARGEST_BATCH },
		default: DEFAULT_BATCH,
		description:
			'Max number of entries of one execution, and of files that it tells of. The others come with the next poll.',
	},
	{
		displayName: 'Begin Anew',
		name: 'beginAnew',
		type: 'string',
		default: '',
		placeholder: 'e.g. 2026-11-23',
		description:
			'Any word that was not there before makes the trigger forget what it has read and begin as Start From says. Needed after changing what is watched. To take it away again changes nothing.',
	},
];

const downloadOptions = mediaOptions.map((option) =>
	option.name === 'downloadMedia' ? { ...option, description: DOWNLOAD } : option,
);

/** n8n puts Poll Times above these. */
export const description: INodeProperties[] = [
	{
		displayName:
			'n8n sets Poll Times to Every Minute. Every 5 minutes is enough for most surveys: choose Every X there. Nothing is lost between two polls, however far apart.',
		name: 'pollNotice',
		type: 'notice',
		default: '',
	},
	...authentication,
	project,
	watch,
	{ ...form, displayOptions: { show: { watch: ['form', 'branch'] } } },
	{ ...branch, displayOptions: { show: { watch: ['branch'] } } },
	interval,
	events,
	startFrom,
	startDate,
	{
		displayName:
			'The trigger remembers where it is: also when it is renamed, edited or switched off and on. A copy of the workflow begins by itself as Start From says. After a change of project, watched form or start, it asks before it begins anew.',
		name: 'memoryNotice',
		type: 'notice',
		default: '',
	},
	simplify,
	optionsWith([...shapeOptions, ...downloadOptions, ...ownOptions]),
];
