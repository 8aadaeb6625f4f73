import { isObject } from '../http/json';
import { parseUrl } from './address';
import type { MediaFormat, MediaType } from './media';
import { tidyValue } from './tidy';

const TYPES: readonly string[] = ['photo', 'audio', 'video'] satisfies MediaType[];

/** Which file an answer means. */
export interface NamedMedia {
	name: string;
	/** In the order in which to try them: a phone's sound and video may both end in `.mp4` (contract 11). */
	types: readonly MediaType[];
}

/**
 * Reads what names a file: its name, its address, or an answer as a tidy entry has it.
 * @returns undefined where there is no file
 */
export function namedMedia(value: unknown): NamedMedia | undefined {
	if (isObject(value)) {
		const named = namedMedia(value.name);
		return named && isMediaType(value.type) ? { ...named, types: [value.type] } : named;
	}
	const file = tidyValue(typeof value === 'string' ? value.trim() : undefined, PHOTO);
	if (!isObject(file) || typeof file.name !== 'string') return undefined;
	const type = typeof file.url === 'string' && parseUrl(file.url)?.searchParams.get('type');
	return { name: file.name, types: isMediaType(type) ? [type] : typesOf(file.name) };
}

export function isMediaType(type: unknown): type is MediaType {
	return typeof type === 'string' && TYPES.includes(type);
}

/** How the service calls a file of an entry. Audio and video have no small version. */
export function entryFormat(type: MediaType, thumbnail: boolean): MediaFormat {
	if (type !== 'photo') return type;
	return thumbnail ? 'entry_thumb' : 'entry_original';
}

/** All three kinds of answers are sent alike: an address, or the bare name (contract 8.1). */
const PHOTO = { type: 'photo', datetimeFormat: undefined };

function typesOf(name: string): MediaType[] {
	if (/\.(jpe?g|png)$/i.test(name)) return ['photo'];
	if (/\.(wav|m4a|mp3|aac)$/i.test(name)) return ['audio'];
	return ['video', 'audio'];
}
