import type { SandboxResponse } from '../shared/types';
import { errorResponse, oneError, plainHeaders, type ApiError } from './errors';
import {
	derivedPicture,
	genericPlaceholder,
	mediaBytes,
	missingPhotoPlaceholder,
	smallPlaceholder,
} from './mediaBytes';
import type { MediaFile } from './model';
import { phpQuery, type QueryValue } from './parameters';
import type { Project } from './store';

const TYPES = ['photo', 'audio', 'video'];
const FORMATS = [
	'entry_original',
	'entry_thumb',
	'project_thumb',
	'project_mobile_logo',
	'audio',
	'video',
	'temp',
];
const FOREVER = 'immutable, max-age=31536000, public';
const ONE_DAY = 'max-age=86400, public';

/** How a media request is answered besides the project. */
export interface MediaContext {
	range: string | undefined;
	/** Makes a storage address in S3 redirect mode; only the export endpoint ever redirects. */
	redirect: ((file: MediaFile, seconds: number) => string) | null;
}

/** `GET /api/export/media/{slug}` and `/api/media/{slug}` after limits and access (contract 11). */
export function exportMedia(
	project: Project,
	query: URLSearchParams,
	context: MediaContext,
): SandboxResponse {
	const values = phpQuery(query);
	const errors = checkMedia(values);
	if (errors.length > 0) return errorResponse(400, errors);
	const type = values['type'] as string;
	const format = values['format'] as string;
	const name = values['name'] as string;
	const path = storagePath(project.row.ref, name);
	if (format === 'temp' || path === null) return oneError(400, 'ec5_103', 'media-service');
	const file = path.folder === project.row.ref ? findFile(project, format, path.name) : undefined;
	if (file !== undefined && context.redirect !== null && canRedirect(format)) {
		const seconds = type === 'photo' ? 600 : 1800;
		return {
			status: 302,
			headers: {
				...plainHeaders('text/html; charset=utf-8'),
				'cache-control': 'no-store, private',
				location: context.redirect(file, seconds),
			},
			body: Buffer.alloc(0),
		};
	}
	const cacheForever = values['v'] !== undefined && values['v'] !== '0';
	if (type === 'photo') return photo(file, format, name, cacheForever);
	if (file === undefined) return oneError(404, 'ec5_69', 'media-service');
	const contentType = type === 'video' ? 'video/mp4' : name.endsWith('.wav') ? 'audio/wav' : 'audio/mp4';
	return streamed(bytesOf(file, format), contentType, context.range);
}

/** Missing fields in the order type, name, format; then values not in the list. */
function checkMedia(values: Record<string, QueryValue>): ApiError[] {
	const errors: ApiError[] = [];
	const missing = (value: QueryValue): boolean =>
		value === undefined || (typeof value === 'string' ? value.trim() === '' : value.length === 0);
	for (const [source, allowed] of [
		['type', TYPES],
		['name', null],
		['format', FORMATS],
	] as const) {
		const value = values[source];
		if (missing(value)) errors.push({ code: 'ec5_21', source });
		else if (allowed === null ? Array.isArray(value) : !allowed.includes(value as string)) {
			errors.push({ code: allowed === null ? 'ec5_87' : 'ec5_29', source });
		}
	}
	return errors;
}

/**
 * The file below the project's folder, as the storage library resolves a name: `..` may climb to other folders
 * but not out of the storage, and control characters are refused. null: a storage fault.
 */
function storagePath(projectRef: string, name: string): { folder: string; name: string } | null {
	if (/\p{C}/u.test(name)) return null;
	const parts: string[] = [projectRef];
	for (const part of name.replace(/\\/g, '/').split('/')) {
		if (part === '' || part === '.') continue;
		if (part !== '..') parts.push(part);
		else if (parts.pop() === undefined) return null;
	}
	return { folder: parts[0] ?? '', name: parts.slice(1).join('/') };
}

function canRedirect(format: string): boolean {
	return format === 'entry_original' || format === 'audio' || format === 'video';
}

/** The folder follows the format; thumbnails are made from the stored photo, the small logo from the logo. */
function findFile(project: Project, format: string, name: string): MediaFile | undefined {
	if (format === 'entry_thumb') return project.mediaFile('entry_original', name);
	if (format === 'project_mobile_logo') {
		return project.mediaFile('project_mobile_logo', name) ?? project.mediaFile('project_thumb', name);
	}
	return project.mediaFile(format, name);
}

function bytesOf(file: MediaFile, format: string): Buffer {
	if (format === 'entry_thumb') return derivedPicture(file, 100);
	if (format === 'project_mobile_logo') return derivedPicture(file, 128);
	return mediaBytes(file);
}

function photo(file: MediaFile | undefined, format: string, name: string, forever: boolean): SandboxResponse {
	if (file !== undefined) {
		return picture(bytesOf(file, format), forever ? FOREVER : ONE_DAY);
	}
	// A missing photo is a 200 with a placeholder that may even be cached for a year.
	if (name === 'logo.jpg') return picture(genericPlaceholder(), FOREVER);
	return picture(format === 'project_mobile_logo' ? smallPlaceholder() : missingPhotoPlaceholder(), FOREVER);
}

function picture(body: Buffer, cacheControl: string): SandboxResponse {
	return { status: 200, headers: { 'content-type': 'image/jpeg', 'cache-control': cacheControl }, body };
}

/** Audio and video with the server's own reading of Range (contract 11, faulty cases included). */
function streamed(bytes: Buffer, contentType: string, range: string | undefined): SandboxResponse {
	const size = bytes.length;
	const headers: Record<string, string> = {
		'content-type': contentType,
		'cache-control': 'no-cache, private',
		'accept-ranges': 'bytes',
	};
	const match = /^bytes=(\d*)-(\d*)/.exec(range ?? '');
	if (match === null || (match[1] === '' && match[2] === '')) {
		return { status: 200, headers: { ...headers, 'content-length': String(size) }, body: bytes };
	}
	// A suffix form is read as "from 0 to that number".
	const start = match[1] === '' ? 0 : Number(match[1]);
	const end = match[2] === '' ? size - 1 : Number(match[2]);
	if (start > end || start >= size) {
		// The app sends a negative length, which the web server turns into its own page.
		return {
			status: 502,
			headers: { 'content-type': 'text/html' },
			body: Buffer.from(
				'<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\n',
			),
		};
	}
	const length = String(end - start + 1);
	if (end >= size) return { status: 200, headers: { ...headers, 'content-length': length }, body: bytes };
	return {
		status: 206,
		headers: { ...headers, 'content-length': length, 'content-range': `bytes ${start}-${end}/${size}` },
		body: bytes.subarray(start, end + 1),
	};
}
