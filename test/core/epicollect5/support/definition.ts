import { autoMapping } from '../../../../sandbox/src/epicollect5/autoMapping';
import type { Definition, Form, Input, InputMap, Mapping } from '../../../../sandbox/src/epicollect5/model';

export const PROJECT_REF = 'a1b2c3d4e5f64718293a4b5c6d7e8f90';
export const FORM = `${PROJECT_REF}_6630a1f2c0001`;
export const CHILD = `${PROJECT_REF}_6630a1f2c0002`;
export const BRANCH = `${FORM}_6630a1f2c1006`;
export const CHILD_BRANCH = `${CHILD}_6630a1f2c2006`;
export const NAME = `${FORM}_6630a1f2c1001`;
export const COUNT = `${FORM}_6630a1f2c1002`;
export const GROUPED = `${FORM}_6630a1f2c1005_6630a1f2c1051`;

/** A question with all the keys that the service sends (contract 6.2). */
export function question(ref: string, type: string, text: string, more: Partial<Input> = {}): Input {
	return {
		ref,
		type,
		question: text,
		is_title: false,
		is_required: false,
		verify: false,
		set_to_current_datetime: false,
		uniqueness: 'none',
		regex: null,
		default: '',
		min: null,
		max: null,
		datetime_format: null,
		possible_answers: [],
		jumps: [],
		branch: [],
		group: [],
		...more,
	};
}

/** Two forms; the first has a group and a branch with a group in it, the second a branch. */
export function definition(slug = 'field-trip', name = 'Field Trip'): Definition {
	const site: Form = {
		ref: FORM,
		name: 'Site',
		slug: 'site',
		type: 'hierarchy',
		inputs: [
			question(NAME, 'text', 'Site name', { is_title: true }),
			question(COUNT, 'integer', 'How many'),
			question(`${FORM}_6630a1f2c1003`, 'readme', 'Ask the owner first'),
			question(`${FORM}_6630a1f2c1005`, 'group', 'Water', {
				group: [question(GROUPED, 'decimal', 'pH')],
			}),
			question(BRANCH, 'branch', 'Trees', {
				branch: [
					question(`${BRANCH}_6630a1f2c1061`, 'text', 'Species'),
					question(`${BRANCH}_6630a1f2c1062`, 'group', 'Leaf', {
						group: [question(`${BRANCH}_6630a1f2c1062_6630a1f2c1063`, 'photo', 'Leaf photo')],
					}),
				],
			}),
		],
	};
	const visit: Form = {
		ref: CHILD,
		name: 'Visit',
		slug: 'visit',
		type: 'hierarchy',
		inputs: [
			question(`${CHILD}_6630a1f2c2001`, 'date', 'Visit date', { datetime_format: 'dd/MM/YYYY' }),
			question(CHILD_BRANCH, 'branch', 'Birds', {
				branch: [question(`${CHILD_BRANCH}_6630a1f2c2061`, 'text', 'Bird')],
			}),
		],
	};
	return {
		id: PROJECT_REF,
		type: 'project',
		project: {
			ref: PROJECT_REF,
			name,
			slug,
			forms: [site, visit],
			logo_url: '',
			category: 'general',
			description: 'Long',
			small_description: 'Short',
			entries_limits: [],
		},
	};
}

/** EC5_AUTO, and a mapping of the owner's with short names. */
export function mappings(of: Definition): Map<number, Mapping> {
	const auto = autoMapping(of, true);
	const site = auto.forms[FORM] as Record<string, InputMap>;
	const short: Mapping = {
		...auto,
		name: 'short',
		is_default: false,
		map_index: 1,
		forms: {
			...auto.forms,
			[FORM]: { ...site, [NAME]: { ...(site[NAME] as InputMap), map_to: 'site' } },
		},
	};
	return new Map([
		[0, auto],
		[1, short],
	]);
}
