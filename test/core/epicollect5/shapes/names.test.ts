import { columnsOf, mappingOf } from '../../../../core/epicollect5/columns';
import { Names, oldestFirst, type NameStyle } from '../../../../core/epicollect5/names';
import { parseProject } from '../../../../core/epicollect5/project';
import { autoMapping } from '../../../../sandbox/src/epicollect5/autoMapping';
import type { Input } from '../../../../sandbox/src/epicollect5/model';
import { definition, FORM, question } from '../support/definition';
import { ask, fill, possible, readTidy, ref, worldOf } from './support';

function projectOf(inputs: Input[], mappings?: unknown) {
	const defined = definition();
	defined.project.forms[0]!.inputs = inputs;
	return parseProject({
		data: defined,
		meta: { project_mapping: mappings ?? [autoMapping(defined, true)] },
	});
}

function columnsIn(inputs: Input[], style: NameStyle, mappings?: unknown) {
	const project = projectOf(inputs, mappings);
	return columnsOf(project, { formRef: FORM }, mappingOf(project, undefined), style);
}

const namesOf = (inputs: Input[], style: NameStyle) =>
	Object.fromEntries(columnsIn(inputs, style).map(({ ref, name }) => [ref, name]));

describe('the names of the answers', () => {
	it('are those of the mapping, the refs, or the texts of the questions', async () => {
		const world = worldOf([ask('1', 'text', ' Site\n  name '), ask('2', 'integer', 'title')]);
		fill(world, { 1: 'Pond', 2: 3 });
		expect(await readTidy(world)).toMatchObject([{ '1_Site_name': 'Pond', '2_title': 3 }]);
		expect(await readTidy(world, { names: 'ref' })).toMatchObject([{ [ref('1')]: 'Pond', [ref('2')]: 3 }]);
		expect(await readTidy(world, { names: 'question' })).toMatchObject([{ 'Site name': 'Pond', title_2: 3 }]);
	});

	it.each(['mapping', 'ref', 'question'] as const)(
		'are unique by %s, the possible answers included',
		(style) => {
			const inputs = [
				ask('1', 'radio', 'Same', { possible_answers: possible('Yes', 'No', 'Yes', '') }),
				ask('2', 'checkbox', 'Same', { possible_answers: possible('Yes', 'No') }),
				ask('3', 'text', 'Same/Yes'),
				ask('4', 'text', ''),
				ask('5', 'text', '__proto__'),
			];
			const columns = columnsIn(inputs, style);
			const names = columns.flatMap(({ name, choices = [] }) => [
				name,
				...choices.map((choice) => choice.name),
			]);
			expect(new Set(names).size).toBe(names.length);
			expect(names.every((name) => name !== '')).toBe(true);
		},
	);

	it('by the text of the question stay as they are, wherever a question is added or moved', () => {
		const old = [ask('65', 'text', 'Comment'), ask('66', 'text', 'Comment'), ask('67', 'text', 'Comment_3')];
		const before = namesOf(old, 'question');
		expect(before).toEqual({ [ref('65')]: 'Comment', [ref('66')]: 'Comment_2', [ref('67')]: 'Comment_3' });
		const added = ask('70', 'text', 'Comment');
		for (const at of [0, 1, 2, 3]) {
			const now = [...old.slice(0, at), added, ...old.slice(at)];
			expect(namesOf(now, 'question')).toEqual({ ...before, [ref('70')]: 'Comment_4' });
		}
		expect(namesOf([...old].reverse(), 'question')).toEqual(before);
	});

	it('go by the place where refs do not tell the age', () => {
		const inputs = ['q_b', 'q_a'].map((name) => question(name, 'text', 'Same'));
		expect(namesOf(inputs, 'question')).toEqual({ q_b: 'Same', q_a: 'Same_2' });
		const same = [{ ref: 'x_0000000000001' }, { ref: 'y_0000000000001' }];
		expect(oldestFirst(same)).toEqual(same);
		expect(new Names(['a', 'a_2']).take('a')).toBe('a_3');
	});

	it('of possible answers are the words of the mapping, the refs, or the answers', () => {
		const inputs = [ask('1', 'radio', 'State', { possible_answers: possible('Open', 'Shut') })];
		const map = {
			map_to: 'state',
			possible_answers: { a000000000000: { map_to: '1' }, a000000000001: { map_to: '0' } },
		};
		const mappings = [{ name: 'M', is_default: true, forms: { [FORM]: { [ref('1')]: map } } }];
		const names = (style: NameStyle) =>
			columnsIn(inputs, style, mappings)[0]?.choices?.map(({ name }) => name);
		expect(names('mapping')).toEqual(['state/1', 'state/0']);
		expect(names('ref')).toEqual([`${ref('1')}/a000000000000`, `${ref('1')}/a000000000001`]);
		expect(names('question')).toEqual(['State/Open', 'State/Shut']);
	});

	it.each([
		['[] for no words', []],
		['a word that is none', { a000000000000: { map_to: 7 }, a000000000001: { map_to: '' } }],
		['no map at all', undefined],
	])('are found where the mapping has %s', (_, possible_answers) => {
		const inputs = [ask('1', 'radio', 'State', { possible_answers: possible('Open', 'Shut') })];
		const mappings = {
			2: {
				name: 'M',
				is_default: true,
				forms: { [FORM]: { [ref('1')]: { map_to: 's', possible_answers } } },
			},
		};
		expect(columnsIn(inputs, 'mapping', mappings)[0]?.choices).toEqual([
			{ ref: 'a000000000000', text: undefined, name: 's/Open' },
			{ ref: 'a000000000001', text: undefined, name: 's/Shut' },
		]);
	});

	it('of two answers under one word is one', () => {
		const inputs = [ask('1', 'radio', 'State', { possible_answers: possible('Open', 'Ajar') })];
		const same = { a000000000000: { map_to: 'x' }, a000000000001: { map_to: 'x' } };
		const mappings = [
			{
				name: 'M',
				is_default: true,
				forms: { [FORM]: { [ref('1')]: { map_to: 's', possible_answers: same } } },
			},
		];
		expect(columnsIn(inputs, 'mapping', mappings)[0]?.choices?.map(({ name }) => name)).toEqual(['s/x']);
	});
});
