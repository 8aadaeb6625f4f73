import { checkMediaName } from '../../../core/epicollect5/media';
import { InputError } from '../../../core/http/errors';
import type { WantedFile } from './wanted';

/** Most file systems take 255 bytes; the rest is for whoever copies the file and gives it a longer name. */
const MOST_BYTES = 240;
const MOST_TITLE = 60;
/** What Windows takes for a device, with any ending. */
const DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\.|$)/i;
/** Signs that a path or a file system gives a meaning to, that cannot be seen, and our own `%`. */
const UNSAFE = /[\p{C}<>:"/\\|?*%]/gu;

export const DEFAULT_PATTERN = '{name}';

/**
 * A name that is one step in a folder on every system, whatever the text: unsafe signs become `%` and their number, so
 * that two different texts never become the same name.
 * @throws InputError for a name that no file system takes
 */
export function safeName(text: string): string {
	const plain = text.replace(UNSAFE, coded).replace(/^[. ]|[. ]$/g, coded);
	const name = DEVICE.test(plain) ? coded(plain.charAt(0)) + plain.slice(1) : plain;
	if (name !== '' && Buffer.byteLength(name) <= MOST_BYTES) return name;
	throw new InputError(name === '' ? 'A file has no name' : 'The name of a file is too long', {
		code: 'media_name',
		field: 'File name',
		hint: 'Choose another pattern for the names, such as {name}.',
	});
}

function coded(sign: string): string {
	const code = sign.codePointAt(0) ?? 0;
	const hex = code.toString(16).toUpperCase();
	return code <= 0xff ? `%${hex.padStart(2, '0')}` : `%u${hex.padStart(6, '0')}`;
}

/** @throws InputError for a pattern that would give two files the same name, or lead into another folder */
export function checkPattern(pattern: string): string {
	const unknown = [...pattern.matchAll(/\{(\w*)\}/g)].find(([, word = '']) => !WORDS.includes(word));
	if (!unknown && pattern.includes('{name}') && !/[/\\]/.test(pattern)) return pattern;
	throw new InputError(
		unknown
			? `"${unknown[0]}" stands for nothing in the name of a file`
			: 'The pattern of the file names has no {name}, or has a slash',
		{
			code: 'pattern',
			field: 'File name',
			hint: 'Use {name}, which no two files share, and besides {title}, {question}, {entry} and {type}.',
		},
	);
}

const WORDS: readonly string[] = ['name', 'title', 'question', 'entry', 'type'];

/** @returns the name of a file in its folder. @throws InputError */
export function fileName(pattern: string, file: WantedFile, type: string, thumbnail: boolean): string {
	checkMediaName(file.name);
	const { name, title = '', question = '', entryId = '' } = file;
	const short = [...title].slice(0, MOST_TITLE).join('').trim();
	const values: Readonly<Record<string, string>> = { name, title: short, question, entry: entryId, type };
	const filled = pattern.replace(/\{(\w+)\}/g, (_, word: string) => values[word] ?? '').trim();
	// Or it would be taken for the photo in full size by the next run.
	return safeName(thumbnail && type === 'photo' ? `thumb_${filled}` : filled);
}
