import { clientKey } from '../../../../core/auth/clientKey';
import type { Token } from '../../../../core/auth/token';
import { TokenKeepers } from '../../../../core/auth/tokenKeeper';
import { Epicollect5Client } from '../../../../core/epicollect5/client';
import { entryId, type RawEntry } from '../../../../core/epicollect5/entry';
import { Placeholders } from '../../../../core/epicollect5/media';
import type { EntriesQuery } from '../../../../core/epicollect5/query';
import { issueEpicollect5Token } from '../../../../core/epicollect5/token';
import type { Tokens } from '../../../../core/http/caller';
import { LimiterRegistry } from '../../../../core/http/limiter';
import { Run, type RunOptions } from '../../../../core/run';
import type { Entry } from '../../../../sandbox/src/epicollect5/model';
import { Epicollect5Service, type ServiceOptions } from '../../../../sandbox/src/epicollect5/service';
import { Project } from '../../../../sandbox/src/epicollect5/store';
import type { SandboxRequest } from '../../../../sandbox/src/shared/types';
import { VirtualClock } from '../../support/clock';
import { SandboxTransport } from '../../support/sandboxTransport';
import { definition, FORM, mappings, NAME, PROJECT_REF } from './definition';

export const SERVER = 'https://ec5.test';
export const SLUG = 'field-trip';
export const APP = 4945;
export const SECOND = 1000;
/** The first upload of every test. */
export const START = Date.UTC(2026, 4, 1, 8, 0, 0);

/** A row before it is stored; everything has a default. */
export type RowParts = Partial<Omit<Entry, 'seq'>> & { name?: string };

/** A server with one project, and what a process has to read it with. */
export class World {
	readonly clock = new VirtualClock();
	readonly service: Epicollect5Service;
	readonly project: Project;
	readonly transport: SandboxTransport;
	readonly limiters = new LimiterRegistry(this.clock);
	readonly keepers = new TokenKeepers(this.clock);
	readonly placeholders = new Placeholders();
	readonly secret: string;
	/** Called before a request for entries is answered, with its number, which begins at 1. */
	before: (number: number, request: SandboxRequest) => void = () => undefined;
	/** Queries of the requests for entries. */
	readonly asked: URLSearchParams[] = [];
	private rows = 0;

	constructor(options: Partial<ServiceOptions> & { access?: 'public' | 'private' } = {}) {
		this.service = new Epicollect5Service({ clock: this.clock, ...options });
		const defined = definition(SLUG);
		const stamp = '2026-04-30 10:02:11';
		this.project = new Project(
			{
				id: 1,
				ref: PROJECT_REF,
				name: 'Field Trip',
				slug: SLUG,
				access: options.access ?? 'public',
				status: 'active',
				visibility: 'listed',
				category: 'general',
				created_at: stamp,
				updated_at: stamp,
				structure_last_updated: stamp,
			},
			defined,
			mappings(defined),
		);
		this.service.store.projects.push(this.project);
		this.secret = this.service.tokens.secretFor(APP);
		this.service.tokens.clients.set(APP, { id: APP, secret: this.secret, project: SLUG });
		this.transport = new SandboxTransport(this.clock, {
			[SERVER]: {
				handle: async (request) => {
					if (request.path.startsWith('/api/export/entries/')) {
						this.asked.push(request.query);
						this.before(this.asked.length, request);
					}
					return await this.service.handle(request);
				},
			},
		});
	}

	get stream() {
		return this.project.stream(FORM);
	}

	/** The IDs that the form has now, in the order of their making. */
	get ids(): string[] {
		return this.stream.all().map(({ uuid }) => uuid);
	}

	/** Stores rows, one second after the other, or as `parts` says. */
	add(count: number, parts: (index: number) => RowParts = () => ({})): Entry[] {
		return Array.from({ length: count }, (_, index) => this.upload(parts(index)));
	}

	upload({ name, ...parts }: RowParts = {}): Entry {
		const number = this.rows++;
		const at = parts.uploadedAt ?? START + number * SECOND;
		return this.project.insert({
			uuid: uuid(number),
			title: name ?? `Site ${number}`,
			formRef: FORM,
			branchRef: null,
			parentUuid: '',
			ownerUuid: '',
			createdAt: at,
			uploadedAt: at,
			documentCreatedAt: null,
			email: 'ana@example.org',
			branchCounts: null,
			answers: { [NAME]: { answer: name ?? `Site ${number}` } },
			...parts,
		});
	}

	/** What a phone or the website does: another content, a new stamp. */
	edit(id: string, name = 'edited', at = this.clock.now()): void {
		const row = this.stream.byUuid(id) as Entry;
		row.answers = { [NAME]: { answer: name } };
		row.uploadedAt = Math.floor(at / SECOND) * SECOND;
		this.stream.forget();
	}

	/** As {@link edit}, of the title alone, which decides the order by title. */
	retitle(id: string, title: string): void {
		(this.stream.byUuid(id) as Entry).title = title;
		this.edit(id);
	}

	remove(id: string): void {
		this.project.remove(id);
	}

	tokens(secret = this.secret): Tokens {
		let stored: Token | undefined;
		return {
			keeper: this.keepers.get(clientKey(SERVER, String(APP), secret)),
			source: {
				store: {
					read: async () => stored,
					write: async (token) => {
						stored = token;
					},
				},
				issue: async () =>
					await issueEpicollect5Token({
						...{ transport: this.transport, clock: this.clock, limiters: this.limiters },
						...{ baseUrl: SERVER, clientId: String(APP), clientSecret: secret },
					}),
			},
		};
	}

	client(tokens?: Tokens): Epicollect5Client {
		const { clock, transport, limiters, placeholders } = this;
		return new Epicollect5Client({ clock, transport, limiters, placeholders, baseUrl: SERVER, tokens });
	}

	run(options: RunOptions = {}): Run {
		return new Run(this.clock, options);
	}

	/** Reads to the end; an error is part of what is returned. */
	async read(query: Partial<EntriesQuery> = {}, options: ReadOptions = {}): Promise<Reading> {
		const run = options.run ?? this.run();
		const client = options.client ?? this.client(options.tokens);
		const rows: RawEntry[] = [];
		let error: unknown;
		try {
			for await (const page of client.entries(SLUG, { formRef: FORM, mapIndex: 0, ...query }, run)) {
				rows.push(...page);
			}
		} catch (thrown) {
			error = thrown;
		}
		return { rows, ids: rows.map(entryId), run, error, requests: run.summary.requests };
	}
}

interface ReadOptions {
	run?: Run;
	client?: Epicollect5Client;
	tokens?: Tokens;
}

export interface Reading {
	rows: RawEntry[];
	ids: string[];
	run: Run;
	error: unknown;
	requests: number;
}

export function uuid(number: number): string {
	return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

/** The newest version of each row that was delivered: the last one delivered. */
export function newest(rows: readonly RawEntry[]): Map<string, RawEntry> {
	return new Map(rows.map((row) => [entryId(row), row]));
}

/** Everything that an error tells, its causes included. */
export function everythingIn(error: unknown): string {
	const parts: string[] = [];
	for (let at = error; at instanceof Error; at = at.cause) {
		const fields = Object.getOwnPropertyNames(at).map((name) => String((at as never)[name]));
		parts.push(String(at), at.stack ?? '', JSON.stringify(at), ...fields);
	}
	return parts.join('\n');
}
