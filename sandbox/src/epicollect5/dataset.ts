import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Answers, Definition, Entry, Mapping, MediaFile, ProjectRow } from './model';
import type { Epicollect5Service } from './service';
import { Project } from './store';

interface ProjectFile {
	project: ProjectRow;
	definition?: Definition;
	mapping?: Mapping[] | Record<string, Mapping>;
}

interface EntryLine {
	uuid: string;
	title: string;
	form_ref: string;
	branch_ref?: string;
	parent_uuid?: string;
	owner_uuid?: string;
	created_at: string;
	uploaded_at: string;
	document_created_at?: string;
	user_email: string | null;
	branch_counts?: Record<string, number> | null;
	answers: Answers | never[];
}

/** Loads a folder in the layout of the recordings' `dataset/`. Secrets are the sandbox's own. */
export function loadDataset(service: Epicollect5Service, folder: string): void {
	const files = readdirSync(folder).sort();
	const loaded = files
		.filter((file) => file.endsWith('.project.json'))
		.map((file) => loadProject(folder, file.slice(0, -'.project.json'.length)));
	loaded.sort((left, right) => left.row.id - right.row.id);
	service.store.projects.push(...loaded);
	for (const { id, project } of readJson<{ id: number; project: string }[]>(
		join(folder, 'clients.json'),
		[],
	)) {
		service.tokens.clients.set(id, { id, secret: service.tokens.secretFor(id), project });
	}
}

/** Loads more rows of a project: a file of entry lines that were there for a while only. Returns their uuids. */
export function loadExtraRows(project: Project, file: string): string[] {
	return readLines(file).map((line) => insertLine(project, line).uuid);
}

function loadProject(folder: string, slug: string): Project {
	const {
		project: row,
		definition,
		mapping,
	} = readJson<ProjectFile>(join(folder, `${slug}.project.json`), null);
	const project = new Project(row, definition ?? emptyDefinition(row), mappingsOf(mapping));
	for (const kind of ['entries', 'branch-entries']) {
		for (const line of readLines(join(folder, `${slug}.${kind}.jsonl`))) insertLine(project, line);
	}
	for (const file of readJson<MediaFile[]>(join(folder, `${slug}.media.json`), [])) project.addMedia(file);
	return project;
}

function emptyDefinition(row: ProjectRow): Definition {
	const { ref, name, slug } = row;
	return { id: ref, type: 'project', project: { ref, name, slug, forms: [] } };
}

/** A list by position, or an object with gaps (contract 5). */
function mappingsOf(mapping: ProjectFile['mapping']): Map<number, Mapping> {
	return new Map(Object.entries(mapping ?? {}).map(([index, item]) => [Number(index), item]));
}

function insertLine(project: Project, line: EntryLine): Entry {
	const createdAt = Date.parse(line.created_at);
	return project.insert({
		uuid: line.uuid,
		title: line.title,
		formRef: line.form_ref,
		branchRef: line.branch_ref ?? null,
		parentUuid: line.parent_uuid ?? '',
		ownerUuid: line.owner_uuid ?? '',
		createdAt,
		uploadedAt: Date.parse(line.uploaded_at),
		documentCreatedAt: line.document_created_at ?? line.created_at,
		email: line.user_email,
		branchCounts: line.branch_counts ?? null,
		answers: Array.isArray(line.answers) ? {} : line.answers,
	});
}

function readJson<T>(file: string, fallback: T | null): T {
	if (!existsSync(file) && fallback !== null) return fallback;
	return JSON.parse(readFileSync(file, 'utf8')) as T;
}

function readLines(file: string): EntryLine[] {
	if (!existsSync(file)) return [];
	return readFileSync(file, 'utf8')
		.split('\n')
		.filter((line) => line.trim() !== '')
		.map(parseExact);
}

/** Whole numbers beyond 2^53 stay exact. */
function parseExact(line: string): EntryLine {
	if (!/\d{16}/.test(line)) return JSON.parse(line) as EntryLine;
	// JSON.parse hands the source of a number to the reviver; the types do not know it yet.
	const reviver = (_key: string, value: unknown, context?: { source: string }): unknown =>
		typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? '')
			? BigInt(context?.source ?? '0')
			: value;
	return JSON.parse(line, reviver as (key: string, value: unknown) => unknown) as EntryLine;
}
