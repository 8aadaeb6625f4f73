import { SECOND } from '../../clock';
import { isObject } from '../../http/json';
import type { MediaType } from '../media';
import { lettersOf, numberOf } from './bits';
import type { PendingMedia } from './pendingMedia';

/** A file as the state keeps it: a short text, or as it is where something of it is unusual. */
export type KeptMedia = string | PendingMedia;

/** What eventIds and refs are made of. */
export interface MediaPlaces {
	slug: string;
	/** Refs of the streams, always in the same order. */
	refs: readonly string[];
}

const TYPES: readonly MediaType[] = ['photo', 'audio', 'video'];
const FIELDS = ['name', 'type', 'questionRef', 'entryId', 'eventId', 'since', 'tries', 'nextAt'] as const;
/** Stands for the entry's ID in the name of a file, and for the ref of the form or branch in that of a question. */
const SAME = '*';
const RADIX = 36;
/** Of a UUID's 32 hexadecimal digits, eight at a time. */
const DIGITS = 8;
const LETTERS = 6;

/**
 * Shortens a file to a fifth: its entry's ID, the form and the project stand in it several times. Times are kept in whole
 * seconds.
 * @returns the file itself where anything of it would be lost
 */
export function packMedia(media: PendingMedia, places: MediaPlaces): KeptMedia {
	const { name, type, questionRef, entryId, eventId, tries } = media;
	const kept = { ...media, since: wholeSecond(media.since), nextAt: wholeSecond(media.nextAt) };
	const [, ref = '', , stamp = ''] = eventId.split('/');
	const parts = [
		TYPES.indexOf(type),
		...[places.refs.indexOf(ref), tries].map((count) => count.toString(RADIX)),
		...[Date.parse(stamp), kept.since, kept.nextAt].map((ms) => (ms / SECOND).toString(RADIX)),
		packUuid(entryId),
		shortened(name, entryId),
		...(questionRef === undefined ? [] : [shortened(questionRef, ref)]),
	];
	const text = parts.join(' ');
	const read = unpackText(text, places);
	return read && FIELDS.every((field) => read[field] === kept[field]) ? text : kept;
}

/** @throws RangeError for what {@link packMedia} has not made */
export function unpackMedia(kept: unknown, places: MediaPlaces): PendingMedia {
	const media = typeof kept === 'string' ? unpackText(kept, places) : kept;
	if (!isPendingMedia(media)) throw new RangeError('No pending media');
	return media;
}

function unpackText(text: string, { slug, refs }: MediaPlaces): PendingMedia | undefined {
	const [type, stream = '', tries = '', uploaded, since, nextAt, id = '', name = '', question] =
		text.split(' ');
	const ref = refs[parseInt(stream, RADIX)];
	const entryId = unpackUuid(id);
	const [uploadedAt = NaN, ...times] = [uploaded, since, nextAt].map(
		(part = '') => parseInt(part, RADIX) * SECOND,
	);
	// A date has no more milliseconds than that (ECMAScript).
	if (ref === undefined || entryId === undefined || !(Math.abs(uploadedAt) <= 8.64e15)) return undefined;
	return {
		...{ name: lengthened(name, entryId), type: TYPES[Number(type)] as MediaType, entryId },
		...(question !== undefined && { questionRef: lengthened(question, ref) }),
		eventId: `${slug}/${ref}/${entryId}/${new Date(uploadedAt).toISOString()}`,
		...{ since: times[0] as number, tries: parseInt(tries, RADIX), nextAt: times[1] as number },
	};
}

export function isPendingMedia(media: unknown): media is PendingMedia {
	if (!isObject(media)) return false;
	const { name, type, entryId, eventId, since, tries, nextAt } = media;
	const texts = [name, type, entryId, eventId];
	return texts.every((text) => typeof text === 'string') && [since, tries, nextAt].every(Number.isFinite);
}

function shortened(text: string, prefix: string): string {
	return text.startsWith(prefix) ? SAME + text.slice(prefix.length) : text;
}

function lengthened(text: string, prefix: string): string {
	return text.startsWith(SAME) ? prefix + text.slice(SAME.length) : text;
}

/** What is no UUID comes out as another text, or as none: it is not kept this way. */
function packUuid(id: string): string {
	const digits = id.replaceAll('-', '').match(/.{8}/g) ?? [];
	return digits.map((part) => lettersOf(parseInt(part, 16) || 0, LETTERS)).join('');
}

function unpackUuid(letters: string): string | undefined {
	if (!/^[\w-]{24}$/.test(letters)) return undefined;
	let digits = '';
	for (let at = 0; at < letters.length; at += LETTERS) {
		digits += numberOf(letters, at, LETTERS).toString(16).padStart(DIGITS, '0');
	}
	return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function wholeSecond(ms: number): number {
	return Math.floor(ms / SECOND) * SECOND;
}
