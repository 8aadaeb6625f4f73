import { clientKey } from '../../core/auth/clientKey';
import { normaliseServerUrl, projectSlug } from '../../core/epicollect5/address';
import { Epicollect5Client } from '../../core/epicollect5/client';
import { EPICOLLECT5_LIMITS } from '../../core/epicollect5/limits';
import type { GetProject } from '../../core/epicollect5/reading';
import { EPICOLLECT5_TOKEN_RULES, epicollect5Codes, tokenLimitError } from '../../core/epicollect5/rules';
import { LONGEST_TOKEN_WAIT_MS } from '../../core/epicollect5/token';
import type { Tokens } from '../../core/http/caller';
import { RateLimitError } from '../../core/http/errors';
import type { Reservation } from '../../core/http/limiter';
import type { Run } from '../../core/run';
import { clock } from '../shared/clock';
import { setting, textSetting } from '../shared/parameter';
import { keepers, limiters, placeholders, projects } from '../shared/process';
import { n8nTokenSource } from '../shared/tokenSource';
import { n8nTransport, type HostContext } from '../shared/transport';
import { accessBy, project, serverUrl } from './actions/common.descriptions';

export const CREDENTIAL = 'epicollect5OAuth2Api';

export interface Connection {
	client: Epicollect5Client;
	/** Address of the server, as `normaliseServerUrl` gives it. */
	server: string;
	/** Names server and client app: what one may see, the other may not. */
	key: string;
}

/** The client for the node's present settings. */
export async function connect(context: HostContext, itemIndex = 0): Promise<Connection> {
	if (isWithoutApp(context, itemIndex)) {
		const baseUrl = normaliseServerUrl(textSetting(context, serverUrl, itemIndex));
		return { client: clientFor(context, baseUrl), server: baseUrl, key: baseUrl };
	}
	const app = await context.getCredentials<{
		serverUrl: string;
		clientId: string;
		clientSecret: string;
	}>(CREDENTIAL);
	const baseUrl = normaliseServerUrl(app.serverUrl);
	const key = clientKey(baseUrl, String(app.clientId), String(app.clientSecret));
	const source = n8nTokenSource(context, CREDENTIAL, {
		rules: EPICOLLECT5_TOKEN_RULES,
		codesOf: epicollect5Codes,
		request: `POST ${baseUrl}/api/oauth/token`,
		reserve: async () => await reserveToken(baseUrl),
	});
	const client = clientFor(context, baseUrl, { keeper: keepers.get(key), source });
	return { client, server: baseUrl, key };
}

/** Without a client app only public projects can be read. @throws InputError */
export function isWithoutApp(context: HostContext, itemIndex: number): boolean {
	return (setting(context, accessBy, itemIndex) ?? accessBy.default) === 'none';
}

/** The project that the node's settings name; the address of one is to be of this server. @throws InputError */
export function slugOf(context: HostContext, itemIndex: number, server: string): string {
	return projectSlug(textSetting(context, project, itemIndex), server);
}

/** The project that the node's settings name, with its definition as it is kept. */
export interface OpenProject {
	client: Epicollect5Client;
	slug: string;
	definition: GetProject;
}

/** @throws FieldDataError */
export async function openProject(context: HostContext, itemIndex: number, run: Run): Promise<OpenProject> {
	const { client, key, server } = await connect(context, itemIndex);
	const slug = slugOf(context, itemIndex, server);
	const definition = async (newer: boolean) =>
		await projects.get(key, client, slug, run, newer ? clock.now() : undefined);
	return { client, slug, definition };
}

/** A place among the tokens that the service gives to this address in an hour. @throws RateLimitError */
async function reserveToken(baseUrl: string): Promise<Reservation> {
	const limiter = limiters.get(baseUrl, 'ip', 'token', EPICOLLECT5_LIMITS.token);
	try {
		return await limiter.acquire({ deadline: clock.now() + LONGEST_TOKEN_WAIT_MS });
	} catch (error) {
		// What is too far away here is the hour's end, not the end of a run's time.
		throw error instanceof RateLimitError ? tokenLimitError({ retryAfterMs: error.retryAfterMs }) : error;
	}
}

function clientFor(context: HostContext, baseUrl: string, tokens?: Tokens): Epicollect5Client {
	return new Epicollect5Client({
		transport: n8nTransport(context),
		clock,
		limiters,
		placeholders,
		baseUrl,
		...(tokens && { tokens }),
	});
}
