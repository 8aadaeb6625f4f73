import { SECOND, type Clock } from '../clock';
import type { TokenKeeper } from '../auth/tokenKeeper';
import type { TokenSource } from '../auth/token';
import type { Run } from '../run';
import { untilAborted } from './abort';
import { atHand } from './body';
import { classify, type Answer, type Rule, type Verdict } from './classify';
import { AbortedError, ApiError, FieldDataError, NetworkError, throwIfAborted } from './errors';
import type { Limiter, Reservation } from './limiter';
import { RETRY_WITHOUT_HEADER_MS } from './limits';
import { sendFollowing } from './redirects';
import { backoffMs, neverSent, TRIES } from './retry';
import type { BodyOf, HttpRequest, HttpResponse, ResponseType, Transport } from './transport';

/** How a request proves who it is: a keeper shared by the process, fed by the host's source. */
export interface Tokens {
	keeper: Pick<TokenKeeper, 'get' | 'renew'>;
	source: TokenSource;
}

export interface CallerOptions {
	transport: Transport;
	clock: Clock;
	/** The service's own list, read from the top, its end included. */
	rules: readonly Rule[];
	/** The service's codes in a refusal's body. */
	codesOf: (body: string | Uint8Array) => string[];
}

/** What every step of a call needs to know. */
interface Context {
	request: HttpRequest;
	run: Run;
	/** The window that this request counts against. */
	limiter?: Limiter;
	/** Left out where no token is to be sent. */
	tokens?: Tokens;
	/** Only what changes nothing is sent again after it may have arrived. */
	repeatable: boolean;
}

export interface Call<T extends ResponseType, R> extends Context {
	request: HttpRequest<T>;
	/**
	 * Reads the body. An ApiError with code `unreadable` counts as a passing fault, as a NetworkError does: half a body, or
	 * the page of a proxy where JSON was asked for.
	 */
	read: (response: HttpResponse<BodyOf[T]>) => R | Promise<R>;
}

/** What the caller goes on with. */
type Judgement = Pick<Verdict, 'error' | 'remedy'>;

type Outcome<R> = { value: R } | { verdict: Judgement; token: string | undefined };

/** Above this many refusals by the limit in a row, somebody else takes every window. */
const LIMIT_TRIES = 10;
const TIMEOUT_MS = 100 * SECOND;

/**
 * Sends one request until it is answered or final: reserve, authorise, send, learn, judge. The same code for both
 * services; what differs is in their rules and limits.
 */
export class Caller {
	constructor(private readonly options: CallerOptions) {}

	/** @returns what `call.read` made of the body. @throws FieldDataError */
	async call<T extends ResponseType, R>(call: Call<T, R>): Promise<R> {
		let refused: string | undefined;
		let faults = 0;
		let refusals = 0;
		for (;;) {
			const outcome = await this.attempt(call, refused);
			if ('value' in outcome) return outcome.value;
			const { error, remedy } = outcome.verdict;
			switch (remedy) {
				case 'renewToken':
					if (refused !== undefined || outcome.token === undefined) throw error;
					refused = outcome.token;
					break;
				case 'waitForLimit':
					if (++refusals >= LIMIT_TRIES) throw error;
					await this.waitForLimit(call, error);
					break;
				case 'retryLater':
					if (++faults >= TRIES || !call.repeatable) throw error;
					await this.pause('retry', Math.max(backoffMs(faults), error.retryAfterMs ?? 0), error, call.run);
					break;
				default:
					throw error;
			}
		}
	}

	/** @param refused a token that the service has refused in this call */
	private async attempt<T extends ResponseType, R>(
		call: Call<T, R>,
		refused: string | undefined,
	): Promise<Outcome<R>> {
		throwIfAborted(call.run.signal);
		const reservation = await this.reserve(call);
		let token: string | undefined;
		let counted = false;
		let response: HttpResponse<BodyOf[T]> | undefined;
		try {
			token = await this.token(call, refused);
			throwIfAborted(call.run.signal);
			counted = true;
			response = await this.send(call, token);
			const verdict = await this.judge(call, response, token !== undefined);
			if (verdict) {
				({ counted } = verdict);
				return { verdict, token };
			}
			// What the limit is told it has now: reading a video takes minutes.
			reservation?.settle(response);
			return { value: await this.read(call, response) };
		} catch (error) {
			counted &&= !neverSent(error);
			return { verdict: this.fault(call, error, counted), token };
		} finally {
			if (counted) reservation?.settle(response);
			else reservation?.release();
		}
	}

	private async reserve(call: Context): Promise<Reservation | undefined> {
		const { run } = call;
		const reservation = await call.limiter?.acquire({
			signal: run.signal,
			deadline: run.options.deadline,
			share: run.options.share,
			onWait: (ms, pacing) => run.announceWait('limit', ms, pacing),
		});
		run.summary.waitedMs += reservation?.waitedMs ?? 0;
		return reservation;
	}

	private async token(call: Context, refused: string | undefined): Promise<string | undefined> {
		if (!call.tokens) return undefined;
		const { keeper, source } = call.tokens;
		const token = refused === undefined ? keeper.get(source) : keeper.renew(refused, source);
		return await untilAborted(token, call.run.signal);
	}

	private async send<T extends ResponseType, R>(call: Call<T, R>, token: string | undefined) {
		const { request, run } = call;
		run.summary.requests += 1;
		const authorization = token === undefined ? undefined : { Authorization: `Bearer ${token}` };
		return await sendFollowing(this.options.transport, {
			timeoutMs: TIMEOUT_MS,
			...request,
			headers: { Accept: 'application/json', ...request.headers, ...authorization },
			signal: run.signal,
		});
	}

	private async read<T extends ResponseType, R>(
		call: Call<T, R>,
		response: HttpResponse<BodyOf[T]>,
	): Promise<R> {
		try {
			return await call.read(response);
		} catch (error) {
			if (error instanceof FieldDataError) throw error;
			throw new ApiError('The answer of the service is not built as expected', {
				code: 'unexpected_answer',
				status: response.status,
				request: describe(call.request),
				hint: 'Check the server URL. If it is right, the service has changed: please report this.',
				cause: error,
			});
		}
	}

	private async judge(
		call: Context,
		response: HttpResponse,
		withToken: boolean,
	): Promise<Verdict | undefined> {
		if (response.status >= 200 && response.status < 300) return undefined;
		const refusal = await atHand(response);
		const answer: Answer = {
			response: refusal,
			codes: this.options.codesOf(refusal.body),
			request: describe(call.request),
			withToken,
			now: this.options.clock.now(),
		};
		return classify(this.options.rules, answer);
	}

	/** An exception on the way: our own family passes through, anything else is the network. */
	private fault(call: Context, error: unknown, sent: boolean): Judgement {
		const { signal } = call.run;
		// Without what the transport threw: it may hold the request with its token.
		if (signal?.aborted) {
			const request = sent ? describe(call.request) : undefined;
			return { error: new AbortedError(signal.reason, request), remedy: 'none' };
		}
		if (error instanceof FieldDataError) {
			const passing = error.kind === 'network' || (error.kind === 'api' && error.code === 'unreadable');
			return { error, remedy: passing ? 'retryLater' : 'none' };
		}
		return { error: networkError(call.request, error), remedy: 'retryLater' };
	}

	/** A limiter has learnt from the answer how long to wait, unless the answer told by its code alone. */
	private async waitForLimit(call: Context, error: FieldDataError): Promise<void> {
		if (call.limiter && error.retryAfterMs !== undefined) return;
		await this.pause('limit', error.retryAfterMs ?? RETRY_WITHOUT_HEADER_MS, error, call.run);
	}

	/** @throws the error that made us wait, when the wait would outlast the deadline. */
	private async pause(reason: 'limit' | 'retry', ms: number, error: FieldDataError, run: Run): Promise<void> {
		const { deadline } = run.options;
		if (deadline !== undefined && this.options.clock.now() + ms > deadline) throw error;
		run.announceWait(reason, ms);
		try {
			await this.options.clock.sleep(ms, run.signal);
		} catch (cause) {
			throw new AbortedError(cause);
		}
		run.summary.waitedMs += ms;
	}
}

/** Verb and address; never the query, which may name people, and never a header. */
export function describe(request: HttpRequest): string {
	return `${request.method} ${request.url}`;
}

/** What the operating system says of a failed connection is kept as a code, not as text: it may hold an address. */
function networkError(request: HttpRequest, cause: unknown): NetworkError {
	const code = (cause as { code?: unknown } | undefined)?.code;
	const host = /^\w+:\/\/([^/?#]*)/.exec(request.url)?.[1] ?? 'the server';
	return new NetworkError(`No answer from ${host}`, {
		code: typeof code === 'string' ? code : 'no_answer',
		request: describe(request),
		hint: 'Check the server URL and the connection of this machine. Passing faults are tried again by themselves.',
	});
}
