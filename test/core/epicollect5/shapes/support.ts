import type { GetProject, ReadRequest } from '../../../../core/epicollect5/reading';
import { readTidyEntries } from '../../../../core/epicollect5/reading';
import type { TidyEntry } from '../../../../core/epicollect5/tidy';
import { autoMapping } from '../../../../sandbox/src/epicollect5/autoMapping';
import type { Input } from '../../../../sandbox/src/epicollect5/model';
import { FORM, question } from '../support/definition';
import { SLUG, World } from '../support/world';

/** A ref of the form's own, made at that moment. */
export const ref = (made: string, form = FORM): string => `${form}_${made.padStart(13, '0')}`;

/** A question of the first form; `made` tells when, as in the service's refs. */
export function ask(made: string, type: string, text: string, more: Partial<Input> = {}): Input {
	return question(ref(made), type, text, more);
}

export const possible = (...answers: string[]) =>
	answers.map((answer, i) => ({ answer, answer_ref: `a${String(i).padStart(12, '0')}` }));

/** Answers as the app stores them: possible answers by their refs. */
export const picked = (...indices: number[]) => indices.map((i) => `a${String(i).padStart(12, '0')}`);

/** A server whose first form has these questions. */
export function worldOf(inputs: Input[], access: 'public' | 'private' = 'public'): World {
	const world = new World({ access, limits: 'off' });
	const [form] = world.project.definition.project.forms;
	if (form) form.inputs = inputs;
	renumber(world);
	return world;
}

/** What the server does when the forms are saved. */
export function renumber(world: World): void {
	world.project.mappings.clear();
	world.project.mappings.set(0, autoMapping(world.project.definition, true));
}

/** Stores an entry of the first form with answers by the questions' moments. */
export function fill(world: World, answers: Record<string, unknown>, more: object = {}) {
	return world.upload({
		answers: Object.fromEntries(Object.entries(answers).map(([made, answer]) => [ref(made), { answer }])),
		...more,
	});
}

/** What a host gives to a reading: a client, the definition, a run. */
export function hostOf(world: World) {
	const client = world.client(world.project.row.access === 'private' ? world.tokens() : undefined);
	const getProject: GetProject = async () => await client.project(SLUG, world.run());
	return { client, getProject };
}

export async function readTidy(world: World, request: Partial<ReadRequest> = {}): Promise<TidyEntry[]> {
	const { client, getProject } = hostOf(world);
	const pages = readTidyEntries(client, { slug: SLUG, ...request }, getProject, world.run());
	const all: TidyEntry[] = [];
	for await (const page of pages) all.push(...page);
	return all;
}
