import type { Epicollect5Admin } from '../epicollect5/admin';
import type { Recording } from './recordings';

/** The act could not be understood: the record cannot be alike then. */
export class UnknownAct extends Error {}

type Act = (admin: Epicollect5Admin, words: string[], record: Recording) => void;

/** What may come before a request, in the recordings' own words (recordings/README.md). */
const ACTS: [pattern: RegExp, act: Act][] = [
	[
		/token request for client (\d+) with/,
		// It fails, but the tokens are gone all the same (contract 2.3).
		(admin, [client]) => admin.dropTokens({ client: Number(client) }),
	],
	[/token request for client (\d+)/, (admin, [client]) => void admin.issueToken({ client: Number(client) })],
	[
		/token(?: of client (\d+))? (?:has |was )?expired/,
		(admin, [client], record) => admin.expireTokens({ client: Number(client ?? clientOfToken(record) ?? 0) }),
	],
	[
		/tokens? of client (\d+) (?:was|were) revoked/,
		(admin, [client]) => admin.revokeTokens({ client: Number(client) }),
	],
	[/client (\d+)\b.*\bdeleted/, (admin, [client]) => admin.deleteClient({ client: Number(client) })],
	[
		/project (\S+) was (?:switched|made|set)(?: back)?(?: to)? (public|private)/,
		(admin, [project = '', access]) => admin.setProject({ project, access: access as 'public' | 'private' }),
	],
	[
		/project (\S+) was (locked|trashed|archived)/,
		(admin, [project = '', status]) =>
			admin.setProject({ project, status: status as 'locked' | 'trashed' | 'archived' }),
	],
	[
		/project (\S+) was (?:unlocked|restored)/,
		(admin, [project = '']) => admin.setProject({ project, status: 'active' }),
	],
];

/** Carries out what came before a request. */
export function actBefore(admin: Epicollect5Admin, record: Recording): void {
	const { before } = record;
	for (const text of before === undefined ? [] : Array.isArray(before) ? before : [before]) {
		const known = ACTS.find(([pattern]) => pattern.test(text));
		if (known === undefined) throw new UnknownAct(`act not understood: ${text}`);
		const [pattern, act] = known;
		act(admin, (pattern.exec(text) ?? []).slice(1), record);
	}
}

function clientOfToken(record: Recording): string | undefined {
	return /<token \d+ of client (\d+)>/.exec(JSON.stringify(record))?.[1];
}
