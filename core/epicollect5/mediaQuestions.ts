import { InputError } from '../http/errors';
import { columnsOf, type Column, type Stream } from './columns';
import { isMediaType } from './mediaAnswer';
import { oneLine, type NameStyle } from './names';
import type { Mapping, Project } from './project';

/** A question that is answered with a photo, audio or video. */
export interface MediaQuestion {
	ref: string;
	/** The question's text, in one line. */
	text: string;
	/** The form, and the branch where it is in one. */
	place: string;
	/**
	 * All that an answer to it may be called, whichever mapping and column names are chosen. Last what another question may
	 * be called too: one mapping can give a question the text of another one for a name.
	 */
	names: ReadonlySet<string>;
}

const STYLES: readonly NameStyle[] = ['mapping', 'ref', 'question'];

/** Of all forms and branches, in their order. One that every mapping hides is none. */
export function mediaQuestionsOf(project: Project): MediaQuestion[] {
	const all = project.forms.flatMap(({ ref: formRef, name, branches }) => [
		...questionsIn(project, { formRef }, name),
		...branches.flatMap(({ ref, name: branch }) =>
			questionsIn(project, { formRef, branchRef: ref }, `${name}, ${oneLine(branch)}`),
		),
	]);
	return all.map((question) => ({ ...question, names: ownFirst(question, all) }));
}

function ownFirst({ ref, names }: MediaQuestion, all: readonly MediaQuestion[]): ReadonlySet<string> {
	const isOwn = (name: string) => all.every((other) => other.ref === ref || !other.names.has(name));
	const shared = [...names].filter((name) => !isOwn(name));
	return new Set([...[...names].filter(isOwn), ...shared]);
}

/** @param wanted ref or text. @throws InputError */
export function mediaQuestionOf(project: Project, wanted: string): MediaQuestion {
	const all = mediaQuestionsOf(project);
	const text = oneLine(wanted).toLowerCase();
	const named = all.filter((question) => question.text.toLowerCase() === text);
	const found = all.find(({ ref }) => ref === wanted) ?? (named.length === 1 ? named[0] : undefined);
	if (found) return found;
	const texts = all.map((question) => question.text).join(', ');
	throw new InputError(
		named.length > 1
			? `There is more than one question "${wanted}"`
			: `There is no media question "${wanted}"`,
		{
			...{ code: 'ec5_84', field: 'Media Question' },
			hint:
				texts === '' ? 'This project has no photo, audio or video questions.' : `Choose one of: ${texts}.`,
		},
	);
}

function questionsIn(project: Project, stream: Stream, place: string): MediaQuestion[] {
	const found = new Map<string, MediaQuestion & { names: Set<string> }>();
	for (const { ref, question, key, name } of project.mappings.flatMap((mapping) =>
		STYLES.flatMap((style) => columns(project, stream, mapping, style)),
	)) {
		const known = found.get(ref) ?? { ref, text: oneLine(question), place, names: new Set<string>() };
		found.set(ref, known);
		known.names.add(key).add(name);
	}
	return [...found.values()];
}

function columns(project: Project, stream: Stream, mapping: Mapping, style: NameStyle): Column[] {
	try {
		return columnsOf(project, stream, mapping, style).filter(({ type }) => isMediaType(type));
	} catch (error) {
		// A mapping that cannot be read by gives no names.
		if (error instanceof InputError) return [];
		throw error;
	}
}
