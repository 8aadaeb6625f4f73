import type { Column, Stream } from './columns';
import type { Project } from './project';
import type { ValueChoices } from './tidy';

/** One property of a tidy entry, known before the first entry comes: what a table has a column for. */
export interface Field {
	name: string;
	/** The question's type; `own` for what every entry has; `choice` for whether an answer was chosen. */
	type: string;
	/** The question's ref; the property's name where there is no question. */
	ref: string;
}

/** @returns the properties of the tidy entries of a stream, in their order */
export function fieldsOf(
	project: Project,
	stream: Stream,
	columns: readonly Column[],
	{ withUploader, choiceFields }: ValueChoices,
): Field[] {
	const own = ownNames(project, stream, withUploader === true).map(ownField);
	const answers = columns.flatMap((column) => fieldsOfColumn(column, choiceFields === true));
	return [...own, ...answers, ownField('eventId')];
}

function ownField(name: string): Field {
	return { name, type: 'own', ref: name };
}

/** Which properties an entry has before its answers (contract 8). */
function ownNames(project: Project, { formRef, branchRef }: Stream, withUploader: boolean): string[] {
	const isTop = project.forms[0]?.ref === formRef;
	const identity = isTop ? ['ec5_uuid'] : ['ec5_uuid', 'ec5_parent_uuid'];
	return [
		...(branchRef === undefined ? identity : ['ec5_branch_owner_uuid', 'ec5_branch_uuid']),
		...['created_at', 'uploaded_at'],
		// Public projects name nobody.
		...(withUploader && project.access === 'private' ? ['created_by'] : []),
		'title',
	];
}

function fieldsOfColumn({ name, type, ref, choices = [] }: Column, choiceFields: boolean): Field[] {
	const answer = { name, type, ref };
	if (!choiceFields) return [answer];
	return [
		answer,
		...choices.map((choice) => ({ name: choice.name, type: 'choice', ref: `${ref}/${choice.ref}` })),
	];
}
