/** What the answers are called by: the project's mapping, the questions' refs (which never change), or their text. */
export type NameStyle = 'mapping' | 'ref' | 'question';

/** Gives away names, each once. */
export class Names {
	private readonly taken: Set<string>;

	constructor(reserved: Iterable<string> = []) {
		this.taken = new Set(reserved);
	}

	/** @returns the wanted name, or that with `_2`, `_3` … where it is taken */
	take(wanted: string): string {
		let name = wanted;
		for (let n = 2; this.taken.has(name); n++) name = `${wanted}_${n}`;
		this.taken.add(name);
		return name;
	}

	/** @returns the wanted name where it is free, or the other one as {@link take} gives it */
	takeFirst(wanted: string, otherwise: string): string {
		return this.take(this.taken.has(wanted) ? otherwise : wanted);
	}
}

/**
 * The last part of a ref tells when the question was made: PHP's uniqid, microseconds in hex (contract 6.3). Behind a
 * slash may stand one of its possible answers.
 */
const UNIQID = /_([0-9a-f]{13})(?:\/.*)?$/;

/**
 * The order in which questions choose their names, so that a question that is added never renames another one, wherever
 * it is put, and moving one renames none: the older first, or as they stand where the refs do not tell.
 */
export function oldestFirst<T extends { ref: string }>(questions: readonly T[]): T[] {
	const dated = questions.map((question) => ({ question, made: UNIQID.exec(question.ref)?.[1] }));
	if (dated.some(({ made }) => made === undefined)) return [...questions];
	// The sort is stable.
	return dated
		.sort((a, b) => (a.made! < b.made! ? -1 : a.made! > b.made! ? 1 : 0))
		.map(({ question }) => question);
}

/** A question's text as a name: no line breaks, no blanks at its ends. */
export function oneLine(text: string): string {
	return text.replace(/\s+/g, ' ').trim();
}
