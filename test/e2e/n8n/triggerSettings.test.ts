import { say } from '../shared/say';
import { waitFor } from '../shared/waitFor';
import { itemsOf, type Credential, type Item } from './driver';
import { addPhotos, groundOf } from './ground';
import type { Case, Place } from './settingCases';
import { OFTEN, Published, triggerOf } from './trigger/published';
import { Sink } from './trigger/sink';
import { repeatsIn } from './trigger/versions';
import { everyTriggerSetting, sharedCases } from './triggerCases';
import { located, type NodeSpec } from './workflows';
import { FIRST_START_MS, startWorld, type World } from './world';

const PUBLIC = 'sandbox-public';
const PRIVATE = 'sandbox-private';

type Json = Record<string, unknown>;

let world: World;
let credential: Credential;
const sinks: Sink[] = [];

beforeAll(async () => {
	// Below a path, as many a server of one's own is.
	world = await startWorld({ limits: 'off', entries: 56, basePath: '/field/ec5' });
	credential = await world.savedApp(PRIVATE);
	addPhotos(world.sandbox, PUBLIC);
}, FIRST_START_MS);
afterAll(async () => await world?.stop());
afterEach(async () => {
	for (const sink of sinks.splice(0)) await sink.stop();
});

const server = () => world.sandbox.addresses.epicollect5;
const trigger = (more: Json = {}, app?: Credential) => triggerOf(server(), app ? PRIVATE : PUBLIC, more, app);

describe('Every setting of the trigger, run through n8n,', () => {
	/** What a test run shows, as Get gives it: without what an event has besides its entry. */
	const asEntry = ({ json, ...item }: Item): Item => {
		const { event, form, branch, mediaMissing, entry, ...own } = json;
		expect([event, form, branch]).toEqual(['created', 'Site', branch && 'Trees']);
		const late = mediaMissing === undefined ? {} : { notUploadedYet: true };
		return { ...item, json: (entry as Json | undefined) ?? { ...own, ...late } };
	};
	const shown = async (spec: NodeSpec) =>
		itemsOf(await world.n8n.run('test', [spec]), spec.name).map(asEntry);

	const nameOf = ({ path, choice }: Case) => `${path}=${choice ?? ''}`;
	const placeOf = (one: Case) => {
		const branch = one.path === 'branch' ? 'Trees' : undefined;
		return groundOf(world.sandbox, one.isPrivate ? PRIVATE : PUBLIC, branch);
	};
	const specOf = (one: Case) => {
		const ground = placeOf(one);
		const value = one.value ? one.value({ ...ground, base: [], other: () => [] }) : one.choice;
		const [top = '', member] = one.path.split('.');
		const base = {
			...(ground.branch && { watch: 'branch' }),
			...one.with?.({ ...ground, base: [], other: () => [] }),
		};
		const { options } = base as { options?: Json };
		const set = { [top]: member === undefined ? value : { ...options, [member]: value } };
		return trigger({ ...base, ...set }, one.isPrivate && credential);
	};

	it('does what it does for the entries of the other node', async () => {
		const cases = everyTriggerSetting().flatMap(sharedCases);
		const form = await shown(trigger());
		const branch = await shown(trigger({ watch: 'branch', branch: located('id', 'Trees') }));
		expect([form.length, branch.length]).toEqual([3, 3]);
		const came = new Map<string, Item[]>();
		const wrong: string[] = [];
		for (const one of cases) {
			const place: Place = {
				...placeOf(one),
				base: one.path === 'branch' ? branch : form,
				other: (choice) => came.get(nameOf({ ...one, choice })) ?? [],
			};
			try {
				const items = await shown(specOf(one));
				came.set(nameOf(one), items);
				one.shows(items, place);
			} catch (error) {
				wrong.push(`${nameOf(one)}: ${(error as Error).message}`);
			}
		}
		expect(wrong).toEqual([]);
		say({ shown: 'n8n trigger settings', cases: cases.map(nameOf) });
	}, 240_000);
});

describe('A published trigger', () => {
	const publish = async (spec: NodeSpec) => {
		const sink = await Sink.start();
		sinks.push(sink);
		return { sink, flow: await Published.create(world.host, world.n8n, sink, spec) };
	};
	const idsOf = (sink: Sink) => sink.items.map(({ eventId }) => eventId).sort();
	const heldIds = (form: string, branch?: string) =>
		groundOf(world.sandbox, PUBLIC)
			.held.entries(form, branch)
			.map(({ eventId }) => eventId as string);

	it('delivers all existing of a whole project, in batches, and a copy of it begins by itself', async () => {
		const all = { watch: 'project', startFrom: 'beginning', options: { batchSize: 70 } };
		const { held } = groundOf(world.sandbox, PUBLIC);
		const wanted = held.forms
			.flatMap(({ name, inputs }) => [
				...heldIds(name),
				...inputs.filter(({ type }) => type === 'branch').flatMap(({ question }) => heldIds(name, question)),
			])
			.sort();
		const spec = trigger(all);
		const first = await publish(spec);
		for (let polls = 0; polls < 20 && first.sink.items.length < wanted.length; polls++)
			await first.flow.poll();
		expect(idsOf(first.sink)).toEqual(wanted);
		expect(Math.max(...first.sink.calls.map(({ length }) => length))).toBe(70);

		// Duplicated or pasted: the same node, with the same ID, in another workflow.
		const copy = await publish(spec);
		await copy.flow.poll();
		expect(copy.sink.items).toHaveLength(70);
		await first.flow.poll();
		expect(repeatsIn(first.sink.items)).toEqual([]);
		say({ shown: 'n8n trigger: all existing', events: wanted.length, calls: first.sink.calls.length });
		for (const { flow } of [first, copy]) await flow.switchOff();
	}, 120_000);

	it('delivers of a branch what was uploaded since a date', async () => {
		const rows = groundOf(world.sandbox, PUBLIC, 'Trees').rows;
		const since = rows.map(({ uploadedAt }) => uploadedAt).sort((a, b) => a - b)[rows.length >> 1]!;
		const { sink, flow } = await publish(
			trigger({
				...{ watch: 'branch', branch: located('id', 'Trees'), startFrom: 'date' },
				// As the field of the dialog gives it; the workflow's zone is UTC.
				startDate: new Date(since).toISOString().slice(0, 19),
			}),
		);
		await flow.poll();
		const second = Math.floor(since / 1_000) * 1_000;
		const wanted = heldIds('Site', 'Trees').filter((eventId) => Date.parse(eventId.split('/')[3]!) >= second);
		expect(wanted.length).toBeLessThan(rows.length);
		expect(idsOf(sink)).toEqual(wanted.sort());
		await flow.switchOff();
	}, 60_000);

	it('tells of the chosen events only', async () => {
		const { admin, epicollect5 } = world.sandbox;
		const events = ['created', 'updated', 'mediaArrived'];
		const flows = [];
		for (const event of events) flows.push(await publish(trigger({ events: [event] })));
		for (const { flow } of flows) await flow.poll();
		const { inputs } = epicollect5.store.bySlug(PUBLIC)!.definition.project.forms[0]!;
		const ref = inputs.find(({ question }) => question === 'Photo of the site')!.ref;
		const [old] = groundOf(world.sandbox, PUBLIC).rows;
		admin.addMedia({ project: PUBLIC, name: 'here.jpg', bytes: 2_000 });
		admin.addEntry({ project: PUBLIC, answers: { [ref]: 'here.jpg' } });
		admin.editEntry({ project: PUBLIC, uuid: old!.uuid, title: 'edited' });
		for (const { flow } of flows) await flow.poll();
		const came = flows.map(({ sink }) => sink.items.map(({ event }) => event));
		expect(came.slice(0, 2)).toEqual([['created'], ['updated']]);
		expect(flows[2]!.sink.items).toContainEqual(
			expect.objectContaining({ event: 'mediaArrived', name: 'here.jpg', type: 'photo' }),
		);
		expect(new Set(came[2])).toEqual(new Set(['mediaArrived']));
		for (const { flow } of flows) await flow.switchOff();
	}, 90_000);
});

describe('A trigger that is published anew in the middle of a poll', () => {
	it('delivers once what n8n has thrown away of that poll, and not as a repeat', async () => {
		const { admin, stats } = world.sandbox;
		const sink = await Sink.start();
		sinks.push(sink);
		const flow = await Published.create(world.host, world.n8n, sink, trigger(OFTEN));
		await flow.poll();
		admin.resetStats();
		const polls = () => stats().requests.entries ?? 0;
		// The answer takes seconds, while somebody switches the workflow off and on.
		admin.planFault({ kind: 'entries', fault: { type: 'drip', bytes: 40, everyMs: 100 } });
		admin.addEntry({ project: PUBLIC });
		await waitFor(() => polls() > 0, { what: 'a poll', timeoutMs: 30_000 });
		await flow.switchOff();
		await flow.begin();
		await waitFor(() => sink.items.length > 0, { what: 'the entry', timeoutMs: 30_000 });
		const before = polls();
		await waitFor(() => polls() > before, { what: 'one more poll', timeoutMs: 30_000 });
		await flow.settled();
		expect(sink.items.map(({ event, redelivered }) => [event, redelivered])).toEqual([
			['created', undefined],
		]);
		await flow.switchOff();
	}, 120_000);
});

describe('A server below a path', () => {
	it('is reached by the test of a credential and by the lists, and kept to', async () => {
		const app = { ...world.app(PRIVATE), project: `${server()}/project/${PRIVATE}` };
		expect(await world.n8n.testCredential(credential, app)).toMatchObject({ status: 'OK' });
		const { results } = await world.n8n.locator(trigger({}, credential), 'searchProjects', 'sandbox pr');
		expect(results.map(({ value }) => value)).toEqual([PRIVATE]);
		const forms = await world.n8n.locator(trigger({}, credential), 'searchForms');
		expect(forms.results.map(({ name }) => name)).toContain('Site');
	});
});
