import { InputError, NotFoundError } from '../http/errors';
import { isObject, type JsonObject } from '../http/json';
import { Names, oldestFirst, oneLine, type NameStyle } from './names';
import type { Branch, Form, Mapping, Project, Question } from './project';

/** A form, or a branch of a form: what one request of entries reads. */
export interface Stream {
	formRef: string;
	branchRef?: string;
}

/** One answer of an entry: which question it answers and under which name the service sends it. */
export interface Column {
	ref: string;
	type: string;
	question: string;
	datetimeFormat: string | undefined;
	/** The key in a raw entry: `map_to` of the mapping. */
	key: string;
	/** The name in a tidy entry: unique, and none of the entry's own properties. */
	name: string;
	/** Of questions with possible answers. */
	choices?: Choice[];
}

/** A possible answer of a question. */
export interface Choice {
	ref: string;
	/** What the service sends for it; undefined where the mapping has no word for it and an empty text comes. */
	text: string | undefined;
	/** The name of a field that tells whether it was chosen: `<name of the column>/<answer>`. */
	name: string;
}

const CHOICES = new Set(['radio', 'dropdown', 'checkbox', 'searchsingle', 'searchmultiple']);

/** What an entry has besides its answers (contract 8), and what we add to it. */
export const OWN_PROPERTIES = [
	'ec5_uuid',
	'ec5_parent_uuid',
	'ec5_branch_owner_uuid',
	'ec5_branch_uuid',
	'created_at',
	'uploaded_at',
	'created_by',
	'title',
	'eventId',
] as const;

/** Reading goes by these: a question of that name would overwrite them in the service's answer (contract 10). */
const NEEDED = new Set(['ec5_uuid', 'ec5_branch_uuid', 'created_at', 'uploaded_at']);

/** @returns the form of that ref; the first one where none is named. @throws NotFoundError */
export function formOf(project: Project, formRef: string | undefined): Form {
	const form = formRef ? project.forms.find(({ ref }) => ref === formRef) : project.forms[0];
	if (form) return form;
	throw new NotFoundError(`The project "${project.name}" has no such form`, {
		code: 'ec5_15',
		field: 'Form',
		hint: `Choose one of: ${project.forms.map(({ name }) => name).join(', ')}.`,
	});
}

/** @throws NotFoundError */
export function branchOf(form: Form, branchRef: string): Branch {
	const branch = form.branches.find(({ ref }) => ref === branchRef);
	if (branch) return branch;
	throw new NotFoundError(`The form "${form.name}" has no such branch`, {
		code: 'ec5_99',
		field: 'Branch',
		hint:
			form.branches.length === 0
				? 'This form has no branches.'
				: `Choose one of: ${form.branches.map(({ name }) => name).join(', ')}.`,
	});
}

/** @returns the mapping of that index; the project's default where none is named. @throws NotFoundError */
export function mappingOf(project: Project, mapIndex: number | undefined): Mapping {
	const { mappings } = project;
	const found =
		mapIndex === undefined
			? (mappings.find(({ isDefault }) => isDefault) ?? mappings[0])
			: mappings.find(({ index }) => index === mapIndex);
	if (found) return found;
	throw new NotFoundError(`The project "${project.name}" has no such mapping`, {
		code: 'ec5_322',
		field: 'Mapping',
		hint: `Choose one of: ${mappings.map(({ name }) => name).join(', ')}.`,
	});
}

/**
 * The answers of a form's or branch's entries under a mapping, in the order of the questions: groups flattened, hidden
 * questions and readme texts left out (contract 6.6 and 8.1).
 * @param reserved further names that no answer may have
 * @throws NotFoundError for an unknown form or branch; InputError where a name of the mapping hides a needed property
 */
export function columnsOf(
	project: Project,
	stream: Stream,
	mapping: Mapping,
	style: NameStyle = 'mapping',
	reserved: readonly string[] = [],
): Column[] {
	const form = formOf(project, stream.formRef);
	const ofForm = child(mapping.forms, form.ref);
	const branch = stream.branchRef === undefined ? undefined : branchOf(form, stream.branchRef);
	const columns = branch
		? flatten(branch.questions, child(child(ofForm, branch.ref), 'branch'))
		: flatten(form.questions, ofForm);
	refuseNeeded(columns, mapping);
	// Of two questions under one name the service sends the last one's answer only (contract 10).
	const last = new Map(columns.map(({ key, ref }) => [key, ref]));
	return named(
		columns.filter(({ key, ref }) => last.get(key) === ref),
		style,
		new Set([...OWN_PROPERTIES, ...reserved]),
	);
}

/** A question of the form with its place in the mapping. */
type Mapped = Omit<Column, 'name' | 'choices'> & { question: string; source: Question; map: JsonObject };

function flatten(questions: readonly Question[], names: JsonObject): Mapped[] {
	return questions.flatMap((source) => {
		if (source.type === 'readme') return [];
		const map = child(names, source.ref);
		// Hiding a group hides nothing: its questions have a flag of their own.
		if (source.type === 'group') return flatten(source.group, child(map, 'group'));
		if (map.hide === true || typeof map.map_to !== 'string') return [];
		const { ref, type, datetimeFormat, question } = source;
		return [{ ref, type, question, datetimeFormat, key: map.map_to, source, map }];
	});
}

/** Gives every column its name, then every possible answer: the oldest question first. */
function named(columns: readonly Mapped[], style: NameStyle, reserved: ReadonlySet<string>): Column[] {
	// What the owner of the project has called them is unique already, and stays.
	const kept = style === 'mapping' ? columns.map(({ key }) => key).filter((key) => !reserved.has(key)) : [];
	const names = new Names([...reserved, ...kept]);
	const byAge = oldestFirst(columns);
	const nameOf = new Map(
		byAge.map(({ ref, key, question }) => {
			if (style === 'ref') return [ref, names.take(ref)];
			if (style === 'question') return [ref, names.take(oneLine(question) || key)];
			return [ref, reserved.has(key) ? names.take(key) : key];
		}),
	);
	const choicesOf = new Map(
		byAge.map((column) => [column.ref, choices(column, nameOf.get(column.ref) ?? '', style, names)]),
	);
	return columns.map(({ ref, type, question, datetimeFormat, key }) => ({
		...{ ref, type, question, datetimeFormat, key },
		...{ name: nameOf.get(ref) ?? key, choices: choicesOf.get(ref) },
	}));
}

/** Answers that the mapping gives one word cannot be told apart: the first stands for all of them. */
function choices(column: Mapped, name: string, style: NameStyle, names: Names): Choice[] | undefined {
	if (!CHOICES.has(column.type)) return undefined;
	const map = child(column.map, 'possible_answers');
	const met = new Set<string>();
	return column.source.possibleAnswers.flatMap(({ ref, answer }) => {
		const sent = child(map, ref).map_to;
		const text = typeof sent === 'string' && sent !== '' ? sent : undefined;
		if (text !== undefined && met.has(text)) return [];
		if (text !== undefined) met.add(text);
		const word = { mapping: text ?? answer, ref, question: oneLine(answer) }[style] || ref;
		return [{ ref, text, name: names.take(`${name}/${word}`) }];
	});
}

function refuseNeeded(columns: readonly Mapped[], mapping: Mapping): void {
	const column = columns.find(({ key }) => NEEDED.has(key));
	if (!column) return;
	throw new InputError(
		`The mapping "${mapping.name}" calls the question "${column.question}" ${column.key}, which hides what the entry itself has under that name`,
		{
			code: 'mapping',
			field: 'Mapping',
			hint: 'Choose another mapping, or give the question another name on the Epicollect5 website under Mapping.',
		},
	);
}

/** The map below a key; an empty one where there is none, also for PHP's `[]`. */
function child(map: JsonObject, key: string): JsonObject {
	const value = Object.hasOwn(map, key) ? map[key] : undefined;
	return isObject(value) ? value : {};
}
