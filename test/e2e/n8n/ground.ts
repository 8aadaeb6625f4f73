import type { Sandbox } from '../../../sandbox/src';
import { Expected } from './expected';
import type { Place } from './settingCases';

type Json = Record<string, unknown>;

/** Where a setting is tried. */
export type Ground = Omit<Place, 'base' | 'other'>;

/** The first form of a project, or its branch. */
export function groundOf(sandbox: Sandbox, project: string, branch?: string): Ground {
	const held = new Expected(sandbox, project);
	const rows = held.rows('Site', branch);
	const row = rows.find((one) => hasPlace(held.tidy(one)) && photosIn(held.tidy(one)).length > 0)!;
	return { held, server: sandbox.addresses.epicollect5, form: 'Site', branch, rows, row };
}

/** Each photo has arrived then, so that none is missing by chance. */
export function addPhotos(sandbox: Sandbox, project: string): void {
	const held = new Expected(sandbox, project);
	for (const entry of [...held.entries('Site'), ...held.entries('Site', 'Trees')]) {
		for (const { name } of photosIn(entry)) {
			sandbox.admin.addMedia({ project, name: name as string, bytes: 40_000 });
		}
	}
}

const answersIn = (entry: Json) => Object.values(entry).filter((one): one is Json => one instanceof Object);
const hasPlace = (entry: Json) => answersIn(entry).some((one) => 'latitude' in one);
const photosIn = (entry: Json) => answersIn(entry).filter(({ type }) => type === 'photo');
