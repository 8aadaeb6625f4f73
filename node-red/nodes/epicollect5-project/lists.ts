import { formOf } from '../../../core/epicollect5/columns';
import { mediaQuestionsOf } from '../../../core/epicollect5/mediaQuestions';
import type { Form, Project, Question } from '../../../core/epicollect5/project';
import { FieldDataError } from '../../../core/http/errors';
import { LIST_TIME_MS, serveList, textFrom, type ListRequest } from '../../shared/lists';
import type { Red } from '../../shared/red';
import { runtime } from '../../shared/runtime';
import { labelOf, streamNames } from '../../shared/streams';
import { openPosted } from './posted';

/** A line of a list, as the dialogs take it. */
interface Line {
	value: string;
	label: string;
}

/** Stands in a request for a form that is known only when the flow runs: the lines of all forms are listed then. */
const ANY_FORM = '*';

/** What a project's definition fills the lists of the dialogs with. `form` is a ref, empty for the first one. */
const LISTS: Readonly<Record<string, (project: Project, body: ListRequest['body']) => Line[]>> = {
	forms: ({ forms }) => forms.map(({ ref, name }) => ({ value: ref, label: name })),
	branches: (project, body) =>
		ofForms(project, textFrom(body, 'form'), ({ branches }) =>
			branches.map(({ ref, name }) => ({ value: ref, label: name })),
		),
	/** Forms and branches, each with a ref of its own. */
	streams: (project) =>
		streamNames(project).map((names) => ({ value: names.branchRef ?? names.formRef, label: labelOf(names) })),
	mappings: ({ mappings }) => mappings.map(({ index, name }) => ({ value: String(index), label: name })),
	media: (project) =>
		mediaQuestionsOf(project).map(({ ref, text, place }) => ({ value: ref, label: `${text} (${place})` })),
	/** Those of the branch where one is named, else those of the form. */
	locations: (project, body) => {
		const wanted = textFrom(body, 'branch');
		const branch = project.forms.flatMap(({ branches }) => branches).find(({ ref }) => ref === wanted);
		if (branch) return places(branch.questions);
		return ofForms(project, textFrom(body, 'form'), ({ questions }) => places(questions));
	},
};

/** Serves the lists that come from the definition of a project, deployed or not. */
export function serveProjectLists(red: Red): void {
	for (const [name, lines] of Object.entries(LISTS)) {
		serveList(red, `/field-data/epicollect5/${name}`, async (request) =>
			lines(await definition(red, request), request.body),
		);
	}
}

function ofForms(project: Project, named: string, lines: (form: Form) => Line[]): Line[] {
	if (named !== ANY_FORM) return lines(formOf(project, named));
	const many = project.forms.length > 1;
	return project.forms.flatMap((form) =>
		lines(form).map(({ value, label }) => ({ value, label: many ? `${form.name}: ${label}` : label })),
	);
}

function places(questions: readonly Question[]): Line[] {
	return questions.flatMap(({ ref, type, question, group }) => {
		if (type === 'group') return places(group);
		return type === 'location' ? [{ value: ref, label: question }] : [];
	});
}

/** The definition of the project that the dialog shows, deployed or not. */
async function definition(red: Red, request: ListRequest): Promise<Project> {
	const { connection, withheld } = await openPosted(red, request);
	try {
		return await connection.project({ deadline: runtime.clock.now() + LIST_TIME_MS });
	} catch (error) {
		// What is missing is the stored secret, and why it was not used.
		throw withheld && error instanceof FieldDataError && error.kind === 'auth' ? withheld : error;
	}
}
