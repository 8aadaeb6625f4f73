import type { Column } from '../../../core/epicollect5/columns';
import type { MediaType } from '../../../core/epicollect5/media';
import { entryId } from '../../../core/epicollect5/entry';
import type { EntryEvent, MissingMedia } from '../../../core/epicollect5/sync';
import { IdSet, safeKey } from '../../../core/epicollect5/sync/idSet';
import { tidyValue } from '../../../core/epicollect5/tidy';
import { isObject } from '../../../core/http/json';
import type { FileQueue } from './cursor';

const TYPES: readonly string[] = ['photo', 'audio', 'video'] satisfies MediaType[];
/** Entries are read no further while so many files have not been asked for: the context must not grow without end. */
export const MOST_WAITING = 2_000;
/** Of a node that has just begun to follow files. */
export const NO_FILES: FileQueue = { known: IdSet.EMPTY.pack(), waiting: [] };

/** @returns the queue with the files that the entries name and that were never named before */
export function withFilesOf(
	queue: FileQueue,
	events: readonly EntryEvent[],
	columnsOf: (event: EntryEvent) => readonly Column[],
): FileQueue {
	const known = IdSet.unpack(queue.known);
	const met = new Map<number, MissingMedia>();
	for (const event of events) {
		for (const { key, ref, type } of columnsOf(event)) {
			const name = TYPES.includes(type) ? fileName(event.row[key], type) : undefined;
			if (name === undefined) continue;
			const mark = safeKey(name);
			if (known.has(mark) || met.has(mark)) continue;
			const from = { entryId: entryId(event.row), eventId: event.eventId };
			met.set(mark, { name, type: type as MediaType, questionRef: ref, ...from });
		}
	}
	return {
		known: known.with(met.keys()).pack(),
		waiting: [...queue.waiting, ...met.values()],
	};
}

/** Public projects send an address, private ones the bare name (contract 8.1). */
function fileName(value: unknown, type: string): string | undefined {
	const file = tidyValue(value, { type, datetimeFormat: undefined });
	const name = isObject(file) ? file.name : undefined;
	return typeof name === 'string' ? name : undefined;
}
