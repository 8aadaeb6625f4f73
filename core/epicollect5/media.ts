import { createHash } from 'crypto';
import { InputError, NotUploadedError } from '../http/errors';
import type { HttpResponse } from '../http/transport';
import { reasonOf } from './stopped';

export type MediaType = 'photo' | 'audio' | 'video';
export type MediaFormat =
	'entry_original' | 'entry_thumb' | 'project_thumb' | 'project_mobile_logo' | 'audio' | 'video';

/** Which file, in the service's own words (contract 11). */
export interface MediaQuery {
	type: MediaType;
	format: MediaFormat;
	/** The file's name, as an entry has it. */
	name: string;
	/** A public project's files may be read 30 times faster through the address that its entries name. */
	publicProject?: boolean;
}

export interface MediaFile {
	name: string;
	contentType: string;
	bytes: Uint8Array;
}

/** A file on its way: a photo is at hand, audio and video come as a stream that can be read once. */
export interface MediaDownload {
	name: string;
	contentType: string;
	/** In bytes, where the server tells. */
	size: number | undefined;
	body: Uint8Array | AsyncIterable<Uint8Array>;
}

/**
 * Pictures that the service sends, with status 200, in place of a photo it has not got: "not synced yet", the generic
 * one, and the latter as a small logo. Source: contract 11.
 */
const PLACEHOLDERS = [
	'ebcd4e14828314b721458388c4f42afd36ca1dd477cc07920f87c4439474ee54',
	'4cfe3fe36196b230cd44c6d925c1c73f5b6b6fffd2feaf879fb083321aa86c52',
	'810066b3df6d30d59f7ade646f36c1c20bfbeb80c97ae8d0e94baec3db60604d',
];

/** What is learnt from a server that says 404 for a photo that it has not got. */
const NO_PLACEHOLDER = '';

/** The placeholders of all servers: the known ones, and per server what it shows for a name that cannot exist. */
export class Placeholders {
	private readonly known = new Set(PLACEHOLDERS);
	private readonly learned = new Map<string, Promise<string>>();

	/**
	 * @param server where the picture comes from; a self-hosted one may have placeholders of its own
	 * @param probe asks that server once for a photo that cannot exist
	 */
	async isPlaceholder(server: string, bytes: Uint8Array, probe: () => Promise<Uint8Array>): Promise<boolean> {
		const digest = sha256(bytes);
		if (this.known.has(digest)) return true;
		return (await this.learn(server, probe)) === digest;
	}

	private async learn(server: string, probe: () => Promise<Uint8Array>): Promise<string> {
		for (;;) {
			const asked = this.learned.get(server);
			if (!asked) return await this.ask(server, probe);
			try {
				return await asked;
			} catch (error) {
				// The other photo's run was stopped, not this one's.
				if (reasonOf(error) === 'failure') throw error;
			}
		}
	}

	private ask(server: string, probe: () => Promise<Uint8Array>): Promise<string> {
		const asked = probe().then(sha256, (error: unknown) => {
			if (error instanceof NotUploadedError) return NO_PLACEHOLDER;
			// Forgotten, so that the next photo asks again.
			this.learned.delete(server);
			throw error;
		});
		this.learned.set(server, asked);
		return asked;
	}
}

/** A name that no phone gives: the service shows its placeholder for it. */
export const IMPOSSIBLE_NAME = '00000000-0000-4000-8000-000000000000_0.jpg';

/** A project's logo, 512 × 512 pixels, JPEG (contract 11). */
export const LOGO: MediaQuery = { type: 'photo', format: 'project_thumb', name: 'logo.jpg' };

/** @returns a query for a photo that cannot exist, which is answered with the placeholder that stands for `query` */
export function missingLike(query: MediaQuery): MediaQuery {
	// A missing logo has a placeholder of its own, by its name; no entry has a photo of that name.
	return query.name === LOGO.name
		? { ...query, format: 'entry_original' }
		: { ...query, name: IMPOSSIBLE_NAME };
}

/** @throws InputError for a name that could lead out of the folder it is asked from or written to */
export function checkMediaName(name: string): void {
	const unsafe = [...name].some((c) => c === '/' || c === '\\' || c < ' ' || c === '\u007f');
	if (name !== '' && name !== '.' && name !== '..' && !unsafe) return;
	throw new InputError('This is not the name of a file', {
		code: 'media_name',
		field: 'File Name',
		hint: 'Take the name from the photo, audio or video answer of an entry. It has no slashes.',
	});
}

export function contentTypeOf(headers: HttpResponse['headers']): string {
	return headers['content-type'] ?? 'application/octet-stream';
}

export function notUploaded(name: string): NotUploadedError {
	return new NotUploadedError(`The file ${name} has not been uploaded yet`, {
		code: 'not_uploaded',
		hint: 'It arrives when the phone that made it is online again. Try later.',
	});
}

function sha256(bytes: Uint8Array): string {
	return createHash('sha256').update(bytes).digest('hex');
}
