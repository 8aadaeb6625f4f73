import { csvRows } from '../../../../core/epicollect5/csv';
import { featureMaker } from '../../../../core/epicollect5/geojson';
import {
	readFlatEntries,
	readNestedEntries,
	type JoinedRequest,
	type NestedEntry,
} from '../../../../core/epicollect5/joined';
import type { TidyEntry } from '../../../../core/epicollect5/tidy';
import type { RunOptions } from '../../../../core/run';
import { BRANCH, CHILD, CHILD_BRANCH, FORM, NAME, question } from '../support/definition';
import { SECOND, SLUG, START, uuid, World } from '../support/world';
import { ask, fill, hostOf, picked, possible, renumber, worldOf } from './support';

const DATE = `${CHILD}_6630a1f2c2001`;
const SPECIES = `${BRANCH}_6630a1f2c1061`;
const BIRD = `${CHILD_BRANCH}_6630a1f2c2061`;

/** Two sites; the first has two visits and two trees, its first visit a bird. */
function family(world = new World({ limits: 'off' })) {
	const [pond, lock] = world.add(2, (i) => ({ name: ['Pond', 'Lock'][i] }));
	const visit = (day: string) =>
		world.upload({
			formRef: CHILD,
			parentUuid: pond!.uuid,
			title: day,
			answers: { [DATE]: { answer: day } },
		});
	const branch = (formRef: string, branchRef: string, ownerUuid: string, ref: string, answer: string) =>
		world.upload({ formRef, branchRef, ownerUuid, title: answer, answers: { [ref]: { answer } } });
	const visits = [visit('2026-05-01T00:00:00.000'), visit('2026-05-02T00:00:00.000')];
	const trees = ['Oak', 'Ash'].map((name) => branch(FORM, BRANCH, pond!.uuid, SPECIES, name));
	const bird = branch(CHILD, CHILD_BRANCH, visits[0]!.uuid, BIRD, 'Heron');
	return { world, pond: pond!, lock: lock!, visits, trees, bird };
}

async function nested(world: World, request: Partial<JoinedRequest> = {}, options: RunOptions = {}) {
	const { client, getProject } = hostOf(world);
	const run = world.run(options);
	const rows: NestedEntry[] = [];
	for await (const page of readNestedEntries(client, { slug: SLUG, ...request }, getProject, run)) {
		expect(page.length).toBeGreaterThan(0);
		rows.push(...page);
	}
	return { rows, summary: run.summary };
}

async function flat(world: World, request: Partial<JoinedRequest> = {}) {
	const { client, getProject } = hostOf(world);
	const rows: TidyEntry[] = [];
	let names: string[] = [];
	for await (const page of readFlatEntries(client, { slug: SLUG, ...request }, getProject, world.run())) {
		rows.push(...page.entries);
		names = page.fields.map(({ name }) => name);
	}
	return { rows, names };
}

describe('entries with what belongs to them', () => {
	it('hold the form below, its branches and their own', async () => {
		const { world } = family();
		const { rows, summary } = await nested(world);
		expect(rows).toMatchObject([
			{
				'1_Site_name': 'Pond',
				children: [
					{ '9_Visit_date': '2026-05-01', branches: { '10_Birds': [{ '11_Bird': 'Heron' }] } },
					{ '9_Visit_date': '2026-05-02', branches: { '10_Birds': [] } },
				],
				branches: { '5_Trees': [{ '6_Species': 'Oak' }, { '6_Species': 'Ash' }] },
			},
			{ '1_Site_name': 'Lock', children: [], branches: { '5_Trees': [] } },
		]);
		expect(rows[0]).toHaveProperty('5_Trees');
		expect(summary).toMatchObject({ fetched: 7, requests: 4, orphans: 0, stoppedBy: 'end' });
	});

	it('hold only what is wanted', async () => {
		const { world } = family();
		expect((await nested(world, { branches: false })).rows[0]).not.toHaveProperty('branches');
		const { rows } = await nested(world, { children: false });
		expect(rows[0]).not.toHaveProperty('children');
		expect(rows[0]).toHaveProperty('branches');
		expect((await nested(world, { formRef: CHILD })).rows).toHaveLength(2);
	});

	it('tell of orphans and of what hangs on them, and lose none of them', async () => {
		const { world, pond, lock } = family();
		world.project.stream(FORM).remove(world.project.stream(FORM).byUuid(pond.uuid)!);
		const orphans: string[] = [];
		const { rows, summary } = await nested(world, {
			onOrphans: (_, entries) => orphans.push(...entries.map(({ title }) => String(title))),
		});
		expect(rows).toMatchObject([{ ec5_uuid: lock.uuid, children: [] }]);
		expect(summary.orphans).toBe(5);
		expect(orphans.sort()).toEqual([
			'2026-05-01T00:00:00.000',
			'2026-05-02T00:00:00.000',
			'Ash',
			'Heron',
			'Oak',
		]);
	});

	it('are limited by the first form; what is below is read by parent when few, whole when many', async () => {
		const { world, pond } = family();
		const few = await nested(world, { limit: 1, sortBy: 'created_at', sortOrder: 'ASC' });
		expect(few.rows).toMatchObject([{ ec5_uuid: pond.uuid, children: [{}, { branches: {} }] }]);
		expect(few.summary).toMatchObject({ stoppedBy: 'limit', notSelected: 0 });
		expect(world.asked.map((query) => query.get('parent_uuid') ?? query.get('branch_owner_uuid'))).toEqual([
			...[null, pond.uuid, pond.uuid],
			null,
		]);
		world.add(20, (i) => ({ uploadedAt: START + (100 + i) * SECOND }));
		const { summary, rows } = await nested(world, { limit: 5, sortBy: 'created_at', sortOrder: 'DESC' });
		expect(rows).toHaveLength(5);
		expect(summary).toMatchObject({ notSelected: 4, stoppedBy: 'limit' });
		expect(summary.orphans).toBeUndefined();
	});

	it.each([
		[{ title: 'pond' }, 1],
		[{ uuid: uuid(1) }, 1],
		[{ uploaded: { to: '2020-01-01' } }, 0],
		[{ created: { from: '2020-01-01' } }, 2],
	])('are chosen by the filters of the first form: %j', async (filter, count) => {
		const { world } = family();
		const { rows } = await nested(world, filter);
		expect(rows).toHaveLength(count);
		const total = rows.flatMap(({ children }) => (children as NestedEntry[]) ?? []).length;
		expect(total).toBe('uuid' in filter || count === 0 ? 0 : 2);
	});

	it('are aborted, not finished, where nobody takes the rest', async () => {
		const { world } = family();
		const { client, getProject } = hostOf(world);
		for (const request of [{ limit: 2 }, {}]) {
			const run = world.run();
			for await (const page of readNestedEntries(client, { slug: SLUG, ...request }, getProject, run)) {
				expect(page.length).toBeGreaterThan(0);
				break;
			}
			expect(run.summary.stoppedBy).toBe('aborted');
		}
	});

	it('show the progress over all that is read', async () => {
		const { world } = family();
		const told: string[] = [];
		const onProgress = ({ fetched, total }: { fetched: number; total?: number }) =>
			told.push(`${fetched} of ${total}`);
		await nested(world, {}, { onProgress });
		expect(told).toEqual(['2 of 2', '4 of 4', '5 of 5', '7 of 7']);
	});

	it('give way where a question has the name of what they hang on', async () => {
		const { world } = family();
		const map = world.project.mappings.get(0)?.forms[FORM] as Record<
			string,
			{ map_to: string; hide: boolean }
		>;
		map[NAME]!.map_to = 'children';
		map[BRANCH]!.hide = true;
		const { rows } = await nested(world);
		expect(rows[0]).toMatchObject({ children_2: 'Pond', children: [{}, {}], branches: { Trees: [{}, {}] } });
		expect(Object.keys((await nested(world, { names: 'ref' })).rows[0]?.branches ?? {})).toEqual([BRANCH]);
	});

	it('keep two hidden branches of one name apart', async () => {
		const { world } = family();
		const twin = `${FORM}_6630a1f2c1007`;
		world.project.definition.project.forms[0]?.inputs.push(question(twin, 'branch', 'Trees'));
		renumber(world);
		const map = world.project.mappings.get(0)?.forms[FORM] as Record<string, { hide: boolean }>;
		for (const ref of [BRANCH, twin]) map[ref]!.hide = true;
		expect((await nested(world)).rows[0]).toMatchObject({ branches: { Trees: [{}, {}], Trees_2: [] } });
	});

	it('are read again from the start when the kept definition is old, and refused when it changes later', async () => {
		const { world } = family();
		const { client } = hostOf(world);
		const old = await client.project(SLUG, world.run());
		world.project.definition.project.forms[0]?.inputs.unshift(
			question(`${FORM}_6630a1f2c0009`, 'text', 'New'),
		);
		renumber(world);
		const getProject = async (newer: boolean) => (newer ? await client.project(SLUG, world.run()) : old);
		for await (const [first] of readNestedEntries(client, { slug: SLUG }, getProject, world.run())) {
			expect(first).toMatchObject({
				'1_New': null,
				'2_Site_name': 'Pond',
				children: [{ '10_Visit_date': '2026-05-01' }, {}],
			});
		}
		const pages = readNestedEntries(client, { slug: SLUG }, async () => old, world.run());
		await expect(pages.next()).rejects.toMatchObject({ kind: 'incomplete', code: 'form_changed' });
	});

	it('say so when the form is changed after the first page was handed over', async () => {
		const { world } = family();
		world.add(1200);
		world.before = (number) => {
			if (number !== 6) return;
			world.project.definition.project.forms[0]?.inputs.push(
				question(`${FORM}_6630a1f2c0009`, 'text', 'New'),
			);
			renumber(world);
		};
		await expect(nested(world)).rejects.toMatchObject({ kind: 'incomplete', code: 'form_changed' });
	});

	it('have what belongs to them again when they come in a newer version', async () => {
		const { world, pond } = family();
		world.add(1200);
		world.before = (number) => {
			if (number === 5) world.edit(pond.uuid, 'edited', START + 5_000 * SECOND);
		};
		const { rows, summary } = await nested(world);
		const versions = rows.filter((row) => (row as TidyEntry).ec5_uuid === pond.uuid);
		expect(versions.length).toBeGreaterThan(0);
		for (const version of versions) expect(version.children).toHaveLength(2);
		expect(summary.orphans).toBe(0);
	});

	it('fail with what reading fails with', async () => {
		const { world } = family();
		world.service.store.projects.length = 0;
		await expect(nested(world)).rejects.toMatchObject({ kind: 'notFound' });
		const later = family().world;
		later.before = () => (later.service.store.projects.length = 0);
		await expect(nested(later)).rejects.toMatchObject({ kind: 'notFound' });
	});

	it('are complete over many pages, each once', async () => {
		const world = new World({ limits: 'off' });
		const sites = world.add(1200);
		for (const { uuid: parentUuid } of sites) {
			for (let i = 0; i < 2; i++) world.upload({ formRef: CHILD, parentUuid, answers: {} });
		}
		const { rows, summary } = await nested(world);
		expect(rows).toHaveLength(1200);
		const children = rows.flatMap((row) => row.children as NestedEntry[]);
		expect(new Set(children.map((child) => (child as TidyEntry).ec5_uuid)).size).toBe(2400);
		expect(summary).toMatchObject({ orphans: 0, fetched: 3600 });
		const chosen = await nested(world, { limit: 600, sortBy: 'created_at', sortOrder: 'ASC' });
		expect(chosen.rows.flatMap((row) => row.children as NestedEntry[])).toHaveLength(1200);
	});
});

describe('flattened to rows', () => {
	it('have one row for each entry with nothing below, and repeat what is above', async () => {
		const { world, lock } = family();
		const { rows, names } = await flat(world);
		expect(
			rows.map((row) => [row['1_Site_name'], row['6_Species'], row['9_Visit_date'], row['11_Bird']]),
		).toEqual([
			['Pond', 'Oak', null, null],
			['Pond', 'Ash', null, null],
			['Pond', null, '2026-05-01', 'Heron'],
			['Pond', null, '2026-05-02', null],
			['Lock', null, null, null],
		]);
		for (const row of rows) expect(Object.keys(row).sort()).toEqual([...names].sort());
		expect(rows[2]).toMatchObject({
			title: 'Pond',
			Visit_title: '2026-05-01T00:00:00.000',
		});
		expect(rows[4]).toMatchObject({ ec5_uuid: lock.uuid, Visit_ec5_uuid: null });
		expect(new Set(names).size).toBe(names.length);
	});

	it('keep the older name where two clash, whatever is added later', async () => {
		const { world } = family();
		const [site, visit] = world.project.definition.project.forms;
		visit!.inputs.unshift(question(`${CHILD}_6630a1f2d0000`, 'text', 'Comment'));
		site!.inputs.push(question(`${FORM}_6630a1f2d0001`, 'text', 'Comment'));
		renumber(world);
		const { names } = await flat(world, { names: 'question' });
		expect(names.filter((name) => name.includes('Comment'))).toEqual(['Site_Comment', 'Comment']);
		const { names: refs } = await flat(world, { names: 'ref' });
		expect(refs).toContain(`${CHILD}_title`);
	});

	it.each([0, 120, 610])(
		'with one field per choice ask for the definition where an answer is new (entry %i), and know it when they are read again',
		async (at) => {
			const inputs = [ask('1', 'checkbox', 'Seen', { possible_answers: possible('Otter', 'Heron') })];
			const world = worldOf(inputs);
			const { client } = hostOf(world);
			let kept = await client.project(SLUG, world.run());
			inputs[0]!.possible_answers = possible('Otter', 'Heron', 'Fox');
			renumber(world);
			for (let i = 0; i < 620; i++) fill(world, { 1: picked(i === at ? 2 : 1) });
			const asked: boolean[] = [];
			const getProject = async (newer: boolean) => {
				asked.push(newer);
				if (newer) kept = await client.project(SLUG, world.run());
				return kept;
			};
			const read = async () => {
				const rows: TidyEntry[] = [];
				const request = { slug: SLUG, choiceFields: true };
				for await (const page of readFlatEntries(client, request, getProject, world.run())) {
					rows.push(...page.entries);
				}
				return rows;
			};
			await expect(read()).rejects.toMatchObject({ kind: 'incomplete', code: 'form_changed' });
			expect(asked).toEqual([false, true]);
			const rows = await read();
			expect(asked).toEqual([false, true, false]);
			expect(rows.map((row) => row['1_Seen/Fox'])).toEqual(rows.map((_, i) => i === at));
			expect(rows).toHaveLength(620);
		},
	);

	it('make a table and a map, also without any entry', async () => {
		const { world } = family();
		const { client, getProject } = hostOf(world);
		const table = async (of: World) => {
			const host = hostOf(of);
			const pages = readFlatEntries(host.client, { slug: SLUG }, host.getProject, of.run());
			const rows: string[][] = [];
			for await (const page of csvRows(pages, {})) rows.push(...page);
			return rows;
		};
		const rows = await table(world);
		expect(rows).toHaveLength(6);
		expect(rows.every((row) => row.length === rows[0]?.length)).toBe(true);
		expect(await table(new World())).toEqual([rows[0]]);
		for await (const { entries, fields } of readFlatEntries(
			client,
			{ slug: SLUG },
			getProject,
			world.run(),
		)) {
			for (const entry of entries) expect(featureMaker(fields)(entry).geometry).toBeNull();
		}
	});

	it('keep prototypes clean', async () => {
		const { world } = family();
		const map = world.project.mappings.get(0)?.forms[FORM] as Record<string, { map_to: string }>;
		map[NAME]!.map_to = '__proto__';
		const { rows } = await flat(world);
		expect(Object.entries(rows[0] ?? {})).toContainEqual(['__proto__', 'Pond']);
		expect(Object.getPrototypeOf(rows[0])).toBe(Object.prototype);
	});
});
