/** MySQL's LIKE over titles: case- and accent-insensitive, with `%` and `_` as wildcards (contract 7.1). */

/** A letter without case and accent. */
function fold(letter: string): string {
	return letter.normalize('NFD').charAt(0).toLowerCase();
}

function foldAll(text: string): string[] {
	return [...text.normalize('NFC')].map(fold);
}

/** Compiles `%text%`; a backslash takes the next character literally. */
export function titleMatcher(text: string): (title: string) => boolean {
	const pattern = likePattern(`%${text}%`);
	return (title) => pattern.test(foldAll(title).join(''));
}

/** A LIKE pattern as a regular expression over folded text. */
export function likePattern(like: string, anchored = true): RegExp {
	const letters = [...like.normalize('NFC')];
	let source = '';
	for (let at = 0; at < letters.length; at += 1) {
		const letter = letters[at] as string;
		if (letter === '%') source += '[^]*';
		else if (letter === '_') source += '[^]';
		else {
			const literal = letter === '\\' && at + 1 < letters.length ? (letters[(at += 1)] as string) : letter;
			source += fold(literal).replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
		}
	}
	return new RegExp(anchored ? `^${source}$` : source, 'u');
}

/** Folded text, to test a LIKE pattern against. */
export function folded(text: string): string {
	return foldAll(text).join('');
}
