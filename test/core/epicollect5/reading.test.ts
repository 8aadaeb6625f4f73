import { readFlatEntries, readNestedEntries } from '../../../core/epicollect5/joined';
import {
	readCsvRows,
	readRawEntries,
	readTidyEntries,
	readTidyPages,
	type ReadRequest,
} from '../../../core/epicollect5/reading';
import { FieldDataError, NotFoundError } from '../../../core/http/errors';
import type { Project } from '../../../core/epicollect5/project';
import type { TidyEntry } from '../../../core/epicollect5/tidy';
import { autoMapping } from '../../../sandbox/src/epicollect5/autoMapping';
import { BRANCH, CHILD, FORM, NAME, question } from './support/definition';
import { SLUG, uuid, World } from './support/world';

/** Reads tidy entries with a definition that is kept as a host keeps it. */
async function read(world: World, request: Partial<ReadRequest> = {}, cached?: Project) {
	const client = world.client();
	const run = world.run();
	const asked: boolean[] = [];
	const project = cached ?? (await client.project(SLUG, run));
	const getProject = async (newer: boolean) => {
		asked.push(newer);
		return newer ? await client.project(SLUG, run) : project;
	};
	const rows: TidyEntry[] = [];
	for await (const page of readTidyEntries(client, { slug: SLUG, ...request }, getProject, run))
		rows.push(...page);
	return { rows, asked, run };
}

/** The owner inserts a question before all others: EC5_AUTO numbers every name anew (contract 10). */
function insertQuestion(world: World, text = 'New one', at = 0): void {
	world.project.definition.project.forms[0]?.inputs.splice(
		at,
		0,
		question(`${FORM}_new${text}`, 'text', text),
	);
	world.project.mappings.set(0, autoMapping(world.project.definition, true));
}

describe('tidy entries', () => {
	it('are of the first form, under the default mapping, with every column', async () => {
		const world = new World();
		world.upload({ name: 'Pond' });
		const { rows, asked } = await read(world);
		expect(rows).toEqual([
			{
				ec5_uuid: uuid(0),
				created_at: '2026-05-01T08:00:00.000Z',
				uploaded_at: '2026-05-01T08:00:00.000Z',
				title: 'Pond',
				eventId: `${SLUG}/${FORM}/${uuid(0)}/2026-05-01T08:00:00.000Z`,
				'1_Site_name': 'Pond',
				'2_How_many': null,
				'4_pH': null,
				'5_Trees': 0,
			},
		]);
		expect(asked).toEqual([false]);
	});

	it('come under the names of the chosen mapping', async () => {
		const world = new World();
		world.upload({ name: 'Pond' });
		expect((await read(world, { mapIndex: 1 })).rows[0]).toMatchObject({ site: 'Pond' });
	});

	it('are of a child form, a branch, a parent or an owner', async () => {
		const world = new World();
		const owner = world.upload();
		world.upload();
		world.upload({ formRef: CHILD, parentUuid: owner.uuid, answers: {} });
		world.upload({ branchRef: BRANCH, ownerUuid: owner.uuid, answers: {} });
		expect((await read(world, { formRef: CHILD })).rows).toMatchObject([{ ec5_parent_uuid: owner.uuid }]);
		expect((await read(world, { branchRef: BRANCH })).rows).toMatchObject([
			{ ec5_branch_uuid: uuid(3), '6_Species': null },
		]);
		// The service answers a parent without its form with nothing at all: the form above is filled in.
		expect((await read(world, { formRef: CHILD, parentUuid: owner.uuid })).rows).toHaveLength(1);
		expect((await read(world, { formRef: CHILD, parentUuid: uuid(1) })).rows).toHaveLength(0);
		expect((await read(world, { branchRef: BRANCH, ownerUuid: owner.uuid })).rows).toHaveLength(1);
	});

	it('of a parent are refused where no form is above', async () => {
		await expect(read(new World(), { parentUuid: uuid(1) })).rejects.toMatchObject({
			kind: 'input',
			field: 'Parent Entry ID',
		});
	});

	it('come under the new names when the form was changed since its definition was kept', async () => {
		const world = new World();
		world.add(600);
		const old = await world.client().project(SLUG, world.run());
		insertQuestion(world);
		const { rows, asked } = await read(world, {}, old);
		expect(asked).toEqual([false, true]);
		expect(rows).toHaveLength(600);
		expect(
			rows.every((row) => /^Site \d+$/.test(String(row['2_Site_name'])) && row['1_New_one'] === null),
		).toBe(true);
	});

	it('also when it is changed between two pages, and once more', async () => {
		const world = new World({ limits: 'off' });
		world.add(1400);
		world.before = (number) => {
			if (number === 2) insertQuestion(world);
			if (number === 3) insertQuestion(world, 'Second one');
		};
		const { rows, asked } = await read(world);
		expect(asked).toEqual([false, true, true]);
		for (const row of rows) {
			const name = row['1_Site_name'] ?? row['2_Site_name'] ?? row['3_Site_name'];
			expect(name).toMatch(/^Site \d+$/);
		}
	});

	it('do not ask for the definition again and again where the service sends keys of its own', async () => {
		const world = new World({ limits: 'off' });
		world.add(1400);
		const cached = await world.client().project(SLUG, world.run());
		for (const mapping of cached.mappings) {
			const names = mapping.forms[FORM] as Record<string, { hide: boolean }>;
			if (names[NAME]) names[NAME].hide = true;
		}
		const getProject = jest.fn(async () => cached);
		const client = world.client();
		for await (const page of readTidyEntries(client, { slug: SLUG }, getProject, world.run())) {
			expect(page[0]).not.toHaveProperty('1_Site_name');
		}
		expect(getProject.mock.calls).toEqual([[false], [true]]);
	});

	it('of an empty form need no second look at the definition', async () => {
		const { rows, asked } = await read(new World());
		expect(rows).toEqual([]);
		expect(asked).toEqual([false]);
	});

	it('name their uploader on request only', async () => {
		const world = new World({ access: 'private' });
		world.upload();
		const client = world.client(world.tokens());
		const run = world.run();
		const project = async () => await client.project(SLUG, run);
		for (const [withUploader, wanted] of [
			[undefined, undefined],
			[true, 'ana@example.org'],
		] as const) {
			for await (const [row] of readTidyEntries(client, { slug: SLUG, withUploader }, project, run)) {
				expect(row?.created_by).toBe(wanted);
			}
		}
	});

	it('keep prototypes clean when the owner calls questions __proto__ and constructor', async () => {
		const world = new World();
		world.upload({ name: 'evil' });
		const map = world.project.mappings.get(1)?.forms[FORM] as Record<string, { map_to: string }>;
		Object.values(map).forEach((entry, i) => {
			entry.map_to = ['__proto__', 'constructor', '7', 'toString'][i] ?? entry.map_to;
		});
		const { rows } = await read(world, { mapIndex: 1 });
		expect(Object.entries(rows[0] ?? {})).toContainEqual(['__proto__', 'evil']);
		expect(Object.getPrototypeOf(rows[0])).toBe(Object.prototype);
		expect(Object.keys(Object.prototype)).toEqual([]);
	});

	it.each([
		[{ formRef: 'x' }, 'ec5_15'],
		[{ branchRef: 'x' }, 'ec5_99'],
		[{ mapIndex: 9 }, 'ec5_322'],
	])('%j is refused before any entry is asked for', async (request, code) => {
		const world = new World();
		await expect(read(world, request)).rejects.toMatchObject({ kind: 'input', code });
		expect(world.asked).toHaveLength(0);
	});
});

describe('raw entries', () => {
	it('are exactly what the service sent', async () => {
		const world = new World();
		world.upload({ name: 'Pond' });
		const client = world.client();
		const run = world.run();
		const project = async () => await client.project(SLUG, run);
		for await (const rows of readRawEntries(client, { slug: SLUG }, project, run)) {
			expect(rows).toEqual([
				{
					...{ ec5_uuid: uuid(0), title: 'Pond', '1_Site_name': 'Pond' },
					...{ created_at: '2026-05-01T08:00:00.000Z', uploaded_at: '2026-05-01T08:00:00.000Z' },
					...{ '2_How_many': '', '4_pH': '', '5_Trees': 0 },
				},
			]);
		}
		expect(run.summary).toMatchObject({ fetched: 1, stoppedBy: 'end' });
	});

	it('are refused under a mapping that hides their IDs or dates', async () => {
		const world = new World();
		world.upload();
		const map = world.project.mappings.get(1)?.forms[FORM] as Record<string, { map_to: string }>;
		if (map[NAME]) map[NAME].map_to = 'uploaded_at';
		const client = world.client();
		const project = async () => await client.project(SLUG, world.run());
		const pages = readRawEntries(client, { slug: SLUG, mapIndex: 1 }, project, world.run());
		await expect(pages.next()).rejects.toMatchObject({ kind: 'input', code: 'mapping' });
	});
});

describe('the summary of a reading that failed', () => {
	const refused = new NotFoundError('No such project', { hint: 'Choose another.' });
	const read = {
		tidy: readTidyPages,
		raw: readRawEntries,
		csv: readCsvRows,
		nested: readNestedEntries,
		flat: readFlatEntries,
	};
	const kinds = Object.keys(read) as Array<keyof typeof read>;

	/** @param served how many definitions are given before one is refused */
	async function summaryOf(world: World, kind: keyof typeof read, served: number) {
		const client = world.client();
		const run = world.run();
		const project = await client.project(SLUG, world.run());
		insertQuestion(world);
		let asked = 0;
		const getProject = async () => {
			if (asked++ >= served) throw refused;
			return project;
		};
		const pages: AsyncGenerator<unknown> = read[kind](client, { slug: SLUG }, getProject, run);
		const all = async () => {
			while (!(await pages.next()).done);
		};
		await expect(all()).rejects.toBeInstanceOf(FieldDataError);
		return run.summary;
	}

	it.each(kinds)('says so where the definition is refused before it: %s', async (kind) => {
		expect(await summaryOf(new World(), kind, 0)).toMatchObject({ stoppedBy: 'failure' });
	});

	it.each(['tidy', 'csv', 'nested', 'flat'] as const)(
		'says so where the definition is refused in the middle, after the form was changed: %s',
		async (kind) => {
			const world = new World();
			world.upload();
			expect(await summaryOf(world, kind, 1)).toMatchObject({ stoppedBy: 'failure' });
		},
	);

	it('says so where the rows of a table were read, and its header is refused', async () => {
		expect(await summaryOf(new World(), 'csv', 1)).toMatchObject({ stoppedBy: 'failure' });
	});
});
