import type { NodeDef } from 'node-red';
import { branchOf, formOf, mappingOf, type Stream } from '../../../core/epicollect5/columns';
import type { Project } from '../../../core/epicollect5/project';
import { findDeleted } from '../../../core/epicollect5/sync';
import { connectionOf } from '../../shared/epicollect5';
import type { Work } from '../../shared/input';
import { limitsFrom, type LimitsDef } from '../../shared/limits';
import { isEach, Sequence } from '../../shared/output';
import type { Red } from '../../shared/red';
import { shownRun } from '../../shared/run';
import { runtime } from '../../shared/runtime';
import { Settings } from '../../shared/values';
import { registerWorker, type Worker } from '../../shared/worker';
import { knownEntries } from './known';

interface DeletedDef extends NodeDef, LimitsDef {
	project: string;
	form?: string;
	formType?: string;
	branch?: string;
	branchType?: string;
	known?: string;
	knownType?: string;
	/** `array` or `each`. */
	output?: string;
	outputType?: string;
	property?: string;
}

export default function register(red: Red): void {
	registerWorker<DeletedDef>(red, 'epicollect5-deleted', lookForDeleted, { cancellable: true });
}

async function lookForDeleted(parts: Worker<DeletedDef>, { message, send, signal }: Work): Promise<void> {
	const { red, def, status } = parts;
	const connection = connectionOf(red, def.project);
	const settings = new Settings({ ...parts, message });
	const named = {
		form: await settings.narrowingText('form', 'Form'),
		branch: await settings.narrowingText('branch', 'Branch'),
	};
	const known = knownEntries(await settings.value('known', 'Known entries'), named.branch !== undefined);
	const each = await isEach(settings);
	const limits = await limitsFrom(settings);
	status.busy();
	const run = shownRun(status, signal, limits);
	const project = await connection.project(run.options);
	const gone = new Set(
		// Nothing known, nothing gone: the scarce requests are spared.
		known.length === 0
			? []
			: await findDeleted({
					...{ client: connection.client, slug: connection.slug, run },
					...{ stream: streamOf(project, named), mapIndex: mappingOf(project, undefined).index },
					knownIds: known.map(({ id }) => id),
				}),
	);
	const deleted = known.filter(({ id }) => gone.has(id)).map(({ given }) => given);
	// Whoever has chosen the wrong form would go on to delete everything.
	if (deleted.length === known.length && deleted.length > 1 && run.summary.fetched > 0)
		parts.node.warn(red._('shared.message.noneKnown'));
	const sequence = new Sequence(red, message, def.property || 'payload');
	if (each) sequence.sendEach(deleted, send);
	else send(sequence.whole(deleted));
	status.gone({ gone: deleted.length, known: known.length }, runtime.clock.now());
}

function streamOf(project: Project, named: { form?: string; branch?: string }): Stream {
	const form = formOf(project, named.form);
	return { formRef: form.ref, branchRef: named.branch && branchOf(form, named.branch).ref };
}
