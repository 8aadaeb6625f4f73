import { listWithKeys, parseProject } from '../../../core/epicollect5/project';
import { exportProject } from '../../../sandbox/src/epicollect5/projectExport';
import { BRANCH, CHILD, CHILD_BRANCH, FORM, GROUPED, PROJECT_REF } from './support/definition';
import { World } from './support/world';

/** The export of a project as a plain value, ready to be bent. */
function exported(change: (world: World) => void = () => undefined) {
	const world = new World({ access: 'private' });
	change(world);
	return JSON.parse(exportProject(world.project, 'https://app.test').body.toString()) as {
		meta: Record<string, unknown>;
		data: { project: Record<string, unknown> };
	};
}

const form = (change: object) => ({ data: { project: { forms: [{ ref: 'f', name: 'F', ...change }] } } });

describe('a project as the service sends it', () => {
	it('gives what dialogs and readers need', () => {
		const project = parseProject(
			exported((world) => {
				const [owner] = world.add(2);
				world.add(3, () => ({ branchRef: BRANCH, ownerUuid: owner?.uuid ?? '' }));
				world.add(1, () => ({ formRef: CHILD, parentUuid: owner?.uuid ?? '' }));
			}),
		);
		expect(project).toMatchObject({
			ref: PROJECT_REF,
			name: 'Field Trip',
			slug: 'field-trip',
			access: 'private',
			status: 'active',
			category: 'general',
			smallDescription: 'Short',
			description: 'Long',
			homepage: 'https://app.test/project/field-trip',
			createdAt: '2026-04-30 10:02:11',
			structureLastUpdated: '2026-04-30 10:02:11',
			totalEntries: 3,
		});
		expect(project.forms.map(({ ref, name, parentRef, entries }) => [ref, name, parentRef, entries])).toEqual(
			[
				[FORM, 'Site', undefined, 2],
				[CHILD, 'Visit', FORM, 1],
			],
		);
		expect(project.mappings.map(({ index, name, isDefault }) => [index, name, isDefault])).toEqual([
			[0, 'EC5_AUTO', true],
			[1, 'short', false],
		]);
	});

	it('knows when the first and the last entry of a form were made, in UTC', () => {
		const body = exported();
		const counted = { count: 2, first_entry_created: '2026-05-01 08:00:00', last_entry_created: 'never' };
		body.meta.project_stats = { form_counts: { [FORM]: counted } };
		const [site, visit] = parseProject(body).forms;
		expect(site).toMatchObject({ firstCreatedAt: '2026-05-01T08:00:00.000Z', lastCreatedAt: undefined });
		expect(visit).toMatchObject({ entries: 0 });
		expect(visit?.firstCreatedAt).toBeUndefined();
	});

	it('knows the branches of every form, also of a child form, with their own questions', () => {
		const [site, visit] = parseProject(exported()).forms;
		expect(site?.branches).toMatchObject([{ ref: BRANCH, name: 'Trees', formRef: FORM, entries: 0 }]);
		expect(site?.branches[0]?.questions.map(({ question }) => question)).toEqual(['Species', 'Leaf']);
		expect(visit?.branches).toMatchObject([{ ref: CHILD_BRANCH, name: 'Birds', formRef: CHILD }]);
	});

	it('keeps questions in their order, with the contents of groups', () => {
		const [site] = parseProject(exported()).forms;
		expect(site?.questions.map(({ type }) => type)).toEqual(['text', 'integer', 'readme', 'group', 'branch']);
		expect(site?.questions[3]?.group).toMatchObject([
			{ ref: GROUPED, type: 'decimal', datetimeFormat: undefined },
		]);
	});

	it('counts nothing where PHP sends [] for an empty map', () => {
		const body = exported();
		expect((body.meta.project_stats as { form_counts: unknown }).form_counts).toEqual([]);
		expect(parseProject(body).forms.map(({ entries }) => entries)).toEqual([0, 0]);
	});

	it('numbers mappings by their key, which has gaps after one was deleted', () => {
		const sparse = exported(({ project }) => {
			const [auto, short] = [project.mappings.get(0), project.mappings.get(1)];
			project.mappings.clear();
			if (auto && short) project.mappings.set(0, auto).set(2, { ...short, map_index: 2 });
		});
		expect(Array.isArray(sparse.meta.project_mapping)).toBe(false);
		expect(parseProject(sparse).mappings.map(({ index, name }) => [index, name])).toEqual([
			[0, 'EC5_AUTO'],
			[2, 'short'],
		]);
	});

	it('reads lists that come as maps, and maps that come as []', () => {
		const [only] = parseProject(
			form({
				inputs: {
					'0': {
						ref: 'a',
						type: 'radio',
						question: 'A',
						possible_answers: { '1': { answer: 'x', answer_ref: 'r' } },
					},
					'2': {
						ref: 'b',
						type: 'group',
						question: 'B',
						group: { '0': { ref: 'c', type: 'text' } },
						branch: [],
					},
				},
			}),
		).forms;
		expect(only?.questions).toMatchObject([
			{ ref: 'a', possibleAnswers: [{ ref: 'r', answer: 'x' }] },
			{ ref: 'b', group: [{ ref: 'c', type: 'text', question: '' }] },
		]);
	});

	it('survives what is missing, additional or of another type', () => {
		const project = parseProject({
			data: {
				project: {
					forms: [null, 'x', { ref: 5, inputs: null, new_key: 1 }, {}],
					name: 7,
					access: 'friends',
					more: {},
				},
			},
			meta: {
				project_stats: { form_counts: { '5': { count: '12' } }, total_entries: -3 },
				project_mapping: [null, { name: 'kept' }],
			},
		});
		expect(project).toMatchObject({ name: '7', slug: '', access: 'public', totalEntries: 0 });
		expect(project.forms).toMatchObject([
			{ ref: '5', name: '', parentRef: undefined, entries: 12, questions: [], branches: [] },
			{ ref: '', parentRef: '5', entries: 0 },
		]);
		expect(project.mappings).toEqual([{ index: 1, name: 'kept', isDefault: false, forms: {} }]);
	});

	it('needs neither statistics nor mappings', () => {
		expect(parseProject({ data: { project: { forms: [] } } })).toMatchObject({
			forms: [],
			mappings: [],
			totalEntries: 0,
		});
		expect(parseProject({ data: { project: { forms: [] } }, meta: [] })).toMatchObject({
			structureLastUpdated: '',
		});
	});

	it('counts by own keys only', () => {
		const body = { ...form({ ref: 'constructor' }), meta: { project_stats: { form_counts: {} } } };
		expect(parseProject(body).forms[0]?.entries).toBe(0);
		const odd = { ...form({}), meta: { project_stats: { form_counts: { f: 3 } } } };
		expect(parseProject(odd).forms[0]?.entries).toBe(0);
	});

	it.each([
		undefined,
		null,
		'x',
		[],
		{},
		{ data: [] },
		{ data: { project: {} } },
		{ data: { project: { forms: {} } } },
	])('%j is no project, and the address of the server may be why', (body) => {
		expect(() => parseProject(body)).toThrow(
			expect.objectContaining({ kind: 'api', code: 'not_a_project', field: 'Server URL' }),
		);
	});

	it('lists the objects of anything', () => {
		expect(listWithKeys([{ a: 1 }, 2, null])).toEqual([['0', { a: 1 }]]);
		expect(listWithKeys({ x: { a: 1 }, y: [] })).toEqual([['x', { a: 1 }]]);
		for (const none of [undefined, null, 7, 'text', [], {}]) expect(listWithKeys(none)).toEqual([]);
	});
});
