import { createHash } from 'node:crypto';
import type { MediaFile } from './model';
import { jpegOfSize, jpegPicture } from './picture';

const cache = new Map<string, Buffer>();

function cached(key: string, make: () => Buffer): Buffer {
	let bytes = cache.get(key);
	if (bytes === undefined) {
		if (cache.size > 200) cache.clear();
		bytes = make();
		cache.set(key, bytes);
	}
	return bytes;
}

/** Sizes of the server's placeholder pictures (contract 11). */
export const PLACEHOLDER_BYTES = { missingPhoto: 40_073, generic: 3_735 } as const;

/** "Not synced yet": what an unknown photo name is answered with. */
export function missingPhotoPlaceholder(): Buffer {
	return cached('missing', () => jpegOfSize('missing', PLACEHOLDER_BYTES.missingPhoto, 512, 512, true));
}

/** What a missing logo and an unreadable thumbnail are answered with. */
export function genericPlaceholder(): Buffer {
	return cached('generic', () => jpegOfSize('generic', PLACEHOLDER_BYTES.generic, 512, 512, true));
}

/** The missing-photo placeholder in the size of a mobile logo. */
export function smallPlaceholder(): Buffer {
	return cached('small', () => jpegOfSize('small', 2_364, 128, 128, true));
}

/** SHA-256 of the sandbox's own placeholders: they stand in for the real server's (contract 11). */
export function placeholderHashes(): { missingPhoto: string; generic: string; mobileLogo: string } {
	const hash = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
	return {
		missingPhoto: hash(missingPhotoPlaceholder()),
		generic: hash(genericPlaceholder()),
		mobileLogo: hash(smallPlaceholder()),
	};
}

/** The bytes of a stored file, made from its name and size. */
export function mediaBytes(file: MediaFile): Buffer {
	if (file.content !== undefined) return file.content;
	return cached(`${file.format}/${file.name}/${file.bytes}`, () => {
		if (file.contentType === 'image/jpeg') return jpegOfSize(file.name, file.bytes);
		return file.contentType === 'audio/wav' ? wavOfSize(file.bytes) : mp4OfSize(file.bytes);
	});
}

/** A picture made from a stored one on the fly: its thumbnail or the mobile logo. */
export function derivedPicture(file: MediaFile, pixels: number): Buffer {
	return cached(`${file.format}/${file.name}@${pixels}`, () => jpegPicture(file.name, pixels, pixels));
}

function wavOfSize(size: number): Buffer {
	const bytes = Buffer.alloc(size);
	if (size < 44) return bytes;
	bytes.write('RIFF', 0, 'latin1');
	bytes.writeUInt32LE(size - 8, 4);
	bytes.write('WAVEfmt ', 8, 'latin1');
	bytes.writeUInt32LE(16, 16);
	bytes.writeUInt16LE(1, 20);
	bytes.writeUInt16LE(1, 22);
	bytes.writeUInt32LE(44_100, 24);
	bytes.writeUInt32LE(88_200, 28);
	bytes.writeUInt16LE(2, 32);
	bytes.writeUInt16LE(16, 34);
	bytes.write('data', 36, 'latin1');
	bytes.writeUInt32LE(size - 44, 40);
	return bytes;
}

/** An ISO container with a file type box and a free box up to the size: recognised, but silent. */
function mp4OfSize(size: number): Buffer {
	const bytes = Buffer.alloc(size);
	if (size < 28) return bytes;
	bytes.writeUInt32BE(20, 0);
	bytes.write('ftypisom', 4, 'latin1');
	bytes.write('isom', 16, 'latin1');
	bytes.writeUInt32BE(size - 20, 20);
	bytes.write('free', 24, 'latin1');
	for (let at = 28; at < size; at += 1) bytes[at] = (at * 31) & 255;
	return bytes;
}
