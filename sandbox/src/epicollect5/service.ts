import type { SandboxClock } from '../shared/clock';
import { seededRandom, type Random } from '../shared/random';
import type { SandboxRequest, SandboxResponse, SandboxService } from '../shared/types';
import { appAccess, exportAccess } from './access';
import { appAnswer } from './appEndpoints';
import { exportEntries } from './entriesExport';
import { htmlPage, oneError, plainHeaders } from './errors';
import { FaultPlanner } from './faults';
import { limitHeaders, RateLimiter, type BucketRef, type LimitProfile, type LimitVerdict } from './limits';
import { exportMedia } from './mediaExport';
import { exportProject } from './projectExport';
import { projectVersion, searchProjects } from './projectSearch';
import { findRoute, isApiPath, type Route } from './routes';
import { defaultSettings, type Settings } from './settings';
import { Stats } from './stats';
import { StorageOrigin } from './storage';
import { Store, type Project } from './store';
import { issueToken } from './tokenEndpoint';
import { TokenStore } from './tokens';

/** What a service starts with. */
export interface ServiceOptions {
	clock: SandboxClock;
	limits?: LimitProfile;
	seed?: number;
	tokenSeconds?: number;
}

const GOOGLE_AGENTS = /Google-Apps-Script|GoogleDocs|apps-spreadsheets/i;

/** The Epicollect5 server in one process: ask it with `handle`, no socket needed. */
export class Epicollect5Service implements SandboxService {
	readonly clock: SandboxClock;
	readonly store = new Store();
	readonly tokens: TokenStore;
	readonly limiter: RateLimiter;
	readonly faults: FaultPlanner;
	readonly stats = new Stats();
	readonly storage: StorageOrigin;
	settings: Settings;
	private readonly random: Random;

	constructor(options: ServiceOptions) {
		const profile = options.limits ?? 'production';
		const seed = options.seed ?? 1;
		this.clock = options.clock;
		this.tokens = new TokenStore(this.clock, seed, options.tokenSeconds ?? 7200);
		this.limiter = new RateLimiter(this.clock, profile);
		this.faults = new FaultPlanner(this.clock);
		this.storage = new StorageOrigin(this.clock, seed);
		this.settings = defaultSettings(profile === 'production');
		this.random = seededRandom(seed);
	}

	/** Answers one request; planned faults strike here. */
	async handle(request: SandboxRequest): Promise<SandboxResponse> {
		const kind = findRoute(request.path)?.kind ?? 'other';
		const plan = this.faults.next(request, kind);
		let response: SandboxResponse;
		if (plan === undefined) {
			response = this.answer(request);
		} else {
			this.stats.countFault();
			const blank: SandboxResponse = { status: 0, headers: {}, body: Buffer.alloc(0) };
			response = this.faults.spoil(plan, FaultPlanner.needsAnswer(plan) ? this.answer(request) : blank);
		}
		this.stats.count(request, kind, response.status, this.clock.now());
		return response;
	}

	/** All buckets in which a request may count, the ones behind the access check included. */
	bucketsOf(request: SandboxRequest): BucketRef[] {
		const route = findRoute(request.path);
		if (route === null) return [];
		const inner = route.kind === 'appMedia' ? appMediaBuckets(route.slug) : [];
		return [...this.outerBuckets(route, request), ...inner];
	}

	/** maintenance → route and method → limit → access → parameters → data (contract 16). */
	private answer(request: SandboxRequest): SandboxResponse {
		this.store.commitDue(this.clock.now());
		const api = isApiPath(request.path);
		const closed = this.maintenanceAnswer(request, api);
		if (closed !== null) return closed;
		const route = findRoute(request.path);
		if (route === null) {
			return api
				? oneError(422, 'ec5_219', 'page not found exception')
				: htmlPage(422, 'Page not found', 'text/html; charset=UTF-8');
		}
		const method = request.method === 'HEAD' ? 'GET' : request.method;
		if (method === 'OPTIONS') return optionsAnswer(route);
		if (method !== route.method) return oneError(422, 'ec5_219', 'method not allowed exception');
		const response = this.limited(route, request);
		return request.method === 'HEAD' ? withoutBody(response) : response;
	}

	private maintenanceAnswer(request: SandboxRequest, api: boolean): SandboxResponse | null {
		const { maintenance } = this.settings;
		if (maintenance === false) return null;
		if (api) {
			if (request.method === 'OPTIONS') {
				return { status: 200, headers: plainHeaders('application/json'), body: Buffer.from('[]') };
			}
			// A 404, never a 503, and no Retry-After even if the admin set one (contract 14).
			const response = oneError(404, 'ec5_252', 'maintenance.mode');
			return request.method === 'HEAD' ? withoutBody(response) : response;
		}
		const page = htmlPage(503, 'Service Unavailable');
		if (maintenance.retryAfter !== undefined) page.headers['retry-after'] = String(maintenance.retryAfter);
		return page;
	}

	private limited(route: Route, request: SandboxRequest): SandboxResponse {
		const refs = this.outerBuckets(route, request);
		if (refs.length === 0) return this.dispatch(route, request);
		const verdict = this.limiter.take(refs);
		const response = verdict.allowed ? this.dispatch(route, request) : tooMany();
		return withLimitHeaders(response, verdict);
	}

	private outerBuckets(route: Route, request: SandboxRequest): BucketRef[] {
		switch (route.kind) {
			case 'token':
				return [{ bucket: 'token', key: request.ip }];
			case 'project':
			case 'media':
				return [{ bucket: route.kind, key: route.slug }];
			case 'entries': {
				const own: BucketRef = { bucket: 'entries', key: route.slug };
				const google = GOOGLE_AGENTS.test(request.headers['user-agent'] ?? '');
				return google ? [own, { bucket: 'google', key: route.slug }] : [own];
			}
			case 'codes':
				return [];
			default:
				return [{ bucket: 'ip', key: request.ip }];
		}
	}

	private dispatch(route: Route, request: SandboxRequest): SandboxResponse {
		switch (route.kind) {
			case 'token':
				return issueToken(request, this.tokens);
			case 'search':
				return searchProjects(this.store, route.slug, request.query);
			case 'version':
				return projectVersion(this.store, route.slug);
			case 'appMedia':
				return this.appMedia(route, request);
			case 'project':
			case 'entries':
			case 'media': {
				const project = exportAccess(this.store, this.tokens, route.slug, request);
				return 'status' in project ? project : this.exported(route, request, project);
			}
			default:
				return appAnswer(this.store, route, request);
		}
	}

	private exported(route: Route, request: SandboxRequest, project: Project): SandboxResponse {
		const origin = this.settings.linkOrigin ?? request.origin;
		if (route.kind === 'project') return exportProject(project, request.origin);
		if (route.kind === 'media') {
			const redirect = this.settings.s3Redirect;
			return exportMedia(project, request.query, {
				range: request.headers['range'],
				redirect: redirect ? (file, seconds) => this.storage.sign(project, file, seconds) : null,
			});
		}
		return exportEntries(project, request.query, {
			perPageCap: this.settings.perPageCap,
			nowMs: this.clock.now(),
			origin,
			typedSlug: route.rawSlug,
			accept: request.headers['accept'],
			ties:
				this.settings.ties === 'shuffled'
					? { kind: 'shuffled', random: () => this.random.next() }
					: { kind: 'insertion' },
		});
	}

	/** Public media: its own buckets come after the access check and count per slug (contract 4). */
	private appMedia(route: Route, request: SandboxRequest): SandboxResponse {
		const project = appAccess(this.store, route.slug, true);
		if ('status' in project) return project;
		const verdict = this.limiter.take(appMediaBuckets(route.slug));
		const response = verdict.allowed
			? exportMedia(project, request.query, { range: request.headers['range'], redirect: null })
			: tooMany();
		return withLimitHeaders(response, verdict);
	}
}

function appMediaBuckets(slug: string): BucketRef[] {
	return [
		{ bucket: 'appMediaSecond', key: slug },
		{ bucket: 'appMediaMinute', key: slug },
	];
}

function tooMany(): SandboxResponse {
	return oneError(429, 'ec5_255', 'rate-limiter');
}

/** Adds a limiter's headers, unless an inner limiter has already said something tighter. */
function withLimitHeaders(response: SandboxResponse, verdict: LimitVerdict): SandboxResponse {
	const inner = response.headers['x-ratelimit-remaining'];
	// The web server's own page carries nothing of the app's.
	if (response.status === 502 || (inner !== undefined && Number(inner) <= verdict.remaining)) return response;
	return { ...response, headers: { ...response.headers, ...limitHeaders(verdict) } };
}

function optionsAnswer(route: Route): SandboxResponse {
	const allow = route.method === 'POST' ? 'POST' : 'GET,HEAD';
	return {
		status: 200,
		headers: { ...plainHeaders('text/html; charset=utf-8'), allow },
		body: Buffer.alloc(0),
	};
}

function withoutBody(response: SandboxResponse): SandboxResponse {
	return { ...response, body: Buffer.alloc(0) };
}
