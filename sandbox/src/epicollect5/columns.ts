import type { Entry, Form, Input, InputMap, Mapping } from './model';
import { answersOf, asMap } from './model';
import { isoSeconds } from './text';
import * as values from './values';

/** The value of one question, with the kind that decides how JSON and CSV print it. */
export type Cell =
	| { kind: 'plain'; value: unknown }
	| { kind: 'float'; value: number | '' }
	| { kind: 'list'; value: string[] }
	| { kind: 'location'; value: values.LocationValue };

/** One question of the export, under the name that the mapping gives it. */
export interface Column {
	name: string;
	input: Input;
	read: (entry: Entry, answer: unknown, context: values.ValueContext) => Cell;
}

/** Identity keys and the fields before the questions (contract 8). */
export interface HeadField {
	name: string;
	read: (entry: Entry) => string;
}

/** Everything needed to write the rows of one form or branch. */
export interface RowPlan {
	head: HeadField[];
	columns: Column[];
}

/** Which rows are asked for. */
export interface PlanRequest {
	form: Form;
	isTopForm: boolean;
	branch: Input | undefined;
	mapping: Mapping;
	/** Private projects tell who uploaded. */
	createdBy: boolean;
}

/** The columns of a form or a branch under a mapping: groups flat, readme and hidden ones left out. */
export function rowPlan(request: PlanRequest): RowPlan {
	const formMap = asMap(request.mapping.forms[request.form.ref]);
	const columns: Column[] = [];
	if (request.branch !== undefined) {
		addColumns(columns, request.branch.branch, asMap(formMap[request.branch.ref]?.branch));
	} else {
		addColumns(columns, request.form.inputs, formMap);
	}
	return { head: headFields(request), columns };
}

function headFields({ isTopForm, branch, createdBy }: PlanRequest): HeadField[] {
	const uuid = (entry: Entry): string => entry.uuid;
	const identity: HeadField[] =
		branch !== undefined
			? [
					{ name: 'ec5_branch_owner_uuid', read: (entry) => entry.ownerUuid },
					{ name: 'ec5_branch_uuid', read: uuid },
				]
			: isTopForm
				? [{ name: 'ec5_uuid', read: uuid }]
				: [
						{ name: 'ec5_uuid', read: uuid },
						{ name: 'ec5_parent_uuid', read: (entry) => entry.parentUuid },
					];
	const creator: HeadField[] = createdBy
		? [{ name: 'created_by', read: (entry) => entry.email ?? 'n/a' }]
		: [];
	return [
		...identity,
		{ name: 'created_at', read: (entry) => entry.documentCreatedAt ?? isoSeconds(entry.createdAt) },
		{ name: 'uploaded_at', read: (entry) => isoSeconds(entry.uploadedAt) },
		...creator,
		{ name: 'title', read: (entry) => entry.title },
	];
}

function addColumns(columns: Column[], inputs: Input[], map: Record<string, InputMap>): void {
	for (const input of inputs) {
		const entry = map[input.ref];
		if (input.type === 'readme' || entry === undefined) continue;
		if (input.type === 'group') {
			// Hiding a group hides nothing: its questions have their own flag (contract 10).
			addColumns(columns, input.group, asMap(entry.group));
			continue;
		}
		if (entry.hide) continue;
		columns.push({ name: entry.map_to, input, read: reader(input, entry) });
	}
}

function reader(input: Input, map: InputMap): Column['read'] {
	const texts = asMap(map.possible_answers);
	const plain = (value: unknown): Cell => ({ kind: 'plain', value });
	switch (input.type) {
		case 'integer':
			return (_entry, answer) => plain(values.integerValue(answer));
		case 'decimal':
			return (_entry, answer) => ({ kind: 'float', value: values.decimalValue(answer) });
		case 'date':
			return (_entry, answer) => plain(values.dateValue(answer, input.datetime_format));
		case 'time':
			return (_entry, answer) => plain(values.timeValue(answer, input.datetime_format));
		case 'radio':
		case 'dropdown':
			return (_entry, answer) => plain(values.choiceValue(answer, texts));
		case 'checkbox':
		case 'searchsingle':
		case 'searchmultiple':
			return (_entry, answer) => ({ kind: 'list', value: values.choiceValues(answer, texts) });
		case 'location':
			return (_entry, answer) => ({ kind: 'location', value: values.locationValue(answer) });
		case 'photo':
		case 'audio':
		case 'video':
			return (entry, answer, context) => plain(values.mediaValue(input, answer, entry.uploadedAt, context));
		case 'branch':
			return (entry) => plain(entry.branchCounts?.[input.ref] ?? 0);
		default:
			return (_entry, answer) => plain(values.textValue(answer));
	}
}

/** All cells of a row, in column order. */
export function readCells(plan: RowPlan, entry: Entry, context: values.ValueContext): Cell[] {
	const answers = answersOf(entry);
	return plan.columns.map((column) => column.read(entry, answers[column.input.ref]?.answer, context));
}
