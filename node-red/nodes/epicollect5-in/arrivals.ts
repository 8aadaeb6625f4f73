import type { Clock } from '../../../core/clock';
import type { Epicollect5Client } from '../../../core/epicollect5/client';
import { reasonOf } from '../../../core/epicollect5/stopped';
import {
	syncMedia,
	withMissingMedia,
	type MissingMedia,
	type PendingMedia,
	type SyncQuestion,
	type SyncState,
} from '../../../core/epicollect5/sync';
import { FieldDataError } from '../../../core/http/errors';
import type { Run } from '../../../core/run';
import type { FileQueue } from './cursor';

export interface FileSearch {
	client: Epicollect5Client;
	question: SyncQuestion;
	/** Files of public projects may be asked for 30 times faster. */
	publicProject: boolean;
	run: Run;
	clock: Clock;
}

export interface Arrivals {
	/** Files that can be downloaded now. */
	arrived: MissingMedia[];
	/** Files that are not asked for again. */
	givenUp: PendingMedia[];
	state: SyncState;
	queue: FileQueue;
	/** Whether there is nothing more to ask for now, or no time. */
	isDone: boolean;
	error?: FieldDataError;
}

/** So many files are asked for before those that have come are handed over. */
const AT_ONCE = 20;

/** Asks for files that were never asked for, and again for those that were missing and whose time has come. */
export async function lookForFiles(
	state: SyncState,
	queue: FileQueue,
	search: FileSearch,
): Promise<Arrivals> {
	const first = await askFirst(state, queue, search);
	if (first.isDone) return first;
	const again = await syncMedia({ ...search, state: first.state, most: AT_ONCE });
	const isLast = again.stoppedBy !== 'limit' && first.queue.waiting.length === 0;
	return {
		arrived: [...first.arrived, ...again.events],
		givenUp: [...first.givenUp, ...again.givenUp],
		state: again.state,
		queue: first.queue,
		isDone: isLast || again.stoppedBy === 'deadline',
		error: again.error,
	};
}

/** Files that were never asked for. The core asks again for those that are missing. */
async function askFirst(state: SyncState, queue: FileQueue, search: FileSearch): Promise<Arrivals> {
	const { client, question, publicProject, run, clock } = search;
	const [arrived, missing]: [MissingMedia[], MissingMedia[]] = [[], []];
	const stopped: Pick<Arrivals, 'isDone' | 'error'> = { isDone: false };
	for (const file of queue.waiting.slice(0, AT_ONCE)) {
		try {
			const isThere = await client.media.has(question.slug, { ...file, publicProject }, run);
			(isThere ? arrived : missing).push(file);
		} catch (error) {
			if (!(error instanceof FieldDataError)) throw error;
			// What is refused of one file keeps no other waiting.
			if (error.kind === 'input' || error.status === 400) {
				missing.push(file);
				continue;
			}
			stopped.isDone = true;
			if (reasonOf(error) !== 'deadline') stopped.error = error;
			break;
		}
	}
	const asked = arrived.length + missing.length;
	const { state: after, dropped } = withMissingMedia(state, missing, clock.now());
	const rest = { ...queue, waiting: queue.waiting.slice(asked) };
	return { arrived, givenUp: dropped, state: after, queue: rest, ...stopped };
}
