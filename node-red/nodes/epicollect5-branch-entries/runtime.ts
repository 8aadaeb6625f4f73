import type { NodeDef } from 'node-red';
import { branchOf, formOf } from '../../../core/epicollect5/columns';
import type { Branch, Project } from '../../../core/epicollect5/project';
import { InputError } from '../../../core/http/errors';
import type { Work } from '../../shared/input';
import { Reading, type ReadingDef, type Wanted } from '../../shared/reading';
import type { Red } from '../../shared/red';
import { runtime } from '../../shared/runtime';
import { readAndSend, type OutputDef } from '../../shared/sending';
import { Settings } from '../../shared/values';
import { registerWorker, type Worker } from '../../shared/worker';

interface BranchEntriesDef extends NodeDef, ReadingDef, OutputDef {
	/** Ref or name; empty for the first one. */
	branch?: string;
	branchType?: string;
	/** ID of the entry that the branch entries belong to. */
	ownerId?: string;
	ownerIdType?: string;
}

export default function register(red: Red): void {
	registerWorker<BranchEntriesDef>(red, 'epicollect5-branch-entries', readBranchEntries, {
		cancellable: true,
	});
}

async function readBranchEntries(worker: Worker<BranchEntriesDef>, work: Work): Promise<void> {
	const settings = new Settings({ ...worker, message: work.message });
	const reading = await Reading.open(worker, settings, work.signal, wantedBy);
	const count = await readAndSend(worker, work, reading, settings);
	worker.status.entriesRead(reading.finished(count), runtime.clock.now());
}

async function wantedBy(settings: Settings, project: Project): Promise<Wanted> {
	const { formRef, ref } = branchIn(
		project,
		await settings.narrowingText('form', 'Form'),
		await settings.narrowingText('branch', 'Branch'),
	);
	return {
		request: { formRef, branchRef: ref, ownerUuid: await settings.narrowingText('ownerId', 'Owner entry') },
	};
}

/**
 * @param form ref or name; empty for the one that has the branch
 * @param branch ref or name; empty for the first one
 * @throws InputError
 */
function branchIn(project: Project, form: string | undefined, branch: string | undefined): Branch {
	const forms = form === undefined ? project.forms : [formOf(project, form)];
	const branches = forms.flatMap((one) => one.branches);
	const found = branch === undefined ? branches[0] : branchOf({ ...formOf(project, form), branches }, branch);
	if (found) return found;
	throw new InputError('There are no branches to read', {
		code: 'ec5_99',
		field: 'Branch',
		hint: 'Choose another form, or read its entries with the node epicollect5 entries.',
	});
}
