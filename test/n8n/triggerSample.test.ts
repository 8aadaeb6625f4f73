import type { NodeApiError } from 'n8n-workflow';
import { BRANCH, CHILD, FORM, PROJECT_REF } from '../core/epicollect5/support/definition';
import { SLUG, uuid, type World } from '../core/epicollect5/support/world';
import { namesOf, parametersOf, serverWorld, TriggerHost } from './triggerHost';

const PHOTO = `${BRANCH}_6630a1f2c1062_6630a1f2c1063`;
const tree = (world: World, name = '') =>
	world.upload({ branchRef: BRANCH, ownerUuid: uuid(0), answers: { [PHOTO]: { answer: name } } });
const whole = (...events: string[]) => parametersOf({ watch: 'project', events });
/** More forms than a test run could ask for, before those that are there. */
const addForms = ({ project }: World, count: number) => {
	const { forms } = project.definition.project;
	const [form] = forms;
	project.definition.project.forms = [
		...Array.from({ length: count }, (_, i) => {
			const ref = `${PROJECT_REF}_6630a1f2d00${10 + i}`;
			return { ...form!, ref, name: `Empty ${i}`, slug: `empty-${i}`, inputs: [] };
		}),
		...forms,
	];
};
const entriesAsked = ({ asked }: World) =>
	asked.map((query) => query.get('branch_ref') ?? query.get('form_ref'));

describe('A test run of the trigger', () => {
	it('shows the newest real entries, built as events are, and keeps nothing', async () => {
		const world = serverWorld();
		world.add(5);
		const host = new TriggerHost(world);
		const { items } = await host.test();
		expect(namesOf(items)).toEqual(['created 4', 'created 3', 'created 2']);
		const delivered = (await host.poll()).items ?? [];
		expect(delivered).toHaveLength(5);
		expect(items?.[0]).toEqual(delivered[4]);
	});

	it('looks first where there are entries, however many forms have none', async () => {
		const world = serverWorld();
		addForms(world, 8);
		world.add(3, () => ({ formRef: CHILD }));
		const host = new TriggerHost(world, whole('updated'));
		expect((await host.test()).items).toMatchObject([
			{ event: 'updated', form: 'Visit' },
			{ event: 'updated', form: 'Visit' },
			{ event: 'updated', form: 'Visit' },
		]);
		expect(entriesAsked(world)).toEqual([CHILD]);
	});

	it('goes on to the next form for as many entries as it shows', async () => {
		const world = serverWorld();
		world.upload({ formRef: CHILD });
		world.upload();
		const { items } = await new TriggerHost(world, whole('created')).test();
		expect(items?.map(({ form }) => form)).toEqual(['Site', 'Visit']);
	});

	it('looks for a file in the branch that has one, and in no form without a question for it', async () => {
		const world = serverWorld();
		addForms(world, 8);
		world.upload();
		tree(world, 'leaf.jpg');
		for (let i = 0; i < 20; i++) tree(world);
		const { items } = await new TriggerHost(world, whole('mediaArrived')).test();
		expect(items).toMatchObject([{ event: 'mediaArrived', name: 'leaf.jpg', branch: 'Trees' }]);
		expect(entriesAsked(world)).toEqual([BRANCH]);
	});

	it('shows something of each chosen event', async () => {
		const world = serverWorld();
		world.add(3);
		tree(world, 'leaf.jpg');
		const { items } = await new TriggerHost(world, whole('created', 'mediaArrived')).test();
		expect(items?.map(({ event }) => event)).toEqual(['created', 'created', 'created', 'mediaArrived']);
	});

	it('says what to do where there are no entries, after it has looked everywhere', async () => {
		const world = serverWorld();
		const { error } = await new TriggerHost(world, whole('created')).test();
		expect(error?.message).toBe('There are no entries yet');
		expect((error as NodeApiError).description).toContain('Upload one with the app');
		expect(world.asked).toHaveLength(4);
	});

	it('says that there are entries, but no files', async () => {
		const world = serverWorld();
		tree(world);
		const { error } = await new TriggerHost(world, whole('mediaArrived')).test();
		expect(error?.message).toBe('The newest entries have no files');
	});

	it('says that nobody is asked for a file, without asking for entries', async () => {
		const world = serverWorld();
		world.add(3);
		const host = new TriggerHost(world, parametersOf({ events: ['mediaArrived'] }));
		const { error } = await host.test();
		expect(error?.message).toBe('What is watched has no question for a photo, audio or video');
		expect((error as NodeApiError).description).toContain('Choose another event');
		expect(world.asked).toHaveLength(0);
	});

	it('knows of a question for files that was added a moment ago', async () => {
		const world = serverWorld();
		const form = world.project.definition.project.forms.find(({ ref }) => ref === FORM)!;
		const { inputs } = form;
		form.inputs = inputs.filter(({ type }) => type !== 'branch');
		const host = new TriggerHost(world, whole('mediaArrived'));
		await host.test();
		form.inputs = inputs;
		tree(world, 'leaf.jpg');
		world.clock.advance(60_000);
		expect((await host.test()).items).toMatchObject([{ event: 'mediaArrived', name: 'leaf.jpg' }]);
	});

	it('ends in time, and says how far it has looked where the limit leaves none for the rest', async () => {
		const world = serverWorld();
		addForms(world, 20);
		world.clock.advance(1_000);
		world.service.limiter.eat({ bucket: 'entries', key: SLUG }, 2);
		const begun = world.clock.now();
		const { error } = await new TriggerHost(world, whole('created')).test();
		expect(world.clock.now() - begun).toBeLessThan(36_000);
		expect(error?.message).toBe(
			"The newest entries of 3 of 24 forms and branches have nothing to show, and Epicollect5's limit left no time for the others",
		);
		expect((error as NodeApiError).description).toContain('Watch one form or branch to test with');
	});

	it('shows what it has found where the limit leaves no time for more', async () => {
		const world = serverWorld();
		world.upload();
		world.service.limiter.eat({ bucket: 'entries', key: SLUG }, 4);
		const { items } = await new TriggerHost(world, whole('created')).test();
		expect(namesOf(items)).toEqual(['created 0']);
	});
});
