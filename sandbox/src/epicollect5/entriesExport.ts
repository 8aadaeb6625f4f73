import type { SandboxResponse } from '../shared/types';
import { rowPlan } from './columns';
import { csvHeader, csvRowWriter } from './csvRows';
import { findBranch, findForm, findInput, formsOf } from './definition';
import { apiJson, errorResponse, frameworkFault, HTML, oneError, plainHeaders } from './errors';
import { jsonRowWriter } from './jsonRows';
import { entryLinks } from './links';
import type { Entry, Form, Input, Mapping } from './model';
import { checkEntryRules, phpQuery, readEntryParameters, type EntryParameters } from './parameters';
import { selectEntries, type TieOrder } from './selection';
import type { Project } from './store';
import { isoSeconds, jsonString } from './text';

/** What the export needs to know besides the request. */
export interface ExportContext {
	/** Highest per_page: 1000 in the code, 500 in production. */
	perPageCap: number;
	nowMs: number;
	/** Scheme and host for links. */
	origin: string;
	/** The slug segment as typed, for links. */
	typedSlug: string;
	accept: string | undefined;
	ties: TieOrder;
}

interface Resolved {
	parameters: EntryParameters;
	form: Form;
	branch: Input | undefined;
	mapping: Mapping;
	mapIndex: number;
}

/** `GET /api/export/entries/{slug}` after limits and access (contract 7). */
export function exportEntries(
	project: Project,
	query: URLSearchParams,
	context: ExportContext,
): SandboxResponse {
	const values = phpQuery(query);
	const errors = checkEntryRules(values);
	if (errors.length > 0) return errorResponse(400, errors);
	const resolved = resolve(project, readEntryParameters(values), context.perPageCap);
	if ('status' in resolved) return resolved;
	const { parameters, form, branch } = resolved;
	// A valid input_ref makes the server read an undefined value (contract 7.1).
	if (parameters.inputRef !== undefined) return frameworkFault(500, 'Server Error', context.accept);
	const rows = selectEntries(project.stream(branch?.ref ?? form.ref), parameters, context.ties, {
		formRef: form.ref,
		parentFormRef: parentOf(project, form),
	});
	if (parameters.perPage < 0 && rows.total > 0) return frameworkFault(500, 'Server Error', context.accept);
	return parameters.csv
		? csvAnswer(project, resolved, rows.page, context)
		: jsonAnswer(project, resolved, rows, context);
}

function parentOf(project: Project, form: Form): string | undefined {
	const forms = formsOf(project.definition);
	return forms[forms.indexOf(form) - 1]?.ref;
}

/** Refs (first failure only), then the mapping, then the cap. */
function resolve(project: Project, parameters: EntryParameters, cap: number): Resolved | SandboxResponse {
	const { definition } = project;
	const firstForm = formsOf(definition)[0] as Form;
	const form = parameters.formRef === undefined ? firstForm : findForm(definition, parameters.formRef);
	if (form === undefined) return oneError(400, 'ec5_15', parameters.formRef ?? '');
	const { parentFormRef, inputRef, branchRef } = parameters;
	if (parentFormRef !== undefined && findForm(definition, parentFormRef) === undefined) {
		return oneError(400, 'ec5_15', parentFormRef);
	}
	if (inputRef !== undefined && findInput(definition, inputRef) === undefined) {
		return oneError(400, 'ec5_84', inputRef);
	}
	const branch = branchRef === undefined ? undefined : findBranch(form, branchRef);
	if (branchRef !== undefined && branch === undefined) return oneError(400, 'ec5_99', branchRef);
	const mapIndex = parameters.mapIndex ?? project.defaultMapping()?.map_index ?? 0;
	const mapping = project.mappings.get(mapIndex);
	if (mapping === undefined) {
		return oneError(400, 'ec5_322', `map_index: ${parameters.text['map_index'] ?? mapIndex}`);
	}
	if (parameters.perPage > cap) return oneError(400, 'ec5_335', 'api');
	return { parameters, form, branch, mapping, mapIndex };
}

function plan(project: Project, { form, branch, mapping }: Resolved): ReturnType<typeof rowPlan> {
	return rowPlan({
		form,
		branch,
		mapping,
		isTopForm: form === formsOf(project.definition)[0],
		createdBy: project.row.access === 'private',
	});
}

function valueContext(project: Project, context: ExportContext) {
	return {
		mediaUrls: project.row.access === 'public',
		origin: context.origin,
		slug: project.row.slug,
	};
}

function csvAnswer(
	project: Project,
	resolved: Resolved,
	page: Entry[],
	context: ExportContext,
): SandboxResponse {
	const rows = plan(project, resolved);
	const write = csvRowWriter(rows, valueContext(project, context));
	let text = resolved.parameters.headers ? csvHeader(rows) : '';
	for (const entry of page) text += write(entry);
	// The framework's default type: there is no text/csv (contract 9).
	return { status: 200, headers: plainHeaders(HTML), body: Buffer.from(text) };
}

function jsonAnswer(
	project: Project,
	resolved: Resolved,
	rows: ReturnType<typeof selectEntries>,
	context: ExportContext,
): SandboxResponse {
	const { parameters, mapping, mapIndex, form } = resolved;
	const { perPage, page } = parameters;
	const lastPage = Math.max(1, Math.ceil(rows.total / perPage));
	const write = jsonRowWriter(plan(project, resolved), valueContext(project, context));
	const entries = rows.page.map(write).join(',');
	// newest and oldest are created_at of the whole filtered set, and the server's time when it is empty.
	const newest = isoSeconds(rows.newest ?? context.nowMs);
	const oldest = isoSeconds(rows.oldest ?? context.nowMs);
	const meta = `{"total":${rows.total},"per_page":${perPage},"current_page":${page},"last_page":${lastPage},"from":${page},"to":${lastPage},"newest":"${newest}","oldest":"${oldest}"}`;
	const mapped =
		rows.page.length === 0
			? ''
			: `,"mapping":{"map_name":${jsonString(mapping.name)},"map_index":${mapIndex}}`;
	const links = entryLinks(parameters, { formRef: form.ref, mapIndex, lastPage }, context);
	return apiJson(
		`{"meta":${meta},"data":{"id":${jsonString(project.row.slug)},"type":"entries","entries":[${entries}]${mapped}},"links":${links}}`,
	);
}
