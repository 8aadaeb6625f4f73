import { ApiError } from '../http/errors';
import { isObject, type JsonObject } from '../http/json';

export interface PossibleAnswer {
	ref: string;
	answer: string;
}

/** A question of a form, a branch or a group: what the service calls an input. */
export interface Question {
	ref: string;
	/** text, integer, date, radio, location, photo, branch, group, readme … (contract 6.2); not a closed list. */
	type: string;
	question: string;
	/** Of date and time questions, such as `dd/MM/YYYY`. */
	datetimeFormat: string | undefined;
	possibleAnswers: PossibleAnswer[];
	/** The questions of a group. */
	group: Question[];
	/** The questions of a branch. */
	branch: Question[];
}

/** When the oldest and the newest entry of a form or branch were made, ISO 8601; undefined where there is none. */
export interface Period {
	firstCreatedAt?: string;
	lastCreatedAt?: string;
}

/** A branch is the question of that type; its ref is the question's. */
export interface Branch extends Period {
	ref: string;
	name: string;
	formRef: string;
	questions: Question[];
	entries: number;
}

export interface Form extends Period {
	ref: string;
	name: string;
	/** The form above it in the hierarchy; the first has none. */
	parentRef: string | undefined;
	questions: Question[];
	branches: Branch[];
	entries: number;
}

export interface Mapping {
	/** What `map_index` takes: the position, which has gaps after a mapping was deleted. */
	index: number;
	name: string;
	isDefault: boolean;
	/** By form ref, then by question ref. */
	forms: JsonObject;
}

export interface Project {
	ref: string;
	name: string;
	slug: string;
	access: 'public' | 'private';
	status: string;
	category: string;
	smallDescription: string;
	description: string;
	homepage: string;
	createdAt: string;
	/** Entries of all forms; those of branches are not included. */
	totalEntries: number;
	/** Roughly how many bytes its photos, audio and video take. */
	mediaBytes: number;
	/** Changes when the forms do, not with the mappings (contract 6.5). */
	structureLastUpdated: string;
	forms: Form[];
	mappings: Mapping[];
}

/**
 * Reads the answer of `/api/export/project/{slug}` (contract 6), tolerant of additional keys and of PHP's habit to
 * send an empty map as `[]` and a list with gaps as an object.
 * @throws ApiError when it is no project
 */
export function parseProject(body: unknown): Project {
	const data = isObject(body) && isObject(body.data) ? body.data : undefined;
	const project = data && isObject(data.project) ? data.project : undefined;
	if (!project || !Array.isArray(project.forms)) {
		throw new ApiError('The answer of the server is not a project', {
			code: 'not_a_project',
			field: 'Server URL',
			hint: 'Check the server URL: it must be the address of an Epicollect5 server.',
		});
	}
	const meta = isObject(body) && isObject(body.meta) ? body.meta : {};
	const stats = isObject(meta.project_stats) ? meta.project_stats : {};
	const refs = project.forms.filter(isObject).map((form) => text(form.ref));
	return {
		ref: text(project.ref),
		name: text(project.name),
		slug: text(project.slug),
		access: project.access === 'private' ? 'private' : 'public',
		status: text(project.status),
		category: text(project.category),
		smallDescription: text(project.small_description),
		description: text(project.description),
		homepage: text(project.homepage),
		createdAt: text(project.created_at),
		totalEntries: count(stats.total_entries),
		mediaBytes: count(stats.total_bytes),
		structureLastUpdated: text(stats.structure_last_updated),
		forms: project.forms.filter(isObject).map((form, i) => parseForm(form, refs[i - 1], stats)),
		mappings: listWithKeys(meta.project_mapping).map(([key, mapping]) => ({
			index: Number(key),
			name: text(mapping.name),
			isDefault: mapping.is_default === true,
			forms: isObject(mapping.forms) ? mapping.forms : {},
		})),
	};
}

function parseForm(form: JsonObject, parentRef: string | undefined, stats: JsonObject): Form {
	const ref = text(form.ref);
	const questions = parseQuestions(form.inputs);
	return {
		ref,
		name: text(form.name),
		parentRef,
		questions,
		...countsOf(stats.form_counts, ref),
		branches: questions
			.filter(({ type }) => type === 'branch')
			.map((question) => ({
				ref: question.ref,
				name: question.question,
				formRef: ref,
				questions: question.branch,
				...countsOf(stats.branch_counts, question.ref),
			})),
	};
}

/** A group may stand in a branch, and nothing further in that (contract 6.2): who nests deeper means harm. */
const DEEPEST = 2;

function parseQuestions(inputs: unknown, depth = 0): Question[] {
	if (depth > DEEPEST) return [];
	return listWithKeys(inputs).map(([, input]) => ({
		ref: text(input.ref),
		type: text(input.type),
		question: text(input.question),
		datetimeFormat: typeof input.datetime_format === 'string' ? input.datetime_format : undefined,
		possibleAnswers: listWithKeys(input.possible_answers).map(([, answer]) => ({
			ref: text(answer.answer_ref),
			answer: text(answer.answer),
		})),
		group: parseQuestions(input.group, depth + 1),
		branch: parseQuestions(input.branch, depth + 1),
	}));
}

/** The objects of an array or of a map, each with its key: `[]` stands for both when empty (contract 5). */
export function listWithKeys(value: unknown): Array<[string, JsonObject]> {
	if (typeof value !== 'object' || value === null) return [];
	return Object.entries(value).filter((pair): pair is [string, JsonObject] => isObject(pair[1]));
}

/** Forms and branches without entries are missing (contract 6.5). */
function countsOf(counts: unknown, ref: string): Period & { entries: number } {
	const entry = isObject(counts) && Object.hasOwn(counts, ref) ? counts[ref] : undefined;
	if (!isObject(entry)) return { entries: 0 };
	return {
		entries: count(entry.count),
		firstCreatedAt: isoOf(entry.first_entry_created),
		lastCreatedAt: isoOf(entry.last_entry_created),
	};
}

/** The definition's dates have no zone: they are UTC (contract 6.5). */
export function isoOf(value: unknown): string | undefined {
	const [, day, time] = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)/.exec(text(value)) ?? [];
	return day && time && `${day}T${time}.000Z`;
}

function count(value: unknown): number {
	const number = Number(value);
	return Number.isSafeInteger(number) && number >= 0 ? number : 0;
}

function text(value: unknown): string {
	return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}
