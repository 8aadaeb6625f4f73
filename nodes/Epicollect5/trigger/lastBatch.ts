import { entryId } from '../../../core/epicollect5/entry';
import {
	pendingMediaOf,
	streamRef,
	withPendingMedia,
	type EntryEvent,
	type PendingMedia,
	type SyncState,
} from '../../../core/epicollect5/sync';
import { isPendingMedia } from '../../../core/epicollect5/sync/packedMedia';
import { idKey, idName, IdSet, NAME_LETTERS } from '../../../core/epicollect5/sync/idSet';
import type { StreamState } from '../../../core/epicollect5/sync/state';
import { isObject } from '../../../core/http/json';

/** What it takes to go back to before the last batch, without a second copy of all that is known. Plain JSON. */
export interface LastBatch {
	/** Which events it handed over: names of their marks, one after the other. */
	ids: string;
	turn?: string;
	/** By the ref of the form or branch: how far it was read. What was met of older entries stays met. */
	streams: Record<string, Omit<StreamState, 'older'>>;
	/** Which of its entries were met for the first time since, as `IdSet` packs them. */
	met: string;
	/** Files that it told of. */
	arrived: PendingMedia[];
}

const NAMES = new RegExp(`.{${NAME_LETTERS}}`, 'g');

/** A poll that handed something over: what, what it read, and where that began and ended. */
export interface Batch {
	eventIds: readonly string[];
	/** Handed over or not. */
	read: readonly EntryEvent[];
	before: SyncState;
	after: SyncState;
	/** Files that it told of. */
	arrived: readonly PendingMedia[];
}

export function lastBatchOf({ eventIds, read, before, after, arrived }: Batch): LastBatch {
	const readingsOf = (state: SyncState) =>
		Object.entries(state.streams).map(([ref, stream]) => [ref, without(stream, 'older')] as const);
	const now = new Map(readingsOf(after).map(([ref, stream]) => [ref, JSON.stringify(stream)]));
	const changed = readingsOf(before).filter(([ref, stream]) => JSON.stringify(stream) !== now.get(ref));
	const empty: LastBatch = {
		ids: eventIds.map((id) => idName(id)).join(''),
		...(before.turn !== undefined && { turn: before.turn }),
		streams: Object.fromEntries(changed),
		met: IdSet.EMPTY.pack(),
		arrived: [...arrived],
	};
	return withMet(empty, read);
}

/** @param read later, without anything to hand over: going back, these entries are to be met anew as well */
export function withMet(last: LastBatch, read: readonly EntryEvent[]): LastBatch {
	const keys = read
		.filter(({ type, stream }) => type === 'created' && Object.hasOwn(last.streams, streamRef(stream)))
		.map(({ row }) => idKey(entryId(row)));
	return keys.length === 0 ? last : { ...last, met: IdSet.unpack(last.met).with(keys).pack() };
}

/** @returns the state before the last batch: what is read from there is the batch, and whatever has come since */
export function rollBack(state: SyncState, { turn, streams, met, arrived }: LastBatch): SyncState {
	const before = Object.entries(streams).map(([ref, stream]) => {
		const older = state.streams[ref]?.older;
		return [ref, { ...stream, ...(older && { older }) }] as const;
	});
	const known = IdSet.unpack(state.known).without(IdSet.unpack(met));
	const names = new Set(arrived.map(({ name }) => name));
	const waiting = pendingMediaOf(state).filter(({ name }) => !names.has(name));
	const back: SyncState = {
		...without(state, 'turn'),
		...(turn !== undefined && { turn }),
		known: known.pack(),
		streams: { ...state.streams, ...Object.fromEntries(before) },
	};
	return withPendingMedia(back, [...arrived, ...waiting]);
}

/** Whether it is what {@link lastBatchOf} makes. How far the streams were read is looked at where they are read again. */
export function isLastBatch(value: unknown): value is LastBatch {
	if (!isObject(value) || typeof value.ids !== 'string' || typeof value.met !== 'string') return false;
	const { met, arrived, streams } = value;
	try {
		const isRead = IdSet.unpack(met).size >= 0 && isObject(streams);
		return isRead && Array.isArray(arrived) && arrived.every(isPendingMedia);
	} catch {
		return false;
	}
}

/** The marks of a batch's events. */
export function marksOf(ids: string): Set<string> {
	return new Set(ids.match(NAMES));
}

function without<T extends object, K extends keyof T>(object: T, key: K): Omit<T, K> {
	const rest: Partial<T> = { ...object };
	delete rest[key];
	return rest as Omit<T, K>;
}
