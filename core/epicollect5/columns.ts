import { InputError } from '../http/errors';
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

/** Whether an entry has these answers and no others. @param keys as the mapping names them, each once */
export function hasColumns(row: Readonly<Record<string, unknown>>, keys: readonly string[]): boolean {
	if (!keys.every((key) => Object.hasOwn(row, key))) return false;
	const own = OWN_PROPERTIES.filter((key) => Object.hasOwn(row, key) && !keys.includes(key));
	return Object.keys(row).length === keys.length + own.length;
}

/** Reading goes by these: a question of that name would overwrite them in the service's answer (contract 10). */
const NEEDED = new Set(['ec5_uuid', 'ec5_branch_uuid', 'created_at', 'uploaded_at']);

/** @param wanted ref or name; the first form where none is named. @throws InputError */
export function formOf(project: Project, wanted: string | undefined): Form {
	if (!wanted) return project.forms[0] ?? unknown('form', '', project.forms);
	return oneOf(project.forms, 'form', wanted, ({ ref }) => ref);
}

/** @param wanted ref or name. @throws InputError */
export function branchOf(form: Form, wanted: string): Branch {
	return oneOf(form.branches, 'branch', wanted, ({ ref }) => ref);
}

/** @param wanted index or name; the project's default where none is named. @throws InputError */
export function mappingOf({ mappings }: Project, wanted: number | string | undefined): Mapping {
	if (wanted === undefined || wanted === '') {
		return mappings.find(({ isDefault }) => isDefault) ?? mappings[0] ?? unknown('mapping', '', mappings);
	}
	return oneOf(mappings, 'mapping', String(wanted), ({ index }) => String(index));
}

/** By ref, which is unique, or else by name, which the owner of a project may give twice. */
function oneOf<T extends { name: string }>(
	all: readonly T[],
	kind: Kind,
	wanted: string,
	refOf: (one: T) => string,
): T {
	const text = wanted.trim();
	const found = all.find((one) => refOf(one) === text);
	if (found) return found;
	const [first, ...more] = all.filter(({ name }) => folded(name) === folded(text));
	return first && more.length === 0 ? first : unknown(kind, text, all, more.length > 0);
}

function folded(name: string): string {
	return oneLine(name).toLowerCase();
}

type Kind = 'form' | 'branch' | 'mapping';
const KINDS: Readonly<Record<Kind, { field: string; code: string; none: string }>> = {
	form: { field: 'Form', code: 'ec5_15', none: 'This project has no forms.' },
	branch: { field: 'Branch', code: 'ec5_99', none: 'This form has no branches.' },
	mapping: { field: 'Mapping', code: 'ec5_322', none: 'This project has no mappings.' },
};

function unknown(
	kind: Kind,
	wanted: string,
	all: ReadonlyArray<{ name: string }>,
	isAmbiguous = false,
): never {
	const { field, code, none } = KINDS[kind];
	const names = all.map(({ name }) => oneLine(name)).join(', ');
	const hint = names === '' ? none : `Choose one of: ${names}.`;
	throw new InputError(
		isAmbiguous ? `There is more than one ${kind} "${wanted}"` : `There is no ${kind} "${wanted}"`,
		{ code, field, hint: isAmbiguous ? 'Choose it from the list, or enter its ref.' : hint },
	);
}

/**
 * The answers of a form's or branch's entries under a mapping, in the order of the questions: groups flattened, hidden
 * questions and readme texts left out (contract 6.6 and 8.1).
 * @param reserved further names that no answer may have
 * @throws InputError for an unknown form or branch, and where a name of the mapping hides a needed property
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
