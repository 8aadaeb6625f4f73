import { rowPlan } from '../epicollect5/columns';
import { csvHeader, csvRowWriter } from '../epicollect5/csvRows';
import { findBranch, findForm, formsOf } from '../epicollect5/definition';
import { jsonRowWriter } from '../epicollect5/jsonRows';
import type { Entry, Form } from '../epicollect5/model';
import { phpQuery, readEntryParameters } from '../epicollect5/parameters';
import type { Project } from '../epicollect5/store';
import type { SandboxRequest } from '../shared/types';
import { firstDifference, orderDifference, parseJson, short, type SortKey } from './compare';

/** How the rows of an entries request are written here, row by row. */
interface RowView {
	find(uuid: string): Entry | undefined;
	json(entry: Entry): string;
	csv(entry: Entry): string;
	csvHead: string;
	/** Place of the row's own uuid among the first CSV fields. */
	uuidField: 0 | 1;
	uuidKey: 'ec5_uuid' | 'ec5_branch_uuid';
	sortBy: SortKey;
	headers: boolean;
}

function viewOf(project: Project, request: SandboxRequest): RowView | null {
	const parameters = readEntryParameters(phpQuery(request.query));
	const forms = formsOf(project.definition);
	const form = parameters.formRef === undefined ? forms[0] : findForm(project.definition, parameters.formRef);
	const mapping = project.mappings.get(parameters.mapIndex ?? project.defaultMapping()?.map_index ?? 0);
	if (form === undefined || mapping === undefined) return null;
	const branch =
		parameters.branchRef === undefined ? undefined : findBranch(form as Form, parameters.branchRef);
	const plan = rowPlan({
		form,
		branch,
		mapping,
		isTopForm: form === forms[0],
		createdBy: project.row.access === 'private',
	});
	const context = {
		mediaUrls: project.row.access === 'public',
		origin: request.origin,
		slug: project.row.slug,
	};
	const stream = project.stream(branch?.ref ?? form.ref);
	return {
		find: (uuid) => stream.byUuid(uuid),
		json: jsonRowWriter(plan, context),
		csv: csvRowWriter(plan, context),
		csvHead: csvHeader(plan),
		uuidField: branch === undefined ? 0 : 1,
		uuidKey: branch === undefined ? 'ec5_uuid' : 'ec5_branch_uuid',
		sortBy: parameters.sortBy,
		headers: parameters.headers,
	};
}

interface EntriesBody {
	meta: Record<string, unknown> & { total?: number };
	data: { entries?: Record<string, unknown>[] } & Record<string, unknown>;
	links: unknown;
}

/** First difference of two JSON pages of entries, ties allowed for. */
export function compareJsonPages(
	project: Project,
	request: SandboxRequest,
	recordedText: string,
	hereText: string,
	at: number,
): string | null {
	const recorded = parseJson(recordedText) as EntriesBody;
	const here = parseJson(hereText) as EntriesBody;
	const view = viewOf(project, request);
	if (view === null || recorded.data?.entries === undefined || here.data?.entries === undefined) {
		return firstDifference(recorded, here);
	}
	// newest and oldest of an empty answer are the server's clock, which may tick while it answers.
	if (recorded.meta.total === 0) {
		for (const key of ['newest', 'oldest']) {
			const difference = Math.abs(
				Date.parse(String(here.meta[key])) - Date.parse(String(recorded.meta[key])),
			);
			if (Math.abs(Date.parse(String(here.meta[key])) / 1000 - at) > 2 || difference > 2000) {
				return `$.meta.${key}: ${short(recorded.meta[key])} recorded, ${short(here.meta[key])} here`;
			}
			here.meta[key] = recorded.meta[key];
		}
	}
	const shell = (body: EntriesBody): unknown => ({ ...body, data: { ...body.data, entries: [] } });
	const difference = firstDifference(shell(recorded), shell(here));
	if (difference !== null) return difference;
	const rows: Entry[] = [];
	for (const row of recorded.data.entries) {
		const entry = view.find(String(row[view.uuidKey]));
		if (entry === undefined) return `recorded row ${short(row[view.uuidKey])} is not here`;
		const rowDifference = firstDifference(row, parseJson(view.json(entry)), `row ${entry.uuid}`);
		if (rowDifference !== null) return rowDifference;
		rows.push(entry);
	}
	const mine = here.data.entries.map((row) => view.find(String(row[view.uuidKey])) as Entry);
	return orderDifference(rows, mine, view.sortBy);
}

/** First difference of two CSV pages: bytes, but rows of a tie may stand in any order. */
export function compareCsvPages(
	project: Project,
	request: SandboxRequest,
	recorded: string,
	here: string,
): string | null {
	if (recorded === here) return null;
	const view = viewOf(project, request);
	if (view === null) return `${short(recorded)} recorded, ${short(here)} here`;
	const left = csvRows(view, recorded);
	if (typeof left === 'string') return left;
	const right = csvRows(view, here);
	return typeof right === 'string' ? right : orderDifference(left, right, view.sortBy);
}

/** The rows of a CSV text, each compared by bytes with what is written here for that uuid. */
function csvRows(view: RowView, text: string): Entry[] | string {
	const rows: Entry[] = [];
	let at = 0;
	if (view.headers) {
		if (!text.startsWith(view.csvHead))
			return `header: ${short(text.slice(0, 200))} recorded, ${short(view.csvHead)} here`;
		at = view.csvHead.length;
	}
	while (at < text.length) {
		const uuid = text.slice(at, at + 73).split(',')[view.uuidField] ?? '';
		const entry = view.find(uuid);
		if (entry === undefined) return `recorded row ${short(uuid)} is not here`;
		const line = view.csv(entry);
		if (!text.startsWith(line, at)) return lineDifference(text.slice(at, at + line.length), line);
		at += line.length;
		rows.push(entry);
	}
	return rows;
}

function lineDifference(recorded: string, here: string): string {
	let at = 0;
	while (at < here.length && recorded[at] === here[at]) at += 1;
	const part = (text: string): string => short(text.slice(Math.max(0, at - 30), at + 30));
	return `CSV row ${here.slice(0, 36)}: ${part(recorded)} recorded, ${part(here)} here`;
}
