import type { NodeDef } from 'node-red';
import type { Work } from '../../shared/input';
import { Reading, type Joined, type ReadingDef, type Wanted } from '../../shared/reading';
import type { Red } from '../../shared/red';
import { runtime } from '../../shared/runtime';
import { readAndSend, type OutputDef } from '../../shared/sending';
import { Settings } from '../../shared/values';
import { registerWorker, type Worker } from '../../shared/worker';
import { MIGRATIONS } from './migrations';

interface EntriesDef extends NodeDef, ReadingDef, OutputDef {
	/** `none`, `nested` or `flat`. */
	joined?: string;
	joinedType?: string;
	/** `both`, `children` or `branches`. */
	joinedWhat?: string;
	joinedWhatType?: string;
	/** ID of the entry above. */
	parentId?: string;
	parentIdType?: string;
}

export default function register(red: Red): void {
	registerWorker<EntriesDef>(red, 'epicollect5-entries', readEntries, {
		migrations: MIGRATIONS,
		cancellable: true,
	});
}

async function readEntries(worker: Worker<EntriesDef>, work: Work): Promise<void> {
	const settings = new Settings({ ...worker, message: work.message });
	const reading = await Reading.open(worker, settings, work.signal, wantedBy);
	const count = await readAndSend(worker, work, reading, settings);
	worker.status.entriesRead(reading.finished(count), runtime.clock.now());
}

const JOINED: readonly Joined[] = ['none', 'nested', 'flat'];

async function wantedBy(settings: Settings): Promise<Wanted> {
	const what = await settings.choice('joinedWhat', 'Join', ['both', 'children', 'branches']);
	return {
		joined: await settings.choice('joined', 'Below it', JOINED),
		request: {
			parentUuid: await settings.narrowingText('parentId', 'Parent entry'),
			children: what !== 'branches',
			branches: what !== 'children',
		},
	};
}
