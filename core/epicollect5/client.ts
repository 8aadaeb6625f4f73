import type { Clock } from '../clock';
import { Caller, describe, type Tokens } from '../http/caller';
import { isObject, parseJson } from '../http/json';
import { parseWithList } from '../http/jsonList';
import type { LimiterRegistry } from '../http/limiter';
import type { BodyOf, HttpRequest, HttpResponse, Transport } from '../http/transport';
import type { Run } from '../run';
import type { RawEntry } from './entry';
import { readEntries } from './entries';
import { EPICOLLECT5_LIMITS, type Bucket } from './limits';
import type { Placeholders } from './media';
import { MediaReader } from './mediaReader';
import { ROWS_PATH, type DatedAnswer, type DatedAsk } from './pages';
import { parseProject, type Project } from './project';
import type { EntriesQuery } from './query';
import { EPICOLLECT5_RULES, epicollect5Codes, noEpicollect5 } from './rules';

export interface Epicollect5Options {
	transport: Transport;
	clock: Clock;
	/** Shared by all clients of the process. */
	limiters: LimiterRegistry;
	/** Shared by all clients of the process. */
	placeholders: Placeholders;
	/** As {@link normaliseServerUrl} gives it. */
	baseUrl: string;
	/** Left out for public projects. */
	tokens?: Tokens;
}

/** A project as the search finds it: private and hidden ones included. */
export interface FoundProject {
	name: string;
	slug: string;
	ref: string;
	access: 'public' | 'private';
}

/** One request for JSON. */
interface Asked {
	bucket: Bucket;
	/** What shares the bucket: the project's slug, or `ip`. */
	scope: string;
	path: string;
	query?: Record<string, string | number>;
	run: Run;
	withoutToken?: boolean;
}

/** Reads one Epicollect5 server. Slugs are to be given as {@link projectSlug} makes them. */
export class Epicollect5Client {
	/** Photos, audio and video. */
	readonly media: MediaReader;
	private readonly caller: Caller;

	constructor(private readonly options: Epicollect5Options) {
		const { transport, clock } = options;
		this.caller = new Caller({ transport, clock, rules: EPICOLLECT5_RULES, codesOf: epicollect5Codes });
		const limiter = this.limiter.bind(this);
		this.media = new MediaReader({ ...options, caller: this.caller, limiter });
	}

	/** The definition of a project, with fresh counts. Costs one of the scarce project requests. @throws FieldDataError */
	async project(slug: string, run: Run): Promise<Project> {
		const path = `/api/export/project/${encodeURIComponent(slug)}`;
		return parseProject(await this.json({ bucket: 'project', scope: slug, path, run }));
	}

	/**
	 * Projects whose name begins with `text`, at most 50 (contract 12). Needs no token.
	 * @throws FieldDataError
	 */
	async searchProjects(text: string, run: Run): Promise<FoundProject[]> {
		// A lone half of a character cannot be sent, and a path of dots would lead elsewhere.
		const name = text.replace(/\p{Cs}/gu, '').trim();
		if (/^\.{0,2}$/.test(name)) return [];
		const body = await this.json({
			...{ bucket: 'app', scope: 'ip', path: `/api/projects/${encodeURIComponent(name)}` },
			...{ run, withoutToken: true },
		});
		const list: unknown[] = isObject(body) && Array.isArray(body.data) ? body.data : [];
		return list.flatMap((item) => {
			const project = isObject(item) && isObject(item.project) ? item.project : undefined;
			if (typeof project?.slug !== 'string' || typeof project.name !== 'string') return [];
			const access = project.access === 'private' ? 'private' : 'public';
			return [{ name: project.name, slug: project.slug, ref: String(project.ref ?? ''), access }];
		});
	}

	/**
	 * Looks whether the server is an Epicollect5 that has the project, private ones included. Needs no token and none of
	 * the scarce requests (contract 12).
	 * @param slug has to be spelt as the service does: this address alone does not mend it
	 * @throws NotFoundError for no such project; ApiError with code `no_epicollect5`; FieldDataError
	 */
	async checkProject(slug: string, run: Run): Promise<void> {
		const path = `/api/project-version/${encodeURIComponent(slug)}`;
		const asked: Asked = { bucket: 'app', scope: 'ip', path, run, withoutToken: true };
		await this.get(asked, ({ body, status }, request) => {
			const answer = parseJson(body, request);
			if (!isObject(answer) || !isObject(answer.data)) throw noEpicollect5({ status, request });
		});
	}

	/**
	 * The entries of a form or a branch, some at a time, exactly as the service sends them. Which order and what happens
	 * when entries change meanwhile: {@link readEntries}.
	 * @throws FieldDataError while iterating; IncompleteError rather than a silent part
	 */
	entries(slug: string, query: EntriesQuery, run: Run): AsyncGenerator<RawEntry[]> {
		const path = `/api/export/entries/${encodeURIComponent(slug)}`;
		const fixed = fixedParameters(query);
		return readEntries(
			(parameters) =>
				this.ask(
					{ bucket: 'entries', scope: slug, path, run, query: { ...fixed, ...parameters } },
					'bytes',
					({ body }, request) => parseWithList(body, ROWS_PATH, request),
				),
			query,
			run,
		);
	}

	/**
	 * Asks for pages of a form or branch, for a reader that keeps its own place.
	 * @returns a function that gives a page as the service sends it; it throws FieldDataError
	 */
	asker(slug: string, query: EntriesQuery, run: Run): DatedAsk {
		const path = `/api/export/entries/${encodeURIComponent(slug)}`;
		const fixed = fixedParameters(query);
		const read = ({ body, headers }: HttpResponse<string>, request: string): DatedAnswer => ({
			body: parseJson(body, request),
			servedAt: servedAt(headers),
		});
		return async (parameters) =>
			await this.get({ bucket: 'entries', scope: slug, path, run, query: { ...fixed, ...parameters } }, read);
	}

	private async json(asked: Asked): Promise<unknown> {
		return await this.get(asked, ({ body }, request) => parseJson(body, request));
	}

	private async get<R>(
		asked: Asked,
		read: (response: HttpResponse<string>, request: string) => R,
	): Promise<R> {
		return await this.ask(asked, 'text', read);
	}

	private async ask<T extends 'text' | 'bytes', R>(
		{ bucket, scope, path, query, run, withoutToken }: Asked,
		responseType: T,
		read: (response: HttpResponse<BodyOf[T]>, request: string) => R,
	): Promise<R> {
		const request: HttpRequest<T> = {
			method: 'GET',
			url: this.options.baseUrl + path,
			query,
			responseType,
		};
		return await this.caller.call({
			request,
			run,
			limiter: this.limiter(bucket, scope),
			tokens: withoutToken ? undefined : this.options.tokens,
			repeatable: true,
			read: (response) => read(response, describe(request)),
		});
	}

	private limiter(bucket: Bucket, scope: string) {
		const { limiters, baseUrl } = this.options;
		return limiters.get(baseUrl, scope, bucket, EPICOLLECT5_LIMITS[bucket]);
	}
}

/** @returns when an answer was given by the server's own clock, in milliseconds since the epoch */
function servedAt({ date = '' }: HttpResponse['headers']): number | undefined {
	const ms = Date.parse(date);
	return Number.isNaN(ms) ? undefined : ms;
}

/** What stays the same on every page. The mapping is always named, as the owner may switch the default (contract 10). */
function fixedParameters(query: EntriesQuery): Record<string, string | number> {
	return {
		form_ref: query.formRef,
		map_index: query.mapIndex,
		...(query.branchRef !== undefined && { branch_ref: query.branchRef }),
		...(query.ownerUuid !== undefined && { branch_owner_uuid: query.ownerUuid }),
		...(query.uuid !== undefined && { uuid: query.uuid }),
		...(query.parentUuid !== undefined && { parent_uuid: query.parentUuid }),
		...(query.parentFormRef !== undefined && { parent_form_ref: query.parentFormRef }),
		...(query.title !== undefined && { title: query.title }),
	};
}
