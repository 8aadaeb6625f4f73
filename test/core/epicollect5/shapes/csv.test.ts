import { CsvTable, type CsvOptions } from '../../../../core/epicollect5/csv';
import { flatColumns } from '../../../../core/epicollect5/flat';
import { readCsvRows, type ReadRequest } from '../../../../core/epicollect5/reading';
import { csvStream, csvText } from '../../../../node-red/shared/csv';
import { SLUG } from '../support/world';
import { ask, fill, hostOf, picked, possible, readTidy, ref, renumber, worldOf } from './support';

async function readCsv(world: ReturnType<typeof worldOf>, request: Partial<ReadRequest & CsvOptions> = {}) {
	const { client, getProject } = hostOf(world);
	const rows: string[][] = [];
	const pages = readCsvRows(client, { slug: SLUG, ...request }, getProject, world.run());
	for await (const page of pages) rows.push(...page);
	return rows;
}

const OWN = ['ec5_uuid', 'created_at', 'uploaded_at', 'title'];
const everyType = () => [
	ask('1', 'text', 'Text'),
	ask('2', 'location', 'Place'),
	ask('3', 'photo', 'Photo'),
	ask('4', 'checkbox', 'Seen', { possible_answers: possible('Otter', 'Heron, grey') }),
	ask('5', 'integer', 'Count'),
	ask('6', 'branch', 'Trees', { branch: [ask('61', 'text', 'Species')] }),
];
const answers = {
	1: 'say "hi"\nthere',
	2: { latitude: 51.504, longitude: -0.12, accuracy: 4 },
	3: 'x_1.jpg',
	4: picked(0, 1),
	5: -5,
};

describe('a table of texts', () => {
	it('spreads locations and files over columns, joins lists, and leaves out nothing', async () => {
		const world = worldOf(everyType(), 'private');
		fill(world, answers);
		fill(world, {});
		const [header, first = [], second = []] = await readCsv(world);
		expect(header).toEqual([
			...OWN,
			...['1_Text', '2_Place_latitude', '2_Place_longitude', '2_Place_accuracy'],
			...['3_Photo_name', '3_Photo_url', '4_Seen', '5_Count', '6_Trees', 'eventId'],
		]);
		expect(first.slice(4, -1)).toEqual([
			...['say "hi"\nthere', '51.504', '-0.12', '4', 'x_1.jpg', '', 'Otter, Heron, grey', '-5', '0'],
		]);
		expect(second.slice(4, -1)).toEqual(['', '', '', '', '', '', '', '', '0']);
	});

	it('has the columns that are chosen: UTM, the uploader, one for each possible answer', async () => {
		const world = worldOf(everyType(), 'private');
		fill(world, answers);
		const [header = [], row = []] = await readCsv(world, {
			utm: true,
			withUploader: true,
			choiceFields: true,
		});
		const cells = Object.fromEntries(header.map((name, i) => [name, row[i]]));
		expect(cells).toMatchObject({
			created_by: 'ana@example.org',
			'2_Place_zone': '30U',
			'2_Place_northing': '5709807',
			'2_Place_easting': '699872',
			'4_Seen/Otter': 'true',
		});
	});

	it('has its header without any entry, those of branches and child forms too', async () => {
		const world = worldOf(everyType());
		expect(await readCsv(world)).toEqual([expect.arrayContaining(OWN)]);
		expect(await readCsv(world, { branchRef: ref('6') })).toEqual([
			['ec5_branch_owner_uuid', 'ec5_branch_uuid', ...OWN.slice(1), '7_Species', 'eventId'],
		]);
		const formRef = world.project.definition.project.forms[1]?.ref;
		expect((await readCsv(world, { formRef }))[0]?.slice(0, 2)).toEqual(['ec5_uuid', 'ec5_parent_uuid']);
		// Public projects name nobody.
		expect((await readCsv(world, { withUploader: true }))[0]).not.toContain('created_by');
	});

	it('neutralises what a spreadsheet would run, on request; numbers stay numbers', async () => {
		const texts = ['=1+1', '+41 79', '-x', '@sum', '\tx', '\rx', '-5', 'a=b', "'x", ''];
		const world = worldOf([ask('1', 'textarea', 'T'), ask('2', 'decimal', 'D'), ask('3', 'checkbox', 'C')]);
		for (const text of texts) fill(world, { 1: text, 2: -2.5 });
		const read = async (neutraliseFormulas: boolean) =>
			(await readCsv(world, { neutraliseFormulas })).slice(1).map((row) => row.slice(4, 6));
		expect(await read(false)).toEqual(texts.map((text) => [text, '-2.5']));
		expect((await read(true)).map(([text]) => text)).toEqual([
			...["'=1+1", "'+41 79", "'-x", "'@sum", "'\tx", "'\rx", '-5', 'a=b', "'x", ''],
		]);
		expect((await read(true)).every(([, number]) => number === '-2.5')).toBe(true);
	});

	it('neutralises the first of a list and a header too', () => {
		const fields = [{ name: '=a', type: 'checkbox', ref: 'a' }];
		const table = new CsvTable(fields, { neutraliseFormulas: true });
		expect(table.header).toEqual(["'=a"]);
		expect(table.rows([{ '=a': ['=1', '2'] }, {}], fields)).toEqual([["'=1, 2"], ['']]);
	});

	it('goes on under its header when questions are only renumbered, and says so when there are others', async () => {
		const change = async (act: (world: ReturnType<typeof worldOf>) => void) => {
			const world = worldOf([ask('1', 'text', 'One'), ask('2', 'text', 'Two')]);
			for (let i = 0; i < 600; i++) fill(world, { 1: `one ${i}`, 2: `two ${i}` });
			world.before = (number) => {
				if (number !== 2) return;
				act(world);
				renumber(world);
			};
			return await readCsv(world);
		};
		const rows = await change((world) => {
			for (const input of world.project.definition.project.forms[0]?.inputs ?? []) input.question += '!';
			world.project.definition.project.forms[0]?.inputs.unshift(ask('9', 'readme', 'Read'));
		});
		expect(rows[0]?.slice(4)).toEqual(['1_One', '2_Two', 'eventId']);
		expect(
			rows.slice(1).every(([, , , , one, two]) => /^one/.test(one ?? '') && /^two/.test(two ?? '')),
		).toBe(true);
		await expect(
			change((world) => world.project.definition.project.forms[0]?.inputs.push(ask('9', 'text', 'New'))),
		).rejects.toMatchObject({ kind: 'incomplete', code: 'form_changed' });
	});

	it.each([10, 49, 50, 120, 499])(
		'has a column for a new answer that comes after %i entries',
		async (rows) => {
			const inputs = [ask('1', 'checkbox', 'Seen', { possible_answers: possible('Otter', 'Heron') })];
			const world = worldOf(inputs);
			for (let i = 0; i < rows; i++) fill(world, { 1: picked(1) });
			const { client } = hostOf(world);
			const kept = await client.project(SLUG, world.run());
			inputs[0]!.possible_answers = possible('Otter', 'Heron', 'Fox');
			renumber(world);
			fill(world, { 1: picked(2) });
			const getProject = async (newer: boolean) => (newer ? await client.project(SLUG, world.run()) : kept);
			const table: string[][] = [];
			const request = { slug: SLUG, choiceFields: true };
			for await (const some of readCsvRows(client, request, getProject, world.run())) table.push(...some);
			expect(table[0]).toEqual(expect.arrayContaining(['1_Seen/Otter', '1_Seen/Heron', '1_Seen/Fox']));
			expect(table).toHaveLength(rows + 2);
		},
	);

	it('has unique column names that a new question does not change', () => {
		const field = (made: string, name: string, type = 'text') => ({ ref: ref(made), name, type });
		const old = [field('1', 'a', 'location'), field('2', 'b', 'photo')];
		const names = (fields: typeof old) => flatColumns(fields).map(({ name }) => name);
		const before = ['a_latitude', 'a_longitude', 'a_accuracy', 'b_name', 'b_url'];
		expect(names(old)).toEqual(before);
		expect(names([...old, field('3', 'a_latitude')])).toEqual([...before, 'a_latitude_2']);
		expect(names([field('3', 'b_url'), ...old])).toEqual(['b_url_2', ...before]);
	});

	it('shows an empty cell where a value is not of its question', () => {
		const fields = ['location', 'photo', 'text'].map((type) => ({ type, name: type, ref: type }));
		const entry = { location: 'x', photo: ['x'], text: { name: 'n', type: 't', url: null } };
		expect(new CsvTable(fields).rows([entry], fields)).toEqual([['', '', '', '', '', '']]);
	});
});

describe('the written file', () => {
	it('is RFC 4180: quoted where needed, quotes doubled, CRLF, UTF-8', async () => {
		const rows = [
			['a', 'b'],
			['x,y', 'say "hi"\nthere'],
			['back\\"q', ' é日 '],
		];
		expect(await csvText(rows)).toBe('a,b\r\n"x,y","say ""hi""\nthere"\r\n"back\\""q", é日 \r\n');
		expect(await csvText(rows.slice(0, 1), { bom: true, delimiter: ';' })).toBe('\ufeffa;b\r\n');
		expect(await csvText([])).toBe('');
	});

	it('is written as the rows come, and fails with what they fail with', async () => {
		const broken = (async function* () {
			yield ['a'];
			throw new Error('limit');
		})();
		await expect(csvText(broken)).rejects.toThrow('limit');
	});

	it('stops the reading when nobody wants the rest', async () => {
		let stopped = false;
		const endless = (async function* () {
			try {
				for (;;) yield ['a'];
			} finally {
				stopped = true;
			}
		})();
		for await (const chunk of csvStream(endless)) {
			expect(String(chunk)).toContain('a');
			break;
		}
		await new Promise((resolve) => setImmediate(resolve));
		expect(stopped).toBe(true);
	});

	it('holds what was read', async () => {
		const world = worldOf(everyType());
		fill(world, answers);
		const rows = await readCsv(world);
		expect(await csvText(rows)).toContain('"say ""hi""\nthere",51.504,-0.12,4,x_1.jpg,https://');
		expect(await readTidy(world)).toHaveLength(1);
	});
});
