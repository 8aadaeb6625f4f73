import { createHash } from 'node:crypto';
import { access, constants, lstat, mkdir, open, realpath, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { untilAborted } from '../../../core/http/abort';
import { ApiError, InputError } from '../../../core/http/errors';

export type Body = Uint8Array | AsyncIterable<Uint8Array>;

/** A file that is in its place. */
export interface Kept {
	/** In bytes. */
	size: number;
	/** Whether it was there before. */
	existed: boolean;
}

/** Files that are being saved in this process, by their path: two nodes may want the same one. */
const saving = new Map<string, Promise<unknown>>();

/** The folder that files are saved to, and never left. */
export class MediaFolder {
	private constructor(
		/** Without symbolic links. */
		private readonly root: string,
	) {}

	/**
	 * @param wanted relative ones are meant from where Node-RED runs, as for its file nodes
	 * @param create whether to make it, with those above it
	 * @throws InputError
	 */
	static async open(
		wanted: string,
		{ create, base }: { create: boolean; base: string },
	): Promise<MediaFolder> {
		if (wanted.includes('\0')) throw noFolder(wanted, 'ENOENT');
		const folder = path.resolve(base, wanted);
		try {
			if (create) await mkdir(folder, { recursive: true });
			const root = await realpath(folder);
			if (!(await stat(root)).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
			await access(root, constants.W_OK | constants.X_OK);
			return new MediaFolder(root);
		} catch (error) {
			throw noFolder(folder, codeOf(error));
		}
	}

	/**
	 * The path of a file in the folder.
	 * @param name one step, as `safeName` gives it. @param entry the sub-folder, likewise, which is made where it is missing
	 * @throws ApiError where the sub-folder leads elsewhere
	 */
	async place(name: string, entry?: string): Promise<string> {
		if (entry === undefined) return path.join(this.root, name);
		const folder = path.join(this.root, entry);
		try {
			await mkdir(folder);
		} catch (error) {
			if (codeOf(error) !== 'EEXIST') throw notSaved(folder, error);
		}
		// A symbolic link of that name could lead anywhere.
		if ((await realpath(folder).catch(() => '')) !== folder) throw elsewhere(folder);
		return path.join(folder, name);
	}
}

/**
 * Saves a file that is not there yet, so that a file under its name is always a whole one, whatever breaks: it gets its
 * name when all of it has reached the disk. What an earlier break left behind is written over.
 * @param write asks for the file and puts it in place; false where there is none
 * @returns undefined where there is none
 * @throws what `write` throws, and ApiError where something else has that name
 */
export async function saveOnce(
	target: string,
	write: (put: (body: Body) => Promise<void>) => Promise<boolean>,
	signal: AbortSignal,
): Promise<Kept | undefined> {
	for (let other = saving.get(target); other; other = saving.get(target)) await untilAborted(other, signal);
	const work = saveAlone(target, write);
	saving.set(
		target,
		work.catch(() => undefined),
	);
	try {
		return await work;
	} finally {
		saving.delete(target);
	}
}

async function saveAlone(target: string, write: Parameters<typeof saveOnce>[1]): Promise<Kept | undefined> {
	const size = await sizeOf(target);
	if (size !== undefined) return { size, existed: true };
	const temporary = temporaryFor(target);
	try {
		const isThere = await write((body) => putInPlace(body, temporary, target));
		return isThere ? { size: (await sizeOf(target)) ?? 0, existed: false } : undefined;
	} finally {
		await rm(temporary, { force: true }).catch(() => undefined);
	}
}

async function putInPlace(body: Body, temporary: string, target: string): Promise<void> {
	await rm(temporary, { force: true });
	// Fails where anything has that name, a symbolic link too.
	const file = await open(temporary, 'wx');
	try {
		await file.writeFile(body as Uint8Array);
		await file.sync();
		// Another Node-RED that saves to the same folder may have put its own file there.
		if ((await lstat(temporary)).ino !== (await file.stat()).ino) throw new Error('Written by somebody else');
	} finally {
		await file.close();
	}
	await rename(temporary, target);
}

/** In the same folder, since only there a file can get its name in one step. No file of ours begins with a dot. */
function temporaryFor(target: string): string {
	const mark = createHash('sha256').update(path.basename(target)).digest('hex').slice(0, 16);
	return path.join(path.dirname(target), `.field-data-${mark}.part`);
}

/** @returns the size of a file that is there. @throws ApiError where it is a folder, a symbolic link or a device */
async function sizeOf(target: string): Promise<number | undefined> {
	try {
		const there = await lstat(target);
		if (there.isFile()) return there.size;
	} catch (error) {
		if (codeOf(error) === 'ENOENT') return undefined;
		throw notSaved(target, error);
	}
	throw new ApiError(`${target} is a folder or a link, and no file`, {
		code: 'occupied',
		hint: 'Move it away, or choose another folder or other file names.',
	});
}

function codeOf(error: unknown): string {
	const code = (error as { code?: unknown } | undefined)?.code;
	return typeof code === 'string' ? code : 'unknown';
}

function noFolder(folder: string, code: string): InputError {
	const [what, hint] = FOLDER_FAILURES[code] ?? [`cannot be used (${code})`, 'Choose another folder.'];
	return new InputError(`The folder ${folder} ${what}`, { code: 'folder', field: 'Folder', hint });
}

const NOT_WRITABLE = [
	'may not be written to by Node-RED',
	'Give the user that runs Node-RED the right to write there, or choose another folder.',
] as const;
const NO_FOLDER = ['is no folder', 'A file has that name. Choose another folder.'] as const;
const FOLDER_FAILURES: Readonly<Record<string, readonly [what: string, hint: string]>> = {
	ENOENT: ['does not exist', 'Make it, or tick "Make the folder where it is missing".'],
	ENOTDIR: NO_FOLDER,
	EEXIST: NO_FOLDER,
	EACCES: NOT_WRITABLE,
	EPERM: NOT_WRITABLE,
	EROFS: NOT_WRITABLE,
};

function notSaved(target: string, cause: unknown): ApiError {
	return new ApiError(`${target} could not be saved (${codeOf(cause)})`, {
		code: 'not_saved',
		hint: 'Look whether there is room for it, and whether it may be written there.',
		cause,
	});
}

function elsewhere(folder: string): ApiError {
	return new ApiError(`${folder} leads out of the folder that was chosen`, {
		code: 'occupied',
		hint: 'It is a link. Move it away: nothing is written through it.',
	});
}
