import type { Clock } from '../../../core/clock';
import type { Epicollect5Client } from '../../../core/epicollect5/client';
import {
	pendingMediaOf,
	streamRef,
	syncMedia,
	syncOnce,
	type EntryEvent,
	type MediaArrived,
	type MissingMedia,
	type SyncNote,
	type SyncQuestion,
	type SyncResult,
	type SyncState,
} from '../../../core/epicollect5/sync';
import { openState, saveState } from '../../../core/epicollect5/sync/state';
import { idName } from '../../../core/epicollect5/sync/idSet';
import type { FieldDataError } from '../../../core/http/errors';
import type { Run } from '../../../core/run';
import type { Kept } from './kept';
import { lastBatchOf, marksOf, rollBack, withMet, type LastBatch } from './lastBatch';
import type { Downloads } from './downloads';
import { withFiles } from './files';

export type EventName = EntryEvent['type'] | MediaArrived['event'];

/** Something to hand over. */
export interface TriggerEvent {
	event: EntryEvent | MediaArrived;
	eventId: string;
	/** It was in the last batch of an earlier process, which may have been ended before its workflow ran. */
	redelivered: boolean;
}

export interface FollowOptions {
	client: Pick<Epicollect5Client, 'asker' | 'media'>;
	question: SyncQuestion;
	/** The same by a newer definition of the project. */
	newer: () => Promise<SyncQuestion>;
	kept: Pick<Kept, 'state' | 'last' | 'again'> | undefined;
	/** Deliver the last batch again. */
	repeats: boolean;
	wanted: ReadonlySet<EventName>;
	batchSize: number;
	/** The files that entries name. */
	filesOf: (events: readonly EntryEvent[]) => Promise<MissingMedia[]>;
	/** Files that come with their entries, or later with the news that they have arrived. */
	downloads?: Pick<Downloads, 'fetch' | 'has'>;
	publicProject: boolean;
	run: Run;
	clock: Clock;
}

export interface Followed {
	events: TriggerEvent[];
	/** To be kept once the events were handed over. */
	kept: Pick<Kept, 'state' | 'last' | 'again'>;
	notes: SyncNote[];
	/** To be saved although there may be no events. */
	mustSave: boolean;
	/** Files that are not waited for, as too many are. */
	dropped: number;
	/** What went wrong after the events. */
	error?: FieldDataError;
}

/**
 * One poll, as a function of what was kept: knows nothing of n8n.
 *
 * A failure loses nothing: what was read until then is returned, with what is to be kept, and the failure beside it.
 * @throws InputError before any request, where what was kept does not belong to the question
 */
export async function follow(options: FollowOptions): Promise<Followed> {
	const { kept } = options;
	const goesBack = options.repeats && kept?.last !== undefined;
	const from = goesBack ? wayBack(kept.state, kept.last as LastBatch, options.question) : kept?.state;
	// Alone: with what is new it would be a larger one, and the next restart would repeat all of that.
	const size = goesBack ? Math.max(1, marksOf((kept.last as LastBatch).ids).size) : Infinity;
	const batchSize = Math.min(options.batchSize, size);
	const { before, result } = await readEntries({ ...options, batchSize }, from);
	const media = await readMedia(options, result);
	// An earlier batch may have been on its way again, in smaller ones, when the process was ended.
	const again = marksOf(`${(goesBack && kept.last?.ids) || ''}${kept?.again ?? ''}`);
	const events = eventsOf(options, result.events, media.events).map((event) => ({
		...event,
		redelivered: again.delete(idName(event.eventId)),
	}));
	const { state, arrived, dropped } = media;
	const eventIds = events.map(({ eventId }) => eventId);
	const batch = { eventIds, read: result.events, before, after: state, arrived };
	const error = result.error ?? media.error;
	const toCome = stillToCome(again, result, state);
	return {
		events,
		kept: {
			state,
			last: events.length > 0 ? lastBatchOf(batch) : kept?.last && withMet(kept.last, result.events),
			...(toCome.length > 0 && { again: toCome.join('') }),
		},
		notes: result.notes,
		dropped,
		mustSave: isDecisive(options, result.events, state),
		...(error && { error }),
	};
}

/** @throws InputError for a state that is damaged, or of another question */
function wayBack(state: SyncState, last: LastBatch, question: SyncQuestion): SyncState {
	openState(state, question);
	return rollBack(state, last);
}

/**
 * Which of the last batch come with a later poll. An entry that was not met although all was read is not there any more;
 * a file comes again as long as it is waited for.
 */
function stillToCome(again: ReadonlySet<string>, { stoppedBy }: SyncResult, state: SyncState): string[] {
	if (stoppedBy !== 'end') return [...again];
	const awaited = pendingMediaOf(state).map((file) => idName(eventIdOf(file)));
	return awaited.filter((mark) => again.has(mark));
}

/**
 * Whether a process that begins with an older state would tell other things. It reads again what this one has read, but
 * "now" would be later, and an entry that was new and not to be told of would still be new when it has been edited. Nor
 * should it have to read again all that was there before the start.
 */
function isDecisive(
	{ kept, question, wanted }: FollowOptions,
	read: readonly EntryEvent[],
	state: SyncState,
) {
	if (question.start === 'now' && begunIn(state, question) > begunIn(kept?.state, question)) return true;
	if (kept && unmetIn(kept.state, question) > 0 && unmetIn(state, question) === 0) return true;
	return wanted.has('updated') && !wanted.has('created') && read.some(({ type }) => type === 'created');
}

function eventsOf(
	{ wanted }: FollowOptions,
	entries: readonly EntryEvent[],
	media: readonly MediaArrived[],
): Array<Omit<TriggerEvent, 'redelivered'>> {
	return [
		...entries.filter(({ type }) => wanted.has(type)).map((event) => ({ event, eventId: event.eventId })),
		...media.map((event) => ({ event, eventId: eventIdOf(event) })),
	];
}

/** Of the news that a file has arrived. */
export function eventIdOf({ eventId, name }: MissingMedia): string {
	return `${eventId}/${name}`;
}

/**
 * Downloads the files of the entries that are handed over, notes those that are not there, and asks for files with what
 * is left of the poll's time. A file that comes with its entry is not told of once more.
 */
async function readMedia(options: FollowOptions, { state, events, error }: SyncResult) {
	const { question, wanted, downloads, run, clock, publicProject, batchSize: most } = options;
	const isAwaited = wanted.has('mediaArrived');
	const files = downloads || isAwaited ? await options.filesOf(events) : [];
	const handedOver = new Set(events.filter(({ type }) => wanted.has(type)).map(({ eventId }) => eventId));
	const own = error ? [] : files.filter(({ eventId }) => handedOver.has(eventId));
	const fetched = await downloads?.fetch(own);
	const none = { events: [], arrived: [], stoppedBy: 'end' as const, error: fetched?.error };
	if (!isAwaited) return { ...none, state, dropped: 0 };
	const noted = withFiles(state, files, clock.now(), fetched);
	if (error || fetched?.isOver) return { ...none, ...noted };
	const client = downloads ? { media: downloads } : options.client;
	const media = await syncMedia({ client, question, state: noted.state, run, clock, publicProject, most });
	const names = new Set(media.events.map(({ name }) => name));
	const arrived = pendingMediaOf(noted.state).filter(({ name }) => names.has(name));
	return { ...noted, ...media, error: media.error ?? fetched?.error, arrived };
}

/**
 * Reads the entries. The first contact "from now" is made one request at a time, until there is something to hand over:
 * whoever goes back to before a batch must not go back to before the contact, as "now" would be later then.
 */
async function readEntries(
	{ client, question: asked, newer, run, batchSize }: FollowOptions,
	from: SyncState | undefined,
): Promise<{ before: SyncState; result: SyncResult }> {
	let question = asked;
	let before = saveState(openState(from, question));
	const notes: SyncNote[] = [];
	for (;;) {
		const isContact = isPending(before, question);
		const maxRequests = isContact ? 1 : undefined;
		const result = await syncOnce({
			...{ client, question, state: before, run, batchSize, maxRequests },
			...(question === asked && { newer: async () => (question = await newer()) }),
		});
		notes.push(...result.notes);
		const isQuiet = result.events.length === 0 && !result.error;
		const goesOn = isContact && isQuiet && ['budget', 'end'].includes(result.stoppedBy);
		if (!goesOn || !isPending(result.state, question)) return { before, result: { ...result, notes } };
		before = result.state;
	}
}

function isPending(state: SyncState, question: SyncQuestion): boolean {
	return begunIn(state, question) < question.streams.length;
}

function begunIn(state: SyncState | undefined, { streams }: SyncQuestion): number {
	return streams.filter((stream) => state?.streams[streamRef(stream)]?.begun).length;
}

/** Streams of which not all that was there before the start is known. */
function unmetIn(state: SyncState, { streams }: SyncQuestion): number {
	return streams.filter((stream) => state.streams[streamRef(stream)]?.older).length;
}
