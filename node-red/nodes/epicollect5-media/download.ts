import type { Epicollect5Client } from '../../../core/epicollect5/client';
import type { MediaDownload, MediaType } from '../../../core/epicollect5/media';
import { entryFormat } from '../../../core/epicollect5/mediaAnswer';
import { FieldDataError, InputError, NotUploadedError } from '../../../core/http/errors';
import type { Run } from '../../../core/run';
import { saveOnce, type Body, type MediaFolder } from './folder';
import { fileName, safeName } from './names';
import type { Choices } from './settings';
import type { WantedFile } from './wanted';

/** What one message may hold of files: whoever needs more saves them to a folder. */
const MOST_IN_MEMORY = 100 * 1024 * 1024;

/** A file that has come. */
export interface GotFile {
	type: MediaType;
	/** Where the service tells; not for a file that was there. */
	contentType?: string;
	/** In bytes. */
	size: number;
	data?: Buffer;
	path?: string;
	/** Whether it was in the folder before. */
	existed?: boolean;
}

export interface Source {
	client: Epicollect5Client;
	slug: string;
	/** Files of public projects may be asked for 30 times faster. */
	publicProject: boolean;
	run: Run;
	signal: AbortSignal;
}

/** Downloads the files of one message, one after the other. */
export class Downloads {
	/** Bytes that the message may still take. */
	private left = MOST_IN_MEMORY;

	/** @param keepsAll whether all files go into one message */
	constructor(
		private readonly source: Source,
		private readonly choices: Choices,
		private readonly folder: MediaFolder | undefined,
		private readonly keepsAll: boolean,
	) {}

	/**
	 * @returns undefined where it has not been uploaded yet
	 * @throws FieldDataError
	 */
	async get(file: WantedFile): Promise<GotFile | undefined> {
		const [type] = file.types;
		if (this.folder) return await this.save(file, this.folder);
		if (!type) return undefined;
		let got: GotFile | undefined;
		await this.ask(file, async (download, found) => {
			const data = await this.collected(download);
			const { contentType } = download;
			got = { type: found, contentType, size: data.length, data };
		});
		if (got && this.keepsAll) this.left -= got.size;
		return got;
	}

	private async save(file: WantedFile, folder: MediaFolder): Promise<GotFile | undefined> {
		const { pattern, perEntry, thumbnail } = this.choices;
		const [first = 'photo'] = file.types;
		const name = fileName(pattern, file, first, thumbnail);
		const path = await folder.place(name, perEntry ? safeName(file.entryId ?? 'no entry') : undefined);
		let [type, contentType]: [MediaType, string | undefined] = [first, undefined];
		const write = async (put: (body: Body) => Promise<void>): Promise<boolean> =>
			await this.ask(file, async (download, found) => {
				[type, contentType] = [found, download.contentType];
				await put(download.body);
			});
		const kept = await saveOnce(path, write, this.source.signal);
		return kept && { type, ...(contentType !== undefined && { contentType }), ...kept, path };
	}

	/** @returns whether there is such a file */
	private async ask(
		{ name, types }: WantedFile,
		take: (download: MediaDownload, type: MediaType) => Promise<void>,
	): Promise<boolean> {
		const { client, slug, publicProject, run } = this.source;
		for (const type of types) {
			const query = { type, format: entryFormat(type, this.choices.thumbnail), name, publicProject };
			try {
				await client.media.download(slug, query, run, (download) => take(download, type));
				return true;
			} catch (error) {
				if (!(error instanceof NotUploadedError)) throw error;
			}
		}
		return false;
	}

	private async collected({ name, size, body }: MediaDownload): Promise<Buffer> {
		if ((size ?? 0) > this.left) throw tooLarge(name);
		if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
		const pieces: Uint8Array[] = [];
		let length = 0;
		for await (const piece of body) {
			length += piece.length;
			if (length > this.left) throw tooLarge(name);
			pieces.push(piece);
		}
		return Buffer.concat(pieces);
	}
}

/** Whether only this file is refused, so that the others can be asked for. */
export function isOfOneFile(error: unknown): error is FieldDataError {
	if (!(error instanceof FieldDataError)) return false;
	return error.kind === 'input' || error.status === 400 || error.code === 'occupied';
}

function tooLarge(name: string): InputError {
	return new InputError(`With ${name} the message would hold more than 100 MB`, {
		code: 'too_large',
		field: 'Put files',
		hint: 'Choose to save the files to a folder, where they may be as large as they are.',
	});
}
