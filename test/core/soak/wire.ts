import type {
	BodyOf,
	HttpRequest,
	HttpResponse,
	ResponseType,
	Transport,
} from '../../../core/http/transport';
import type { Token } from '../../../core/auth/token';
import type { SandboxTransport } from '../support/sandboxTransport';
import type { Process } from './host';
import type { Violation } from './violations';

/** A row as an answer showed it. */
export interface Shown {
	stream: string;
	id: string;
	uploadedAt: string;
	title: string;
}

/** One request, and what became of it. Times are the server's where they are nobody else's. */
export interface Sent {
	/** Which act of the story. */
	act: number;
	/** Told apart by its starts, too: what was in memory is gone. */
	process: number;
	bucket: 'entries' | 'project' | 'media' | 'token' | 'other';
	at: number;
	/** The server's ledger when it answered. */
	tick: number;
	answeredAt?: number;
	/** By the clock of the machine that sent it, and by a time of that machine that never goes back. */
	machineAt: number;
	steadyAt: number;
	machineAnsweredAt?: number;
	steadyAnsweredAt?: number;
	/** By the machine's clock. */
	deadline?: number;
	/** What went along, and what an answer of the token endpoint brought. */
	token?: string;
	issued?: { accessToken: string; expiresIn: number };
	/** What the process's store held when the act began, and when this was sent. */
	stored: [before: Token | undefined, now: Token | undefined];
	/** Places in the order of everything that was sent and answered: much happens at the same time. */
	number: number;
	answeredNumber: number;
	/** Undefined where no answer came. */
	status?: number;
	codes: string[];
	retryAfterMs?: number;
	/** Whether the body is what the service sends, and not half of it or a web page. */
	isWhole: boolean;
	/** Of a whole page of entries. */
	shown?: Shown[];
	query: Readonly<Record<string, unknown>>;
	isPlanned: boolean;
	/** Why it must not have been sent as it was. */
	wrong?: Violation;
}

export interface WireOptions {
	act: number;
	inner: SandboxTransport;
	process: Process;
	/** Milliseconds since the epoch, by the machine's clock. */
	deadline?: number;
	/** The configured server: a token goes nowhere else. */
	origin: string;
	isDated: boolean;
	dateSkewSeconds: number;
	/** Told the number of each request as it is sent. */
	onRequest?: (number: number) => void;
	now: () => number;
	tick: () => number;
	next: () => number;
	/** Answers that were spoilt on purpose so far. */
	faults: () => number;
	/** More requests than any act can need: somebody asks for ever. */
	most: number;
}

/** The network of one act: it notes each request and what came back, as a tap on the wire would see it. */
export class Wire implements Transport {
	readonly sent: Sent[] = [];
	/** As in {@link Sent}. */
	readonly process: number;
	private readonly storedBefore: Token | undefined;

	constructor(private readonly options: WireOptions) {
		const { number, starts, store } = options.process;
		this.process = number + 10 * starts;
		this.storedBefore = store.token;
	}

	async request<T extends ResponseType>(request: HttpRequest<T>): Promise<HttpResponse<BodyOf[T]>> {
		const { inner, isDated, dateSkewSeconds, now, tick, next, faults, most, process } = this.options;
		const sent = this.note(request);
		this.sent.push(sent);
		this.options.onRequest?.(this.sent.length);
		if (this.sent.length > most) {
			sent.wrong = { kind: 'requests', what: `more than ${most} requests in one act` };
			throw new Error('runaway');
		}
		const before = faults();
		try {
			const plain = await inner.request(request);
			const headers = isDated
				? { date: new Date(now() + dateSkewSeconds * 1000).toUTCString(), ...plain.headers }
				: plain.headers;
			const response = { ...plain, headers };
			this.learn(sent, response);
			return response;
		} catch (error) {
			// As axios throws it: with the request, its token and its secret.
			throw Object.assign(error as Error, { config: request, request });
		} finally {
			sent.answeredAt = now();
			sent.machineAnsweredAt = process.clock.now();
			sent.steadyAnsweredAt = process.clock.steady();
			sent.answeredNumber = next();
			sent.tick = tick();
			sent.isPlanned = faults() !== before;
		}
	}

	private note({ url, headers = {}, query = {} }: HttpRequest): Sent {
		const { process, origin, now, tick, next, deadline } = this.options;
		const { pathname } = new URL(url);
		const named = /^\/api\/export\/(entries|project|media)\//.exec(pathname)?.[1] as
			Sent['bucket'] | undefined;
		const bucket = named ?? (pathname === '/api/oauth/token' ? 'token' : 'other');
		const isAway = new URL(url).origin !== origin;
		const [, authorization] =
			Object.entries(headers).find(([name]) => name.toLowerCase() === 'authorization') ?? [];
		const { clock, store } = process;
		return {
			...{
				process: this.process,
				bucket: isAway ? 'other' : bucket,
				at: now(),
				tick: tick(),
				codes: [],
				query,
			},
			...{ act: this.options.act, deadline, machineAt: clock.now(), steadyAt: clock.steady() },
			...{ token: authorization?.replace(/^Bearer /, ''), stored: [this.storedBefore, store.token] },
			...{ isPlanned: false, isWhole: false, number: next(), answeredNumber: Infinity },
			...(isAway &&
				authorization !== undefined && {
					wrong: { kind: 'secret' as const, what: 'a token left for another origin' },
				}),
		};
	}

	private learn(sent: Sent, { status, headers, body }: HttpResponse): void {
		sent.status = status;
		// A refusal is a text whatever was asked for, and all but files are texts.
		const isText = status >= 400 || (sent.bucket !== 'media' && sent.bucket !== 'other');
		const json = isText ? parse(textOf(body)) : undefined;
		sent.isWhole = json !== undefined || !isText;
		sent.codes = list(json?.errors).map(({ code }) => String(code));
		if (sent.bucket === 'token' && status === 200 && typeof json?.access_token === 'string') {
			sent.issued = { accessToken: json.access_token, expiresIn: Number(json.expires_in) };
		}
		if (status === 429) sent.retryAfterMs = retryAfter(headers, this.options.now());
		const rows = (json?.data as { entries?: unknown } | undefined)?.entries;
		if (status !== 200 || sent.bucket !== 'entries' || !Array.isArray(rows)) return;
		const stream = String(sent.query.branch_ref ?? sent.query.form_ref);
		sent.shown = list(rows).map((row) => ({
			...{ stream, id: String(row.ec5_branch_uuid ?? row.ec5_uuid) },
			...{ uploadedAt: String(row.uploaded_at), title: String(row.title) },
		}));
	}
}

/** RFC 9110, 10.2.3, as the reader of a contract does it; without a time contract 4 says 60 s. */
function retryAfter(headers: HttpResponse['headers'], now: number): number {
	const text = headers['retry-after'];
	if (text === undefined) return 60_000;
	return /^\d+$/.test(text) ? Math.max(1, Number(text)) * 1000 : Math.max(1000, Date.parse(text) - now);
}

function textOf(body: HttpResponse['body']): string {
	if (typeof body === 'string') return body;
	return body instanceof Uint8Array ? new TextDecoder().decode(body) : '';
}

function parse(body: string): Record<string, unknown> | undefined {
	try {
		const json: unknown = JSON.parse(body);
		return typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : undefined;
	} catch {
		return undefined;
	}
}

function list(value: unknown): Array<Record<string, unknown>> {
	return Array.isArray(value) ? (value as Array<Record<string, unknown>>) : [];
}
