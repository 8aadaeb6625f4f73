import { EntryActs } from './adminEntries';
import { saveForms, withoutQuestion, withQuestion, type NewQuestion } from './definitionEdits';
import { findForm, formsOf } from './definition';
import type { FaultPlan } from './faults';
import { limitTable, type BucketName, type Limit, type LimitProfile } from './limits';
import type { Form, Input, InputMap, Mapping, ProjectRow } from './model';
import { asMap } from './model';
import type { Settings } from './settings';
import type { RequestRecord, StatsReport } from './stats';
import { demoProject, fillProject } from './seed/demo';
import type { Project } from './store';
import { slugify, sqlTime } from './text';

/** What a project looks like from outside, without its rows. */
export interface ProjectSummary {
	slug: string;
	name: string;
	ref: string;
	access: string;
	status: string;
	forms: { ref: string; name: string; entries: number }[];
	clients: number[];
}

/**
 * Everything that happens on the server's own pages, phones and at the neighbours': each method is also a verb
 * of the admin door (`POST /<verb>` with its argument as JSON).
 */
export class Epicollect5Admin extends EntryActs {
	/** The sandbox's time, in ms. */
	now(): number {
		return this.service.clock.now();
	}

	/** Sets the clock: `at` in ms since 1970, or an ISO text. */
	setClock({ at }: { at: number | string }): number {
		const ms = typeof at === 'number' ? at : Date.parse(at);
		if (!Number.isFinite(ms)) throw new Error('at: neither a number nor a date');
		this.service.clock.set(ms);
		return this.now();
	}

	/** Moves the clock forward (back with negative numbers). */
	advanceClock({ seconds = 0, ms = 0 }: { seconds?: number; ms?: number }): number {
		this.service.clock.advance(seconds * 1000 + ms);
		return this.now();
	}

	/** Changes limits at once: a whole profile, single buckets, or both. Open windows keep their counts. */
	setLimits({
		profile,
		buckets,
	}: {
		profile?: LimitProfile;
		buckets?: Partial<Record<BucketName, Partial<Limit>>>;
	}): void {
		const { limiter } = this.service;
		const table = profile === undefined ? { ...limiter.table } : limitTable(profile);
		for (const [name, limit] of Object.entries(buckets ?? {}) as [BucketName, Partial<Limit>][]) {
			if (!(name in table)) throw new Error(`buckets: no bucket ${name}`);
			table[name] = { ...table[name], ...limit };
		}
		limiter.table = table;
	}

	/** Requests of others: uses up hits of a bucket. `key` is the slug as typed, or an IP. */
	eatLimit({ bucket, key, hits = 1 }: { bucket: BucketName; key: string; hits?: number }): void {
		this.service.limiter.eat({ bucket, key }, hits);
	}

	/** Sets how many hits of a bucket's window are used. */
	setLimitUsed({ bucket, key, used }: { bucket: BucketName; key: string; used: number }): void {
		this.service.limiter.setUsed({ bucket, key }, used);
	}

	/** Forgets all counts: fresh windows for everybody. */
	clearLimits(): void {
		this.service.limiter.clear();
	}

	/** Changes switches of the server: perPageCap, ties, s3Redirect, linkOrigin, maintenance. */
	configure(changes: Partial<Settings>): Settings {
		Object.assign(this.service.settings, changes);
		return this.service.settings;
	}

	/** Maintenance on or off; `retryAfter` shows on pages outside /api only (contract 14). */
	maintenance({ on, retryAfter }: { on: boolean; retryAfter?: number }): void {
		this.service.settings.maintenance = on ? { retryAfter } : false;
	}

	/** All projects. */
	listProjects(): ProjectSummary[] {
		return this.service.store.projects.map(({ row, definition, streams }) => ({
			slug: row.slug,
			name: row.name,
			ref: row.ref,
			access: row.access,
			status: row.status,
			forms: formsOf(definition).map(({ ref, name }) => ({
				ref,
				name,
				entries: streams.get(ref)?.size ?? 0,
			})),
			clients: [...this.service.tokens.clients.values()]
				.filter((client) => client.project === row.slug)
				.map((client) => client.id),
		}));
	}

	/** Makes another demo project (and an app for it); a slug that an archived project had is free again. */
	addProject({
		name,
		slug = slugify(name),
		access = 'public',
		entries = 0,
	}: {
		name: string;
		slug?: string;
		access?: 'public' | 'private';
		entries?: number;
	}): { project: string; ref: string; client: number } {
		const { store } = this.service;
		if (store.bySlug(slug) !== undefined) throw new Error(`slug: ${slug} is taken`);
		const id = Math.max(0, ...store.projects.map(({ row }) => row.id)) + 1;
		const project = demoProject({ id, name, slug, access, stamp: sqlTime(this.now()) });
		// The ref must differ from that of an archived project of the same slug (contract 14).
		while (store.projects.some(({ row }) => row.ref === project.row.ref)) renewRef(project, id);
		fillProject(project, { entries, seed: id });
		store.projects.push(project);
		return { project: slug, ref: project.row.ref, client: this.addClient({ project: slug }).id };
	}

	/** Changes access, status or name, as on the project's settings page. */
	setProject({
		project,
		...changes
	}: { project: string } & Partial<Pick<ProjectRow, 'access' | 'status' | 'name'>>): void {
		const { row } = this.project(project);
		Object.assign(row, changes, { updated_at: sqlTime(this.now()) });
	}

	/** Saves a whole list of forms (renumbers EC5_AUTO, merges custom mappings). */
	setForms({ project, forms }: { project: string; forms: Form[] }): void {
		saveForms(this.project(project), forms, this.service.clock);
	}

	/** Adds a question to a form at a position (default: at the end). Returns it with its ref. */
	addQuestion({
		project,
		form,
		position,
		...question
	}: { project: string; form?: string; position?: number } & NewQuestion): Input {
		const target = this.project(project);
		const formRef = this.form(target, form).ref;
		const end = findForm(target.definition, formRef)?.inputs.length ?? 0;
		const { forms, input } = withQuestion(target, formRef, position ?? end, question);
		saveForms(target, forms, this.service.clock);
		return input;
	}

	/** Deletes a question. Its old answers stay stored and are no longer exported. */
	removeQuestion({ project, ref }: { project: string; ref: string }): void {
		const target = this.project(project);
		saveForms(target, withoutQuestion(target, ref), this.service.clock);
	}

	/** Adds a custom mapping (a copy of EC5_AUTO with other names). Returns its index. */
	addMapping({
		project,
		name,
		names = {},
		hide = [],
	}: {
		project: string;
		name: string;
		names?: Record<string, string>;
		hide?: string[];
	}): number {
		const target = this.project(project);
		const auto = target.mappings.get(0);
		if (auto === undefined) throw new Error('project: it has no EC5_AUTO mapping');
		const index = Math.max(0, ...target.mappings.keys()) + 1;
		const mapping: Mapping = { ...structuredClone(auto), name, is_default: false, map_index: index };
		for (const map of Object.values(mapping.forms)) renameInputs(asMap(map), names, new Set(hide));
		target.mappings.set(index, mapping);
		return index;
	}

	/** Replaces one mapping as a whole. */
	setMapping({ project, index, mapping }: { project: string; index: number; mapping: Mapping }): void {
		this.project(project).mappings.set(index, mapping);
	}

	/** Deletes a custom mapping; one in the middle leaves a gap (contract 5). */
	deleteMapping({ project, index }: { project: string; index: number }): void {
		this.project(project).mappings.delete(index);
	}

	/** Makes another mapping the default one. */
	setDefaultMapping({ project, index }: { project: string; index: number }): void {
		for (const mapping of this.project(project).mappings.values()) {
			mapping.is_default = mapping.map_index === index;
		}
	}

	/** Plans a fault. */
	planFault(plan: FaultPlan): void {
		this.service.faults.add(plan);
	}

	/** Forgets the faults that have not happened. */
	clearFaults(): void {
		this.service.faults.clear();
	}

	/** What was asked so far. */
	stats(): StatsReport {
		return this.service.stats.read();
	}

	/** The last requests, oldest first; tokens are not among what is kept. */
	requests(): RequestRecord[] {
		return this.service.stats.requests();
	}

	/** Counts from zero again. */
	resetStats(): void {
		this.service.stats.reset();
	}
}

/** Gives a project other refs throughout. */
function renewRef(project: Project, id: number): void {
	const old = project.row.ref;
	const ref = `${id.toString(16).padStart(8, '0')}${old.slice(8)}`;
	const renew = <T>(value: T): T => JSON.parse(JSON.stringify(value).replaceAll(old, ref)) as T;
	project.row.ref = ref;
	project.definition = renew(project.definition);
	project.mappings = new Map([...project.mappings].map(([index, mapping]) => [index, renew(mapping)]));
}

function renameInputs(map: Record<string, InputMap>, names: Record<string, string>, hide: Set<string>): void {
	for (const [ref, entry] of Object.entries(map)) {
		entry.map_to = names[ref] ?? entry.map_to;
		entry.hide = hide.has(ref) || entry.hide;
		renameInputs(asMap(entry.group), names, hide);
		renameInputs(asMap(entry.branch), names, hide);
	}
}
