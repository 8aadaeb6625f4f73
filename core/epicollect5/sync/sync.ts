import type { FieldDataError } from '../../http/errors';
import type { Run, Summary } from '../../run';
import type { Epicollect5Client } from '../client';
import type { SyncQuestion, SyncStream } from './question';
import { Session } from './session';
import { openState, type SyncState } from './state';
import type { EntryEvent } from './take';

export interface SyncOptions {
	client: Pick<Epicollect5Client, 'asker'>;
	question: SyncQuestion;
	/** The state of the last call; undefined or null at first contact. */
	state: unknown;
	run: Run;
	/** How many events at most. */
	batchSize?: number;
	/** How many requests at most. */
	maxRequests?: number;
	/**
	 * Refs of the streams to read in this call, as `left` of the call before names them; all where it is left out. With an
	 * empty list only the entries from before the start are met.
	 */
	only?: readonly string[];
	/**
	 * Makes the question from a definition that was not asked for before. Called at most once, where entries have other
	 * columns than the question tells of: columns are numbered anew when a form is changed (contract 10), and by their old
	 * names the counts of branch entries would be taken for answers, and every entry for an edited one.
	 */
	newer?: () => Promise<SyncQuestion>;
	/** Commits later than this after their stamp are not found; {@link OVERLAP_MS} where it is left out. */
	overlapMs?: number;
}

/** Entries have other columns than before: the form or the mapping was changed. They are not delivered again for it. */
export interface SyncNote {
	type: 'shapeChanged';
	stream: SyncStream;
}

/** `end`: everything that the server shows was read. All others: the next call goes on where this one stopped. */
export type SyncStoppedBy = 'end' | 'batch' | 'budget' | 'deadline' | 'aborted' | 'failure';

/**
 * How far the entries from before the start ("now" or a date) are met. Nothing is told of them: only their ids are noted, so
 * that the first edit of one is called "updated". An entry that is edited before its id was read is called "created".
 */
export interface OlderProgress {
	/** Refs of the streams of which some are to be met by the next calls. */
	left: string[];
	/** How many pages of them this call has read. */
	pages: number;
	/** Why it read no more of them. No failure of the call: the next one goes on, and after ten in a row none does. */
	error?: FieldDataError;
}

export interface SyncResult {
	/** In the order of their upload, stream by stream. */
	events: EntryEvent[];
	/** To be saved once the events were handed over, never before. */
	state: SyncState;
	notes: SyncNote[];
	stoppedBy: SyncStoppedBy;
	/**
	 * Refs of the streams that this call has not read to their end, the next one first. Who hands over page by page reads
	 * only these in the next call: the others have been read.
	 */
	left: string[];
	older: OlderProgress;
	summary: Summary & { created: number; updated: number };
	/**
	 * Why it failed or was aborted. The events up to there and the state are good: hand over, save, then report this.
	 */
	error?: FieldDataError;
}

/**
 * Reads what is new since the last call: each stream page by page, all of them in turn, within one budget. When all have
 * been read to their end, what is left of the budget goes to the entries from before the start ({@link OlderProgress}): at
 * most ten pages, which wait out no window of the limit. While there are always streams to read, they get every tenth
 * request.
 *
 * Events and state belong together. Who saves the state after the hand-over gets each version exactly once; who loses
 * it, or hands over and does not save, gets the same events again, with the same eventIds. Without events, too, the state is
 * to be saved where that costs little: it holds how far everything was read.
 *
 * A failure on the way loses nothing: what was read until then is returned, with the state that goes with it, and the
 * failure beside it as `error`. A failure of one stream (its form was deleted, a second cannot be read whole) does not
 * keep the others from being read.
 * @returns always, also where the service fails, its limit is used up, or the run is aborted: see `stoppedBy`
 * @throws InputError before any request, where the state does not belong to the question
 */
export async function syncOnce(options: SyncOptions): Promise<SyncResult> {
	const session = new Session(options, openState(options.state, options.question));
	const stoppedBy = await session.read();
	return session.result(stoppedBy);
}
