import type { NodeDef } from 'node-red';
import { InputError } from '../../../core/http/errors';
import { Run } from '../../../core/run';
import type { NewScheduledJob } from '../../../core/workfloplus/types';
import type { Work } from '../../shared/input';
import type { Message, Red } from '../../shared/red';
import { runtime } from '../../shared/runtime';
import { evaluate, flagOf, textOf, textsOf } from '../../shared/values';
import { registerWorker, type Worker } from '../../shared/worker';
import type { ClientNode } from '../workfloplus-client/runtime';

interface ScheduledJobsDef extends NodeDef {
	client: string;
	workflow?: string;
	workflowType?: string;
	assignees?: string;
	assigneesType?: string;
	jobName?: string;
	jobNameType?: string;
	description?: string;
	descriptionType?: string;
	due?: string;
	dueType?: string;
	priority?: string;
	priorityType?: string;
	property?: string;
}

export default function register(red: Red): void {
	registerWorker<ScheduledJobsDef>(red, 'workfloplus-scheduled-jobs', createJob);
}

type Parts = Worker<ScheduledJobsDef>;

async function createJob(parts: Parts, { message, send, signal }: Work): Promise<void> {
	const { red, def, status } = parts;
	const client = red.nodes.getNode(def.client) as ClientNode | null;
	if (!client) throw noClient(red);
	const job = await jobFrom(parts, message);
	status.sending();
	const run = new Run(runtime.clock, { signal, onWait: (wait) => status.waiting(wait, 0) });
	const created = await client.api().createScheduledJob(job, run);
	red.util.setMessageProperty(message as never, def.property || 'payload', created as never, true);
	send(message);
	status.finished(created.name, runtime.clock.now());
}

/** The job as dialog and message give it; what is missing or wrong in it is said by the core. */
async function jobFrom(parts: Parts, message: Message): Promise<NewScheduledJob> {
	const { def } = parts;
	const value = (text: string | undefined, type: string | undefined, field: string): Promise<unknown> =>
		evaluate({ ...parts, message }, { value: text ?? '', type: type ?? 'str' }, field);
	return {
		name: textOf(await value(def.jobName, def.jobNameType, 'Job name'), 'Job name') ?? '',
		workflowIds: textsOf(await value(def.workflow, def.workflowType ?? 'list', 'Workflow'), 'Workflow'),
		assignedUserIds: textsOf(await value(def.assignees, def.assigneesType ?? 'list', 'Users'), 'Users'),
		description: textOf(await value(def.description, def.descriptionType, 'Description'), 'Description'),
		dueByDate: (await value(def.due, def.dueType ?? 'none', 'Due')) as NewScheduledJob['dueByDate'],
		priority: flagOf(await value(def.priority, def.priorityType ?? 'bool', 'Priority'), 'Priority'),
	};
}

function noClient(red: Red): InputError {
	return new InputError(red._('shared.message.noClient'), {
		code: 'no_client',
		field: 'Client',
		hint: red._('shared.hint.noClient'),
	});
}
