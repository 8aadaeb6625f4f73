import type { BinaryHelperFunctions, IBinaryData } from 'n8n-workflow';
import type { Epicollect5Client } from '../../core/epicollect5/client';
import type { MediaDownload, MediaType } from '../../core/epicollect5/media';
import { entryFormat, type NamedMedia } from '../../core/epicollect5/mediaAnswer';
import type { GetProject } from '../../core/epicollect5/reading';
import { NotUploadedError } from '../../core/http/errors';
import type { Run } from '../../core/run';
import type { HostContext } from '../shared/transport';
import { isWithoutApp } from './connection';

/** Where files are. */
export interface MediaSource {
	client: Pick<Epicollect5Client, 'media'>;
	slug: string;
	/** Public projects show their files 30 times faster. */
	publicProject: boolean;
}

/** Where files go: into n8n's store of binary data. */
export interface MediaTarget {
	helpers: Pick<BinaryHelperFunctions, 'prepareBinaryData'>;
}

/** A file that is wanted. Only photos have a thumbnail. */
export interface WantedMedia extends NamedMedia {
	thumbnail: boolean;
}

/** What n8n takes: bytes, or one of node's streams. */
type Content = Parameters<BinaryHelperFunctions['prepareBinaryData']>[0];

/**
 * Hands a file to n8n as it comes, so that no video has to fit into the memory.
 * @returns what an item has of it; undefined where it has not been uploaded yet
 * @throws FieldDataError
 */
export async function downloadMedia(
	{ helpers }: MediaTarget,
	{ client, slug, publicProject }: MediaSource,
	{ name, types, thumbnail }: WantedMedia,
	run: Run,
): Promise<IBinaryData | undefined> {
	for (const type of types) {
		const query = { type, format: entryFormat(type, thumbnail), name, publicProject };
		const keep = async (file: MediaDownload) =>
			await helpers.prepareBinaryData(contentOf(file), file.name, mimeTypeOf(file, type));
		const kept = await client.media.download(slug, query, run, keep).catch(unlessMissing);
		if (kept) return kept;
	}
	return undefined;
}

function unlessMissing(error: unknown): undefined {
	if (error instanceof NotUploadedError) return undefined;
	throw error;
}

/** A stream is that of n8n's own request helper, and so one of node's. */
function contentOf({ body }: MediaDownload): Content {
	if (!(body instanceof Uint8Array)) return body as Content;
	return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
}

/** A storage that the service redirects to may call everything a stream of bytes (contract 11). */
function mimeTypeOf({ name, contentType }: MediaDownload, type: MediaType): string {
	const [given = ''] = contentType.split(';');
	if (/^(image|audio|video)\/[\w.+-]+$/i.test(given.trim())) return given.trim().toLowerCase();
	if (type === 'photo') return 'image/jpeg';
	return type === 'audio' && /\.wav$/i.test(name) ? 'audio/wav' : `${type}/mp4`;
}

/** Without a client app only public projects can be read, so that their definition need not be asked for. */
export async function isPublic(
	context: HostContext,
	itemIndex: number,
	definition: GetProject,
): Promise<boolean> {
	if (isWithoutApp(context, itemIndex)) return true;
	return (await definition(false)).access === 'public';
}
