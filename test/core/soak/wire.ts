import type {
	BodyOf,
	HttpRequest,
	HttpResponse,
	ResponseType,
	Transport,
} from '../../../core/http/transport';
import type { SandboxTransport } from '../support/sandboxTransport';

/** A row as an answer showed it. */
export interface Shown {
	stream: string;
	id: string;
	uploadedAt: string;
	title: string;
}

/** One request, and what became of it. Times are the server's. */
export interface Sent {
	/** Which act of the story. */
	act: number;
	process: number;
	bucket: 'entries' | 'project' | 'media' | 'token' | 'other';
	at: number;
	/** The server's ledger when it answered. */
	tick: number;
	answeredAt?: number;
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
	wrong?: string;
}

export interface WireOptions {
	act: number;
	inner: SandboxTransport;
	process: number;
	/** The configured server: a token goes nowhere else. */
	origin: string;
	isDated: boolean;
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

	constructor(private readonly options: WireOptions) {}

	get process(): number {
		return this.options.process;
	}

	async request<T extends ResponseType>(request: HttpRequest<T>): Promise<HttpResponse<BodyOf[T]>> {
		const { inner, isDated, now, tick, next, faults, most } = this.options;
		const sent = this.note(request);
		this.sent.push(sent);
		if (this.sent.length > most) {
			sent.wrong = `more than ${most} requests in one act`;
			throw new Error('runaway');
		}
		const before = faults();
		try {
			const plain = await inner.request(request);
			const headers = isDated ? { date: new Date(now()).toUTCString(), ...plain.headers } : plain.headers;
			const response = { ...plain, headers };
			this.learn(sent, response);
			return response;
		} catch (error) {
			// As axios throws it: with the request, its token and its secret.
			throw Object.assign(error as Error, { config: request, request });
		} finally {
			sent.answeredAt = now();
			sent.answeredNumber = next();
			sent.tick = tick();
			sent.isPlanned = faults() !== before;
		}
	}

	private note({ url, headers = {}, query = {} }: HttpRequest): Sent {
		const { process, origin, now, tick, next } = this.options;
		const { pathname } = new URL(url);
		const named = /^\/api\/export\/(entries|project|media)\//.exec(pathname)?.[1] as
			Sent['bucket'] | undefined;
		const bucket = named ?? (pathname === '/api/oauth/token' ? 'token' : 'other');
		const isAway = new URL(url).origin !== origin;
		const hasToken = Object.keys(headers).some((name) => name.toLowerCase() === 'authorization');
		return {
			...{ process, bucket: isAway ? 'other' : bucket, at: now(), tick: tick(), codes: [], query },
			act: this.options.act,
			...{ isPlanned: false, isWhole: false, number: next(), answeredNumber: Infinity },
			...(isAway && hasToken && { wrong: 'a token left for another origin' }),
		};
	}

	private learn(sent: Sent, { status, headers, body }: HttpResponse): void {
		sent.status = status;
		// A refusal is a text whatever was asked for.
		const isText = typeof body === 'string' || (status >= 400 && body instanceof Uint8Array);
		const json = isText ? parse(typeof body === 'string' ? body : Buffer.from(body).toString()) : undefined;
		sent.isWhole = json !== undefined || !isText;
		sent.codes = list(json?.errors).map(({ code }) => String(code));
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
