import { phpDate } from './dates';
import type { ApiError } from './errors';

/** A query parameter as PHP sees it: `name[]=x` is an array. Empty text is the same as absent. */
export type QueryValue = string | string[] | undefined;

/** Reads a query string the PHP way: the last of several equal names wins, brackets make arrays. */
export function phpQuery(query: URLSearchParams): Record<string, QueryValue> {
	const values: Record<string, QueryValue> = Object.create(null) as Record<string, QueryValue>;
	for (const [rawName, value] of query) {
		const bracket = rawName.indexOf('[');
		if (bracket > 0 && rawName.includes(']', bracket)) {
			const name = rawName.slice(0, bracket);
			const list = values[name];
			values[name] = [...(Array.isArray(list) ? list : []), value];
		} else {
			values[rawName] = value === '' ? undefined : value;
		}
	}
	return values;
}

/** FILTER_VALIDATE_INT: a sign and blanks around are fine, leading zeros and decimals are not. */
export function phpInteger(text: string): number | null {
	const match = /^[ \t\n\r\v\0]*([+-]?(?:0|[1-9]\d*))[ \t\n\r\v\0]*$/.exec(text);
	if (match === null) return null;
	const value = BigInt((match[1] as string).replace(/^\+/, ''));
	return value > 9223372036854775807n || value < -9223372036854775808n ? null : Number(value);
}

const NUMERIC = /^[ \t\n\r\v\f]*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?[ \t\n\r\v\f]*$/;

type Rule = (value: string | string[]) => string | null;

const string: Rule = (value) => (Array.isArray(value) ? 'ec5_87' : null);
const integer: Rule = (value) => (Array.isArray(value) || phpInteger(value) === null ? 'ec5_27' : null);
const numeric: Rule = (value) => (Array.isArray(value) || !NUMERIC.test(value) ? 'ec5_27' : null);
const date: Rule = (value) => (Array.isArray(value) || phpDate(value) === null ? 'ec5_79' : null);
const uuidLength: Rule = (value) =>
	(Array.isArray(value) ? value.length : [...value].length) < 36 ? 'ec5_43' : null;
const notNegative: Rule = (value) =>
	!Array.isArray(value) && NUMERIC.test(value) && Number(value) < 0 ? 'ec5_43' : null;
const oneOf =
	(...allowed: string[]): Rule =>
	(value) =>
		Array.isArray(value) || !allowed.includes(value) ? 'ec5_29' : null;

/** The rules of the entries export, in the order in which their errors are listed (contract 7.1). */
const ENTRY_RULES: [name: string, rules: Rule[]][] = [
	['page', [integer]],
	['per_page', [integer]],
	['form_ref', [string]],
	['uuid', [string, uuidLength]],
	['parent_form_ref', [string]],
	['parent_uuid', [string, uuidLength]],
	['branch_ref', [string]],
	['branch_owner_uuid', [string]],
	['input_ref', [string]],
	['map_index', [numeric, notNegative]],
	['sort_by', [oneOf('created_at', 'uploaded_at', 'title')]],
	['sort_order', [oneOf('asc', 'desc', 'ASC', 'DESC')]],
	['filter_by', [oneOf('created_at', 'uploaded_at')]],
	['filter_from', [date]],
	['filter_to', [date]],
	['format', [oneOf('json', 'csv')]],
	['headers', [oneOf('true', 'false')]],
	['title', [string]],
];

/** All failures of the plain rules: several parameters may fail at once. */
export function checkEntryRules(values: Record<string, QueryValue>): ApiError[] {
	const errors: ApiError[] = [];
	for (const [name, rules] of ENTRY_RULES) {
		const value = values[name];
		// Blank text passes every rule that is not about presence.
		if (value === undefined || (typeof value === 'string' && value.trim() === '')) continue;
		for (const rule of rules) {
			const code = rule(value);
			if (code !== null) errors.push({ code, source: name });
		}
	}
	return errors;
}

/** The parameters of an entries request after validation; texts stay as typed. */
export interface EntryParameters {
	text: Record<string, string | undefined>;
	formRef: string | undefined;
	branchRef: string | undefined;
	branchOwnerUuid: string | undefined;
	uuid: string | undefined;
	parentUuid: string | undefined;
	parentFormRef: string | undefined;
	inputRef: string | undefined;
	mapIndex: number | undefined;
	page: number;
	perPage: number;
	sortBy: 'created_at' | 'uploaded_at' | 'title';
	descending: boolean;
	filterBy: 'created_at' | 'uploaded_at' | undefined;
	filterFrom: string | undefined;
	filterTo: string | undefined;
	title: string | undefined;
	csv: boolean;
	headers: boolean;
}

/** PHP's empty(): "0" is empty too. */
function filled(text: string | undefined): string | undefined {
	return text === undefined || text === '' || text === '0' ? undefined : text;
}

/** Reads valid parameters; `per_page=0` and pages below 1 fall back to the defaults. */
export function readEntryParameters(values: Record<string, QueryValue>): EntryParameters {
	const text: Record<string, string | undefined> = {};
	for (const [name] of ENTRY_RULES) {
		const value = values[name];
		text[name] = Array.isArray(value) ? undefined : value;
	}
	const perPage = phpInteger(text['per_page'] ?? '') ?? 0;
	const page = phpInteger(text['page'] ?? '') ?? 1;
	const mapIndex = text['map_index'];
	return {
		text,
		formRef: filled(text['form_ref']),
		branchRef: filled(text['branch_ref']),
		branchOwnerUuid: filled(text['branch_owner_uuid']),
		uuid: filled(text['uuid']),
		parentUuid: filled(text['parent_uuid']),
		parentFormRef: filled(text['parent_form_ref']),
		inputRef: filled(text['input_ref']),
		mapIndex: mapIndex === undefined || mapIndex.trim() === '' ? undefined : Math.trunc(Number(mapIndex)),
		page: Math.max(1, page),
		perPage: perPage === 0 ? 50 : perPage,
		sortBy: (text['sort_by'] ?? 'created_at') as EntryParameters['sortBy'],
		descending: (text['sort_order'] ?? 'DESC').toUpperCase() === 'DESC',
		filterBy: text['filter_by'] as EntryParameters['filterBy'],
		filterFrom: filled(text['filter_from']),
		filterTo: filled(text['filter_to']),
		title: filled(text['title']),
		csv: text['format'] === 'csv',
		headers: text['headers'] !== 'false',
	};
}
