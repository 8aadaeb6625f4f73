import { createHash } from 'crypto';
import { parseUrl } from '../address';
import type { RawEntry } from '../entry';
import { mixed } from './idSet';

/** Nobody nests answers as deep as this (contract 8): it is cut off rather than followed. */
const DEEPEST = 8;

/** What a value is begun with, so that "1" is not 1, and no answer is not an empty one. */
const TEXT = 0x3c6ef372;
const NUMBER = 0x1b873593;
const LIST = 0x27d4eb2f;
const OBJECT = 0x165667b1;
const OTHER = 0x5bd1e995;

/**
 * A fingerprint of what an entry says, by which a second edit within one second is noticed. Left out is what changes
 * without an edit (contract 13.1): the counts of branch entries, who uploaded it, and all of a file's address but its
 * name, as the address comes and goes with the project's access and its `v` with every edit.
 *
 * Made of the values as they are, without a text of them all: it is needed for each row of the overlap at each poll.
 * @returns 24 bits: of this rare kind of edit, one in 16 million would be missed
 */
export function rowHash(row: RawEntry, counts: ReadonlySet<string>): number {
	let sum = OBJECT;
	for (const key of Object.keys(row)) {
		if (key !== 'created_by' && !counts.has(key)) sum = (sum + pairHash(key, row[key], 0)) | 0;
	}
	return mixed(sum) >>> 8;
}

/**
 * A fingerprint of the columns. It changes when the form, the mapping or its names do: every row looks different then
 * although nobody has edited it.
 */
export function rowShape(row: RawEntry, mapIndex: number): string {
	const keys = Object.keys(row).filter((key) => key !== 'created_by');
	const text = JSON.stringify([mapIndex, ...keys.sort()]);
	return createHash('sha256').update(text).digest('base64url').slice(0, 9);
}

/** Added up, so that the order of the keys does not matter. */
function pairHash(key: string, value: unknown, depth: number): number {
	return mixed(Math.imul(textHash(key, OBJECT), 0x85ebca6b) + valueHash(value, depth));
}

function valueHash(value: unknown, depth: number): number {
	if (typeof value === 'string') return textHash(fileName(value) ?? value, TEXT);
	if (typeof value === 'number') return textHash(String(value), NUMBER);
	if (typeof value !== 'object' || value === null) return textHash(String(value), OTHER);
	if (depth > DEEPEST) return OTHER;
	if (Array.isArray(value)) {
		return value.reduce<number>(
			(hash, item) => mixed(Math.imul(hash, 31) + valueHash(item, depth + 1)),
			LIST,
		);
	}
	return Object.entries(value).reduce(
		(sum, [key, item]) => (sum + pairHash(key, item, depth + 1)) | 0,
		OBJECT,
	);
}

/** FNV-1a over the letters, spread at the end. */
function textHash(text: string, seed: number): number {
	let hash = seed ^ text.length;
	for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
	return mixed(hash);
}

/** The name in the address of a file, as public projects send it; private ones send the bare name (contract 8.1). */
function fileName(text: string): string | undefined {
	if (!text.startsWith('http') || !/^https?:.*\/api\/media\//.test(text)) return undefined;
	return parseUrl(text)?.searchParams.get('name') ?? undefined;
}
