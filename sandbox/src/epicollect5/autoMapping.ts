import { formsOf } from './definition';
import type { Definition, Input, InputMap, Mapping } from './model';
import { asMap } from './model';

/** Column name of a question under EC5_AUTO (contract 10). */
export function autoName(number: number, question: string): string {
	const blank = /[ \t\n\r\f\v]+/g;
	const trimmed = question.replace(/^[ \t\n\r\0\v]+|[ \t\n\r\0\v]+$/g, '');
	return `${number}_${trimmed}`
		.replace(blank, '_')
		.replace(/[^A-Za-z0-9_]/g, '')
		.slice(0, 20);
}

const CHOICES = new Set(['radio', 'dropdown', 'checkbox', 'searchsingle', 'searchmultiple']);

/** The mapping that the server makes by itself; it is rebuilt at every save of the form. */
export function autoMapping(definition: Definition, isDefault: boolean): Mapping {
	let number = 0;
	const mapList = (inputs: Input[]): Record<string, InputMap> | never[] => {
		const map: Record<string, InputMap> = {};
		for (const input of inputs) {
			// A readme has no answer, hence no number; a group or branch counts before its contents.
			if (input.type === 'readme') continue;
			number += 1;
			map[input.ref] = {
				map_to: autoName(number, input.question),
				hide: false,
				possible_answers: CHOICES.has(input.type) ? answerTexts(input) : [],
				group: mapList(input.group),
				branch: mapList(input.branch),
			};
		}
		return Object.keys(map).length === 0 ? [] : map;
	};
	const forms: Mapping['forms'] = {};
	for (const form of formsOf(definition)) forms[form.ref] = mapList(form.inputs);
	return { name: 'EC5_AUTO', is_default: isDefault, map_index: 0, forms };
}

function answerTexts(input: Input): InputMap['possible_answers'] {
	if (input.possible_answers.length === 0) return [];
	const texts: Record<string, { map_to: string }> = {};
	for (const { answer, answer_ref } of input.possible_answers) texts[answer_ref] = { map_to: answer };
	return texts;
}

/**
 * A custom mapping after a save of the form: known questions keep their names, new ones come in with their
 * EC5_AUTO name and visible, deleted ones go (contract 10).
 */
export function mergeCustomMapping(auto: Mapping, custom: Mapping): Mapping {
	const merge = (
		fresh: Record<string, InputMap> | never[],
		old: Record<string, InputMap> | never[] | undefined,
	): Record<string, InputMap> | never[] => {
		const known = asMap(old);
		const merged: Record<string, InputMap> = {};
		for (const [ref, entry] of Object.entries(asMap(fresh))) {
			const kept = known[ref];
			const texts = asMap(entry.possible_answers);
			const answers: Record<string, { map_to: string }> = {};
			for (const [answerRef, text] of Object.entries(texts)) {
				answers[answerRef] = asMap(kept?.possible_answers)[answerRef] ?? text;
			}
			merged[ref] = {
				map_to: kept?.map_to ?? entry.map_to,
				hide: kept?.hide ?? false,
				possible_answers: Object.keys(answers).length === 0 ? [] : answers,
				group: merge(entry.group, kept?.group),
				branch: merge(entry.branch, kept?.branch),
			};
		}
		return Object.keys(merged).length === 0 ? [] : merged;
	};
	const forms: Mapping['forms'] = {};
	for (const [ref, map] of Object.entries(auto.forms)) forms[ref] = merge(map, custom.forms[ref]);
	return { ...custom, forms };
}
