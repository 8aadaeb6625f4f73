import type { Clock } from '../clock';
import { Caller, describe, type Tokens } from '../http/caller';
import { InputError } from '../http/errors';
import { parseJson } from '../http/json';
import type { LimiterRegistry } from '../http/limiter';
import type { HttpRequest, Transport } from '../http/transport';
import type { Run } from '../run';
import { withoutUnsetDates } from './dates';
import { inDoubt } from './doubt';
import { ENDPOINTS, isRepeatable, type Endpoint, type EndpointId, type PathParameters } from './endpoints';
import { workfloPlusCodes } from './problem';
import { readScheduledJob, readUsers, readWorkflows, type Read } from './read';
import { workfloPlusRules } from './rules';
import { scheduledJobBody } from './scheduledJob';
import { WORKFLOPLUS_LIMITS } from './limits';
import type { NewScheduledJob, ScheduledJob, User, Workflow } from './types';

export interface WorkfloPlusOptions {
	transport: Transport;
	clock: Clock;
	/** Shared by all clients of the process. */
	limiters: LimiterRegistry;
	/** As {@link normaliseAccountsUrl} gives it. */
	accountsUrl: string;
	/** As {@link normaliseGatewayUrl} gives it. */
	gatewayUrl: string;
	tokens: Tokens;
}

/** What can be called with a token and answers with JSON or nothing. */
export type CallableId = Exclude<EndpointId, 'C2'>;

/** What goes into a request. `params` are needed where the path has braces. */
export type CallInput<Id extends CallableId> = {
	query?: HttpRequest['query'];
	/** Sent as JSON. */
	body?: unknown;
} & ([keyof PathParameters<Id>] extends [never]
	? { params?: Record<string, never> }
	: { params: PathParameters<Id> });

/** The same for any endpoint. */
interface AnyInput {
	query?: HttpRequest['query'];
	body?: unknown;
	params?: Readonly<Record<string, string>>;
}

const DONE = 'It may have been done all the same: look before you repeat.';
const CREATED = 'It may have been created: look before you repeat.';

/**
 * Talks to one WorkfloPlus installation in the name of one client. What of a list is handed over, and so counts as
 * fetched, is for the host to say: nothing here has pages.
 */
export class WorkfloPlusClient {
	constructor(private readonly options: WorkfloPlusOptions) {}

	/** Every user of the team; there are no pages (U1, contract 5.1). @throws FieldDataError */
	async users(run: Run): Promise<User[]> {
		return await this.send('U1', {}, run, readUsers);
	}

	/** Every workflow that is not archived; there are no pages (W1, contract 5.3). @throws FieldDataError */
	async workflows(run: Run): Promise<Workflow[]> {
		const workflows = await this.send('W1', {}, run, readWorkflows);
		// Archived ones are probably hidden by the service, but nothing says so (X35).
		return workflows.filter((workflow) => !workflow.isArchived);
	}

	/**
	 * Plans a job, once: it is never sent a second time when it may have arrived (S8, contract 5.6).
	 * @throws InputError before anything is sent; FieldDataError, whose message says when it may have been created
	 */
	async createScheduledJob(job: NewScheduledJob, run: Run): Promise<ScheduledJob> {
		return await this.send('S8', { body: scheduledJobBody(job) }, run, readScheduledJob, CREATED);
	}

	/**
	 * Calls any endpoint that takes and gives JSON.
	 * @returns the body with unset dates as null; undefined where there is none
	 * @throws FieldDataError; for what changes something its message says when it may have been done
	 */
	async call<Id extends CallableId>(id: Id, input: CallInput<Id>, run: Run): Promise<unknown> {
		return await this.send(id, input, run, (body) => body);
	}

	private async send<R>(id: CallableId, input: AnyInput, run: Run, read: Read<R>, doubt = DONE): Promise<R> {
		const { transport, clock, tokens, limiters, accountsUrl } = this.options;
		const request = this.request(ENDPOINTS[id], input);
		const asked = describe(request);
		const repeatable = isRepeatable(id);
		// A caller keeps nothing: one for each call may have the rules of its endpoint.
		const rules = workfloPlusRules(ENDPOINTS[id]);
		try {
			return await new Caller({ transport, clock, rules, codesOf: workfloPlusCodes }).call({
				...{ request, run, tokens, repeatable },
				limiter: limiters.get(accountsUrl, 'ip', 'api', WORKFLOPLUS_LIMITS.api),
				read: ({ body }) =>
					read(body.trim() === '' ? undefined : withoutUnsetDates(parseJson(body, asked)), asked),
			});
		} catch (error) {
			throw repeatable ? error : inDoubt(error, asked, doubt);
		}
	}

	private request({ method, host, path }: Endpoint, input: AnyInput): HttpRequest<'text'> {
		const { accountsUrl, gatewayUrl } = this.options;
		const json = input.body === undefined ? undefined : JSON.stringify(input.body);
		return {
			method,
			url: (host === 'accounts' ? accountsUrl : gatewayUrl) + fill(path, input.params ?? {}),
			query: input.query,
			headers: json === undefined ? undefined : { 'Content-Type': 'application/json' },
			body: json,
			responseType: 'text',
		};
	}
}

/** @throws InputError where an id is missing: without it, the path would be that of the whole list */
function fill(path: string, params: Readonly<Record<string, string>>): string {
	return path.replace(/\{(\w+)\}/g, (_, name: string) => {
		const value = String(params[name] ?? '').trim();
		// Dots would climb to another endpoint.
		if (value !== '' && !/^\.{1,2}$/.test(value)) return encodeURIComponent(value);
		throw new InputError(`The ID "${name}" is missing`, {
			code: 'missing',
			field: name,
			hint: 'Choose it from the list, or enter its ID.',
		});
	});
}
