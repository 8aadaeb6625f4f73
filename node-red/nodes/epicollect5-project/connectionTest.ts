import { ApiError, FieldDataError, InputError, NetworkError } from '../../../core/http/errors';
import { noEpicollect5 } from '../../../core/epicollect5/rules';
import { SECOND } from '../../../core/clock';
import { Run, type RunOptions } from '../../../core/run';
import type { TokenSource } from '../../../core/auth/token';
import type { Epicollect5Connection } from '../../shared/epicollect5';
import { LIST_TIME_MS, textFrom, type ListRequest } from '../../shared/lists';
import type { Red } from '../../shared/red';
import { runtime } from '../../shared/runtime';
import { openPosted } from './posted';

/** A test that succeeded, for the dialog to say in its own words. */
export interface TestResult {
	project: string;
	access: 'public' | 'private';
	forms: number;
	entries: number;
	/** `none` is needed without a client app, `kept` still worked, `new` ended the earlier ones. */
	token: 'none' | 'kept' | 'new';
}

/**
 * Tries a connection as a dialog shows it: first whether the server is an Epicollect5 with that project, which costs
 * nothing scarce, then the client app. At most one token is asked for, and none where a kept one still works.
 * @throws FieldDataError that says what to change
 */
export async function testConnection(red: Red, request: ListRequest): Promise<TestResult> {
	const { connection, withheld } = await openPosted(red, request);
	refuseHalfAnApp(request);
	return await inTime(async (options) => {
		await reach(connection, options);
		if (withheld) throw withheld;
		return await enter(connection, options);
	});
}

/** A client ID without its secret would otherwise be left out, and the test succeed with a public project. */
function refuseHalfAnApp({ body }: ListRequest): void {
	if (textFrom(body, 'clientId') === '' || textFrom(body, 'clientSecret') !== '') return;
	throw new InputError('The client secret is missing', {
		code: 'client_app',
		field: 'Client secret',
		hint: 'Enter it too, or remove the client ID: a public project needs neither.',
	});
}

/** How long the first request is tried again: whoever mistyped the server is not to wait. */
const REACH_MS = 2 * SECOND;

async function reach({ client, slug }: Epicollect5Connection, options: RunOptions): Promise<void> {
	const deadline = runtime.clock.now() + REACH_MS;
	try {
		await client.checkProject(slug, new Run(runtime.clock, { ...options, deadline }));
	} catch (error) {
		if (!(error instanceof ApiError)) throw error;
		// Some older servers cannot tell (contract 14); the next request does.
		if (error.code === 'server_fault') return;
		throw error.code === 'refused' ? noEpicollect5(error) : error;
	}
}

async function enter(connection: Epicollect5Connection, options: RunOptions): Promise<TestResult> {
	const { tokens } = connection;
	let asked = 0;
	const counted = (source: TokenSource): TokenSource => ({
		...source,
		issue: () => {
			asked += 1;
			return source.issue();
		},
	});
	// A fresh token that is refused stays refused: the caller then says so instead of asking for another one.
	const once = tokens && {
		source: tokens.source,
		keeper: {
			get: (source: TokenSource) => tokens.keeper.get(counted(source)),
			renew: async (refused: string, source: TokenSource) =>
				asked > 0 ? refused : await tokens.keeper.renew(refused, counted(source)),
		},
	};
	const project = await connection.projectWith(once, options);
	return {
		...{ project: project.name, access: project.access },
		...{ forms: project.forms.length, entries: project.totalEntries },
		token: !tokens ? 'none' : asked > 0 ? 'new' : 'kept',
	};
}

/** Whoever looks at a dialog does not wait as long as a flow may: neither for a silent server nor for the limit. */
async function inTime<T>(work: (options: RunOptions) => Promise<T>): Promise<T> {
	const { clock } = runtime;
	const [late, done] = [new AbortController(), new AbortController()];
	clock.sleep(LIST_TIME_MS, done.signal).then(
		() => late.abort(),
		() => undefined,
	);
	try {
		return await work({ signal: late.signal, deadline: clock.now() + LIST_TIME_MS });
	} catch (error) {
		throw late.signal.aborted && error instanceof FieldDataError ? silent(error) : error;
	} finally {
		done.abort();
	}
}

function silent({ request }: FieldDataError): NetworkError {
	return new NetworkError(`No answer within ${LIST_TIME_MS / SECOND} seconds`, {
		code: 'no_answer',
		request,
		hint: 'Check the server URL and the connection of this machine.',
	});
}
