import { MINUTE, type Clock } from '../clock';
import type { Run } from '../run';
import type { Epicollect5Client } from './client';
import type { Project } from './project';
import { reasonOf } from './stopped';

/** Five project requests a minute are shared with the whole world (contract 4). */
export const PROJECT_FRESH_MS = 5 * MINUTE;

/** A runtime that reads more projects than this asks for the oldest one's definition again. */
const PROJECTS_KEPT = 100;

interface Kept {
	project: Promise<Project>;
	askedAt: number;
}

/** The definitions of projects, kept for all nodes of a process: lists in dialogs and runs share one request. */
export class ProjectCache {
	/** In the order of their asking. */
	private readonly kept = new Map<string, Kept>();

	constructor(private readonly clock: Clock) {}

	/**
	 * @param owner names server and client app: a private project is not shown to who has no access
	 * @param newerThan milliseconds since the epoch; an older definition is asked for again
	 * @throws FieldDataError
	 */
	async get(
		owner: string,
		client: Epicollect5Client,
		slug: string,
		run: Run,
		newerThan = this.clock.now() - PROJECT_FRESH_MS,
	): Promise<Project> {
		const name = `${owner} ${slug}`;
		for (;;) {
			const found = this.kept.get(name);
			if (!found || found.askedAt <= newerThan) break;
			try {
				return await found.project;
			} catch (error) {
				// Another run asked, and was stopped: this one asks for itself, once for all that wait.
				if (reasonOf(error) === 'failure') throw error;
			}
		}
		return await this.ask(name, client, slug, run);
	}

	private ask(name: string, client: Epicollect5Client, slug: string, run: Run): Promise<Project> {
		const project = client.project(slug, run).catch((error: unknown) => {
			if (this.kept.get(name) === asked) this.kept.delete(name);
			throw error;
		});
		const asked = { project, askedAt: this.clock.now() };
		this.keep(name, asked);
		return project;
	}

	private keep(name: string, asked: Kept): void {
		this.kept.delete(name);
		this.kept.set(name, asked);
		const [oldest] = this.kept.keys();
		if (this.kept.size > PROJECTS_KEPT && oldest !== undefined) this.kept.delete(oldest);
	}
}
