import {
	createSandbox,
	makeRequest,
	type RequestParts,
	type SandboxCore,
	type SandboxOptions,
	type SandboxResponse,
} from '../../sandbox/src';

/** A sandbox with little data and a clock that stands still. */
export function smallSandbox(options: SandboxOptions = {}): SandboxCore {
	return createSandbox({ entries: 20, clock: 'virtual', limits: 'off', ...options });
}

/** Asks the sandbox without a socket. */
export function ask(
	sandbox: SandboxCore,
	url: string,
	parts: Omit<RequestParts, 'url'> = {},
): Promise<SandboxResponse> {
	return sandbox.epicollect5.handle(makeRequest({ url, ...parts }));
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- answers are read field by field in the tests
export function json(response: SandboxResponse): any {
	return JSON.parse(response.body.toString('utf8'));
}

/** `404 ec5_256 middleware`, or the status alone. */
export function outcome(response: SandboxResponse): string {
	const text = response.body.toString('utf8');
	if (!text.startsWith('{"errors"')) return String(response.status);
	const errors = (JSON.parse(text) as { errors: { code: string; source: string }[] }).errors;
	return [response.status, ...errors.map(({ code, source }) => `${code} ${source}`)].join(' ');
}

/** A token request with a JSON body. */
export function askToken(
	sandbox: SandboxCore,
	body: unknown,
	headers: Record<string, string> = {},
): Promise<SandboxResponse> {
	return ask(sandbox, '/api/oauth/token', {
		method: 'POST',
		headers: { 'content-type': 'application/json', ...headers },
		body: typeof body === 'string' ? body : JSON.stringify(body),
	});
}

/** Credentials of the app of a project. */
export function appOf(sandbox: SandboxCore, project: string): { client_id: number; client_secret: string } {
	const client = sandbox.clients.find((item) => item.project === project);
	if (client === undefined) throw new Error(`no app of ${project}`);
	return { client_id: Number(client.id), client_secret: client.secret };
}

/** Entries URL of a project with parameters. */
export function entries(project: string, parameters: Record<string, string | number> = {}): string {
	const query = new URLSearchParams(
		Object.entries(parameters).map(([name, value]): [string, string] => [name, String(value)]),
	).toString();
	return `/api/export/entries/${project}${query === '' ? '' : `?${query}`}`;
}
