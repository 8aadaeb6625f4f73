import { appOf, ask, askToken, entries, json, outcome, smallSandbox } from './ask';
import type { SandboxCore } from '../../sandbox/src';

const grant = { grant_type: 'client_credentials' };
const PRIVATE = 'sandbox-private';

async function freshToken(sandbox: SandboxCore): Promise<string> {
	return json(await askToken(sandbox, { ...grant, ...appOf(sandbox, PRIVATE) })).access_token as string;
}

async function readWith(sandbox: SandboxCore, authorization: string, project = PRIVATE): Promise<string> {
	return outcome(await ask(sandbox, entries(project, { per_page: 1 }), { headers: { authorization } }));
}

describe('a token request', () => {
	let sandbox: SandboxCore;
	beforeEach(() => {
		sandbox = smallSandbox();
	});

	it('answers with a bearer token that lives two hours', async () => {
		const response = await askToken(sandbox, { ...grant, ...appOf(sandbox, PRIVATE) });
		expect(response.headers).toMatchObject({
			'content-type': 'application/json; charset=UTF-8',
			'cache-control': 'no-store, private',
			pragma: 'no-cache',
		});
		expect(json(response)).toMatchObject({ token_type: 'Bearer', expires_in: 7200 });
		expect(json(response).access_token.split('.')).toHaveLength(3);
	});

	it('deletes the earlier token of the client at once', async () => {
		const first = await freshToken(sandbox);
		expect(await readWith(sandbox, `Bearer ${first}`)).toBe('200');
		const second = await freshToken(sandbox);
		expect(await readWith(sandbox, `Bearer ${first}`)).toBe('404 ec5_256 middleware');
		expect(await readWith(sandbox, `Bearer ${second}`)).toBe('200');
	});

	it.each([
		['a wrong secret', { client_secret: 'wrong' }, '400 ec5_253 token issue'],
		['another grant', { grant_type: 'password' }, '400 ec5_261 token issue'],
		['a number as secret', { client_secret: 5 }, '400 ec5_254 token issue'],
		['an unknown scope', { scope: 'nosuch' }, '400 ec5_254 token issue'],
	])('deletes the live token even when it fails for %s', async (_name, change, expected) => {
		const token = await freshToken(sandbox);
		const response = await askToken(sandbox, { ...grant, ...appOf(sandbox, PRIVATE), ...change });
		expect(outcome(response)).toBe(expected);
		expect(await readWith(sandbox, `Bearer ${token}`)).toBe('404 ec5_256 middleware');
	});

	it('by HTTP Basic without a client_id in the body leaves the earlier token alive', async () => {
		const token = await freshToken(sandbox);
		const { client_id, client_secret } = appOf(sandbox, PRIVATE);
		const basic = Buffer.from(`${client_id}:${client_secret}`).toString('base64');
		const response = await askToken(sandbox, grant, { authorization: `Basic ${basic}` });
		expect(response.status).toBe(200);
		expect(await readWith(sandbox, `Bearer ${token}`)).toBe('200');
	});

	it.each([
		['an unknown client', { ...grant, client_id: 999, client_secret: 'x' }, '400 ec5_253 token issue'],
		['no client', { ...grant, client_secret: 'x' }, '400 ec5_254 token issue'],
		['no secret', { ...grant, client_id: 2 }, '400 ec5_253 token issue'],
		['no grant', { client_id: 2, client_secret: 'x' }, '400 ec5_261 token issue'],
		['an empty body', '', '400 ec5_261 token issue'],
		['a list instead of an object', '[1]', '400 ec5_261 token issue'],
	])('with %s is refused', async (_name, body, expected) => {
		expect(outcome(await askToken(sandbox, body))).toBe(expected);
	});

	it('reads forms, multipart and any kind of JSON, but no query and no other body', async () => {
		const { client_id, client_secret } = appOf(sandbox, PRIVATE);
		const fields = { ...grant, client_id: String(client_id), client_secret };
		const form = new URLSearchParams(fields).toString();
		const multipart = `${Object.entries(fields)
			.map(([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)
			.join('')}--b--\r\n`;
		const post = async (type: string, body: string): Promise<number> =>
			(await ask(sandbox, '/api/oauth/token', { method: 'POST', headers: { 'content-type': type }, body }))
				.status;
		expect(await post('application/x-www-form-urlencoded', form)).toBe(200);
		expect(await post('multipart/form-data; boundary=b', multipart)).toBe(200);
		expect(await post('application/vnd.api+json', JSON.stringify(fields))).toBe(200);
		expect(await post('text/plain', JSON.stringify(fields))).toBe(400);
		const query = await ask(sandbox, `/api/oauth/token?${form}`, { method: 'POST' });
		expect(outcome(query)).toBe('400 ec5_261 token issue');
	});

	it('with broken JSON is a framework fault: JSON or HTML by what the client accepts', async () => {
		const page = await askToken(sandbox, '{bad');
		expect([page.status, page.headers['content-type']]).toEqual([400, 'text/html; charset=utf-8']);
		const message = await askToken(sandbox, '{bad', { accept: 'application/json' });
		expect(json(message)).toEqual({ message: 'Bad request.' });
		const vendor = await askToken(sandbox, '{bad', { 'content-type': 'application/vnd.api+json' });
		expect(outcome(vendor)).toBe('400 ec5_261 token issue');
	});

	it('by GET is a method error', async () => {
		expect(outcome(await ask(sandbox, '/api/oauth/token'))).toBe('422 ec5_219 method not allowed exception');
	});
});

describe('a private project', () => {
	it('opens to its own app only, and never answers 401 or 403', async () => {
		const sandbox = smallSandbox();
		const token = await freshToken(sandbox);
		expect(outcome(await ask(sandbox, entries(PRIVATE)))).toBe('404 ec5_256 middleware');
		expect(await readWith(sandbox, `Bearer ${token}`)).toBe('200');
		expect(await readWith(sandbox, token)).toBe('200');
		expect(await readWith(sandbox, `bearer ${token}`)).toBe('404 ec5_256 middleware');
		expect(await readWith(sandbox, 'Bearer not.a.jwt')).toBe('404 ec5_256 middleware');
		expect(await readWith(sandbox, `Bearer ${token}`, 'sandbox-other')).toBe('404 ec5_257 middleware');
		const query = await ask(sandbox, entries(PRIVATE, { access_token: token }));
		expect(outcome(query)).toBe('404 ec5_256 middleware');
	});

	it('closes to the second when the token runs out', async () => {
		const sandbox = smallSandbox({ tokenSeconds: 60 });
		const token = await freshToken(sandbox);
		sandbox.clock.advance(59_000);
		expect(await readWith(sandbox, `Bearer ${token}`)).toBe('200');
		sandbox.clock.advance(1_000);
		expect(await readWith(sandbox, `Bearer ${token}`)).toBe('404 ec5_256 middleware');
	});

	it('tells a revoked token from one of a deleted app', async () => {
		const sandbox = smallSandbox();
		const { client_id: client } = appOf(sandbox, PRIVATE);
		const revoked = await freshToken(sandbox);
		sandbox.admin.revokeTokens({ client });
		expect(await readWith(sandbox, `Bearer ${revoked}`)).toBe('404 ec5_256 middleware');
		const orphan = await freshToken(sandbox);
		sandbox.admin.deleteClient({ client });
		expect(await readWith(sandbox, `Bearer ${orphan}`)).toBe('404 ec5_257 middleware');
		expect(outcome(await askToken(sandbox, { ...grant, client_id: client, client_secret: 'x' }))).toBe(
			'400 ec5_253 token issue',
		);
	});

	it('has apps that do not disturb each other', async () => {
		const sandbox = smallSandbox();
		const first = await freshToken(sandbox);
		const other = sandbox.admin.addClient({ project: PRIVATE });
		const second = sandbox.admin.issueToken({ client: other.id });
		expect(await readWith(sandbox, `Bearer ${first}`)).toBe('200');
		expect(await readWith(sandbox, `Bearer ${second}`)).toBe('200');
	});

	it('keeps its media from the public media endpoint, token or not', async () => {
		const sandbox = smallSandbox();
		const authorization = `Bearer ${await freshToken(sandbox)}`;
		const url = `/api/media/${PRIVATE}?type=photo&format=entry_original&name=x.jpg`;
		expect(outcome(await ask(sandbox, url, { headers: { authorization } }))).toBe('404 ec5_77 middleware');
	});
});
