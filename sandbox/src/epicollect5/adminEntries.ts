import { mixSeed, seededRandom, type Random } from '../shared/random';
import { findBranch, findForm, formsOf } from './definition';
import type { Answers, ClientApp, Entry, Form, Input } from './model';
import { answersOf } from './model';
import { demoEntry } from './seed/demo';
import type { Epicollect5Service } from './service';
import type { Project } from './store';

/** How a row is told from outside. */
export interface EntrySummary {
	uuid: string;
	title: string;
	createdAt: string;
	uploadedAt: string;
	parent: string;
	owner: string;
}

/** Parts of a row that an upload decides; everything has a default. */
export interface UploadParts {
	uuid?: string;
	title?: string;
	/** Ms or ISO text. Default: now. */
	createdAt?: number | string;
	/** Ms or ISO text. Default: now, in whole seconds. */
	uploadedAt?: number | string;
	email?: string | null;
	/** Stored answers by question ref; without them some are made up. */
	answers?: Record<string, unknown>;
	/** Seconds until the row can be seen: a transaction that commits late. */
	visibleInSeconds?: number;
}

const whole = (ms: number): number => Math.floor(ms / 1000) * 1000;
const toMs = (time: number | string): number => (typeof time === 'number' ? time : Date.parse(time));

/** Acts on entries, media, tokens and apps. */
export class EntryActs {
	private readonly random: Random;

	constructor(
		readonly service: Epicollect5Service,
		seed = 1,
	) {
		this.random = seededRandom(mixSeed(seed, 'admin'));
	}

	/** Uploads a row of a form (default: the first) under a parent (default: any). */
	addEntry({
		project,
		form,
		parent,
		...parts
	}: { project: string; form?: string; parent?: string } & UploadParts): EntrySummary {
		const target = this.project(project);
		const { ref, inputs } = this.form(target, form);
		return this.upload(
			target,
			{ inputs, formRef: ref, parentUuid: this.parentFor(target, ref, parent) },
			parts,
		);
	}

	/** Uploads many made-up rows at once; `perSecond` rows share a second (default: all). */
	addEntries({
		project,
		form,
		count,
		perSecond = count,
	}: {
		project: string;
		form?: string;
		count: number;
		perSecond?: number;
	}): EntrySummary[] {
		const now = this.service.clock.now();
		return Array.from({ length: count }, (_, index) =>
			this.addEntry({ project, form, uploadedAt: now + Math.floor(index / perSecond) * 1000 }),
		);
	}

	/** Uploads a branch row of an owner entry (default: any). The owner's uploaded_at stays. */
	addBranchEntry({
		project,
		branch,
		owner,
		...parts
	}: { project: string; branch: string; owner?: string } & UploadParts): EntrySummary {
		const target = this.project(project);
		const form = formsOf(target.definition).find((item) => findBranch(item, branch) !== undefined);
		const input = form === undefined ? undefined : findBranch(form, branch);
		if (form === undefined || input === undefined) throw new Error(`branch: no branch ${branch}`);
		const owners = target.stream(form.ref).all();
		const ownerUuid = owner ?? (owners.length > 0 ? this.random.pick(owners).uuid : '');
		return this.upload(
			target,
			{ inputs: input.branch, formRef: form.ref, branchRef: branch, ownerUuid },
			parts,
		);
	}

	/** Edits a row of a form or branch: uploaded_at becomes now (contract 13.1), even if nothing changed. */
	editEntry({
		project,
		uuid,
		answers,
		title,
		uploadedAt,
		documentCreatedAt,
	}: { project: string; uuid: string; documentCreatedAt?: string } & UploadParts): EntrySummary {
		const entry = this.entry(project, uuid);
		if (answers !== undefined) entry.answers = { ...answersOf(entry), ...stored(answers) };
		if (title !== undefined) entry.title = title;
		if (documentCreatedAt !== undefined) entry.documentCreatedAt = documentCreatedAt;
		entry.uploadedAt = whole(toMs(uploadedAt ?? this.service.clock.now()));
		this.project(project)
			.stream(entry.branchRef ?? entry.formRef)
			.forget();
		return summary(entry);
	}

	/** Deletes a row with its children, their branch rows and media. Returns the uuids that went. */
	deleteEntry({ project, uuid }: { project: string; uuid: string }): string[] {
		return this.project(project).remove(uuid);
	}

	/** All rows of a form (default: the first) or branch, as stored, in insertion order. */
	listEntries({
		project,
		form,
		branch,
	}: {
		project: string;
		form?: string;
		branch?: string;
	}): EntrySummary[] {
		const target = this.project(project);
		return target
			.stream(branch ?? this.form(target, form).ref)
			.all()
			.map(summary);
	}

	/** A media file arrives. Its entry's uploaded_at stays (contract 11). */
	addMedia({
		project,
		name,
		format = name.endsWith('.jpg') ? 'entry_original' : name.endsWith('.wav') ? 'audio' : 'video',
		bytes = 12_000,
		content,
	}: {
		project: string;
		name: string;
		format?: string;
		bytes?: number;
		/** Base64; without it the sandbox makes the bytes. */
		content?: string;
	}): void {
		const given = content === undefined ? undefined : Buffer.from(content, 'base64');
		const contentType = format.startsWith('audio')
			? name.endsWith('.wav')
				? 'audio/wav'
				: 'audio/mp4'
			: format === 'video'
				? 'video/mp4'
				: 'image/jpeg';
		this.project(project).addMedia({
			format,
			name,
			contentType,
			bytes: given?.length ?? bytes,
			content: given,
		});
	}

	/** Issues a token as a request for one would: the client's earlier tokens are gone. */
	issueToken({ client }: { client: number }): string {
		this.service.tokens.deleteOf(client);
		return this.service.tokens.issue(client);
	}

	/** Deletes a client's tokens, as any token request with its id does (even with a wrong secret). */
	dropTokens({ client }: { client: number }): void {
		this.service.tokens.deleteOf(client);
	}

	/** "Revoke Token" on the Apps page. The app can get a new one. */
	revokeTokens({ client }: { client: number }): void {
		this.service.tokens.revokeOf(client);
	}

	/** Lets a client's tokens run out now. */
	expireTokens({ client }: { client: number }): void {
		this.service.tokens.expireOf(client);
	}

	/** Changes how long new tokens live. */
	setTokenSeconds({ seconds }: { seconds: number }): void {
		this.service.tokens.lifetimeSeconds = seconds;
	}

	/** A new app of a project. */
	addClient({ project, id }: { project: string; id?: number }): ClientApp {
		const { tokens } = this.service;
		const free = id ?? Math.max(0, ...tokens.clients.keys()) + 1;
		const client = { id: free, secret: tokens.secretFor(free), project: this.project(project).row.slug };
		tokens.clients.set(free, client);
		return client;
	}

	/** Deletes an app and its project link; its tokens stay, and are then refused with ec5_257. */
	deleteClient({ client }: { client: number }): void {
		this.service.tokens.clients.delete(client);
	}

	protected project(slug: string): Project {
		const { store } = this.service;
		const project = store.bySlug(slug) ?? store.projects.find((item) => item.row.slug === slug);
		if (project === undefined) throw new Error(`project: no project ${slug}`);
		return project;
	}

	/** A form by ref or name; the first one when nothing is said. */
	protected form(project: Project, ref: string | undefined): Form {
		const forms = formsOf(project.definition);
		const form =
			ref === undefined
				? forms[0]
				: (findForm(project.definition, ref) ?? forms.find((item) => item.name === ref));
		if (form === undefined) throw new Error(`form: no form ${ref ?? ''}`);
		return form;
	}

	private entry(slug: string, uuid: string): Entry {
		const entry = this.project(slug).find(uuid);
		if (entry === undefined) throw new Error(`uuid: no entry ${uuid}`);
		return entry;
	}

	private parentFor(project: Project, formRef: string, parent: string | undefined): string {
		const forms = formsOf(project.definition);
		const above = forms[forms.findIndex((form) => form.ref === formRef) - 1];
		if (above === undefined) return '';
		const rows = project.stream(above.ref).all();
		return parent ?? (rows.length > 0 ? this.random.pick(rows).uuid : '');
	}

	private upload(
		project: Project,
		place: { inputs: Input[]; formRef: string; branchRef?: string; parentUuid?: string; ownerUuid?: string },
		parts: UploadParts,
	): EntrySummary {
		const now = this.service.clock.now();
		const uploadedAt = whole(toMs(parts.uploadedAt ?? now));
		const made = demoEntry(place, this.random, uploadedAt);
		const entry = {
			...made,
			uuid: parts.uuid?.toLowerCase() ?? made.uuid,
			title: parts.title ?? made.title,
			uploadedAt,
			createdAt: parts.createdAt === undefined ? made.createdAt : toMs(parts.createdAt),
			email: parts.email === undefined ? made.email : parts.email,
			answers: parts.answers === undefined ? made.answers : stored(parts.answers),
		};
		if (parts.createdAt !== undefined) {
			entry.documentCreatedAt = entry.createdAt % 1000 === 0 ? null : new Date(entry.createdAt).toISOString();
		}
		if (parts.visibleInSeconds !== undefined && parts.visibleInSeconds > 0) {
			project.insertLater(entry, now + parts.visibleInSeconds * 1000);
			return summary(entry as Entry);
		}
		const inserted = project.insert(entry);
		project.recountBranch(inserted);
		return summary(inserted);
	}
}

function stored(answers: Record<string, unknown>): Answers {
	return Object.fromEntries(
		Object.entries(answers).map(([ref, answer]) => [ref, { answer, was_jumped: false }]),
	);
}

function summary(entry: Entry): EntrySummary {
	return {
		uuid: entry.uuid,
		title: entry.title,
		createdAt: new Date(entry.createdAt).toISOString(),
		uploadedAt: new Date(entry.uploadedAt).toISOString(),
		parent: entry.parentUuid,
		owner: entry.ownerUuid,
	};
}
