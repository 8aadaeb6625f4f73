import type { NodeDef } from 'node-red';
import { LOGO } from '../../../core/epicollect5/media';
import { branchesOf, formsOf, statisticsOf } from '../../../core/epicollect5/overview';
import type { Project } from '../../../core/epicollect5/project';
import { NotUploadedError } from '../../../core/http/errors';
import type { Run } from '../../../core/run';
import { connectionOf, type Epicollect5Connection } from '../../shared/epicollect5';
import type { Work } from '../../shared/input';
import { Sequence } from '../../shared/output';
import type { Red } from '../../shared/red';
import { shownRun } from '../../shared/run';
import { runtime } from '../../shared/runtime';
import { Settings } from '../../shared/values';
import { registerWorker, type Worker } from '../../shared/worker';

interface ProjectInfoDef extends NodeDef {
	project: string;
	/** `definition`, `statistics`, `forms`, `branches`, `mappings` or `logo`. */
	part?: string;
	partType?: string;
	property?: string;
}

export default function register(red: Red): void {
	registerWorker<ProjectInfoDef>(red, 'epicollect5-project-info', tell);
}

/** What is made of a project's definition. */
const READERS = {
	definition: (project: Project) => project,
	statistics: statisticsOf,
	forms: formsOf,
	branches: branchesOf,
	mappings: ({ mappings }: Project) => mappings,
} satisfies Record<string, (project: Project) => unknown>;

type Read = keyof typeof READERS;
const PARTS = [...(Object.keys(READERS) as Read[]), 'logo'] as const;

async function tell(parts: Worker<ProjectInfoDef>, { message, send, signal }: Work): Promise<void> {
	const { red, def, status } = parts;
	const connection = connectionOf(red, def.project);
	const part = (await new Settings({ ...parts, message }).choice('part', 'What', PARTS)) ?? 'definition';
	status.busy();
	const run = shownRun(status, signal);
	const sequence = new Sequence(red, message, def.property || 'payload');
	if (part === 'logo') {
		const logo = await readLogo(connection, run);
		send(sequence.whole(logo));
		if (logo) status.finished(connection.slug, runtime.clock.now());
		else status.noLogo(runtime.clock.now());
		return;
	}
	// Asked anew for each message: it is the counts that people want to watch.
	const project = await connection.project(run.options, true);
	// All nodes share the definition, and a flow may change what it gets.
	send(sequence.whole(structuredClone(READERS[part](project))));
	status.finished(project.name, runtime.clock.now());
}

/** @returns null where the project has no logo of its own */
async function readLogo({ client, slug }: Epicollect5Connection, run: Run): Promise<Buffer | null> {
	try {
		return Buffer.from((await client.media.photo(slug, LOGO, run)).bytes);
	} catch (error) {
		if (error instanceof NotUploadedError) return null;
		throw error;
	}
}
