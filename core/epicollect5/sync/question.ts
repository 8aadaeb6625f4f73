import { InputError } from '../../http/errors';
import { branchOf, columnsOf, formOf, mappingOf, type Stream } from '../columns';
import type { Project } from '../project';
import { parseInstant } from '../query';

/** A form or a branch to follow. */
export interface SyncStream extends Stream {
	/** Names, under the mapping, of the answers that count branch entries: they change without an edit. */
	counts?: readonly string[];
	/** Names of all answers: where entries have others, the form was changed since its definition was read. */
	keys?: readonly string[];
}

/** What is followed, as {@link syncQuestion} makes it. */
export interface SyncQuestion {
	/** As `normaliseServerUrl` gives it. */
	server: string;
	/** As `projectSlug` gives it. */
	slug: string;
	/** By this it is noticed that another project has taken the slug. */
	projectRef: string;
	/** The mapping may be changed later: entries are not delivered again for it. */
	mapIndex: number;
	streams: readonly SyncStream[];
	/** All streams of the project are followed, also those that it gets later. */
	whole: boolean;
	/** `now`, `beginning`, or the ISO date of the first upload to deliver. */
	start: string;
}

export interface SyncChoice {
	server: string;
	slug: string;
	project: Project;
	/** Index or name; the default mapping where none is named. */
	mapIndex?: number | string;
	/** Which forms and branches, by ref or name; all of the project where none is named. */
	streams?: readonly Stream[];
	/** `now`, `beginning`, or the date (ISO 8601, UTC where no zone is named) of the first upload to deliver. */
	start: string;
}

/**
 * Makes the question from a project's definition.
 * @throws InputError for an unknown form, branch, mapping or date
 */
export function syncQuestion({ server, slug, project, mapIndex, streams, start }: SyncChoice): SyncQuestion {
	const mapping = mappingOf(project, mapIndex);
	const followed = (streams ?? allStreams(project)).map((named) => {
		const form = formOf(project, named.formRef);
		const branchRef = named.branchRef && branchOf(form, named.branchRef).ref;
		const stream: Stream = { formRef: form.ref, branchRef };
		const columns = columnsOf(project, stream, mapping);
		const counts = columns.filter(({ type }) => type === 'branch').map(({ key }) => key);
		return { ...stream, counts, keys: columns.map(({ key }) => key) };
	});
	return {
		...{ server, slug, projectRef: project.ref, mapIndex: mapping.index },
		...{ streams: followed, whole: streams === undefined, start: startOf(start) },
	};
}

/** All forms of a project, each with its branches. */
export function allStreams(project: Project): Stream[] {
	return project.forms.flatMap(({ ref: formRef, branches }) => [
		{ formRef },
		...branches.map(({ ref: branchRef }) => ({ formRef, branchRef })),
	]);
}

/** What names a stream: refs are unique in the project. */
export function streamRef({ formRef, branchRef }: Stream): string {
	return branchRef ?? formRef;
}

/** What a state is bound to. Plain texts, so that it can be said which one has changed. */
export interface Fingerprint {
	server: string;
	slug: string;
	project: string;
	streams: string;
	start: string;
}

export function fingerprintOf(question: SyncQuestion): Fingerprint {
	const { server, slug, projectRef, whole, streams, start } = question;
	const refs = whole ? 'all' : streams.map(streamRef).sort().join(' ');
	return { server, slug, project: projectRef, streams: refs, start: startOf(start) };
}

const FIELDS: Readonly<Record<keyof Fingerprint, string>> = {
	server: 'Server URL',
	slug: 'Project',
	project: 'Project',
	streams: 'Forms and Branches',
	start: 'Start From',
};

/**
 * Never begins anew by itself: everything would be delivered again, or what lies between be lost.
 * @throws InputError that names what has changed
 */
export function checkFingerprint(kept: Partial<Fingerprint>, asked: Fingerprint): void {
	const keys = Object.keys(FIELDS) as Array<keyof Fingerprint>;
	const changed = keys.filter((key) => kept[key] !== asked[key]);
	if (changed.length === 0) return;
	// Its forms have other refs too, and nobody has changed anything here.
	if (changed[0] === 'project') {
		throw new InputError(`Another project has taken the place of "${asked.slug}"`, {
			code: 'project_replaced',
			field: 'Project',
			hint: 'Nothing was read. Check that it is the project you mean, then reset this trigger to begin anew with it.',
		});
	}
	const fields = [...new Set(changed.map((key) => FIELDS[key]))];
	throw new InputError(`What is followed was changed since the last run: ${fields.join(', ')}`, {
		code: 'sync_question',
		field: fields[0],
		hint: 'Nothing was read. Change it back to go on, or reset this trigger to begin anew.',
	});
}

/** @throws InputError */
function startOf(start: string): string {
	if (start === 'now' || start === 'beginning') return start;
	const ms = parseInstant(start);
	if (!Number.isNaN(ms)) return new Date(ms).toISOString();
	throw new InputError('"Start From" is not a date', {
		code: 'date',
		field: 'Start From',
		hint: 'Choose now, the beginning, or enter a date as 2026-05-31 or 2026-05-31T10:00:00Z.',
	});
}
