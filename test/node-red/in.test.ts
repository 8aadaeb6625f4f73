import type { Input } from '../../sandbox/src/epicollect5/model';
import { autoMapping } from '../../sandbox/src/epicollect5/autoMapping';
import { BRANCH, FORM } from '../core/epicollect5/support/definition';
import { SECOND, START, World } from '../core/epicollect5/support/world';
import { pendingMediaOf, type SyncState } from '../../core/epicollect5/sync';
import { datedWorld, MINUTE } from '../core/epicollect5/sync/support';
import { eventsOf, FakeStore, idsOf, InBench } from './inBench';

const HOUR = 60 * MINUTE;
const PHOTO = `${BRANCH}_6630a1f2c1062_6630a1f2c1063`;
const benches: InBench[] = [];

function bench(world: World = datedWorld({ limits: 'off' }), store?: FakeStore): InBench {
	const made = new InBench(world, store);
	benches.push(made);
	return made;
}

afterEach(async () => {
	for (const { node } of benches.splice(0)) await node?.close();
});

/** A row of a first form with the time of now. */
const now = (world: World, name: string) => world.upload({ name, uploadedAt: world.clock.now() });

describe('A node that follows a project', () => {
	it('sends each version of an entry once, and says what it brings', async () => {
		const b = bench();
		const [first] = b.world.add(3);
		await b.deploy();
		expect(await b.ask({ topic: 'kept', payload: 'old' })).toBeUndefined();
		const messages = b.taken();
		expect(eventsOf(messages)).toEqual(['created Site 0', 'created Site 1', 'created Site 2']);
		expect(messages[0]).toMatchObject({
			topic: 'kept',
			event: 'created',
			eventId: `field-trip/${FORM}/${first?.uuid}/2026-05-01T08:00:00.000Z`,
			stream: { form: 'Site', formRef: FORM },
			batch: { id: expect.stringMatching(/^n1-/) as string, size: 3 },
			parts: { index: 0, len: 1, type: 'array' },
			payload: { ec5_uuid: first?.uuid, '1_Site_name': 'Site 0' },
		});
		expect(messages[2]?.parts).toMatchObject({ index: 2, count: 3 });
		expect(messages.some((message) => 'redelivered' in message)).toBe(false);
		b.world.edit(first?.uuid ?? '', 'Pond');
		await b.ask();
		expect(b.taken()).toMatchObject([{ event: 'updated', payload: { '1_Site_name': 'Pond' } }]);
		await b.ask();
		expect(b.taken()).toEqual([]);
	});

	it('shows in its status what was new', async () => {
		const b = bench();
		b.world.add(1412);
		await b.deploy({ poll: 'interval', interval: '5' });
		await b.pass(MINUTE);
		expect(b.status).toBe('shared.in.new {"count":1412,"number":"1,412"} · shared.in.next {"time":"12:05"}');
		b.world.edit(b.world.ids[0] ?? '');
		await b.pass(5 * MINUTE);
		expect(b.status).toBe('shared.in.changed {"count":1,"number":"1"} · shared.in.next {"time":"12:10"}');
		await b.pass(5 * MINUTE);
		expect(b.status).toBe('shared.in.nothing · shared.in.next {"time":"12:15"}');
	});

	it.each([
		['now', { start: 'now' }, ['created late']],
		[
			'the beginning',
			{ start: 'beginning' },
			['created Site 0', 'created Site 1', 'created Site 2', 'created late'],
		],
		['a date', { start: 'date', startDate: '2026-05-01T08:00:02Z' }, ['created Site 2', 'created late']],
	] as const)('starts from %s', async (_, settings, expected) => {
		const b = bench();
		b.world.add(3);
		await b.deploy(settings);
		await b.ask();
		b.world.clock.advance(HOUR);
		now(b.world, 'late');
		await b.ask();
		expect(eventsOf(b.taken())).toEqual(expected);
	});

	it('knows the entries from before its start by and by: their first edit is none that makes them new', async () => {
		const b = bench();
		b.world.add(1700);
		await b.deploy({ start: 'now' });
		await b.ask();
		const streams = 4;
		expect(b.world.asked).toHaveLength(streams + 3);
		b.world.clock.advance(HOUR);
		b.world.edit(b.world.ids[0] ?? '');
		await b.ask();
		expect(eventsOf(b.taken())).toEqual(['updated Site 0']);
		expect(b.world.asked).toHaveLength(2 * streams + 3);
	});

	it('sends the first edit of an entry from before its start, where only edits are wanted, and nothing new', async () => {
		const b = bench();
		b.world.add(700);
		await b.deploy({ start: 'now', created: false });
		await b.ask();
		b.world.clock.advance(HOUR);
		b.world.edit(b.world.ids[0] ?? '');
		b.world.add(1);
		await b.ask();
		expect(eventsOf(b.taken())).toEqual(['updated Site 0']);
		expect(b.node.shown.at(-1)).toMatchObject({
			fill: 'green',
			text: expect.stringContaining('shared.in.changed'),
		});
	});

	it('sends only the events that are chosen', async () => {
		const b = bench();
		b.world.add(2);
		await b.deploy({ created: false });
		await b.ask();
		b.world.edit(b.world.ids[0] ?? '');
		await b.ask();
		expect(b.taken().map(({ event }) => event)).toEqual(['updated']);
		expect(
			await bench()
				.deploy({ created: false, updated: false })
				.then(() => benches.at(-1)?.ask()),
		).toMatchObject({
			code: 'no_events',
		});
	});

	it.each([
		['a branch by its ref', { stream: BRANCH }, ['Trees']],
		['a branch by its name', { stream: 'trees', streamType: 'str' }, ['Trees']],
		['a branch by both names', { stream: 'Site > Trees' }, ['Trees']],
		['a form', { stream: FORM }, [undefined]],
		['everything', {}, [undefined, 'Trees']],
	])('follows %s', async (_, settings, branches) => {
		const b = bench();
		const owner = b.world.upload();
		b.world.upload({ branchRef: BRANCH, ownerUuid: owner.uuid, answers: {} });
		await b.deploy(settings);
		await b.ask();
		const streams = b.taken().map(({ stream }) => (stream as { branch?: string }).branch);
		expect(streams).toEqual(branches);
	});

	it('follows nothing where the variable that names the form is not set', async () => {
		const b = bench();
		b.world.add(1);
		await b.deploy({ stream: '', streamType: 'env' });
		expect(await b.ask()).toMatchObject({ code: 'nothing' });
		expect(b.taken()).toEqual([]);
	});

	it('says which forms and branches there are where the chosen one is not', async () => {
		const b = bench();
		await b.deploy({ stream: 'Bridge' });
		expect(await b.ask()).toMatchObject({
			code: 'ec5_15',
			hint: expect.stringContaining('Site > Trees') as string,
		});
	});

	it('sends a list for each batch, with what is known of each', async () => {
		const b = bench();
		b.world.add(5);
		await b.deploy({ output: 'array', property: 'data.rows', batchSize: '2' });
		await b.ask({ payload: 'kept', eventId: 'of another node' });
		const messages = b.taken();
		expect(messages.map(({ batch }) => (batch as { size: number }).size)).toEqual([2, 2, 1]);
		expect(new Set(messages.map(({ batch }) => (batch as { id: string }).id)).size).toBe(3);
		for (const message of messages) {
			expect(message).toMatchObject({ payload: 'kept', stream: { form: 'Site' } });
			expect(message).not.toHaveProperty('eventId');
		}
		expect(messages[0]?.events).toEqual([
			{ event: 'created', eventId: expect.any(String) as string },
			{ event: 'created', eventId: expect.any(String) as string },
		]);
	});

	it('sends entries as the server sends them, where that is chosen', async () => {
		const b = bench();
		b.world.add(1);
		await b.deploy({ shape: 'raw', shapeType: 'list' });
		await b.ask();
		expect(b.taken()[0]?.payload).toEqual((await b.world.read()).rows[0]);
	});

	it('reads its project anew where the form was changed, and sends nothing again for that', async () => {
		// Without the time of the server all rows of the last minutes are read again and compared.
		const b = bench(new World({ limits: 'off' }));
		const { clock, project } = b.world;
		const owner = now(b.world, 'owner');
		b.world.add(3, () => ({ uploadedAt: clock.now() }));
		const tree = b.world.upload({
			branchRef: BRANCH,
			ownerUuid: owner.uuid,
			answers: {},
			uploadedAt: clock.now(),
		});
		project.recountBranch(tree);
		await b.deploy();
		await b.ask();
		b.taken();
		const form = project.definition.project.forms[0];
		const [first] = form?.inputs ?? [];
		form?.inputs.unshift({
			...(first as Input),
			ref: `${FORM}_6630a1f2c1999`,
			question: 'Owner',
			is_title: false,
		});
		project.mappings.set(0, autoMapping(project.definition, true));
		b.world.stream.forget();
		clock.advance(MINUTE);
		await b.ask();
		expect(b.taken()).toEqual([]);
		now(b.world, 'new');
		for (let minute = 0; minute < 10; minute++) {
			clock.advance(MINUTE);
			await b.ask();
		}
		const [message, ...others] = b.taken();
		expect(others).toEqual([]);
		expect(message?.payload).toMatchObject({ title: 'new', '1_Owner': null, '2_Site_name': 'new' });
	});

	it('sends nothing before the nodes behind it are there', async () => {
		const b = bench();
		b.world.add(1);
		const started = b.deploySilently({ poll: 'interval' });
		await b.pass(HOUR);
		expect(b.taken()).toEqual([]);
		started();
		await b.pass(MINUTE);
		expect(b.taken()).toHaveLength(1);
	});

	it('refuses settings that make no sense at once, and to whoever sends a message', async () => {
		const b = bench();
		for (const [settings, field] of [
			[{ interval: 'often', poll: 'interval' }, 'Every'],
			[{ interval: '20000', poll: 'interval' }, 'Every'],
			[{ batchSize: '0' }, 'Batch size'],
			[{ property: 'batch.rows' }, 'To'],
			[{ start: 'date', startDate: 'soon' }, 'Start From'],
			[{ share: '0' }, 'Share of the limit'],
		] as const) {
			await b.deploy(settings);
			expect(await b.ask()).toMatchObject({ cause: { kind: 'input', field } });
			expect(b.node.shown.at(-1)).toMatchObject({ fill: 'red' });
		}
	});
});

describe('Its rhythm', () => {
	it('asks every so many minutes, whatever a round takes, and never two at a time', async () => {
		const world = datedWorld({ limits: 'off' });
		let under = 0;
		let most = 0;
		const asked: number[] = [];
		const send = world.transport.request.bind(world.transport);
		world.transport.request = async (request) => {
			if (request.url.includes('/entries/')) asked.push((world.clock.now() - begun) / MINUTE);
			most = Math.max(most, ++under);
			await world.clock.sleep(2 * MINUTE);
			return await send(request).finally(() => (under -= 1));
		};
		const b = bench(world);
		const begun = world.clock.now();
		await b.deploy({ poll: 'interval', interval: '5', stream: FORM });
		await b.pass(20 * MINUTE);
		// The definition is read first: every five minutes, as it may have changed.
		expect(asked).toEqual([2, 7, 12, 17]);
		expect(most).toBe(1);
	});

	it('answers messages that come meanwhile with one more round', async () => {
		const b = bench(datedWorld({ limits: 'off' }));
		(b.world.transport.options as { takesMs: number }).takesMs = SECOND;
		await b.deploy({ stream: FORM });
		const all = Array.from({ length: 50 }, () => b.ask());
		expect(await Promise.all(all)).toEqual(all.map(() => undefined));
		expect(b.world.asked).toHaveLength(2);
	});

	it('pauses longer with each failure, goes on by itself, and has lost nothing', async () => {
		const b = bench();
		b.world.service.settings.maintenance = {};
		const begun = b.world.clock.now();
		const failed: number[] = [];
		await b.deploy({ poll: 'interval', interval: '5', stream: FORM });
		for (let minute = 0; minute < 12 * 60; minute++) {
			const before = b.node.errors.length;
			await b.pass(MINUTE);
			if (b.node.errors.length > before) failed.push(Math.round((b.world.clock.now() - begun) / MINUTE));
		}
		const pauses = failed.slice(1).map((at, i) => at - (failed[i] ?? 0));
		expect(pauses.slice(0, 6)).toEqual([...pauses.slice(0, 6)].sort((x, y) => x - y));
		expect(Math.max(...pauses)).toBeLessThan(75);
		expect(pauses.at(-1)).toBeGreaterThanOrEqual(60);
		expect(b.node.shown.some(({ text }) => /shared\.in\.nextTry/.test(text ?? ''))).toBe(true);
		expect(b.node.errors[0]).toMatchObject({ cause: { kind: 'maintenance' } });
		b.world.add(3);
		b.world.service.settings.maintenance = false;
		await b.pass(75 * MINUTE);
		expect(b.taken()).toHaveLength(3);
		expect(b.status).toMatch(/^shared\.in\./);
	});

	it('hands over what it got before a failure, and goes on from there', async () => {
		const b = bench();
		b.world.add(1100);
		b.world.before = (number) => {
			if (number === 2) b.world.service.settings.maintenance = {};
		};
		await b.deploy({ stream: FORM });
		expect(await b.ask()).toMatchObject({ cause: { kind: 'maintenance' } });
		expect(b.node.sent).toHaveLength(500);
		b.world.service.settings.maintenance = false;
		await b.ask();
		expect(new Set(idsOf(b.node.sent)).size).toBe(1100);
		expect(b.node.sent).toHaveLength(1100);
	});

	it('ends at once when it is told to by a message, says so, and goes on from there in its time', async () => {
		const b = bench();
		b.world.add(600);
		(b.world.transport.options as { takesMs: number }).takesMs = 30 * SECOND;
		await b.deploy({ stream: FORM, poll: 'interval', interval: '5' });
		const asked = b.ask();
		await b.pass(80 * SECOND);
		const first = b.taken();
		expect(first).toHaveLength(500);
		expect(await b.ask({ cancel: true })).toBeUndefined();
		expect(await asked).toMatchObject({ code: 'aborted' });
		await b.pass(SECOND);
		expect(b.status).toMatch(/^shared.status.cancelled · /);
		await b.pass(3 * MINUTE);
		expect(b.taken()).toEqual([]);
		await b.pass(3 * MINUTE);
		const ids = idsOf([...first, ...b.taken()]);
		expect([ids.length, new Set(ids).size]).toEqual([600, 600]);
		expect(b.node.errors).toEqual([]);
	});

	it('has nothing to cancel between two rounds, and does not ask for that', async () => {
		const b = bench();
		await b.deploy({ stream: FORM });
		await b.ask();
		const { status } = b;
		b.world.add(1);
		expect(await b.ask({ cancel: true })).toBeUndefined();
		expect([b.status, b.taken()]).toEqual([status, []]);
	});

	it('ends at once when it is redeployed, and the next one loses nothing', async () => {
		const b = bench();
		b.world.add(1100);
		(b.world.transport.options as { takesMs: number }).takesMs = 30 * SECOND;
		await b.deploy({ stream: FORM });
		const asked = b.ask();
		await b.pass(80 * SECOND);
		const began = b.world.clock.now();
		const before = b.taken();
		const old = b.node;
		await old.close();
		expect(b.world.clock.now() - began).toBeLessThan(200);
		expect(await asked).toBeUndefined();
		await b.pass(HOUR);
		expect(old.sent).toEqual([]);
		expect(old.errors).toEqual([]);
		(b.world.transport.options as { takesMs: number }).takesMs = 0;
		await b.deploy({ stream: FORM });
		await b.ask();
		const all = idsOf([...before, ...b.taken()]);
		expect(all).toHaveLength(1100);
		expect(new Set(all).size).toBe(1100);
	});
});

describe('Its position', () => {
	it('is plain JSON in the context, readable, and holds no token', async () => {
		const b = bench();
		b.world.add(2);
		await b.deploy();
		await b.ask();
		const { cursor } = b.store;
		expect(JSON.parse(JSON.stringify(cursor))).toEqual(cursor);
		expect(cursor.upTo).toEqual({
			...{ Site: '2026-05-01T08:00:01.000Z', 'Site > Trees': '-' },
			...{ Visit: '-', 'Visit > Birds': '-' },
		});
		expect(JSON.stringify(cursor)).not.toMatch(/eyJ|Bearer|secret/);
	});

	it('is stored only after the messages were sent, and not where nothing has changed', async () => {
		const b = bench();
		b.world.add(2);
		await b.deploy({ stream: FORM });
		b.store.before = () => expect(b.node.sent).toHaveLength(2);
		await b.ask();
		expect(b.store.writes).toBe(1);
		await b.ask();
		const { writes } = b.store;
		await b.ask();
		expect(b.store.writes).toBe(writes);
	});

	it('goes on after a restart, with a store that answers later', async () => {
		const world = datedWorld({ limits: 'off' });
		const store = new FakeStore((act) => void world.clock.work(async () => act()));
		const b = bench(world, store);
		world.add(2);
		await b.deploy();
		await b.ask();
		expect(b.taken()).toHaveLength(2);
		await b.deploy();
		await b.ask();
		expect(b.taken()).toEqual([]);
	});

	it.each([
		[
			'answers with a fault',
			(store: FakeStore) => (store.fault = new Error('ENOSPC: no space left on device')),
		],
		[
			'throws',
			(store: FakeStore) =>
				(store.set = () => {
					throw new Error('EROFS: read-only file system');
				}),
		],
	])('is not passed over in silence when the store %s', async (_, breakIt) => {
		const b = bench();
		b.world.add(2);
		await b.deploy();
		const { set } = b.store;
		breakIt(b.store);
		expect(await b.ask()).toMatchObject({
			code: 'store',
			message: expect.stringMatching(/"default" cannot be (read|written): E(NOSPC|ROFS)/) as string,
		});
		const sent = b.node.sent.length;
		now(b.world, 'later');
		// Until it can be stored, nothing more is sent: all of it would come again after a restart.
		expect(await b.ask()).toMatchObject({ code: 'store' });
		expect(b.node.sent).toHaveLength(sent);
		b.store.fault = undefined;
		b.store.set = set;
		expect(await b.ask()).toBeUndefined();
		expect(idsOf(b.node.sent)).toHaveLength(3);
		expect(new Set(idsOf(b.node.sent)).size).toBe(3);
	});

	it('is not given up when another form is chosen: that is refused, and the old choice goes on', async () => {
		const b = bench();
		b.world.add(2);
		await b.deploy({ stream: FORM });
		await b.ask();
		b.taken();
		await b.deploy({ stream: BRANCH });
		expect(await b.ask()).toMatchObject({
			code: 'sync_question',
			hint: expect.stringContaining('reset') as string,
		});
		expect(b.node.shown.at(-1)).toMatchObject({ fill: 'red' });
		await b.deploy({ stream: FORM });
		now(b.world, 'meanwhile');
		await b.ask();
		expect(eventsOf(b.taken())).toEqual(['created meanwhile']);
	});

	it.each([
		['a message', (b: InBench) => b.ask({ reset: true })],
		['the button of the dialog', (b: InBench) => b.post('in/reset', { id: 'n1' })],
	])('is forgotten by %s, and the node begins anew', async (_, reset) => {
		const b = bench();
		b.world.add(2);
		await b.deploy({ stream: FORM });
		await b.ask();
		await reset(b);
		await b.pass(SECOND);
		expect(eventsOf(b.taken())).toEqual([
			'created Site 0',
			'created Site 1',
			'created Site 0',
			'created Site 1',
		]);
	});

	it('is forgotten in the middle of a round too, which ends at once', async () => {
		const b = bench();
		b.world.add(600);
		(b.world.transport.options as { takesMs: number }).takesMs = 30 * SECOND;
		await b.deploy({ stream: FORM });
		const asked = b.ask();
		await b.pass(80 * SECOND);
		expect(b.taken()).toHaveLength(500);
		const [next, reset] = [b.ask(), b.ask({ reset: true })];
		expect(await Promise.all([asked, next, reset])).toEqual([undefined, undefined, undefined]);
		expect(b.taken()).toHaveLength(600);
	});

	it.each(['field-data.read', 'field-data.write'])('is not forgotten for who lacks %s', async (lacking) => {
		const b = bench();
		b.world.add(2);
		await b.deploy({ stream: FORM });
		await b.ask();
		b.taken();
		b.permissions = b.permissions.filter((permission) => permission !== lacking);
		expect(await b.post('in/reset', { id: 'n1' })).toEqual({ refused: lacking });
		await b.ask();
		expect(b.taken()).toEqual([]);
	});

	it('of a node that does not run cannot be forgotten, which is said', async () => {
		expect(await bench().post('in/reset', { id: 'gone' })).toMatchObject({ error: { code: 'not_running' } });
	});

	it('that is none, or of a newer version, is refused', async () => {
		const b = bench();
		for (const value of ['text', 7, [], { schema: 2 }, { schema: 1, upTo: {}, open: { sent: 'x' } }]) {
			b.store.values.set('cursor', value);
			await b.deploy();
			expect(await b.ask()).toMatchObject({ code: 'cursor' });
		}
		b.store.values.set('cursor', { schema: 1, upTo: {}, state: { version: 1 } });
		expect(await b.ask()).toMatchObject({ code: 'sync_state' });
	});
});

describe('Files', () => {
	const leaf = (world: World, name: string) => {
		const owner = world.upload({ uploadedAt: START });
		return world.upload({ branchRef: BRANCH, ownerUuid: owner.uuid, answers: { [PHOTO]: { answer: name } } });
	};
	const arrive = (world: World, name: string) =>
		world.project.addMedia({ name, format: 'entry_original', bytes: 5000, contentType: 'image/jpeg' });

	it('are told once each, when they can be downloaded', async () => {
		const b = bench();
		const [here, late] = [leaf(b.world, 'here.jpg'), leaf(b.world, 'late.jpg')];
		arrive(b.world, 'here.jpg');
		await b.deploy({ media: true, created: false, updated: false, poll: 'interval', interval: '10' });
		await b.pass(MINUTE);
		const [first, ...others] = b.taken();
		expect(others).toEqual([]);
		expect(first).toMatchObject({
			event: 'mediaArrived',
			eventId: expect.stringMatching(new RegExp(`${here.uuid}/.*/here.jpg$`)) as string,
			stream: { form: 'Site', branch: 'Trees', branchRef: BRANCH },
			payload: { name: 'here.jpg', type: 'photo', questionRef: PHOTO, entryId: here.uuid },
		});
		expect(pendingMediaOf(b.store.cursor.state as SyncState).map(({ name }) => name)).toEqual(['late.jpg']);
		await b.pass(HOUR);
		expect(b.taken()).toEqual([]);
		arrive(b.world, 'late.jpg');
		await b.pass(3 * HOUR);
		expect(b.taken()).toMatchObject([{ payload: { name: 'late.jpg', entryId: late.uuid } }]);
		// An edit names the same files again.
		b.world.project
			.stream(BRANCH)
			.all()
			.forEach((row) => (row.uploadedAt = b.world.clock.now()));
		b.world.project.stream(BRANCH).forget();
		await b.pass(3 * HOUR);
		expect(b.taken()).toEqual([]);
	});

	it('of many entries are asked for over several rounds, and entries are not kept waiting for them', async () => {
		const b = bench(datedWorld());
		(b.world.transport.options as { takesMs: number }).takesMs = 2 * SECOND;
		const owner = b.world.upload({ uploadedAt: START });
		for (let i = 0; i < 320; i++) {
			const answers = { [PHOTO]: { answer: `p${i}.jpg` } };
			b.world.upload({ branchRef: BRANCH, ownerUuid: owner.uuid, answers });
			if (i % 8 !== 0) arrive(b.world, `p${i}.jpg`);
		}
		await b.deploy({ media: true, poll: 'interval', interval: '5', stream: BRANCH });
		await b.pass(3 * MINUTE);
		expect(b.node.sent.filter(({ event }) => event === 'created')).toHaveLength(320);
		await b.pass(2 * HOUR);
		const files = b.taken().filter(({ event }) => event === 'mediaArrived');
		expect(new Set(idsOf(files)).size).toBe(280);
		expect(files).toHaveLength(280);
		expect(b.store.cursor.state?.pendingMedia).toHaveLength(40);
		expect(b.store.cursor.files?.waiting).toEqual([]);
	});
});
