import { EPICOLLECT5_RULES, epicollect5Codes } from '../../core/epicollect5/rules';
import type { HostContext } from '../../nodes/shared/transport';
import { n8nTokenSource } from '../../nodes/shared/tokenSource';

const SECRET = 'a-secret-of-forty-characters';

const RULES = {
	rules: EPICOLLECT5_RULES,
	codesOf: epicollect5Codes,
	request: 'POST https://five.epicollect.net/api/oauth/token',
};

/** What n8n's OAuth client throws holds the whole request (@n8n/client-oauth2 of n8n 2.41.1). */
function thrown(parts: Record<string, unknown>): Error {
	return Object.assign(new Error(`with ${SECRET}`), {
		config: { data: `client_secret=${SECRET}` },
		...parts,
	});
}

async function failureOf(error: Error): Promise<unknown> {
	const refreshOAuth2Token = async () => await Promise.reject(error);
	const source = n8nTokenSource({ helpers: { refreshOAuth2Token } } as unknown as HostContext, 'type', RULES);
	return await source.issue().catch((failure: unknown) => failure);
}

const refusal = (code: string) => JSON.stringify({ errors: [{ code, title: 'x', source: 'token issue' }] });

describe('A token that n8n could not get', () => {
	it.each([
		['a wrong ID or secret', { status: 400, body: refusal('ec5_253') }, 'auth', 'ec5_253'],
		['maintenance', { status: 404, body: refusal('ec5_252') }, 'maintenance', 'ec5_252'],
		['the hourly limit', { status: 429, body: refusal('ec5_255') }, 'rateLimit', 'ec5_255'],
		['a fault of the server', { response: { status: 503, data: '<html>' } }, 'api', 'server_fault'],
		['an answer of OAuth itself', { body: { error: 'invalid_client' }, code: 'EAUTH' }, 'api', undefined],
		['no answer', { code: 'ECONNREFUSED' }, 'network', 'ECONNREFUSED'],
		['a web page instead', { status: 200, body: '<html>' }, 'api', 'unreadable_token'],
	])('is told as %s', async (_what, parts, kind, code) => {
		const failure = await failureOf(thrown(parts));
		expect(failure).toMatchObject({ kind, ...(code === undefined ? {} : { code }) });
	});

	it('is told without the secret, which the thrown request holds', async () => {
		const failure = await failureOf(thrown({ status: 400, body: refusal('ec5_253') }));
		const { message, stack, ...rest } = failure as Error;
		expect(JSON.stringify([message, stack, rest, (failure as Error).cause])).not.toContain(SECRET);
	});
});
