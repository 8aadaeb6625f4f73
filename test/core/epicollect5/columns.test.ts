import { branchOf, columnsOf, formOf, mappingOf, OWN_PROPERTIES } from '../../../core/epicollect5/columns';
import { parseProject, type Project } from '../../../core/epicollect5/project';
import { tidyEntry } from '../../../core/epicollect5/tidy';

interface Map {
	map_to?: unknown;
	hide?: boolean;
	group?: unknown;
	branch?: unknown;
}

/** A project of one form whose questions are text, named `a`, `b` …, mapped to the given names. */
function mapped(names: string[]): Project {
	return projectOf(
		names.map((_, i) => ({ ref: `q${i}`, type: 'text', question: `Question ${i}` })),
		Object.fromEntries(
			names.map((name, i) => [`q${i}`, { map_to: name, hide: false, group: [], branch: [] }]),
		),
	);
}

function projectOf(inputs: object[], map: Record<string, Map> | []): Project {
	return parseProject({
		data: {
			project: {
				name: 'P',
				forms: [
					{ ref: 'f', name: 'Form', inputs },
					{ ref: 'g', name: 'Other', inputs: [] },
				],
			},
		},
		meta: { project_mapping: [{ name: 'M', is_default: true, forms: { f: map } }] },
	});
}

function namesOf(project: Project, branchRef?: string): string[] {
	return columnsOf(project, { formRef: 'f', branchRef }, mappingOf(project, 0)).map(({ name }) => name);
}

const branchy = projectOf(
	[
		{ ref: 't', type: 'text', question: 'T' },
		{ ref: 'r', type: 'readme', question: 'R' },
		{
			ref: 'gr',
			type: 'group',
			group: [
				{ ref: 'gt', type: 'text', question: 'In group' },
				{ ref: 'gd', type: 'date', question: 'Day', datetime_format: 'dd/MM' },
			],
		},
		{
			ref: 'b',
			type: 'branch',
			question: 'Trees',
			branch: [
				{ ref: 'bt', type: 'text', question: 'Species' },
				{ ref: 'bg', type: 'group', group: [{ ref: 'bgp', type: 'photo', question: 'Leaf' }] },
				{ ref: 'br', type: 'readme' },
			],
		},
		{ ref: 'h', type: 'text', question: 'Hidden' },
		{ ref: 'n', type: 'text', question: 'Not mapped' },
	],
	{
		t: { map_to: 'one', group: [], branch: [] },
		gr: { map_to: 'grp', hide: true, group: { gt: { map_to: 'two' }, gd: { map_to: 'day', hide: false } } },
		b: {
			map_to: 'trees',
			branch: { bt: { map_to: 'species' }, bg: { map_to: 'x', group: { bgp: { map_to: 'leaf' } } } },
		},
		h: { map_to: 'hidden', hide: true },
		n: { map_to: 7 },
	},
);

describe('the columns of a form', () => {
	it('are its questions in order: groups flattened even if hidden, branches as counts, hidden ones and texts to read left out', () => {
		const columns = columnsOf(branchy, { formRef: 'f' }, mappingOf(branchy, undefined));
		expect(columns).toEqual([
			{ ref: 't', type: 'text', question: 'T', datetimeFormat: undefined, key: 'one', name: 'one' },
			{ ref: 'gt', type: 'text', question: 'In group', datetimeFormat: undefined, key: 'two', name: 'two' },
			{ ref: 'gd', type: 'date', question: 'Day', datetimeFormat: 'dd/MM', key: 'day', name: 'day' },
			{ ref: 'b', type: 'branch', question: 'Trees', datetimeFormat: undefined, key: 'trees', name: 'trees' },
		]);
	});

	it('of a branch are the questions of the branch, groups in it flattened too', () => {
		expect(namesOf(branchy, 'b')).toEqual(['species', 'leaf']);
	});

	it('are none where PHP sends [] for the mapping', () => {
		expect(namesOf(projectOf([{ ref: 't', type: 'text' }], []))).toEqual([]);
	});

	it.each(OWN_PROPERTIES.filter((name) => !/_at$|^ec5_(branch_)?uuid$/.test(name)))(
		"a question called %s gets another name, as that one is the entry's own",
		(own) => {
			expect(namesOf(mapped([own]))).toEqual([`${own}_2`]);
		},
	);

	it('keep the names that the owner gave, and give way with the others', () => {
		expect(namesOf(mapped(['title', 'title_2', 'title_4', 'title_3']))).toEqual([
			'title_5',
			'title_2',
			'title_4',
			'title_3',
		]);
	});

	it.each(['ec5_uuid', 'ec5_branch_uuid', 'created_at', 'uploaded_at'])(
		'a question called %s is refused, as reading goes by it',
		(needed) => {
			expect(() => namesOf(mapped(['a', needed]))).toThrow(
				expect.objectContaining({
					kind: 'input',
					code: 'mapping',
					field: 'Mapping',
					message: expect.stringContaining('"Question 1"') as string,
				}),
			);
		},
	);

	it('of two questions under one name the last one owns it, as in the answer of the service', () => {
		const project = projectOf(
			[
				{ ref: 'first', type: 'integer', question: 'First' },
				{ ref: 'between', type: 'text', question: 'Between' },
				{ ref: 'last', type: 'text', question: 'Last' },
			],
			{ first: { map_to: 'same' }, between: { map_to: 'other' }, last: { map_to: 'same' } },
		);
		const columns = columnsOf(project, { formRef: 'f' }, mappingOf(project, 0));
		expect(columns.map(({ ref, name }) => [ref, name])).toEqual([
			['between', 'other'],
			['last', 'same'],
		]);
		const row = { ec5_uuid: 'u', uploaded_at: 't', same: 'answer of the last', other: 'o' };
		expect(tidyEntry(row, { slug: 's', stream: { formRef: 'f' }, columns })).toMatchObject({
			same: 'answer of the last',
		});
	});

	it('may have any name', () => {
		const names = ['__proto__', 'constructor', '7', 'toString', 'hasOwnProperty', '', 'a b', '日本語'];
		expect(namesOf(mapped(names))).toEqual(names);
	});

	it('are found by own keys of the mapping only', () => {
		expect(
			namesOf(
				projectOf(
					[
						{ ref: 'constructor', type: 'text' },
						{ ref: '__proto__', type: 'group', group: [{ ref: 'x', type: 'text' }] },
					],
					{},
				),
			),
		).toEqual([]);
	});
});

describe('what is chosen', () => {
	it('is the first form and the default mapping where nothing is named', () => {
		expect(formOf(branchy, undefined).ref).toBe('f');
		expect(formOf(branchy, '').ref).toBe('f');
		expect(formOf(branchy, 'g').name).toBe('Other');
		expect(mappingOf(branchy, undefined).name).toBe('M');
	});

	it('is the first mapping where none, or more than one, claims to be the default', () => {
		const [mapping] = branchy.mappings;
		if (!mapping) throw new Error('no mapping');
		const two = {
			...branchy,
			mappings: [
				{ ...mapping, isDefault: false, name: 'A' },
				{ ...mapping, isDefault: false, index: 2 },
			],
		};
		expect(mappingOf(two, undefined).name).toBe('A');
		expect(mappingOf(two, 2).index).toBe(2);
		const both = { ...branchy, mappings: [{ ...mapping, name: 'A' }, mapping] };
		expect(mappingOf(both, undefined).name).toBe('A');
	});

	it('is found by its name as well as by its ref, however it is written', () => {
		expect(formOf(branchy, ' other ').ref).toBe('g');
		expect(branchOf(formOf(branchy, 'Form'), 'TREES').ref).toBe('b');
		expect(mappingOf(branchy, 'm').index).toBe(mappingOf(branchy, undefined).index);
		expect(mappingOf(branchy, String(mappingOf(branchy, undefined).index)).name).toBe('M');
	});

	it('is not guessed where two have the same name', () => {
		const [form, other] = branchy.forms;
		const twins = { ...branchy, forms: [form!, { ...other!, name: form!.name }] };
		expect(() => formOf(twins, form!.name)).toThrow('There is more than one form "Form"');
		expect(formOf(twins, other!.ref)).toBe(twins.forms[1]);
	});

	it('is refused by the name of the setting, with what there is', () => {
		expect(() => formOf(branchy, 'x')).toThrow(
			expect.objectContaining({
				kind: 'input',
				code: 'ec5_15',
				field: 'Form',
				hint: 'Choose one of: Form, Other.',
			}),
		);
		expect(() => branchOf(formOf(branchy, 'f'), 'x')).toThrow(
			expect.objectContaining({
				kind: 'input',
				code: 'ec5_99',
				field: 'Branch',
				hint: 'Choose one of: Trees.',
			}),
		);
		expect(() => branchOf(formOf(branchy, 'g'), 'b')).toThrow(
			expect.objectContaining({ hint: 'This form has no branches.' }),
		);
		for (const index of [1, NaN]) {
			expect(() => mappingOf(branchy, index)).toThrow(
				expect.objectContaining({
					kind: 'input',
					code: 'ec5_322',
					field: 'Mapping',
					hint: 'Choose one of: M.',
				}),
			);
		}
	});

	it('is refused where a project has no form at all', () => {
		expect(() => formOf({ ...branchy, forms: [] }, undefined)).toThrow(
			expect.objectContaining({ code: 'ec5_15' }),
		);
	});
});
