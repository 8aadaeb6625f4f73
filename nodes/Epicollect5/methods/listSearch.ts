import type { ILoadOptionsFunctions, INodeListSearchItems, INodeListSearchResult } from 'n8n-workflow';
import { branchOf, formOf } from '../../../core/epicollect5/columns';
import { mediaQuestionsOf } from '../../../core/epicollect5/mediaQuestions';
import { oneLine } from '../../../core/epicollect5/names';
import type { Project } from '../../../core/epicollect5/project';
import { listing } from '../../shared/listing';
import { textSetting } from '../../shared/parameter';
import { projects } from '../../shared/process';
import { branch, form } from '../actions/common.descriptions';
import { connect, slugOf } from '../connection';

/** Projects whose name begins with what was typed; private ones too. */
export async function searchProjects(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	const results = await listing(this, async (run) => {
		const { client } = await connect(this);
		const found = await client.searchProjects(filter ?? '', run);
		return found.map(({ name, slug, access }) => ({
			name: access === 'private' ? `${name} (private)` : name,
			value: slug,
			description: slug,
		}));
	});
	return { results };
}

/** The forms of the chosen project, in their order. No numbers in the name: the node keeps showing it. */
export async function searchForms(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return await ofProject(this, filter, ({ forms }) =>
		forms.map(({ name, ref, entries }) => ({ name, value: ref, description: `Entries: ${entries}` })),
	);
}

/** The branches of the chosen form. */
export async function searchBranches(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return await ofProject(this, filter, (project) =>
		formOf(project, textSetting(this, form, 0)).branches.map(({ name, ref, entries }) => ({
			...{ name: oneLine(name), value: ref, description: `Entries: ${entries}` },
		})),
	);
}

/** The mappings of the chosen project. */
export async function searchMappings(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return await ofProject(this, filter, ({ mappings }) =>
		mappings.map(({ name, index, isDefault }) => ({
			...{ name, value: String(index), description: isDefault ? "The project's default" : '' },
		})),
	);
}

/** The location questions of the chosen form, or of the branch where one is chosen. */
export async function searchLocations(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return await ofProject(this, filter, (project) => questionsOf(this, project, ['location']));
}

/** The photo, audio and video questions of the chosen project, of all its forms and branches. */
export async function searchMediaQuestions(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	return await ofProject(this, filter, (project) =>
		mediaQuestionsOf(project).map(({ ref, text, place }) => ({ name: text, value: ref, description: place })),
	);
}

/** The questions of these types in the chosen form or branch, those of groups included. */
function questionsOf(
	context: ILoadOptionsFunctions,
	project: Project,
	types: readonly string[],
): INodeListSearchItems[] {
	const chosen = formOf(project, textSetting(context, form, 0));
	const branchRef = textSetting(context, branch, 0);
	const { questions } = branchRef === '' ? chosen : branchOf(chosen, branchRef);
	return questions
		.flatMap((question) => [question, ...question.group])
		.filter(({ type }) => types.includes(type))
		.map(({ question, ref }) => ({ name: oneLine(question), value: ref }));
}

/** A list from the project's definition, which is kept: opening it again asks for nothing. */
async function ofProject(
	context: ILoadOptionsFunctions,
	filter: string | undefined,
	pick: (project: Project) => INodeListSearchItems[],
): Promise<INodeListSearchResult> {
	const wanted = (filter ?? '').trim().toLowerCase();
	const results = await listing(context, async (run) => {
		const { client, key, server } = await connect(context);
		const slug = slugOf(context, 0, server);
		const all = pick(await projects.get(key, client, slug, run));
		return all.filter(({ name }) => name.toLowerCase().includes(wanted));
	});
	return { results };
}
