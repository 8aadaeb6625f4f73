import { InputError } from '../http/errors';
import { toUtc } from './dates';
import type { NewScheduledJob } from './types';

/** The body of S8 (contract 5.6). */
export interface ScheduledJobBody {
	name: string;
	description: string | null;
	tasks: Array<{ taskType: 'workflow'; artifactId: string }>;
	assignedUserIds: string[];
	dueByDate: string | null;
	priority: boolean;
}

/**
 * Checks a job before anything is sent: hosts fill in what their users typed, or what an expression gave.
 * @throws InputError naming the setting in the words of the dialogs
 */
export function scheduledJobBody(job: NewScheduledJob): ScheduledJobBody {
	const workflowIds = ids(job.workflowIds, 'Workflow');
	if (workflowIds.length === 0) {
		throw wrong('Workflow', 'No workflow is given', 'Choose at least one workflow from the list.');
	}
	return {
		name: name(job.name),
		description: optionalText(job.description, 'Description'),
		tasks: workflowIds.map((artifactId) => ({ taskType: 'workflow', artifactId })),
		assignedUserIds: [...new Set(ids(job.assignedUserIds ?? [], 'Assigned Users'))],
		dueByDate: isEmpty(job.dueByDate) ? null : toUtc(job.dueByDate, 'Due Date'),
		priority: priority(job.priority),
	};
}

function name(value: unknown): string {
	if (typeof value === 'string' && value.trim() !== '') return value.trim();
	throw wrong('Name', 'The Name is missing', 'Enter the name that people see in their list of jobs.');
}

function optionalText(value: unknown, field: string): string | null {
	if (isEmpty(value)) return null;
	if (typeof value === 'string') return value;
	throw wrong(field, `The ${field} is not text`, 'Enter text, or leave it empty.');
}

function ids(value: unknown, field: string): string[] {
	if (Array.isArray(value) && value.every((item) => typeof item === 'string' && item.trim() !== '')) {
		return value.map((item: string) => item.trim());
	}
	throw wrong(field, `${field} is not a list of IDs`, 'Choose from the list, or give a list of IDs.');
}

function priority(value: unknown): boolean {
	if (isEmpty(value)) return false;
	if (typeof value === 'boolean') return value;
	throw wrong(
		'Priority',
		'The Priority is neither on nor off',
		'Switch it on or off, or give true or false.',
	);
}

function isEmpty(value: unknown): boolean {
	return value === undefined || value === null || value === '';
}

function wrong(field: string, message: string, hint: string): InputError {
	return new InputError(message, { code: 'input', field, hint });
}
