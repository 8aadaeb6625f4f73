import { entryId } from '../../../core/epicollect5/entry';
import {
	streamRef,
	type EntryEvent,
	type PendingMedia,
	type SyncState,
} from '../../../core/epicollect5/sync';
import { idKey, idName, IdSet, NAME_LETTERS } from '../../../core/epicollect5/sync/idSet';
import type { StreamState } from '../../../core/epicollect5/sync/state';
import { isObject } from '../../../core/http/json';

/** What it takes to go back to before the last batch, without a second copy of all that is known. Plain JSON. */
export interface LastBatch {
	/** Which events it handed over: names of their marks, one after the other. */
	ids: string;
	turn?: string;
	/** By the ref of the form or branch: how far it was read, and which entries were met for the first time since. */
	streams: Record<string, Omit<StreamState, 'known'> & { met: string }>;
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
	const changed = Object.entries(before.streams).filter(
		([ref, stream]) => JSON.stringify(stream) !== JSON.stringify(after.streams[ref]),
	);
	const streams = changed.map(([ref, stream]) => [
		ref,
		{ ...without(stream, 'known'), met: IdSet.EMPTY.pack() },
	]);
	const empty: LastBatch = {
		ids: eventIds.map((id) => idName(id)).join(''),
		...(before.turn !== undefined && { turn: before.turn }),
		streams: Object.fromEntries(streams) as LastBatch['streams'],
		arrived: [...arrived],
	};
	return withMet(empty, read);
}

/** @param read later, without anything to hand over: going back, these entries are to be met anew as well */
export function withMet(last: LastBatch, read: readonly EntryEvent[]): LastBatch {
	const created = read.filter(({ type }) => type === 'created');
	if (created.length === 0) return last;
	const streams = Object.entries(last.streams).map(([ref, stream]) => {
		const keys = created
			.filter((event) => streamRef(event.stream) === ref)
			.map(({ row }) => idKey(entryId(row)));
		return [ref, keys.length === 0 ? stream : { ...stream, met: IdSet.unpack(stream.met).with(keys).pack() }];
	});
	return { ...last, streams: Object.fromEntries(streams) as LastBatch['streams'] };
}

/** @returns the state before the last batch: what is read from there is the batch, and whatever has come since */
export function rollBack(state: SyncState, { turn, streams, arrived }: LastBatch): SyncState {
	const before = Object.entries(streams).map(([ref, { met, ...own }]) => {
		const known = IdSet.unpack(state.streams[ref]?.known ?? IdSet.EMPTY.pack());
		return [ref, { ...own, known: known.without(IdSet.unpack(met)).pack() }];
	});
	const names = new Set(arrived.map(({ name }) => name));
	return {
		...without(state, 'turn'),
		...(turn !== undefined && { turn }),
		streams: { ...state.streams, ...(Object.fromEntries(before) as SyncState['streams']) },
		pendingMedia: [...arrived, ...state.pendingMedia.filter(({ name }) => !names.has(name))],
	};
}

/** Whether it is what {@link lastBatchOf} makes. How far the streams were read is looked at where they are read again. */
export function isLastBatch(value: unknown): value is LastBatch {
	if (!isObject(value) || typeof value.ids !== 'string' || !isObject(value.streams)) return false;
	return Array.isArray(value.arrived) && Object.values(value.streams).every(isMet);
}

function isMet(stream: unknown): boolean {
	if (!isObject(stream) || typeof stream.met !== 'string') return false;
	try {
		return IdSet.unpack(stream.met).size >= 0;
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
