import { createHash } from 'crypto';
import { parseUrl } from '../address';
import type { RawEntry } from '../entry';

/** Nobody nests answers as deep as this (contract 8): it is cut off rather than followed. */
const DEEPEST = 8;

/**
 * A fingerprint of what an entry says, by which a second edit within one second is noticed. Left out is what changes
 * without an edit (contract 13.1): the counts of branch entries, who uploaded it, and all of a file's address but its
 * name, as the address comes and goes with the project's access and its `v` with every edit.
 * @returns 24 bits in four letters: of this rare kind of edit, one in 16 million would be missed
 */
export function rowHash(row: RawEntry, counts: ReadonlySet<string>): string {
	const parts = Object.keys(row)
		.filter((key) => key !== 'created_by' && !counts.has(key))
		.sort()
		.map((key) => [key, lasting(row[key], 0)]);
	return digest(JSON.stringify(parts)).slice(0, 4);
}

/**
 * A fingerprint of the columns. It changes when the form, the mapping or its names do: every row looks different then
 * although nobody has edited it.
 */
export function rowShape(row: RawEntry, mapIndex: number): string {
	const keys = Object.keys(row).filter((key) => key !== 'created_by');
	return digest(JSON.stringify([mapIndex, ...keys.sort()])).slice(0, 9);
}

function lasting(value: unknown, depth: number): unknown {
	if (typeof value === 'string') return fileName(value) ?? value;
	if (typeof value !== 'object' || value === null) return value;
	if (depth > DEEPEST) return null;
	if (Array.isArray(value)) return value.map((item) => lasting(item, depth + 1));
	return Object.entries(value)
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.map(([key, item]) => [key, lasting(item, depth + 1)]);
}

/** The name in the address of a file, as public projects send it; private ones send the bare name (contract 8.1). */
function fileName(text: string): string | undefined {
	if (!/^https?:.*\/api\/media\//.test(text)) return undefined;
	return parseUrl(text)?.searchParams.get('name') ?? undefined;
}

function digest(text: string): string {
	return createHash('sha256').update(text).digest('base64url');
}
