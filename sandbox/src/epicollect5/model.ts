/** What the server keeps: projects, entries, apps and their tokens. */

/** A possible answer of a choice question. */
export interface PossibleAnswer {
	answer: string;
	answer_ref: string;
}

/** A question (contract 6.2). Always these 17 keys. */
export interface Input {
	ref: string;
	type: string;
	question: string;
	is_title: boolean;
	is_required: boolean;
	verify: boolean;
	set_to_current_datetime: boolean;
	uniqueness: string;
	regex: string | null;
	default: string | null;
	min: number | string | null;
	max: number | string | null;
	datetime_format: string | null;
	possible_answers: PossibleAnswer[];
	jumps: { to: string; when: string; answer_ref?: string | null }[];
	branch: Input[];
	group: Input[];
}

export interface Form {
	ref: string;
	name: string;
	slug: string;
	type: string;
	inputs: Input[];
}

/** The stored definition of a project; other keys are passed through to the export. */
export interface Definition {
	id: string;
	type: string;
	project: { ref: string; name: string; slug: string; forms: Form[]; [key: string]: unknown };
}

/** One question in a mapping (contract 6.4). Empty maps are `[]`, as PHP writes them. */
export interface InputMap {
	map_to: string;
	hide: boolean;
	possible_answers: Record<string, { map_to: string }> | never[];
	group: Record<string, InputMap> | never[];
	branch: Record<string, InputMap> | never[];
}

export interface Mapping {
	name: string;
	is_default: boolean;
	map_index: number;
	forms: Record<string, Record<string, InputMap> | never[]>;
}

/** A stored answer; bigint only for whole numbers beyond 2^53. */
export type Answer = unknown;
export type Answers = Record<string, { answer: Answer; was_jumped?: boolean }>;

/** A row of a form or of a branch. */
export interface Entry {
	uuid: string;
	title: string;
	formRef: string;
	/** Set on branch entries only. */
	branchRef: string | null;
	parentUuid: string;
	ownerUuid: string;
	/** Column that sorts and filters, in ms. */
	createdAt: number;
	/** Whole seconds, in ms. */
	uploadedAt: number;
	/** What an export prints as created_at; only kept when it differs from the column. */
	documentCreatedAt: string | null;
	email: string | null;
	/** Stored on the owner row, as the server does. */
	branchCounts: Record<string, number> | null;
	/** Demo rows make their answers when they are read. */
	answers: Answers | (() => Answers);
	/** Insertion order. */
	seq: number;
}

/** A stored media file. Its bytes are made when it is read. */
export interface MediaFile {
	format: string;
	name: string;
	bytes: number;
	contentType: string;
	/** Given by an admin call instead of being made. */
	content?: Buffer;
}

export type ProjectStatus = 'active' | 'locked' | 'trashed' | 'archived';

/** The project's own row. */
export interface ProjectRow {
	id: number;
	ref: string;
	name: string;
	slug: string;
	access: 'public' | 'private';
	status: ProjectStatus;
	visibility: string;
	category: string;
	created_at: string;
	updated_at: string;
	structure_last_updated: string;
}

/** An app of a project (contract 2). */
export interface ClientApp {
	id: number;
	secret: string;
	/** Slug of its project; null once the link was deleted. */
	project: string | null;
}

/** Answers of an entry, wherever they come from. */
export function answersOf(entry: Entry): Answers {
	return typeof entry.answers === 'function' ? entry.answers() : entry.answers;
}

/** `[]` and `{}` alike become a map (contract 5: empty PHP arrays). */
export function asMap<T>(value: Record<string, T> | never[] | undefined | null): Record<string, T> {
	return value === undefined || value === null || Array.isArray(value) ? {} : value;
}
