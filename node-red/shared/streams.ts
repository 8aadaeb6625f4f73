import { allStreams, streamRef, syncQuestion, type SyncQuestion } from '../../core/epicollect5/sync';
import type { Stream } from '../../core/epicollect5/columns';
import { NotFoundError } from '../../core/http/errors';
import type { Project } from '../../core/epicollect5/project';

/** What a message says of where its entry is from. */
export interface StreamNames {
	form: string;
	formRef: string;
	branch?: string;
	branchRef?: string;
}

/** The forms and branches of a project, each form followed by its branches. */
export function streamNames(project: Project): StreamNames[] {
	return allStreams(project).map((stream) => namesOf(project, stream));
}

export function namesOf(project: Project, { formRef, branchRef }: Stream): StreamNames {
	const form = project.forms.find(({ ref }) => ref === formRef);
	const branch = form?.branches.find(({ ref }) => ref === branchRef);
	return {
		...{ form: form?.name ?? formRef, formRef },
		...(branchRef !== undefined && { branch: branch?.name ?? branchRef, branchRef }),
	};
}

/** As a dialog and the cursor name it: "Site" or "Site > Visit". */
export function labelOf({ form, branch }: StreamNames): string {
	return branch === undefined ? form : `${form} > ${branch}`;
}

/** @throws FieldDataError where the project has no such form, branch or mapping */
export function questionOf(
	project: Project,
	choice: { server: string; slug: string; stream: string | undefined; start: string; mapIndex?: number },
): SyncQuestion {
	const { stream, ...rest } = choice;
	const streams = stream === undefined ? undefined : [streamOf(project, stream)];
	return syncQuestion({ ...rest, project, streams });
}

/** The form or branch that a flow names by its ref, its name, or "form > branch". */
function streamOf(project: Project, named: string): Stream {
	const all = allStreams(project);
	const wanted = named.toLowerCase();
	const isNamed = (stream: Stream): boolean => {
		const names = namesOf(project, stream);
		return [labelOf(names), names.branch].some((name) => name?.toLowerCase() === wanted);
	};
	const found = all.find((stream) => streamRef(stream) === named) ?? all.find(isNamed);
	if (found) return found;
	throw new NotFoundError(`The project "${project.name}" has no form or branch "${named}"`, {
		code: 'ec5_15',
		field: 'Follow',
		hint: `Choose one of: ${streamNames(project).map(labelOf).join(', ')}.`,
	});
}
