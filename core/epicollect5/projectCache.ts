import { MINUTE, type Clock } from '../clock';
import type { Run } from '../run';
import type { Epicollect5Client } from './client';
import type { Project } from './project';

/** Five project requests a minute are shared with the whole world (contract 4). */
export const PROJECT_FRESH_MS = 5 * MINUTE;

interface Kept {
	project: Promise<Project>;
	at: number;
}

/** The definitions of projects, kept for all nodes of a process: lists in dialogs and runs share one request. */
export class ProjectCache {
	private readonly kept = new Map<string, Kept>();

	constructor(private readonly clock: Clock) {}

	/**
	 * @param key names server, project and client app: a private project is not shown to who has no access
	 * @param mustBeNewerThan milliseconds since the epoch; an older definition is asked for again
	 * @throws FieldDataError
	 */
	async get(
		key: string,
		client: Epicollect5Client,
		slug: string,
		run: Run,
		mustBeNewerThan = this.clock.now() - PROJECT_FRESH_MS,
	): Promise<Project> {
		const known = this.kept.get(key);
		if (known && known.at > mustBeNewerThan) return await known.project;
		const fresh = { project: client.project(slug, run), at: this.clock.now() };
		this.kept.set(key, fresh);
		try {
			return await fresh.project;
		} catch (error) {
			// A failure is nobody's definition.
			if (this.kept.get(key) === fresh) this.kept.delete(key);
			throw error;
		}
	}
}
