import { letGo } from '../http/body';
import type { Caller, Tokens } from '../http/caller';
import { ApiError, FieldDataError, NetworkError, NotUploadedError } from '../http/errors';
import type { Limiter } from '../http/limiter';
import { isBroken } from '../http/retry';
import type { BodyOf, HttpRequest, HttpResponse, ResponseType } from '../http/transport';
import type { Run } from '../run';
import type { Bucket } from './limits';
import {
	checkMediaName,
	contentTypeOf,
	missingLike,
	notUploaded,
	type MediaDownload,
	type MediaFile,
	type MediaQuery,
	type Placeholders,
} from './media';

export interface MediaReaderOptions {
	caller: Caller;
	limiter: (bucket: Bucket, slug: string) => Limiter;
	placeholders: Placeholders;
	/** As {@link normaliseServerUrl} gives it. */
	baseUrl: string;
	tokens?: Tokens;
}

/** One request for a file. */
interface Asked<T extends ResponseType, R> {
	slug: string;
	query: MediaQuery;
	run: Run;
	responseType: T;
	headers?: HttpRequest['headers'];
	read: (response: HttpResponse<BodyOf[T]>) => R | Promise<R>;
}

/** Photos, audio and video of one server. */
export class MediaReader {
	constructor(private readonly options: MediaReaderOptions) {}

	/**
	 * Whether a file has arrived, with as little of it as the service gives.
	 * @throws FieldDataError for anything but the service's own "not uploaded"
	 */
	async has(
		slug: string,
		{ type, name, publicProject }: Omit<MediaQuery, 'format'>,
		run: Run,
	): Promise<boolean> {
		checkMediaName(name);
		try {
			// A placeholder stands in for a thumbnail too; of audio and video one byte tells (contract 11).
			if (type === 'photo') await this.photo(slug, { type, name, publicProject, format: 'entry_thumb' }, run);
			else await this.glance(slug, { type, name, publicProject, format: type }, run);
			return true;
		} catch (error) {
			if (error instanceof NotUploadedError) return false;
			throw error;
		}
	}

	/**
	 * One photo as bytes. The service keeps none larger than 10 MB (contract 11).
	 * @throws NotUploadedError when it has not arrived, where the service shows a placeholder picture
	 */
	async photo(slug: string, query: MediaQuery, run: Run): Promise<MediaFile> {
		checkMediaName(query.name);
		const { baseUrl, placeholders } = this.options;
		const file = await this.bytes(slug, query, run);
		const probe = missingLike(query);
		const isPlaceholder = await placeholders.isPlaceholder(
			`${baseUrl} ${probe.format} ${probe.name}`,
			file.bytes,
			async () => (await this.bytes(slug, probe, run)).bytes,
		);
		if (isPlaceholder) throw notUploaded(query.name);
		return file;
	}

	/**
	 * One file of any kind, handed to `save` as it comes: a video may have 500 MB. A connection that breaks on the way is
	 * tried again from the beginning, as the file may be another by then: the service makes videos smaller after their
	 * upload, and has no way to ask for the rest of the same one (contract 11). So `save` may be called again.
	 * @param save has to read the body to its end, and to put nothing in place before
	 * @returns what `save` made of it
	 * @throws NotUploadedError when the file has not arrived; ApiError with code `not_saved` when `save` fails
	 */
	async download<R>(
		slug: string,
		query: MediaQuery,
		run: Run,
		save: (file: MediaDownload) => Promise<R>,
	): Promise<R> {
		if (query.type === 'photo') {
			const { name, contentType, bytes } = await this.photo(slug, query, run);
			return await saved({ name, contentType, size: bytes.length, body: bytes }, save);
		}
		checkMediaName(query.name);
		const read = async ({ headers, body }: HttpResponse<BodyOf['stream']>) => {
			const size = headers['content-length'] === undefined ? undefined : Number(headers['content-length']);
			return await saved({ name: query.name, contentType: contentTypeOf(headers), size, body }, save);
		};
		return await this.ask({ slug, query, run, responseType: 'stream', read });
	}

	private async bytes(slug: string, query: MediaQuery, run: Run): Promise<MediaFile> {
		return await this.ask({
			...{ slug, query, run, responseType: 'bytes' },
			read: ({ headers, body }) => ({ name: query.name, contentType: contentTypeOf(headers), bytes: body }),
		});
	}

	private async glance(slug: string, query: MediaQuery, run: Run): Promise<void> {
		const headers = { Range: 'bytes=0-0' };
		await this.ask({ slug, query, run, responseType: 'stream', headers, read: letGo });
	}

	private async ask<T extends ResponseType, R>(asked: Asked<T, R>): Promise<R> {
		const { slug, query, run, responseType, headers, read } = asked;
		const { caller, limiter, baseUrl, tokens } = this.options;
		const open = query.publicProject === true;
		const { type, format, name } = query;
		const request: HttpRequest<T> = {
			method: 'GET',
			url: `${baseUrl}${open ? '/api/media' : '/api/export/media'}/${encodeURIComponent(slug)}`,
			query: { type, format, name },
			headers,
			responseType,
		};
		try {
			return await caller.call({
				...{ request, run, limiter: limiter(open ? 'publicMedia' : 'media', slug) },
				...{ tokens: open ? undefined : tokens, repeatable: true },
				read: async (response) => {
					if (isWebPage(response)) {
						await letGo(response);
						throw webPage();
					}
					return await read(response);
				},
			});
		} catch (error) {
			throw error instanceof NotUploadedError ? notUploaded(name) : error;
		}
	}
}

/** The service sends none where a file is asked for (contract 11): it comes from a proxy or a login in between. */
function isWebPage({ headers }: HttpResponse): boolean {
	return /^\s*text\/html\b/i.test(contentTypeOf(headers));
}

function webPage(): ApiError {
	return new ApiError('A web page came back instead of the file', {
		code: 'unreadable',
		hint: 'This usually passes. If not, check the server URL: it must be the address of an Epicollect5 server.',
	});
}

/** Tells apart who failed: the connection, which may be tried again, or the place where the file goes. */
async function saved<R>(file: MediaDownload, save: (file: MediaDownload) => Promise<R>): Promise<R> {
	try {
		return await save(file);
	} catch (error) {
		// Who failed before reading has left the connection open. What that now breaks with is nobody's concern any more.
		await letGo(file).catch(() => undefined);
		if (error instanceof FieldDataError) throw error;
		const code = (error as { code?: unknown } | undefined)?.code;
		if (isBroken(error)) {
			throw new NetworkError(`The connection broke while ${file.name} was read`, {
				code: String(code),
				hint: 'This usually passes. The next run tries again.',
			});
		}
		throw new ApiError(
			`The file ${file.name} could not be saved${typeof code === 'string' ? ` (${code})` : ''}`,
			{
				code: 'not_saved',
				hint: 'Look whether there is room for it, and whether it may be written there.',
				cause: error,
			},
		);
	}
}
