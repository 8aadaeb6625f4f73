import { readFile } from 'node:fs/promises';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import { simplify } from '../../nodes/Epicollect5/actions/entries.descriptions';
import { Epicollect5Trigger } from '../../nodes/Epicollect5/Epicollect5Trigger.node';
import { autoMapping } from '../../sandbox/src/epicollect5/autoMapping';
import type { World } from '../core/epicollect5/support/world';
import { BRANCH, CHILD, CHILD_BRANCH, FORM, PROJECT_REF } from '../core/epicollect5/support/definition';
import { SLUG, uuid } from '../core/epicollect5/support/world';
import {
	idsOf,
	locator,
	MODES,
	namesOf,
	parametersOf,
	serverWorld,
	TriggerHost,
	type Json,
} from './triggerHost';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const now = (world: World) => ({ uploadedAt: world.clock.now() });
const withOptions = (options: Json, more: Json = {}) => parametersOf({ options, ...more });
const pathsOf = (world: World) => world.transport.sent.map(({ url }) => new URL(url).pathname.split('/')[3]);

describe.each(MODES)('A trigger in an n8n that polls %s', (mode) => {
	const following = (count: number, parameters = parametersOf()) => {
		const world = serverWorld();
		world.add(count);
		return { world, host: new TriggerHost(world, parameters, mode) };
	};

	it('delivers each version once: what is there, what comes, and every edit', async () => {
		const { world, host } = following(3);
		await host.toRest();
		world.upload(now(world));
		await host.toRest();
		world.edit(uuid(1));
		await host.toRest();
		expect(namesOf(host.delivered)).toEqual([
			'created 0',
			'created 1',
			'created 2',
			'created 3',
			'updated 1',
		]);
	});

	it('remembers where "now" was, also when n8n is restarted before anything has come', async () => {
		const { world, host } = following(3, parametersOf({ startFrom: 'now' }));
		expect((await host.poll()).items).toEqual([]);
		host.startProcess();
		world.upload(now(world));
		world.clock.advance(HOUR);
		expect(namesOf((await host.poll()).items)).toEqual(['created 3']);
	});

	it('knows the entries from before its start by and by, and calls none of them new, whatever happens to n8n', async () => {
		const { world, host } = following(1700, parametersOf({ startFrom: 'now', events: ['updated'] }));
		for (let polls = 0; polls < 8; polls++) {
			expect((await host.poll()).items ?? []).toEqual([]);
			world.clock.advance(5 * MINUTE);
		}
		const asked = world.asked.length;
		await host.poll();
		expect(world.asked.length).toBe(asked + 1);
		host.startProcess();
		world.clock.advance(5 * MINUTE);
		world.edit(uuid(0));
		expect(namesOf((await host.poll('killed')).items)).toEqual(['updated 0']);
		host.startProcess();
		world.clock.advance(5 * MINUTE);
		world.edit(uuid(1));
		expect(namesOf((await host.poll()).items)).toEqual(['updated 0']);
		expect(namesOf((await host.toRest()).flat())).toEqual(['updated 1']);
	});

	it('delivers a batch again that was saved but not executed, with the same IDs and a mark', async () => {
		const { world, host } = following(3);
		const lost = await host.poll('killed');
		host.startProcess();
		world.clock.advance(MINUTE);
		const again = await host.poll();
		expect(idsOf(again.items ?? [])).toEqual(idsOf(lost.items ?? []));
		expect(again.items).toEqual(lost.items?.map((item) => ({ ...item, redelivered: true })));
		expect(await host.toRest()).toEqual([]);
	});

	it('delivers only the last batch again, and after it what has come since', async () => {
		const { world, host } = following(3);
		await host.toRest();
		world.upload(now(world));
		await host.toRest();
		host.startProcess();
		world.upload(now(world));
		const { items } = await host.poll();
		expect(namesOf(items)).toEqual(['created 3']);
		expect(items).toMatchObject([{ redelivered: true }]);
		expect((await host.toRest()).map(namesOf)).toEqual([['created 4']]);
	});

	it('repeats no more, however often n8n is restarted as entries come', async () => {
		const { world, host } = following(1);
		await host.toRest();
		for (let restart = 0; restart < 5; restart++) {
			world.upload(now(world));
			host.startProcess();
			await host.toRest();
		}
		expect(host.delivered.filter(({ redelivered }) => redelivered)).toHaveLength(5);
		expect(host.delivered).toHaveLength(11);
	});

	it('calls an entry new again whose batch was lost, although it was edited meanwhile', async () => {
		const { world, host } = following(2);
		await host.poll('killed');
		world.edit(uuid(0), 'edited');
		host.startProcess();
		world.clock.advance(MINUTE);
		const { items } = await host.poll();
		expect(namesOf(items)).toEqual(['created 1', 'created 0']);
		expect(items?.map(({ redelivered }) => redelivered)).toEqual([true, undefined]);
	});

	it('delivers nothing twice where that is chosen', async () => {
		const { host, world } = following(3, withOptions({ afterRestart: 'never' }));
		await host.poll('killed');
		host.startProcess();
		world.upload(now(world));
		await host.toRest();
		expect(namesOf(host.delivered)).toEqual(['created 3']);
	});

	it('marks all of a lost batch, although it comes again in smaller ones', async () => {
		const { world, host } = following(5);
		const lost = await host.poll('killed');
		host.startProcess();
		host.parameters = withOptions({ batchSize: 2 });
		world.upload(now(world));
		await host.toRest();
		expect(idsOf(host.delivered).slice(0, 5)).toEqual(idsOf(lost.items ?? []));
		expect(host.delivered.map(({ redelivered }) => redelivered ?? false)).toEqual([
			...Array.from({ length: 5 }, () => true),
			false,
		]);
	});

	it('marks all of a lost batch, although n8n is ended again when a part of it has come', async () => {
		const { world, host } = following(5);
		const lost = await host.poll('killed');
		host.parameters = withOptions({ batchSize: 2 });
		for (let restart = 0; restart < 2; restart++) {
			host.startProcess();
			world.clock.advance(MINUTE);
			await host.poll();
		}
		await host.toRest();
		expect(new Set(idsOf(host.delivered))).toEqual(new Set(idsOf(lost.items ?? [])));
		expect(host.delivered).toHaveLength(7);
		expect(host.delivered.every(({ redelivered }) => redelivered === true)).toBe(true);
	});

	it('goes on in the same process without repeating, when it is switched off and on', async () => {
		const { world, host } = following(3);
		await host.toRest();
		host.redeploy();
		world.upload(now(world));
		await host.toRest();
		host.redeploy();
		await host.toRest();
		expect(namesOf(host.delivered)).toEqual(['created 0', 'created 1', 'created 2', 'created 3']);
	});

	it('goes on under another name', async () => {
		const { world, host } = following(3);
		await host.toRest();
		host.node = { ...host.node, name: 'Another Name' };
		host.redeploy();
		world.upload(now(world));
		await host.toRest();
		expect(namesOf(host.delivered)?.slice(3)).toEqual(['created 3']);
	});

	it('asks for each of many forms and branches in turn, and begins nowhere anew', async () => {
		const { world, host } = following(2, parametersOf({ watch: 'project', startFrom: 'now' }));
		await host.toRest(6);
		for (let round = 0; round < 3; round++) {
			world.upload(now(world));
			world.upload({ ...now(world), formRef: CHILD, parentUuid: uuid(0) });
			world.upload({ ...now(world), branchRef: BRANCH, ownerUuid: uuid(0) });
			world.upload({ ...now(world), formRef: CHILD, branchRef: CHILD_BRANCH, ownerUuid: uuid(3) });
			await host.toRest(6);
		}
		expect(host.delivered).toHaveLength(12);
		expect(new Set(idsOf(host.delivered)).size).toBe(12);
		const places = new Set(host.delivered.map(({ form, branch }) => `${String(form)}/${String(branch)}`));
		expect(places).toEqual(new Set(['Site/null', 'Visit/null', 'Site/Trees', 'Visit/Birds']));
	});

	it('delivers only the chosen events, also after a restart', async () => {
		const { world, host } = following(3, parametersOf({ events: ['updated'] }));
		await host.toRest();
		world.edit(uuid(1));
		await host.toRest();
		world.upload(now(world));
		await host.toRest();
		host.startProcess();
		await host.toRest();
		expect(namesOf(host.delivered)).toEqual(['updated 1', 'updated 1']);
		expect(host.delivered[1]).toMatchObject({ redelivered: true });
	});

	it('reads 2,500 rows in several polls that wait for no window, each row once', async () => {
		const { world, host } = following(2_500);
		const durations: number[] = [];
		for (let polls = 0; polls < 12; polls++) {
			const begun = world.clock.now();
			await host.poll();
			durations.push(world.clock.now() - begun);
			world.clock.advance(MINUTE);
		}
		expect(host.delivered).toHaveLength(2_500);
		expect(new Set(idsOf(host.delivered)).size).toBe(2_500);
		expect(Math.max(...durations)).toBeLessThanOrEqual(20_000);
	});

	it('hands over what it has when it fails later, and shows the failure with the next poll', async () => {
		const { world, host } = following(700);
		let broken = true;
		world.before = (number) => {
			world.service.settings.maintenance = broken && number > 1 ? {} : false;
		};
		expect((await host.poll()).items?.length).toBeGreaterThan(490);
		expect(host.log.join()).toContain('500 events were delivered, then:');
		world.clock.advance(MINUTE);
		const { error, items } = await host.poll();
		expect(items).toBeUndefined();
		expect(error).toBeInstanceOf(NodeApiError);
		expect(error?.message).toContain('maintained');
		broken = false;
		world.clock.advance(MINUTE);
		await host.toRest();
		expect(new Set(idsOf(host.delivered)).size).toBe(700);
		expect(host.delivered).toHaveLength(700);
	});

	it('goes on with the next poll where others have used the limit up', async () => {
		const { world, host } = following(3);
		world.service.limiter.eat({ bucket: 'entries', key: SLUG }, 5);
		expect(await host.poll()).toMatchObject({ items: undefined, error: undefined });
		world.clock.advance(MINUTE);
		expect((await host.poll()).items).toHaveLength(3);
	});

	it('refuses another question, goes on with the old one, and begins anew where it is asked to', async () => {
		const { world, host } = following(3);
		await host.toRest();
		const stored = host.staticData;
		host.redeploy();
		host.parameters = parametersOf({ form: locator('Visit') });
		const refused = await host.poll();
		expect(refused.error).toBeInstanceOf(NodeOperationError);
		expect(refused.error?.message).toBe(
			'What is followed was changed since the last run: Forms and Branches',
		);
		expect(refused.error?.description).toContain('add the option Begin Anew');
		expect(host.staticData).toBe(stored);
		host.parameters = parametersOf();
		world.upload(now(world));
		expect(namesOf((await host.poll()).items)).toEqual(['created 3']);
		world.upload({ ...now(world), formRef: CHILD, parentUuid: uuid(0) });
		host.parameters = withOptions({ beginAnew: 'visits' }, { form: locator('Visit') });
		world.clock.advance(MINUTE);
		expect(namesOf((await host.poll()).items)).toEqual(['created 4']);
		host.startProcess();
		expect((await host.toRest()).flat()).toMatchObject([{ redelivered: true }]);
	});

	it('loses nothing and repeats only the last batch, wherever n8n is ended', async () => {
		for (const seed of [1, 2]) {
			const { world, host } = following(30, withOptions({ batchSize: 7 }));
			const random = randomOf(seed);
			let restarts = 0;
			for (let step = 0; step < 40; step++) {
				const dice = random();
				if (dice < 0.3) world.upload(now(world));
				else if (dice < 0.4) world.edit(uuid(Math.floor(random() * 30)), `edit ${step}`);
				const ends = random() < 0.25;
				await host.poll(ends && random() < 0.6 ? 'killed' : 'executed');
				if (ends) host.startProcess();
				restarts += ends ? 1 : 0;
				world.clock.advance(Math.floor(random() * 3) * MINUTE + 1_000);
			}
			world.clock.advance(10 * MINUTE);
			await host.toRest();
			const last = new Map(host.delivered.map((item) => [String(item.ec5_uuid), String(item.uploaded_at)]));
			for (const row of world.stream.all())
				expect(last.get(row.uuid)).toBe(new Date(row.uploadedAt).toISOString());
			const fresh = host.delivered.filter(({ redelivered }) => !redelivered);
			expect(new Set(idsOf(fresh)).size).toBe(fresh.length);
			expect(host.delivered.length - fresh.length).toBeLessThanOrEqual(restarts * 7);
		}
	});
});

describe('A trigger', () => {
	const following = (count: number, parameters = parametersOf()) => {
		const world = serverWorld();
		world.add(count);
		return { world, host: new TriggerHost(world, parameters) };
	};

	it('costs one request when nothing is new, and a definition an hour', async () => {
		const { world, host } = following(3);
		await host.toRest();
		world.transport.sent.length = 0;
		for (let polls = 0; polls < 24; polls++) {
			expect((await host.poll()).items).toBeUndefined();
			world.clock.advance(5 * MINUTE);
		}
		const paths = pathsOf(world);
		expect(paths.filter((path) => path === 'entries')).toHaveLength(24);
		expect(paths.filter((path) => path === 'project').length).toBeLessThanOrEqual(2);
	});

	it('works in an n8n that tells no budget', async () => {
		const { host } = following(3);
		host.budgetMs = undefined;
		expect((await host.poll()).items).toHaveLength(3);
	});

	it('ends within the budget that n8n gives it, and goes on with the next poll', async () => {
		const { world, host } = following(1_200, withOptions({ batchSize: 5_000 }));
		host.budgetMs = 5_000;
		world.transport.options.takesMs = 3_000;
		await host.poll('executed');
		const begun = world.clock.now();
		expect((await host.poll()).items?.length).toBeGreaterThan(490);
		expect(world.clock.now() - begun).toBeLessThan(5_000);
		await host.toRest();
		expect(host.delivered).toHaveLength(1_200);
	});

	it('saves what it must not forget, although it tells of nothing', async () => {
		const { world, host } = following(1, parametersOf({ events: ['updated'] }));
		expect((await host.poll()).items).toEqual([]);
		world.upload(now(world));
		world.clock.advance(MINUTE);
		expect((await host.poll()).items).toEqual([]);
		world.clock.advance(MINUTE);
		expect((await host.poll()).items).toBeUndefined();
		host.startProcess();
		world.edit(uuid(1));
		world.clock.advance(MINUTE);
		expect(namesOf((await host.poll()).items)).toEqual(['updated 1']);
	});

	it('does not poll twice at the same time', async () => {
		const { host } = following(3);
		const [first, second] = await Promise.all([host.poll(), host.poll()]);
		expect([first.items?.length, second.items]).toEqual([3, undefined]);
	});

	it.each([
		...['2026-05-01T00:00:00', '2026-05-01'],
		// An expression may give these.
		...[new Date(Date.UTC(2026, 3, 30, 22)), { toISO: () => '2026-05-01T00:00:00.000+02:00' }],
	])('begins at a date in the time zone of the workflow: %p', async (startDate) => {
		const world = serverWorld();
		world.upload({ uploadedAt: Date.UTC(2026, 3, 30, 21, 59, 59) });
		world.upload({ uploadedAt: Date.UTC(2026, 3, 30, 22, 0, 0) });
		const host = new TriggerHost(world, parametersOf({ startFrom: 'date', startDate }));
		expect(namesOf((await host.poll()).items)).toEqual(['created 1']);
	});

	it('of a copied workflow begins by itself, and a second one in the same workflow too', async () => {
		const { host } = following(3);
		await host.toRest();
		host.workflowId = 'copy';
		host.redeploy();
		expect((await host.poll()).items).toHaveLength(3);
		host.node = { ...host.node, id: 'node-2' };
		expect((await host.poll()).items).toHaveLength(3);
		host.node = { ...host.node, id: 'node-1' };
		expect((await host.poll()).items).toBeUndefined();
	});

	it('keeps the states of a bounded number of removed triggers', async () => {
		const { world, host } = following(1);
		for (let id = 0; id < 25; id++) {
			host.node = { ...host.node, id: `node-${id}` };
			await host.poll();
			world.clock.advance(MINUTE);
		}
		expect(Object.keys((JSON.parse(host.staticData) as { global: object }).global)).toHaveLength(20);
	});

	it('goes on with a durable cursor where it was without', async () => {
		const { world, host } = following(3);
		await host.toRest();
		const durable = new TriggerHost(world, parametersOf({ options: { afterRestart: 'never' } }), 'durable');
		durable.staticData = host.staticData;
		world.upload(now(world));
		expect(namesOf((await durable.poll()).items)).toEqual(['created 3']);
		expect(JSON.stringify(durable.cursor)).toContain('followed');
	});

	it('says where what it kept is damaged, and begins anew where it is asked to', async () => {
		const { host } = following(3);
		host.staticData = '{"global":{"epicollect5Trigger:node-1":{"anew":"","id":1}}}';
		const { error } = await host.poll();
		expect(error?.message).toBe('What was kept of the last poll is damaged');
		expect((error as NodeOperationError).description).toContain('Begin Anew');
		host.parameters = withOptions({ beginAnew: 'x' });
		expect((await host.poll()).items).toHaveLength(3);
	});

	it('delivers the entries of a form that the project gets later', async () => {
		const { world, host } = following(1, parametersOf({ watch: 'project', startFrom: 'now' }));
		await host.toRest(6);
		const { forms } = world.project.definition.project;
		const ref = `${PROJECT_REF}_6630a1f2c0009`;
		world.project.definition.project.forms = [
			...forms,
			{ ...forms[0]!, ref, name: 'Later', slug: 'later', inputs: [] },
		];
		world.upload({ ...now(world), formRef: ref });
		world.clock.advance(HOUR + MINUTE);
		await host.toRest(6);
		expect(host.delivered).toMatchObject([{ event: 'created', form: 'Later' }]);
	});

	it('gives entries as the server sends them when Simplify is off', async () => {
		const { world, host } = following(1, parametersOf({ simplify: false }));
		const [item] = (await host.poll()).items ?? [];
		expect(item).toMatchObject({
			event: 'created',
			form: 'Site',
			branch: null,
			entry: { ec5_uuid: uuid(0) },
		});
		expect(item?.eventId).toBe(`${SLUG}/${FORM}/${uuid(0)}/2026-05-01T08:00:00.000Z`);
		expect(Object.keys(item?.entry as Json)).not.toContain('event');
		expect(world.asked[0]?.get('map_index')).toBe('0');
	});

	it('gives an answer another name whose question is called as a part of the event', async () => {
		const { world, host } = following(1);
		const forms = world.project.mappings.get(0)!.forms[FORM] as Record<string, { map_to: string }>;
		Object.values(forms)[0]!.map_to = 'event';
		const [item] = (await host.poll()).items ?? [];
		expect(item).toMatchObject({ event: 'created' });
		expect(Object.values(item ?? {})).toContain('Site 0');
	});

	it('tells of an added question, and does not deliver entries again for it', async () => {
		const { world, host } = following(2);
		await host.poll();
		world.project.definition.project.forms[0]!.inputs.splice(1, 1);
		delete (world.project.mappings.get(0)!.forms[FORM] as Json)[`${FORM}_6630a1f2c1002`];
		world.stream.forget();
		world.clock.advance(MINUTE);
		world.upload(now(world));
		const { items } = await host.poll();
		expect(namesOf(items)).toEqual(['created 2']);
		expect(Object.keys(items?.[0] ?? {})).not.toContain('2_How_many');
		expect(host.log.join()).toContain('a form or its mapping was changed');
	});

	it('delivers nothing again where a question is put before a branch, whose count changes its name', async () => {
		const { world, host } = following(0);
		const { clock, project } = world;
		const owner = world.upload({ ...now(world), name: 'owner' });
		const plant = () => {
			const parts = { branchRef: BRANCH, ownerUuid: owner.uuid, answers: {}, ...now(world) };
			project.recountBranch(world.upload(parts));
		};
		plant();
		await host.poll();
		const form = project.definition.project.forms[0]!;
		const ref = `${FORM}_6630a1f2c1999`;
		form.inputs.unshift({ ...form.inputs[0]!, ref, question: 'Owner', is_title: false });
		project.mappings.set(0, autoMapping(project.definition, true));
		world.stream.forget();
		clock.advance(MINUTE);
		world.transport.sent.length = 0;
		expect((await host.poll()).items).toBeUndefined();
		expect(pathsOf(world)).toEqual(['entries', 'project']);
		plant();
		clock.advance(MINUTE);
		world.upload({ ...now(world), name: 'new' });
		await host.toRest(10);
		expect(host.delivered).toHaveLength(2);
		expect(host.delivered[1]).toMatchObject({ title: 'new', '1_Owner': null, '2_Site_name': 'new' });
		expect(pathsOf(world).filter((path) => path === 'project')).toHaveLength(1);
	});

	it('keeps little more than what is known, however large the last batch was', async () => {
		const { host } = following(2_000, withOptions({ batchSize: 2_000 }));
		await host.poll();
		await host.toRest();
		const kept = JSON.parse(host.staticData) as { global: Record<string, { state: Json; last: Json }> };
		const [{ state, last }] = Object.values(kept.global) as [{ state: Json; last: Json }];
		expect(JSON.stringify(last).length).toBeLessThan(20_000);
		expect(JSON.stringify(state).length).toBeLessThan(20_000);
	});

	it.each([
		[{ events: [] }, 'No event is chosen'],
		[{ events: ['create'] }, '"Events" is no list of its choices'],
		[{ events: null }, '"Events" has no value'],
		[{ watch: 'Branch' }, '"Watch" is none of its choices'],
		[{ startFrom: 'Beginning' }, '"Start From" is none of its choices'],
		[{ startFrom: null }, '"Start From" has no value'],
		[{ options: { batchSize: 0 } }, '"Batch Size" is not a number from 1 to 5000'],
		[{ options: { batchSize: 5_001 } }, '"Batch Size" is not a number from 1 to 5000'],
		[{ options: { batchSize: 1.5 } }, '"Batch Size" is not a whole number'],
		[{ options: { batchSize: null } }, '"Batch Size" has no value'],
		[{ options: { afterRestart: 'once' } }, '"After a Restart" is none of its choices'],
		[{ options: { afterRestart: null } }, '"After a Restart" has no value'],
		[{ options: { beginAnew: true } }, '"Begin Anew" is not a text'],
		[{ options: { beginAnew: ' ' } }, '"Begin Anew" has no value'],
		[{ watch: 'branch' }, 'No branch is chosen'],
		[{ form: locator('Nowhere') }, 'There is no form "Nowhere"'],
		[{ form: locator(null as unknown as string) }, '"Form" has no value'],
		[
			{ project: locator('https://other.example/project/birds', 'url') },
			"The project's address is one of another server: other.example",
		],
	])('says what is wrong with %j', async (more, message) => {
		const { host } = following(1, parametersOf(more));
		// Of null it matters whether it was entered or is what an expression gives.
		const entered = Object.keys(more).map((name) => [name, '={{ $json.it }}'] as const);
		host.node = { ...host.node, parameters: Object.fromEntries(entered) };
		const { error } = await host.poll();
		expect(error).toBeInstanceOf(NodeOperationError);
		expect(error?.message).toBe(message);
	});
});

describe('The start date of a trigger', () => {
	it.each([
		...[
			'soon',
			'',
			' ',
			'2026-02-30',
			'2026-05-31T99:00:00',
			1_700_000_000_000,
			null,
			undefined,
			true,
			{},
			[],
		],
		...[new Date(NaN), { toISO: () => null }],
	])('that is no date is refused before anything is asked: %p', async (startDate) => {
		const world = serverWorld();
		const { error } = await new TriggerHost(world, parametersOf({ startFrom: 'date', startDate })).poll();
		expect(error).toBeInstanceOf(NodeOperationError);
		expect(error?.message).toBe('"Start Date" is not a date');
		expect(error?.description).toBe(
			'Choose a day, or enter one as 2026-05-31 or 2026-05-31T10:00:00. (Setting: Start Date)',
		);
		expect(world.transport.sent).toHaveLength(0);
	});

	it('that moves is refused with the second poll, as its description says', async () => {
		const world = serverWorld();
		const host = new TriggerHost(
			world,
			parametersOf({ startFrom: 'date', startDate: '2026-05-01T00:00:00' }),
		);
		await host.poll();
		host.parameters = { ...host.parameters, startDate: '2026-05-01T00:01:00' };
		expect((await host.poll()).error?.message).toBe(
			'What is followed was changed since the last run: Start From',
		);
	});
});

describe('What the dialog of the trigger says', () => {
	const properties = JSON.stringify(new Epicollect5Trigger().description.properties);

	it.each([
		'N8N_SCHEDULER_ENABLED',
		'N8N_SCHEDULER_POLL_TRIGGERS_ENABLED',
		'N8N_POLLER_DURABLE_CURSORS_ENABLED',
	])('names with the README each setting that durable cursors take: %s', async (name) => {
		expect(properties).toContain(name);
		expect(await readFile('README.md', 'utf8')).toContain(name);
	});

	it('calls Simplify what the other node calls it', () => {
		const own = new Epicollect5Trigger().description.properties;
		expect(own).toContain(simplify);
	});
});

/** A small generator of numbers, the same for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
	let a = seed;
	return () => {
		a = (a + 0x6d2b79f5) | 0;
		let t = Math.imul(a ^ (a >>> 15), 1 | a);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
	};
}
