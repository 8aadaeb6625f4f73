import type { SandboxRequest, SandboxResponse, SandboxService } from './shared/types';

/** An object whose methods are verbs: `POST /<verb>` with the argument as JSON. */
export type VerbTable = object;

/** The admin door: verbs of Epicollect5 at the root, those of another service below its name. */
export class AdminDoor implements SandboxService {
	constructor(private readonly tables: Record<string, VerbTable>) {}

	async handle(request: SandboxRequest): Promise<SandboxResponse> {
		const parts = request.path.split('/').filter((part) => part !== '');
		const verb = parts.pop() ?? '';
		const table = this.tables[parts.join('/')];
		const method = table === undefined ? undefined : verbOf(table, verb);
		if (table === undefined || method === undefined) {
			return json(404, { error: `no verb ${request.path}`, verbs: this.verbs() });
		}
		if (request.method !== 'POST' && request.method !== 'GET') return json(405, { error: 'POST or GET' });
		try {
			const text = request.body.toString('utf8').trim();
			const argument: unknown = text === '' ? {} : JSON.parse(text);
			const result: unknown = await method.call(table, argument);
			return json(200, { ok: true, result: result ?? null });
		} catch (error) {
			return json(400, { ok: false, error: error instanceof Error ? error.message : String(error) });
		}
	}

	private verbs(): string[] {
		return Object.entries(this.tables).flatMap(([prefix, table]) =>
			verbNames(table).map((name) => (prefix === '' ? name : `${prefix}/${name}`)),
		);
	}
}

function verbOf(table: VerbTable, name: string): ((argument: unknown) => unknown) | undefined {
	if (!verbNames(table).includes(name)) return undefined;
	return (table as Record<string, (argument: unknown) => unknown>)[name];
}

/** Public methods of an object and of the classes above it. */
function verbNames(table: VerbTable): string[] {
	const names = new Set<string>();
	for (let level: object | null = table; level !== null && level !== Object.prototype;) {
		for (const name of Object.getOwnPropertyNames(level)) {
			const value = Object.getOwnPropertyDescriptor(level, name)?.value as unknown;
			if (typeof value === 'function' && name !== 'constructor' && !HIDDEN.has(name)) names.add(name);
		}
		level = Object.getPrototypeOf(level) as object | null;
	}
	return [...names].sort();
}

/** Helpers of the admin class that are no verbs. */
const HIDDEN = new Set(['project', 'form', 'entry', 'parentFor', 'upload']);

function json(status: number, value: unknown): SandboxResponse {
	return {
		status,
		headers: { 'content-type': 'application/json' },
		body: Buffer.from(JSON.stringify(value)),
	};
}
