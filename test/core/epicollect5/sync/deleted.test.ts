import { findDeleted } from '../../../../core/epicollect5/sync';
import { BRANCH, FORM } from '../support/definition';
import { SECOND, SLUG, START, uuid, World } from '../support/world';

async function find(world: World, knownIds: readonly string[], more: object = {}) {
	const run = world.run();
	const client = world.client();
	const asked = { client, slug: SLUG, stream: { formRef: FORM }, mapIndex: 0, knownIds, run };
	const gone = findDeleted({ ...asked, ...more });
	return { gone: await gone, run };
}

describe('finding deleted entries', () => {
	it('returns the known ids that are gone, as they were given, and nothing else', async () => {
		const world = new World();
		world.add(1200);
		const known = [...world.ids, uuid(99_999)];
		const gone = [uuid(0), uuid(499), uuid(500), uuid(1199)];
		gone.forEach((id) => world.remove(id));
		world.upload();
		const found = await find(
			world,
			known.map((id) => ` ${id.toUpperCase()}`),
		);
		expect(found.gone).toEqual([...gone, uuid(99_999)].map((id) => ` ${id.toUpperCase()}`));
		expect(found.run.summary).toMatchObject({ fetched: 1197, requests: 4, stoppedBy: 'end' });
	});

	it('returns none where none is gone, for one request where a page holds all', async () => {
		const world = new World();
		world.add(500);
		const { gone, run } = await find(world, world.ids);
		expect([gone, run.summary.requests]).toEqual([[], 1]);
	});

	it('finds all gone in an empty form, and in a branch its own', async () => {
		const world = new World();
		const owner = world.upload();
		const kept = world.upload({ branchRef: BRANCH, ownerUuid: owner.uuid, answers: {} });
		const gone = world.upload({ branchRef: BRANCH, ownerUuid: owner.uuid, answers: {} });
		world.remove(gone.uuid);
		const stream = { formRef: FORM, branchRef: BRANCH };
		expect((await find(world, [kept.uuid, gone.uuid], { stream })).gone).toEqual([gone.uuid]);
		world.remove(owner.uuid);
		expect((await find(world, [owner.uuid])).gone).toEqual([owner.uuid]);
	});

	it('is not deceived by edits, and sweeps again where entries come and go meanwhile', async () => {
		const world = new World({ limits: 'off' });
		world.add(1200);
		const known = world.ids;
		world.before = (number) => {
			if (number > 3) return;
			world.edit(uuid(number * 3), 'edited');
			world.remove(uuid(number * 400 - 1));
			world.upload({ uploadedAt: START - number * SECOND });
		};
		const { gone, run } = await find(world, known);
		expect(gone).toEqual([uuid(399), uuid(799), uuid(1199)]);
		expect(run.summary.requests).toBeGreaterThan(4);
	});

	it('reports nothing as deleted where the numbers never agree', async () => {
		const world = new World({ limits: 'off' });
		world.add(1200);
		world.before = () => void world.upload({ uploadedAt: START - SECOND });
		await expect(find(world, world.ids)).rejects.toMatchObject({ kind: 'incomplete', code: 'incomplete' });
		expect(world.asked.length).toBe(3 * 4);
	});

	it.each([
		['a missing project', 'ec5_11'],
		['maintenance', 'ec5_252'],
		['a refused token', 'ec5_256'],
		['a missing form', 'ec5_15'],
	])('takes a 404 of %s for no deletion', async (_what, code) => {
		const world = new World();
		world.add(3);
		const body = JSON.stringify({ errors: [{ code, title: 'x', source: 'x' }] });
		world.service.faults.add({ fault: { type: 'status', status: 404, body }, kind: 'entries', times: 20 });
		const run = world.run();
		await expect(find(world, world.ids, { run })).rejects.toMatchObject({ code });
		expect(run.summary.stoppedBy).toBe('failure');
	});
});
