import { InputError } from '../../http/errors';
import { isObject, type JsonObject } from '../../http/json';
import type { Crowd } from '../crowd';
import { newCursor, type Round, type StreamCursor } from './cursor';
import { IdSet, NAME_LETTERS } from './idSet';
import type { Older } from './older';
import { packMedia, unpackMedia, type KeptMedia, type MediaPlaces } from './packedMedia';
import type { PendingMedia } from './pendingMedia';
import { checkFingerprint, fingerprintOf, streamRef, type Fingerprint, type SyncQuestion } from './question';
import { Recent } from './recent';

const VERSION = 1;
const NAMES = new RegExp(`.{${NAME_LETTERS}}`, 'g');

/**
 * What a host keeps between two calls: plain JSON, at most 512 kB for 100,000 entries. To be saved after the events
 * were handed over, and given back as it is.
 */
export interface SyncState {
	version: typeof VERSION;
	fingerprint: Fingerprint;
	/** Rows of a page, where the server allows fewer than usual, and since when that is known. */
	pageSize?: { rows: number; since?: string };
	/** The stream to begin with, where the last call ended before it got to all. */
	turn?: string;
	/** Requests since the last one for the entries from before the start, while there are any that are not known. */
	olderWaits?: number;
	/** Ids ever met in any of the streams, as `IdSet` packs them. */
	known: string;
	/** By the ref of the form or branch. */
	streams: Record<string, StreamState>;
	/** Files that were missing when they were asked for. For others: {@link pendingMediaOf}. */
	pendingMedia: KeptMedia[];
}

/** Dates are ISO texts of whole seconds. */
export interface StreamState {
	begun: boolean;
	watermark?: string;
	floor?: string;
	quietUntil?: string;
	shape?: string;
	/** The reading that is under way. */
	round?: { from?: string; anchor?: string; owed?: string; crowd?: CrowdState };
	/** The reading of what was there before the start. */
	older?: { anchor: string; crowd?: CrowdState; vain?: number };
	/** The versions that may be sent again, as `Recent` packs them. */
	recent: string;
}

export type CrowdState = Pick<Crowd, 'pass' | 'vain' | 'metBefore' | 'walk' | 'page'> & {
	counted?: number;
	size?: number;
	second: string;
	/** Names of ids, one after the other. */
	met: string;
};

/** A state in the form that is worked with. */
export interface OpenState {
	fingerprint: Fingerprint;
	pageSize: { rows: number; since?: number } | undefined;
	turn: string | undefined;
	olderWaits: number;
	known: IdSet;
	streams: ReadonlyMap<string, StreamCursor>;
	pendingMedia: readonly PendingMedia[];
}

/**
 * @param kept what was saved; undefined or null at first contact
 * @throws InputError for another question, an unknown version or what is no state. Nothing begins anew by itself.
 */
export function openState(kept: unknown, question: SyncQuestion): OpenState {
	const fingerprint = fingerprintOf(question);
	const isFirst = kept === undefined || kept === null;
	const opened = isFirst ? undefined : readState(kept, fingerprint);
	const streams = new Map(opened?.streams);
	for (const stream of question.streams) {
		const ref = streamRef(stream);
		// A form that was made after the first contact: all of its entries are new.
		const start = !isFirst && fingerprint.start === 'now' ? 'beginning' : fingerprint.start;
		if (!streams.has(ref)) streams.set(ref, newCursor(start));
	}
	const { pageSize, turn, olderWaits = 0, known = IdSet.EMPTY, pendingMedia = [] } = opened ?? {};
	return { fingerprint, pageSize, turn, olderWaits, known, streams, pendingMedia };
}

export function saveState(opened: OpenState): SyncState {
	const { fingerprint, pageSize, turn, olderWaits, known, streams, pendingMedia } = opened;
	const isOlderLeft = [...streams.values()].some(({ older }) => older);
	const state: SyncState = {
		version: VERSION,
		fingerprint,
		...(pageSize && { pageSize: { rows: pageSize.rows, ...isoTimes({ since: pageSize.since }) } }),
		...(turn !== undefined && { turn }),
		...(isOlderLeft && olderWaits > 0 && { olderWaits }),
		known: known.pack(),
		streams: Object.fromEntries([...streams].map(([ref, cursor]) => [ref, saveStream(cursor)])),
		pendingMedia: [],
	};
	return withPendingMedia(state, pendingMedia);
}

/** The files that a state waits for. @throws RangeError where it is damaged */
export function pendingMediaOf(state: SyncState): PendingMedia[] {
	const places = placesOf(state.fingerprint, state.streams);
	return state.pendingMedia.map((kept) => unpackMedia(kept, places));
}

/** A state that waits for these files instead. */
export function withPendingMedia(state: SyncState, pending: readonly PendingMedia[]): SyncState {
	const places = placesOf(state.fingerprint, state.streams);
	return { ...state, pendingMedia: pending.map((media) => packMedia(media, places)) };
}

/** Sorted: a database may keep the properties of JSON in an order of its own, as PostgreSQL's jsonb does. */
function placesOf({ slug }: Fingerprint, streams: object): MediaPlaces {
	return { slug, refs: Object.keys(streams).sort() };
}

function readState(kept: unknown, fingerprint: Fingerprint): OpenState {
	if (!isObject(kept) || !isObject(kept.fingerprint) || !isObject(kept.streams)) throw damaged();
	if (kept.version !== VERSION) {
		throw new InputError(
			`What was kept of the last run has version ${String(kept.version)}, and only ${VERSION} is known here`,
			{
				code: 'sync_version',
				hint: 'Nothing was read. Install the newest version of this package, or reset this trigger to begin anew.',
			},
		);
	}
	checkFingerprint(kept.fingerprint, fingerprint);
	try {
		return {
			fingerprint,
			pageSize: readPageSize(kept.pageSize),
			turn: optional(kept.turn, 'string'),
			olderWaits: optional(kept.olderWaits, 'number') ?? 0,
			known: IdSet.unpack(String(kept.known)),
			streams: new Map(Object.entries(kept.streams).map(([ref, stream]) => [ref, readStream(stream)])),
			pendingMedia: readPending(kept.pendingMedia, placesOf(fingerprint, kept.streams)),
		};
	} catch (error) {
		throw error instanceof RangeError ? damaged() : error;
	}
}

function readPageSize(kept: unknown): OpenState['pageSize'] {
	if (kept === undefined) return undefined;
	const rows = isObject(kept) ? optional(kept.rows, 'number') : undefined;
	if (!isObject(kept) || rows === undefined || !(rows >= 1)) throw new RangeError('No page size');
	return { rows, since: time(kept.since) };
}

function readPending(kept: unknown, places: MediaPlaces): PendingMedia[] {
	if (!Array.isArray(kept)) throw new RangeError('No pending media');
	return kept.map((media) => unpackMedia(media, places));
}

function readStream(kept: unknown): StreamCursor {
	if (!isObject(kept) || typeof kept.recent !== 'string') throw new RangeError('No stream');
	return {
		begun: kept.begun === true,
		watermark: time(kept.watermark),
		floor: time(kept.floor),
		quietUntil: time(kept.quietUntil),
		shape: optional(kept.shape, 'string'),
		round: isObject(kept.round) ? readRound(kept.round) : undefined,
		older: isObject(kept.older) ? readOlder(kept.older) : undefined,
		recent: Recent.unpack(kept.recent),
	};
}

function readOlder({ anchor, crowd, vain }: JsonObject): Older {
	const second = time(anchor);
	if (second === undefined) throw new RangeError('No date');
	return {
		anchor: second,
		...(isObject(crowd) && { crowd: readCrowd(crowd) }),
		...(vain !== undefined && { vain: optional(vain, 'number') }),
	};
}

function readRound({ from, anchor, owed, crowd }: JsonObject): Round {
	return {
		...{ from: time(from), anchor: time(anchor), owed: time(owed) },
		crowd: isObject(crowd) ? readCrowd(crowd) : undefined,
	};
}

function readCrowd(kept: JsonObject): Crowd {
	const { second, met, walk, counted, size } = kept;
	const number = (key: string) => optional(kept[key], 'number') ?? 0;
	return {
		...{ second: time(second) ?? NaN, status: 'reading', walk: walk === 'other' ? 'other' : 'own' },
		...{ pass: number('pass'), vain: number('vain'), page: number('page'), metBefore: number('metBefore') },
		...{ counted: optional(counted, 'number'), size: optional(size, 'number') },
		...{ met: new Set(String(met).match(NAMES)) },
	};
}

function saveStream({ recent, round, older, begun, shape, ...times }: StreamCursor): StreamState {
	return {
		begun,
		...isoTimes(times),
		...(shape !== undefined && { shape }),
		...(round && { round: saveRound(round) }),
		...(older && { older: saveOlder(older) }),
		recent: recent.pack(),
	};
}

function saveRound({ crowd, ...times }: Round): StreamState['round'] {
	return { ...isoTimes(times), ...(crowd && { crowd: saveCrowd(crowd) }) };
}

function saveOlder({ anchor, crowd, vain }: Older): StreamState['older'] {
	return {
		anchor: new Date(anchor).toISOString(),
		...(crowd && { crowd: saveCrowd(crowd) }),
		...(vain !== undefined && { vain }),
	};
}

function saveCrowd({ second, pass, vain, page, counted, size, metBefore, walk, met }: Crowd): CrowdState {
	return {
		...{ second: new Date(second).toISOString(), pass, vain, page, metBefore, walk },
		...(counted !== undefined && { counted }),
		...(size !== undefined && { size }),
		met: [...met].join(''),
	};
}

/** Those that are known, as ISO texts. */
function isoTimes<K extends string>(times: { [key in K]?: number }): { [key in K]?: string } {
	const pairs = Object.entries<number | undefined>(times).filter(([, ms]) => ms !== undefined);
	return Object.fromEntries(pairs.map(([key, ms]) => [key, new Date(ms as number).toISOString()])) as {
		[key in K]?: string;
	};
}

function time(iso: unknown): number | undefined {
	if (iso === undefined) return undefined;
	const ms = typeof iso === 'string' ? Date.parse(iso) : NaN;
	if (Number.isNaN(ms)) throw new RangeError('No date');
	return ms;
}

function optional(value: unknown, type: 'string'): string | undefined;
function optional(value: unknown, type: 'number'): number | undefined;
function optional(value: unknown, type: string): unknown {
	if (value === undefined || typeof value === type) return value;
	throw new RangeError(`No ${type}`);
}

function damaged(): InputError {
	return new InputError('What was kept of the last run is damaged', {
		code: 'sync_state',
		hint: 'Nothing was read. Reset this trigger to begin anew.',
	});
}
