import { InputError } from '../../http/errors';
import { isObject, type JsonObject } from '../../http/json';
import type { Crowd } from '../crowd';
import { newCursor, type Round, type StreamCursor } from './cursor';
import { IdSet, NAME_LETTERS } from './idSet';
import { parsePending, type PendingMedia } from './pendingMedia';
import { checkFingerprint, fingerprintOf, streamRef, type Fingerprint, type SyncQuestion } from './question';
import { packRecent, unpackRecent } from './recent';

const VERSION = 1;
const NAMES = new RegExp(`.{${NAME_LETTERS}}`, 'g');

/**
 * What a host keeps between two calls: plain JSON, at most 512 kB for 100,000 entries. To be saved after the events
 * were handed over, and given back as it is.
 */
export interface SyncState {
	version: typeof VERSION;
	fingerprint: Fingerprint;
	/** Rows of a page, where the server allows fewer than usual. */
	pageSize?: number;
	/** The stream to begin with, where the last call ended before it got to all. */
	turn?: string;
	/** By the ref of the form or branch. */
	streams: Record<string, StreamState>;
	/** Files that were missing when they were asked for. */
	pendingMedia: PendingMedia[];
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
	/** Ids ever met, as `IdSet` packs them. */
	known: string;
	/** By second since the epoch, the entries that may be sent again. */
	recent: Record<string, string>;
}

export type CrowdState = Pick<Crowd, 'pass' | 'vain' | 'counted' | 'metBefore' | 'walk' | 'page'> & {
	second: string;
	/** Names of ids, one after the other. */
	met: string;
};

/** A state in the form that is worked with. */
export interface OpenState {
	fingerprint: Fingerprint;
	pageSize: number | undefined;
	turn: string | undefined;
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
	const { pageSize, turn, pendingMedia = [] } = opened ?? {};
	return { fingerprint, pageSize, turn, streams, pendingMedia };
}

export function saveState({ fingerprint, pageSize, turn, streams, pendingMedia }: OpenState): SyncState {
	return {
		version: VERSION,
		fingerprint,
		...(pageSize !== undefined && { pageSize }),
		...(turn !== undefined && { turn }),
		streams: Object.fromEntries([...streams].map(([ref, cursor]) => [ref, saveStream(cursor)])),
		pendingMedia: [...pendingMedia],
	};
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
			pageSize: optional(kept.pageSize, 'number'),
			turn: optional(kept.turn, 'string'),
			streams: new Map(Object.entries(kept.streams).map(([ref, stream]) => [ref, readStream(stream)])),
			pendingMedia: parsePending(kept.pendingMedia),
		};
	} catch (error) {
		throw error instanceof RangeError ? damaged() : error;
	}
}

function readStream(kept: unknown): StreamCursor {
	if (!isObject(kept) || !isObject(kept.recent)) throw new RangeError('No stream');
	return {
		begun: kept.begun === true,
		watermark: time(kept.watermark),
		floor: time(kept.floor),
		quietUntil: time(kept.quietUntil),
		shape: optional(kept.shape, 'string'),
		round: isObject(kept.round) ? readRound(kept.round) : undefined,
		known: IdSet.unpack(String(kept.known)),
		recent: unpackRecent(kept.recent),
	};
}

function readRound({ from, anchor, owed, crowd }: JsonObject): Round {
	return {
		...{ from: time(from), anchor: time(anchor), owed: time(owed) },
		crowd: isObject(crowd) ? readCrowd(crowd) : undefined,
	};
}

function readCrowd(kept: JsonObject): Crowd {
	const { second, met, walk, counted } = kept;
	const number = (key: string) => optional(kept[key], 'number') ?? 0;
	return {
		...{ second: time(second) ?? NaN, status: 'reading', walk: walk === 'other' ? 'other' : 'own' },
		...{ pass: number('pass'), vain: number('vain'), page: number('page'), metBefore: number('metBefore') },
		...{ counted: optional(counted, 'number'), met: new Set(String(met).match(NAMES)) },
	};
}

function saveStream({ known, recent, round, begun, shape, ...times }: StreamCursor): StreamState {
	return {
		begun,
		...isoTimes(times),
		...(shape !== undefined && { shape }),
		...(round && { round: saveRound(round) }),
		known: known.pack(),
		recent: packRecent(recent),
	};
}

function saveRound({ crowd, ...times }: Round): StreamState['round'] {
	if (!crowd) return isoTimes(times);
	const { pass, vain, page, counted, metBefore, walk } = crowd;
	const saved = {
		...{ second: new Date(crowd.second).toISOString(), pass, vain, page, metBefore, walk },
		...{ met: [...crowd.met].join(''), ...(counted !== undefined && { counted }) },
	};
	return { ...isoTimes(times), crowd: saved as CrowdState };
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
