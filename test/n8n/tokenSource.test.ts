import { EPICOLLECT5_TOKEN_RULES, epicollect5Codes } from '../../core/epicollect5/rules';
import type { TokenSource } from '../../core/auth/token';
import type { HostContext } from '../../nodes/shared/transport';
import { n8nTokenSource, type TokenRules } from '../../nodes/shared/tokenSource';

const SECRET = 'a-secret-of-forty-characters';

const RULES = {
	rules: EPICOLLECT5_TOKEN_RULES,
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

function sourceOf(refreshOAuth2Token: () => Promise<unknown>, more: Partial<TokenRules> = {}): TokenSource {
	const context = { helpers: { refreshOAuth2Token } } as unknown as HostContext;
	return n8nTokenSource(context, 'type', { ...RULES, ...more });
}

async function failureOf(error: Error): Promise<unknown> {
	const source = sourceOf(async () => await Promise.reject(error));
	return await source.issue().catch((failure: unknown) => failure);
}

const refusal = (code: string) => JSON.stringify({ errors: [{ code, title: 'x', source: 'token issue' }] });

describe('A token that n8n could not get', () => {
	it.each([
		['a wrong ID or secret', { status: 400, body: refusal('ec5_253') }, 'auth', 'ec5_253'],
		['maintenance', { status: 404, body: refusal('ec5_252') }, 'maintenance', 'ec5_252'],
		['the hourly limit', { status: 429, body: refusal('ec5_255') }, 'rateLimit', 'token_limit'],
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

describe('Two workers that found the same dead token', () => {
	/** What n8n does with one credential: its first reading, its lock, its second reading, and a token if both are equal. */
	function n8nWith(stored: { access_token?: string }): HostContext {
		let last = 0;
		let lock = Promise.resolve();
		const getCredentials = async () => await Promise.resolve({ oauthTokenData: { ...stored } });
		async function refreshOAuth2Token(this: { getCredentials: typeof getCredentials }) {
			const first = (await this.getCredentials()).oauthTokenData.access_token;
			const before = lock;
			let free = () => {};
			lock = new Promise((resolve) => (free = resolve));
			await before;
			if (first === stored.access_token) stored.access_token = `token ${++last}`;
			free();
			return { ...stored };
		}
		return { getCredentials, helpers: { refreshOAuth2Token } } as unknown as HostContext;
	}

	it.each(['dead', undefined])(
		'get one new token, also when one of them is late (before: %s)',
		async (before) => {
			const context = n8nWith({ access_token: before });
			const [quick, late] = [n8nTokenSource(context, 'type', RULES), n8nTokenSource(context, 'type', RULES)];
			await Promise.all([quick.store.read(), late.store.read()]);
			expect(await quick.issue()).toEqual({ accessToken: 'token 1' });
			expect(await late.issue()).toEqual({ accessToken: 'token 1' });
		},
	);
});

describe('A place in the limit of tokens', () => {
	/** What became of the reservation of one request. */
	async function fateOf(refresh: () => Promise<unknown>): Promise<string[]> {
		const fate: string[] = [];
		const reserve = async () =>
			await Promise.resolve({
				waitedMs: 0,
				settle: (response?: { status: number }) => fate.push(`settled ${response?.status ?? ''}`.trim()),
				release: () => fate.push('released'),
			});
		await sourceOf(
			async () => {
				fate.push('sent');
				return await refresh();
			},
			{ reserve },
		)
			.issue()
			.catch(() => undefined);
		return fate;
	}

	it('is taken before the request, and counted whatever the answer', async () => {
		expect(await fateOf(async () => await Promise.resolve({ access_token: 'x' }))).toEqual([
			'sent',
			'settled',
		]);
		expect(await fateOf(async () => await Promise.resolve({}))).toEqual(['sent', 'settled']);
		expect(
			await fateOf(async () => await Promise.reject(thrown({ status: 400, body: refusal('ec5_253') }))),
		).toEqual(['sent', 'settled 400']);
		expect(
			await fateOf(async () => await Promise.reject(thrown({ status: 429, body: refusal('ec5_255') }))),
		).toEqual(['sent', 'settled 429']);
		expect(await fateOf(async () => await Promise.reject(thrown({ code: 'ECONNRESET' })))).toEqual([
			'sent',
			'settled',
		]);
	});

	it('is given back when the request surely never arrived', async () => {
		expect(await fateOf(async () => await Promise.reject(thrown({ code: 'ECONNREFUSED' })))).toEqual([
			'sent',
			'released',
		]);
	});

	it('that is not free keeps the request back', async () => {
		let sent = 0;
		const source = sourceOf(async () => await Promise.resolve({ access_token: `${++sent}` }), {
			reserve: async () => await Promise.reject(new Error('none free')),
		});
		await expect(source.issue()).rejects.toThrow('none free');
		expect(sent).toBe(0);
	});
});

describe('The limit of tokens', () => {
	it('is not said to be that of a project, and is left alone for a while when its end is not told', async () => {
		const failure = await failureOf(thrown({ status: 429, body: refusal('ec5_255') }));
		expect(failure).toMatchObject({ message: expect.stringContaining('one address') as string });
		expect((failure as { hint: string }).hint).not.toContain('everybody who reads this project');
		expect((failure as { retryAfterMs: number }).retryAfterMs).toBeGreaterThanOrEqual(60_000);
	});
});
