import { IncompleteError } from '../../../core/http/errors';
import type { EntriesQuery } from '../../../core/epicollect5/query';
import { seededRandom, type Random } from '../../../sandbox/src/shared/random';
import { newest, SECOND, START, World } from './support/world';

/** How many seeded runs; more by `RUNS=5000 jest …`. */
const RUNS = Number(process.env.RUNS ?? 250);
const MINUTE = 60 * SECOND;
const at = (minutes: number) => new Date(START + minutes * MINUTE).toISOString();

const QUERIES: Array<Partial<EntriesQuery>> = [
	{},
	{ sortBy: 'uploaded_at', sortOrder: 'DESC' },
	{ sortBy: 'created_at', sortOrder: 'ASC' },
	{ sortBy: 'created_at', sortOrder: 'DESC' },
	{ sortBy: 'title' },
	{ created: { from: at(10) } },
	{ created: { from: at(10), to: at(50.01) } },
	{ uploaded: { from: at(20) } },
	{ uploaded: { from: at(20) }, created: { to: at(60) } },
	{ created: { to: at(30) }, sortBy: 'created_at', sortOrder: 'DESC' },
];

/** A world whose pages have 15 rows, so that few rows make many pages. */
function worldOf(random: Random, seed: number): World {
	const world = new World({ limits: 'off', seed });
	world.service.settings.perPageCap = 20;
	if (random.chance(0.3)) world.service.settings.ties = 'shuffled';
	const tie = random.pick([1, 3, 10, 20, 40]);
	world.add(random.int(0, 130), (i) => ({
		uploadedAt: START + Math.floor(i / tie) * MINUTE,
		createdAt: START + random.int(0, 90) * MINUTE,
		title: `T${random.int(0, 999)}`,
	}));
	return world;
}

/** What others do to the form before a request is answered. */
function disturb(world: World, random: Random, byTitle: boolean): void {
	if (random.chance(0.5)) return;
	// Deletion and upload between the same two pages by number cancel each other out: a hole that is known (contract 13.3).
	const kinds = byTitle ? [random.pick(['edit', 'upload', 'remove'])] : ['edit', 'upload', 'remove'];
	for (let count = random.int(1, 3); count > 0; count--) {
		world.clock.advance(SECOND);
		const row = random.pick(world.ids.length === 0 ? [''] : world.ids);
		const kind = random.pick(kinds);
		if (kind === 'upload') {
			world.upload({ uploadedAt: world.clock.now(), createdAt: START + random.int(0, 90) * MINUTE });
		} else if (row !== '') {
			if (kind === 'edit') world.edit(row, `edited at ${world.clock.now()}`);
			else world.remove(row);
		}
	}
}

function isWanted(
	row: { createdAt: number; uploadedAt: number },
	{ created, uploaded }: Partial<EntriesQuery>,
): boolean {
	const inside = (ms: number, bounds: typeof created) =>
		ms >= Date.parse(String(bounds?.from ?? at(-1e6))) && ms <= Date.parse(String(bounds?.to ?? at(1e9)));
	return inside(row.createdAt, created) && inside(row.uploadedAt, uploaded);
}

describe('whatever others do to the form meanwhile', () => {
	it(`each row that stays is delivered, or the run says that it is incomplete (${RUNS} seeded runs)`, async () => {
		let incomplete = 0;
		for (let seed = 1; seed <= RUNS; seed++) {
			const random = seededRandom(seed);
			const world = worldOf(random, seed);
			const query = random.pick(QUERIES);
			const before = new Map(world.stream.all().map((row) => [row.uuid, { ...row }]));
			const busy = random.int(0, 40);
			world.before = (number, request) => {
				// A row that changes before a mere count is seen by the next run.
				if (number <= busy && request.query.get('per_page') !== '1')
					disturb(world, random, query.sortBy === 'title');
			};
			const { rows, error, run } = await world.read(query);
			const label = `seed ${seed} ${JSON.stringify(query)}`;
			if (error instanceof IncompleteError) {
				incomplete += 1;
				expect([label, run.summary.stoppedBy]).toEqual([label, 'failure']);
				continue;
			}
			expect([label, error]).toEqual([label, undefined]);
			const got = newest(rows);
			const lost = world.stream
				.all()
				.filter((row) => isWanted(row, query) && before.has(row.uuid) && !got.has(row.uuid))
				.filter((row) => isWanted(before.get(row.uuid) ?? row, query) || row.uploadedAt < world.clock.now());
			expect([label, lost.map(({ uuid }) => uuid)]).toEqual([label, []]);
			if (query.sortBy === undefined && query.created === undefined) {
				// In the order of upload the newest version of each comes too, and what was uploaded meanwhile.
				const stale = world.stream
					.all()
					.filter((row) => isWanted(row, query))
					.filter((row) => Date.parse(String(got.get(row.uuid)?.uploaded_at)) !== row.uploadedAt);
				expect([label, stale.map(({ uuid }) => uuid)]).toEqual([label, []]);
			}
			for (const row of rows) {
				const printed = {
					createdAt: Date.parse(String(row.created_at)),
					uploadedAt: Date.parse(String(row.uploaded_at)),
				};
				expect([label, isWanted(printed, query)]).toEqual([label, true]);
			}
		}
		// Mostly rows sorted by title on a busy form.
		expect(incomplete).toBeLessThan(RUNS / 8);
	});
});
