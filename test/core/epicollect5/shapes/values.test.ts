import { ask, fill, picked, possible, readTidy, ref, renumber, worldOf } from './support';

const DAY = '2026-05-31T00:00:00.000';
const TIME = '1970-01-01T23:05:59.000';

describe('every type of question, as it comes from the server', () => {
	const formats = [
		['date', 'dd/MM/YYYY', DAY, '2026-05-31'],
		['date', 'MM/dd/YYYY', DAY, '2026-05-31'],
		['date', 'YYYY/MM/dd', DAY, '2026-05-31'],
		['date', 'MM/YYYY', DAY, '2026-05'],
		['date', 'dd/MM', DAY, '05-31'],
		['time', 'HH:mm:ss', TIME, '23:05:59'],
		['time', 'hh:mm:ss', TIME, '23:05:59'],
		['time', 'HH:mm', TIME, '23:05:00'],
		['time', 'hh:mm', TIME, '23:05:00'],
		['time', 'mm:ss', TIME, '00:05:59'],
	] as const;

	it.each(formats)('a %s shown as %s is ISO', async (type, datetime_format, stored, iso) => {
		const world = worldOf([ask('1', type, 'When', { datetime_format })]);
		fill(world, { 1: stored });
		fill(world, {});
		expect((await readTidy(world)).map((entry) => entry['1_When'])).toEqual([iso, null]);
	});

	it('phones are text, also where the server makes them numbers', async () => {
		const world = worldOf([ask('1', 'phone', 'Phone')]);
		for (const stored of [41791234567, '0041791234567', '+41 79', 9007199254740993n])
			fill(world, { 1: stored });
		expect((await readTidy(world)).map((entry) => entry['1_Phone'])).toEqual([
			...['41791234567', '0041791234567', '+41 79', '9007199254740993'],
		]);
	});

	it.each(['public', 'private'] as const)(
		'media of a %s project have a name, a type and an address or none',
		async (access) => {
			const world = worldOf([ask('1', 'photo', 'P'), ask('2', 'audio', 'A'), ask('3', 'video', 'V')], access);
			fill(world, { 1: 'x_1.jpg', 2: 'x 1.mp4', 3: '' });
			const [entry] = await readTidy(world);
			const url = access === 'public' ? (expect.stringContaining('/api/media/') as string) : null;
			expect(entry).toMatchObject({
				'1_P': { name: 'x_1.jpg', type: 'photo', url },
				'2_A': { name: 'x 1.mp4', type: 'audio', url },
				'3_V': null,
			});
		},
	);

	it('groups, groups in branches, hidden questions and texts to read stand as the contract says', async () => {
		const inside = [ask('21', 'decimal', 'pH'), ask('22', 'readme', 'Read')];
		const world = worldOf([
			ask('1', 'readme', 'Read this'),
			ask('2', 'group', 'Water', { group: inside }),
			ask('3', 'branch', 'Trees', {
				branch: [ask('31', 'group', 'Leaf', { group: [ask('311', 'text', 'Colour')] })],
			}),
			ask('4', 'text', 'Hidden'),
		]);
		const map = world.project.mappings.get(0)?.forms[ref('1').slice(0, 46)] as Record<
			string,
			{ hide: boolean }
		>;
		map[ref('2')]!.hide = true;
		map[ref('4')]!.hide = true;
		fill(world, { 21: 7.2, 4: 'secret' });
		const [entry] = await readTidy(world);
		expect(Object.keys(entry ?? {}).slice(4)).toEqual(['2_pH', '3_Trees', 'eventId']);
		world.upload({ branchRef: ref('3'), ownerUuid: 'o', answers: { [ref('311')]: { answer: 'red' } } });
		expect(await readTidy(world, { branchRef: ref('3') })).toMatchObject([{ '5_Colour': 'red' }]);
	});
});

describe('whole numbers beyond 2^53', () => {
	it('are exact, as texts; all others are numbers', async () => {
		const world = worldOf([ask('1', 'integer', 'Tag'), ask('2', 'decimal', 'D')]);
		for (const stored of [9223372036854775807n, -9007199254740993n, 9007199254740991n, 5])
			fill(world, { 1: stored, 2: 12345678901234.125 });
		expect((await readTidy(world)).map((entry) => entry['1_Tag'])).toEqual([
			...['9223372036854775807', '-9007199254740993', 9007199254740991, 5],
		]);
		expect((await readTidy(world)).every((entry) => entry['2_D'] === 12345678901234.125)).toBe(true);
	});
});

describe('the time zone', () => {
	const stamps = { createdAt: Date.UTC(2026, 4, 31, 10), uploadedAt: Date.UTC(2026, 0, 31, 10) };

	it.each([
		['Europe/Berlin', '2026-05-31T12:00:00+02:00', '2026-01-31T11:00:00+01:00'],
		['America/St_Johns', '2026-05-31T07:30:00-02:30', '2026-01-31T06:30:00-03:30'],
		['UTC', '2026-05-31T10:00:00+00:00', '2026-01-31T10:00:00+00:00'],
		['', '2026-05-31T10:00:00.000Z', '2026-01-31T10:00:00.000Z'],
	])('%s touches created_at and uploaded_at, and nothing else', async (timeZone, created_at, uploaded_at) => {
		const world = worldOf([ask('1', 'time', 'At', { datetime_format: 'HH:mm' }), ask('2', 'text', 'T')]);
		fill(world, { 1: TIME, 2: '2026-05-31T10:00:00.000Z' }, stamps);
		const [entry] = await readTidy(world, { timeZone });
		expect(entry).toMatchObject({
			created_at,
			uploaded_at,
			'1_At': '23:05:00',
			'2_T': '2026-05-31T10:00:00.000Z',
		});
		expect(entry?.eventId).toMatch(/\/2026-01-31T10:00:00\.000Z$/);
	});

	it('keeps the milliseconds of old rows', async () => {
		const world = worldOf([]);
		world.upload({ documentCreatedAt: '2017-01-07T12:13:04.080Z', answers: {} });
		expect(await readTidy(world, { timeZone: 'Europe/Paris' })).toMatchObject([
			{ created_at: '2017-01-07T13:13:04.080+01:00' },
		]);
	});

	it('is refused by its name before anything is read, where nobody knows it', async () => {
		const world = worldOf([]);
		await expect(readTidy(world, { timeZone: 'Mars/Phobos' })).rejects.toMatchObject({
			...{ kind: 'input', field: 'Time Zone' },
		});
		expect(world.asked).toHaveLength(0);
	});
});

describe('UTM', () => {
	it('comes on request, as the server gives it', async () => {
		const world = worldOf([ask('1', 'location', 'Where')]);
		fill(world, { 1: { latitude: 51.504, longitude: -0.12, accuracy: 4 } });
		fill(world, { 1: { latitude: 0, longitude: 10, accuracy: '' } });
		fill(world, {});
		const place = { latitude: 51.504, longitude: -0.12, accuracy: 4 };
		const nowhere = { latitude: 0, longitude: 10, accuracy: null };
		expect((await readTidy(world)).map((entry) => entry['1_Where'])).toEqual([place, nowhere, null]);
		expect((await readTidy(world, { utm: true })).map((entry) => entry['1_Where'])).toEqual([
			{ ...place, zone: '30U', northing: 5709807, easting: 699872 },
			{ ...nowhere, zone: null, northing: null, easting: null },
			null,
		]);
	});
});

describe('one field per possible answer', () => {
	const answers = possible('Otter', 'Heron, grey', 'None');
	const types = ['radio', 'dropdown', 'checkbox', 'searchsingle', 'searchmultiple'];

	it.each(types)('of a %s says whether it was chosen; the answer itself stays', async (type) => {
		const world = worldOf([ask('1', type, 'Seen', { possible_answers: answers })]);
		const list = !['radio', 'dropdown'].includes(type);
		fill(world, { 1: list ? picked(1) : picked(1)[0] });
		fill(world, {});
		const many = ['checkbox', 'searchmultiple'].includes(type);
		expect(await readTidy(world, { choiceFields: true })).toMatchObject([
			{
				'1_Seen': many ? ['Heron, grey'] : 'Heron, grey',
				'1_Seen/Otter': false,
				'1_Seen/Heron, grey': true,
				'1_Seen/None': false,
			},
			{
				'1_Seen': many ? [] : null,
				'1_Seen/Otter': false,
				'1_Seen/Heron, grey': false,
				'1_Seen/None': false,
			},
		]);
		expect((await readTidy(world))[0]).not.toHaveProperty(['1_Seen/Otter']);
	});

	it('is made for all types of choice and for no other', async () => {
		const world = worldOf([
			ask('1', 'text', 'Text', { possible_answers: answers }),
			...types.map((type, i) => ask(String(i + 2), type, type, { possible_answers: answers })),
		]);
		fill(world, {});
		const [entry = {}] = await readTidy(world, { choiceFields: true });
		expect(Object.keys(entry).filter((name) => name.includes('/'))).toHaveLength(15);
	});

	it('knows an answer that was renamed since the definition was kept, and none that was deleted', async () => {
		const inputs = [ask('1', 'checkbox', 'Seen', { possible_answers: answers })];
		const world = worldOf(inputs);
		fill(world, { 1: picked(0, 1, 2) });
		fill(world, { 1: picked(1) });
		world.before = (number) => {
			if (number > 1) return;
			inputs[0]!.possible_answers = [{ ...answers[0]!, answer: 'Lutra' }, answers[1]!];
			renumber(world);
		};
		expect(await readTidy(world, { choiceFields: true })).toMatchObject([
			{ '1_Seen': ['Lutra', 'Heron, grey'], '1_Seen/Lutra': true, '1_Seen/Heron, grey': true },
			{ '1_Seen': ['Heron, grey'], '1_Seen/Lutra': false, '1_Seen/Heron, grey': true },
		]);
	});
});

describe('the uploader', () => {
	it('is named on request only', async () => {
		const world = worldOf([], 'private');
		world.upload({ answers: {} });
		expect((await readTidy(world))[0]).not.toHaveProperty('created_by');
		expect(await readTidy(world, { withUploader: true })).toMatchObject([{ created_by: 'ana@example.org' }]);
	});
});
