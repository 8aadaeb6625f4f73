import type {
	BodyOf,
	HttpRequest,
	HttpResponse,
	ResponseType,
	Transport,
} from '../../../core/http/transport';
import type { SandboxRequest, SandboxResponse, SandboxService } from '../../../sandbox/src/shared/types';
import type { VirtualClock } from './clock';

/** Bytes of a stream that come at once. */
const PIECE = 1024;

export interface SandboxTransportOptions {
	/** Address of this machine, by which the services count some limits. */
	ip?: string;
	/** Milliseconds that an answer takes, by the virtual clock. */
	takesMs?: number | ((request: HttpRequest) => number);
}

/**
 * The core's door to the network, with the sandbox's services behind it instead of sockets. Like a real transport it
 * judges nothing, follows nothing, and rejects when there is no answer; planned faults of the wire are acted out here.
 */
export class SandboxTransport implements Transport {
	/** Every request that was sent, in order. */
	readonly sent: HttpRequest[] = [];
	/** Streams that were begun and not ended. */
	open = 0;

	/** @param services by base URL, without a slash at the end; the longest that fits gets the request */
	constructor(
		private readonly clock: VirtualClock,
		private readonly services: Readonly<Record<string, SandboxService>>,
		readonly options: SandboxTransportOptions = {},
	) {}

	async request<T extends ResponseType>(request: HttpRequest<T>): Promise<HttpResponse<BodyOf[T]>> {
		if (request.signal?.aborted) throw wireError('ABORT_ERR');
		this.sent.push(request);
		const base = this.baseOf(request.url);
		const service = this.services[base];
		if (!service) throw wireError('ENOTFOUND');
		const { takesMs = 0 } = this.options;
		await this.take(typeof takesMs === 'number' ? takesMs : takesMs(request), request);
		const response = await this.clock.work(() => service.handle(this.received(request, base)));
		const isStream = request.responseType === 'stream';
		if (!isStream || !isMidway(response)) await this.actOut(response, request);
		const bytes = new Uint8Array(response.body);
		const bodies: BodyOf = {
			get text() {
				return new TextDecoder().decode(bytes);
			},
			bytes,
			stream: this.stream(response, request),
		};
		return {
			status: response.status,
			headers: { 'content-length': String(bytes.length), ...response.headers },
			body: bodies[request.responseType] as BodyOf[T],
		};
	}

	/** The body in pieces, and where it was planned, the break in the middle of it. */
	private async *stream(response: SandboxResponse, request: HttpRequest): AsyncGenerator<Uint8Array> {
		this.open += 1;
		try {
			const { transport: fault, body } = response;
			const end = fault?.kind === 'truncate' ? fault.bytes : body.length;
			for (let at = 0; at < end; at += PIECE) {
				if (request.signal?.aborted) throw wireError('ABORT_ERR');
				yield new Uint8Array(body.subarray(at, Math.min(end, at + PIECE)));
			}
			if (isMidway(response)) await this.actOut(response, request);
		} finally {
			this.open -= 1;
		}
	}

	private baseOf(url: string): string {
		const fitting = Object.keys(this.services).filter((base) => url === base || url.startsWith(`${base}/`));
		return fitting.reduce((longest, base) => (base.length > longest.length ? base : longest), '');
	}

	private received(request: HttpRequest, base: string): SandboxRequest {
		const url = new URL(request.url);
		for (const [name, value] of Object.entries(request.query ?? {})) {
			if (value !== undefined) url.searchParams.append(name, String(value));
		}
		const headers = Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
		return {
			method: request.method,
			path: url.pathname.slice(new URL(base).pathname.replace(/\/$/, '').length) || '/',
			query: url.searchParams,
			headers: Object.fromEntries(headers) as Record<string, string>,
			body: Buffer.from(request.body ?? ''),
			ip: this.options.ip ?? '127.0.0.1',
			origin: base,
		};
	}

	private async actOut({ transport: fault, body }: SandboxResponse, request: HttpRequest): Promise<void> {
		if (fault === undefined) return;
		if (fault.kind === 'hang') await this.take(Infinity, request);
		if (fault.kind === 'drip') {
			await this.take((Math.ceil(body.length / Math.max(1, fault.bytes)) - 1) * fault.everyMs, request);
		}
		// A body shorter than its Content-Length is an error to every HTTP client.
		if (fault.kind === 'reset' || fault.kind === 'truncate') throw wireError('ECONNRESET');
	}

	/** Lets time pass. @throws when the request's own time is over first, or its signal fires */
	private async take(ms: number, request: HttpRequest): Promise<void> {
		if (ms <= 0) return;
		const { timeoutMs = Infinity, signal } = request;
		const until = Math.min(ms, timeoutMs);
		await (until === Infinity ? never(signal) : this.clock.sleep(until, signal));
		if (ms > timeoutMs) throw wireError('ETIMEDOUT');
	}
}

/** Whether the fault shows only while the body is read. */
function isMidway({ transport: fault }: SandboxResponse): boolean {
	return fault?.kind === 'truncate' || fault?.kind === 'drip';
}

function never(signal: AbortSignal | undefined): Promise<never> {
	return new Promise((_, reject) => {
		signal?.addEventListener('abort', () => reject(wireError('ABORT_ERR')), { once: true });
	});
}

/** As node's sockets say it. */
function wireError(code: string): Error {
	return Object.assign(new Error(code), { code });
}
