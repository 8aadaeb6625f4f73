import { autoMapping } from '../../../sandbox/src/epicollect5/autoMapping';
import { branchesOf, formsOf } from '../../../sandbox/src/epicollect5/definition';
import {
	asMap,
	type Definition,
	type Form,
	type Input,
	type InputMap,
	type Mapping,
} from '../../../sandbox/src/epicollect5/model';
import type { Random } from '../../../sandbox/src/shared/random';
import { definition, FORM, mappings, PROJECT_REF, question } from '../epicollect5/support/definition';
import type { WorldPlan } from './plan';

/** Where the rows of a form or branch belong. */
export interface Place {
	ref: string;
	formRef: string;
	branchRef?: string;
	/** Of its parents (child form) or owners (branch). */
	above?: string;
	inputs: Input[];
}

export const PHOTO = `${FORM}_6630a1f2c1007`;

export function defined(kind: WorldPlan['project'], slug: string, random: Random): Definition {
	if (kind === 'random') return randomDefinition(slug, random);
	const trip = definition(slug);
	formsOf(trip)[0]?.inputs.push(question(PHOTO, 'photo', 'Front photo'));
	return trip;
}

/** EC5_AUTO and one of the owner's; or as many as there can be, with a gap and hidden questions (contract 5). */
export function mapped(kind: WorldPlan['project'], of: Definition): Map<number, Mapping> {
	if (kind !== 'many mappings') return kind === 'trip' ? mappings(of) : new Map([[0, autoMapping(of, true)]]);
	const auto = autoMapping(of, true);
	const custom = (index: number, hide: boolean): Mapping => {
		const copy = structuredClone(auto);
		Object.values(copy.forms).forEach((map, at) => rename(asMap(map), `m${index}${at}`, hide));
		return { ...copy, name: `own ${index}`, is_default: false, map_index: index };
	};
	return new Map([
		[0, auto],
		[1, custom(1, true)],
		[3, custom(3, false)],
	]);
}

function rename(map: Record<string, InputMap>, prefix: string, hide: boolean): void {
	Object.values(map).forEach((input, index) => {
		input.map_to = `${prefix}_${index}`;
		input.hide = hide && index % 2 === 1;
		rename(asMap(input.group), input.map_to, hide);
		rename(asMap(input.branch), input.map_to, hide);
	});
}

export function placesOf(of: Definition): Place[] {
	const forms = formsOf(of);
	return forms.flatMap((form, index) => [
		{ ref: form.ref, formRef: form.ref, above: forms[index - 1]?.ref, inputs: form.inputs },
		...branchesOf(form).map(({ ref, branch }) => ({
			...{ ref, formRef: form.ref, branchRef: ref, above: form.ref },
			inputs: branch,
		})),
	]);
}

const TYPES = [
	...[
		'text',
		'textarea',
		'integer',
		'decimal',
		'phone',
		'barcode',
		'date',
		'time',
		'radio',
		'dropdown',
		'checkbox',
	],
	...['searchsingle', 'searchmultiple', 'location', 'photo', 'audio', 'video', 'readme'],
];
const FORMATS: Record<string, string[]> = {
	date: ['dd/MM/YYYY', 'MM/dd/YYYY', 'YYYY/MM/dd', 'MM/YYYY', 'dd/MM'],
	time: ['HH:mm:ss', 'hh:mm:ss', 'HH:mm', 'hh:mm', 'mm:ss'],
};
const TEXTS = [
	'Name',
	'Où êtes-vous ?',
	'اسم',
	'__proto__',
	'title',
	'a,b;"c"',
	'constructor',
	'x'.repeat(60),
];

/** One to four forms of any questions, with groups and branches. */
function randomDefinition(slug: string, random: Random): Definition {
	const made = definition(slug);
	let uid = 0;
	const next = (ref: string) => `${ref}_6630a1f2d${String((uid += 1)).padStart(4, '0')}`;
	const questions = (ref: string, most: number): Input[] =>
		Array.from({ length: random.int(0, most) }, () => anyQuestion(next(ref), random));
	const nest = (form: string, type: 'group' | 'branch'): Input => {
		const ref = next(form);
		const inside = questions(ref, 3);
		if (type === 'branch' && random.chance(0.3)) {
			const group = next(ref);
			inside.push(question(group, 'group', 'Parts', { group: questions(group, 2) }));
		}
		return question(ref, type, `${type} ${uid}`, { [type]: inside });
	};
	made.project.forms = Array.from({ length: random.int(1, 4) }, (_, index): Form => {
		const ref = `${PROJECT_REF}_6630a1f2e${String(index).padStart(4, '0')}`;
		const inputs = [...questions(ref, 8), ...(random.chance(0.5) ? [nest(ref, 'group')] : [])];
		for (let branches = random.int(0, 2); branches > 0; branches--) inputs.push(nest(ref, 'branch'));
		return { ref, name: `Form ${index}`, slug: `form-${index}`, type: 'hierarchy', inputs };
	});
	return made;
}

function anyQuestion(ref: string, random: Random): Input {
	const type = random.pick(TYPES);
	const choices = /radio|dropdown|checkbox|search/.test(type) ? random.int(0, 4) : 0;
	return question(ref, type, random.pick(TEXTS), {
		datetime_format: FORMATS[type] ? random.pick(FORMATS[type]) : null,
		possible_answers: Array.from({ length: choices }, (_, index) => ({
			answer: random.pick(['Yes', 'No', 'Egg, rotten', '=1+1', 'ναι']) + index,
			answer_ref: `6630a1f2f${String((index + 1) * 7).padStart(4, '0')}`,
		})),
	});
}
