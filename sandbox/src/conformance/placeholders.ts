import type { SandboxCore } from '../sandbox';
import type { Recording } from './recordings';

const TOKEN = /<token (\d+) of client (\d+)>/g;
const SECRET = /<secret of client (\d+)>/g;

/** Turns the recordings' `<token N of client C>` and `<secret of client C>` into the sandbox's own. */
export class Placeholders {
	private readonly tokens = new Map<string, string>();
	/** Tokens issued here since the last look: the recorder asked for them at the token endpoint. */
	issued = 0;

	constructor(private readonly sandbox: SandboxCore) {}

	/** Issues every token of a record that is seen for the first time (a fresh one, just before). */
	prepare(record: Recording): void {
		const text = [record.path, record.body ?? '', ...Object.values(record.headers ?? {})].join('\n');
		for (const match of text.matchAll(TOKEN)) {
			const [name, , client] = match;
			if (this.tokens.has(name)) continue;
			this.tokens.set(name, this.sandbox.admin.issueToken({ client: Number(client) }));
			this.issued += 1;
		}
	}

	/** Fills in tokens and secrets. */
	fill(text: string): string {
		return text
			.replace(TOKEN, (name) => this.tokens.get(name) ?? name)
			.replace(SECRET, (name, id: string) => this.secret(id) ?? name);
	}

	/** Remembers the token that was issued in an answer under the name the recording gives it. */
	learn(recordedBody: string, answer: Buffer): void {
		const name = /"access_token":\s*"(<token \d+ of client \d+>)"/.exec(recordedBody)?.[1];
		const token = /"access_token":\s*"([^"]+)"/.exec(answer.toString('utf8'))?.[1];
		if (name !== undefined && token !== undefined) this.tokens.set(name, token);
	}

	private secret(id: string): string | undefined {
		return this.sandbox.epicollect5.tokens.secretFor(Number(id));
	}
}
