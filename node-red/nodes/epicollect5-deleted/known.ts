import { InputError } from '../../../core/http/errors';

/** An entry that the flow has, and the same as it was given. */
export interface KnownEntry {
	id: string;
	given: unknown;
}

const UUID = /^[0-9a-f-]{36}$/i;

/**
 * Reads the entries that a flow has: a list of ids, or of entries, which hold theirs.
 * @param ofBranch whether the entries are those of a branch
 * @throws InputError for anything else: what is no id would look as if it had been deleted
 */
export function knownEntries(value: unknown, ofBranch: boolean): KnownEntry[] {
	if (!Array.isArray(value)) {
		throw new InputError('The known entries are not a list', {
			code: 'known',
			field: 'Known entries',
			hint: `Give an array of entry IDs, or of entries with ${idName(ofBranch)}.`,
		});
	}
	return Array.from(value, (given: unknown, i) => ({ id: idOf(given, i, ofBranch), given }));
}

function idOf(given: unknown, i: number, ofBranch: boolean): string {
	const id = typeof given === 'object' && given !== null ? property(given, idName(ofBranch)) : given;
	if (typeof id === 'string' && UUID.test(id.trim())) return id.trim().toLowerCase();
	throw new InputError(`Known entry ${i + 1} has no entry ID`, {
		code: 'known',
		field: 'Known entries',
		hint: `Each has to be an entry ID of 36 characters, or an entry with ${idName(ofBranch)}.`,
	});
}

function idName(ofBranch: boolean): string {
	return ofBranch ? 'ec5_branch_uuid' : 'ec5_uuid';
}

function property(object: object, name: string): unknown {
	return (object as Readonly<Record<string, unknown>>)[name];
}
