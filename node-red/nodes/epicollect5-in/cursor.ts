import type { SyncState } from '../../../core/epicollect5/sync';
import type { MissingMedia } from '../../../core/epicollect5/sync';
import { InputError } from '../../../core/http/errors';
import { isObject } from '../../../core/http/json';

/** How far a project has been followed: plain JSON in the node's context, without any secret or token. */
export interface Cursor {
	schema: 1;
	/** For people: up to which upload each form and branch has been sent. */
	upTo: Record<string, string>;
	/** Of the core; undefined before the first contact. */
	state?: SyncState;
	/** Where files are followed. */
	files?: FileQueue;
	/** Events that were sent and whose batches are not all confirmed, by the marks of their ids. */
	open?: { sent: string[]; confirmed: string[] };
}

export interface FileQueue {
	/** Names that were met, as `IdSet` packs them: an edit names the same files again. */
	known: string;
	/** Files that have not been asked for yet. */
	waiting: MissingMedia[];
}

/** @throws InputError for what this node has not written */
export function parseCursor(kept: unknown): Cursor {
	if (kept === undefined || kept === null) return { schema: 1, upTo: {} };
	if (
		isObject(kept) &&
		kept.schema === 1 &&
		isObject(kept.upTo) &&
		isFiles(kept.files) &&
		isOpen(kept.open)
	) {
		return kept as unknown as Cursor;
	}
	throw new InputError('The position in the context is none of this version of the node', {
		code: 'cursor',
		hint: 'Nothing was read. Install the newest version of this package, or reset the node to begin anew.',
	});
}

function isFiles(files: unknown): boolean {
	return (
		files === undefined ||
		(isObject(files) && typeof files.known === 'string' && Array.isArray(files.waiting))
	);
}

function isOpen(open: unknown): boolean {
	return open === undefined || (isObject(open) && isTexts(open.sent) && isTexts(open.confirmed));
}

function isTexts(list: unknown): list is string[] {
	return Array.isArray(list) && list.every((item) => typeof item === 'string');
}
