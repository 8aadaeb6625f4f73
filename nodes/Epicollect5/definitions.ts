import { MINUTE } from '../../core/clock';
import type { Project } from '../../core/epicollect5/project';
import type { Run } from '../../core/run';
import { clock } from '../shared/clock';
import type { Connection } from './connection';

/** Five definitions a minute are given to all readers of a project together (contract 4). */
const KEPT_MS = 5 * MINUTE;
const KEPT_PROJECTS = 100;

interface Kept {
	project: Promise<Project>;
	askedAt: number;
}

/** In the order of their asking. */
const kept = new Map<string, Kept>();

export interface Definition {
	project: Project;
	/** Asked for in this call, not remembered. */
	fresh: boolean;
}

/** The definition of a project: remembered for five minutes, and asked for once when many want it at a time. */
export async function definitionOf(
	{ client, key }: Connection,
	slug: string,
	run: Run,
	mode: 'remembered' | 'fresh' = 'remembered',
): Promise<Definition> {
	const name = `${key} ${slug}`;
	const found = kept.get(name);
	if (mode === 'remembered' && found && clock.now() - found.askedAt < KEPT_MS) {
		try {
			return { project: await found.project, fresh: false };
		} catch {
			// Another run asked and failed, perhaps because it was stopped: this one asks for itself.
		}
	}
	const asked: Kept = { project: client.project(slug, run), askedAt: clock.now() };
	kept.delete(name);
	kept.set(name, asked);
	asked.project.catch(() => kept.get(name) === asked && kept.delete(name));
	for (const [oldest] of kept) if (kept.size > KEPT_PROJECTS) kept.delete(oldest);
	return { project: await asked.project, fresh: true };
}
