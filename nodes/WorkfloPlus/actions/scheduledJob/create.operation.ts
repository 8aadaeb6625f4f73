import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import type { Run } from '../../../../core/run';
import { collection, textParameter } from '../../../shared/parameter';
import { zonedDate } from '../../../shared/zone';
import { connect } from '../../connection';

const show = { resource: ['scheduledJob'], operation: ['create'] };

export const description: INodeProperties[] = [
	{
		displayName: 'Name',
		name: 'name',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. Inspect pump 7',
		description: 'The name that people see in their list of jobs',
		displayOptions: { show },
	},
	{
		displayName: 'Workflow',
		name: 'workflow',
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		required: true,
		description: 'What is to be done',
		displayOptions: { show },
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: 'Choose a workflow...',
				typeOptions: { searchListMethod: 'searchWorkflows', searchable: true },
			},
			{
				displayName: 'By ID',
				name: 'id',
				type: 'string',
				placeholder: 'e.g. 0b1c2d3e-1111-4a2b-9c3d-000000000001',
			},
		],
	},
	{
		displayName: 'Assigned User Names or IDs',
		name: 'assignedUsers',
		type: 'multiOptions',
		default: [],
		typeOptions: { loadOptionsMethod: 'getUsers' },
		description:
			'Who is to do it; nobody means that anybody may. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
		displayOptions: { show },
	},
	{
		displayName: 'Additional Fields',
		name: 'additionalFields',
		type: 'collection',
		placeholder: 'Add Field',
		default: {},
		displayOptions: { show },
		options: [
			{
				displayName: 'Description',
				name: 'description',
				type: 'string',
				typeOptions: { rows: 3 },
				default: '',
				description: 'What people read when they open the job',
			},
			{
				displayName: 'Due Date',
				name: 'dueDate',
				type: 'dateTime',
				default: '',
				description: "By when it is to be done, in the workflow's time zone",
			},
			{
				displayName: 'Priority',
				name: 'priority',
				type: 'boolean',
				default: false,
				description: 'Whether the job is marked as urgent',
			},
		],
	},
];

/** Plans a job, once: when no answer comes, the message says that it may have been created. */
export async function execute(this: IExecuteFunctions, itemIndex: number, run: Run): Promise<IDataObject[]> {
	const more = collection(this, 'additionalFields', itemIndex);
	const workflow = textParameter(this, 'workflow', itemIndex);
	const client = await connect(this);
	const job = await client.createScheduledJob(
		{
			name: textParameter(this, 'name', itemIndex),
			workflowIds: workflow === '' ? [] : [workflow],
			assignedUserIds: this.getNodeParameter('assignedUsers', itemIndex, []) as string[],
			description: more.description as string | undefined,
			dueByDate: zonedDate(more.dueDate, this.getTimezone()),
			priority: more.priority as boolean | undefined,
		},
		run,
	);
	run.summary.fetched += 1;
	return [job as unknown as IDataObject];
}
