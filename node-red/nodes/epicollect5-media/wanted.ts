import { entryId, isEntry } from '../../../core/epicollect5/entry';
import { isMediaType, namedMedia, type NamedMedia } from '../../../core/epicollect5/mediaAnswer';
import type { MediaQuestion } from '../../../core/epicollect5/mediaQuestions';
import type { MediaType } from '../../../core/epicollect5/media';
import { InputError } from '../../../core/http/errors';
import { isObject, type JsonObject } from '../../../core/http/json';

/** A file that the message asks for, and what it says of where it is from. */
export interface WantedFile extends NamedMedia {
	/** The column of the answer. */
	question?: string;
	entryId?: string;
	title?: string;
	/** Of a file that was missing before: milliseconds since the epoch, and how often it was asked for in vain. */
	since?: number;
	tries?: number;
}

/** Which answers of entries are taken. */
export interface Selection {
	questions: readonly MediaQuestion[];
	types: readonly MediaType[];
	/** Whether one question was chosen. */
	isOne: boolean;
}

/** Where entries may have others within them: joined ones, GeoJSON. */
const WITHIN = ['children', 'branches', 'features', 'properties', 'entry'];
/** A list of features, of which each has properties; lists of branch entries by the name of the branch. */
const DEPTH = 3;
const ENDING = /^\S+\.(jpe?g|png|mp4|wav|m4a|mp3|aac|3gp|mov|webm|ogg)$/i;

/**
 * The files that a message names, each once: by name or address, by a media answer, or in entries, tidy or raw.
 * @throws InputError for what cannot name a file
 */
export function filesIn(value: unknown, selection: Selection): WantedFile[] {
	const files = new Map<string, WantedFile>();
	const seen = new Set<unknown>();
	const add = (file: WantedFile): void => {
		if (!files.has(file.name)) files.set(file.name, file);
	};
	const look = (item: unknown): void => {
		if (typeof item === 'string') return namedByText(item).forEach(add);
		if (item === null || item === undefined) return;
		if (typeof item !== 'object') throw namesNothing();
		if (seen.has(item)) return;
		seen.add(item);
		if (Array.isArray(item)) return item.forEach(look);
		if (!isObject(item) || ArrayBuffer.isView(item)) throw namesNothing();
		const file = namedByAnswer(item);
		if (file) return add(file);
		answersIn(item, selection).forEach(add);
		for (const key of WITHIN) for (const entry of entriesWithin(item[key], DEPTH)) look(entry);
	};
	if (value === undefined) throw namesNothing();
	look(value);
	return [...files.values()];
}

/** An answer may be called as one of the places is: only what holds entries is looked into. */
function entriesWithin(value: unknown, depth: number): unknown[] {
	if (isEntry(value)) return [value];
	if (depth === 0 || (!isObject(value) && !Array.isArray(value))) return [];
	return Object.values(value).flatMap((item) => entriesWithin(item, depth - 1));
}

function namedByText(text: string): WantedFile[] {
	const named = namedMedia(text);
	return named ? [named] : [];
}

/** An answer as a tidy entry has it, or what this node and the node that follows a project say of a file. */
function namedByAnswer(item: JsonObject): WantedFile | undefined {
	const isOfEntry: boolean = isEntry(item);
	const named = !isOfEntry && isMediaType(item.type) ? namedMedia(item) : undefined;
	if (!named) return undefined;
	const { question, questionRef, entryId: entry, title, since, tries } = item;
	return {
		...named,
		...texts({ question: question ?? questionRef, entryId: entry, title }),
		...numbers({ since, tries }),
	};
}

function answersIn(entry: JsonObject, selection: Selection): WantedFile[] {
	const title = entry.title ?? entry.ec5_title;
	const from = { ...texts({ title }), ...(isEntry(entry) && { entryId: entryId(entry) }) };
	const [first] = selection.isOne ? selection.questions : [];
	// Its own names come first: under the last ones another question's answer may stand.
	const chosen = [...(first?.names ?? [])].find((name) => Object.hasOwn(entry, name));
	return Object.entries(entry).flatMap(([question, answer]) => {
		if (chosen !== undefined && question !== chosen) return [];
		const named = answerTo(question, answer, selection);
		return named ? [{ ...named, question, ...from }] : [];
	});
}

/** Tidy answers tell what they are; of raw ones, which are texts, the project's definition tells. */
function answerTo(column: string, answer: unknown, selection: Selection): NamedMedia | undefined {
	const { questions, types, isOne } = selection;
	const known = questions.filter(({ names }) => names.has(column));
	const isTidy = isObject(answer) && isMediaType(answer.type) && typeof answer.name === 'string';
	if (!isTidy && typeof answer !== 'string') return undefined;
	if (known.length === 0 && (isOne || !isTidy)) return undefined;
	const named = namedMedia(answer);
	if (!named || (!isTidy && !ENDING.test(named.name))) return undefined;
	const left = named.types.filter((type) => types.includes(type));
	return left.length > 0 ? { name: named.name, types: left } : undefined;
}

function texts(values: Readonly<Record<string, unknown>>): Record<string, string> {
	const given = Object.entries(values).filter(([, value]) => typeof value === 'string' && value !== '');
	return Object.fromEntries(given) as Record<string, string>;
}

function numbers(values: Readonly<Record<string, unknown>>): Record<string, number> {
	const given = Object.entries(values).filter(([, value]) => Number.isSafeInteger(value));
	return Object.fromEntries(given) as Record<string, number>;
}

function namesNothing(): InputError {
	return new InputError('The message names no file and holds no entries', {
		code: 'files',
		field: 'Files',
		hint: 'Give the name or address of a file, the answer to a media question, an entry, or an array of these.',
	});
}
