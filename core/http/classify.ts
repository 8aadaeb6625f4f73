import { ApiError, RateLimitError, type FieldDataError } from './errors';
import { limitReport } from './limits';
import type { HttpResponse } from './transport';

/**
 * What the caller may do about a refusal.
 * `renewToken`: once, then it is final. `waitForLimit`: the limiter knows how long. `retryLater`: passing fault.
 */
export type Remedy = 'renewToken' | 'waitForLimit' | 'retryLater' | 'none';

export interface Verdict {
	error: FieldDataError;
	remedy: Remedy;
	/** False where the service answers before it counts. */
	counted: boolean;
}

/** An answer as the rules see it. */
export interface Answer {
	response: HttpResponse<string | Uint8Array>;
	/** The service's codes in the body, in its order. Empty where the body is not its own. */
	codes: readonly string[];
	/** Verb and address without query. */
	request: string;
	/** Whether a token went along. */
	withToken: boolean;
	/** Milliseconds since the epoch. */
	now: number;
}

/** One line of a list that is read top to bottom; the first that applies decides. */
export interface Rule {
	when: (answer: Answer) => boolean;
	remedy: Remedy;
	/** Given where the service answers before it counts, so that its limit has lost nothing. */
	counted?: false;
	error: (answer: Answer) => FieldDataError;
}

/** @returns the verdict of the first rule that applies, or undefined where the answer is fine. */
export function classify(rules: readonly Rule[], answer: Answer): Verdict | undefined {
	const { status } = answer.response;
	if (status >= 200 && status < 300) return undefined;
	const rule = rules.find((candidate) => candidate.when(answer));
	return rule && { error: rule.error(answer), remedy: rule.remedy, counted: rule.counted ?? true };
}

const statusIs = (status: number) => (answer: Answer) => answer.response.status === status;

/** The end of every service's list: what the status alone tells. Its last rule applies to everything. */
export const STATUS_RULES: readonly Rule[] = [
	{
		// A proxy or the service itself; with or without a body of ours.
		when: statusIs(429),
		remedy: 'waitForLimit',
		error: ({ response, request, now }) =>
			new RateLimitError("The service's limit of requests is used up", {
				code: 'rate_limit',
				status: 429,
				request,
				retryAfterMs: limitReport(response, now).retryAfterMs,
				hint: 'The limit is shared with everybody who reads this project. Run less often, or wait.',
			}),
	},
	{
		when: ({ response }) => response.status >= 500 || response.status === 408,
		remedy: 'retryLater',
		error: ({ response, request }) =>
			new ApiError(`The service could not answer (status ${response.status})`, {
				code: 'server_fault',
				status: response.status,
				request,
				hint: 'This usually passes. The next run tries again.',
			}),
	},
	{
		when: ({ response }) => response.status >= 300 && response.status < 400,
		remedy: 'none',
		error: ({ response, request }) =>
			new ApiError('The service sent the request elsewhere', {
				code: 'redirect',
				status: response.status,
				request,
				hint: 'Check the server URL: use the address that the browser shows when the site is open, with https.',
			}),
	},
	{
		when: () => true,
		remedy: 'none',
		error: ({ response, request, codes }) =>
			new ApiError(`The service refused the request (status ${response.status})`, {
				code: codes[0] ?? 'refused',
				status: response.status,
				request,
				hint: 'Check the settings of this node.',
			}),
	},
];
