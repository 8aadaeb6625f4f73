import { NodeOperationError } from 'n8n-workflow';
import { BRANCH, CHILD, FORM, PROJECT_REF } from '../core/epicollect5/support/definition';
import { SERVER, SLUG, uuid, type World } from '../core/epicollect5/support/world';
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
const WHOLE = { watch: 'project' };
const deleteForm = ({ project }: World, ref: string) => {
	const { project: definition } = project.definition;
	definition.forms = definition.forms.filter((form) => form.ref !== ref);
};
/** The definition is known from here on, as any dialog makes it. */
const knowDefinition = async (host: TriggerHost) => await host.test();

describe.each(MODES)('A trigger whose state is at stake, in an n8n that polls %s', (mode) => {
	const following = (count: number, more: Json = {}) => {
		const world = serverWorld();
		world.add(count);
		return { world, host: new TriggerHost(world, parametersOf(more), mode) };
	};

	it('keeps where "now" was of each form, although the next one cannot be read', async () => {
		const { world, host } = following(3, { ...WHOLE, startFrom: 'now' });
		world.before = (number) => {
			world.service.settings.maintenance = number > 1 ? {} : false;
		};
		expect((await host.poll()).items).toEqual([]);
		world.upload(now(world));
		host.startProcess();
		world.before = () => undefined;
		world.service.settings.maintenance = false;
		world.clock.advance(10 * MINUTE);
		await host.toRest(6);
		expect(namesOf(host.delivered)).toEqual(['created 3']);
	});

	it('remembers which entries it has met that it does not tell of, although it fails later', async () => {
		const { world, host } = following(700, { events: ['updated'] });
		world.before = (number) => {
			world.service.settings.maintenance = number > 1 ? {} : false;
		};
		expect((await host.poll()).items).toEqual([]);
		world.edit(uuid(0));
		host.startProcess();
		world.before = () => undefined;
		world.service.settings.maintenance = false;
		world.clock.advance(10 * MINUTE);
		await host.toRest();
		expect(namesOf(host.delivered)).toEqual(['updated 0']);
	});

	it('goes on without a form that was deleted, where the whole project is followed', async () => {
		const { world, host } = following(3, WHOLE);
		world.upload({ formRef: CHILD, parentUuid: uuid(0) });
		await host.toRest(6);
		expect(host.delivered).toHaveLength(4);
		deleteForm(world, CHILD);
		world.upload(now(world));
		await host.toRest(6);
		expect(namesOf(host.delivered)?.slice(4)).toEqual(['created 4']);
	});

	it('begins "now" with the other forms where one was deleted a moment before', async () => {
		const { world, host } = following(3, { ...WHOLE, startFrom: 'now' });
		await knowDefinition(host);
		world.clock.advance(MINUTE);
		deleteForm(world, CHILD);
		await host.toRest(6);
		world.transport.sent.length = 0;
		world.upload(now(world));
		world.upload({ ...now(world), branchRef: BRANCH, ownerUuid: uuid(0) });
		await host.toRest(6);
		expect(host.delivered.map(({ form, branch }) => [form, branch])).toEqual([
			['Site', null],
			['Site', 'Trees'],
		]);
		expect(world.transport.sent.some(({ url }) => url.includes(CHILD))).toBe(false);
	});

	it('begins anew once for a word, and not when the word is taken away or comes back', async () => {
		const { world, host } = following(3);
		await host.toRest();
		for (const beginAnew of ['x', '', 'x']) {
			host.parameters = parametersOf({ options: { beginAnew } });
			host.redeploy();
			world.upload(now(world));
			await host.toRest();
		}
		expect(
			namesOf(host.delivered)
				?.map((name) => name.slice(-1))
				.join(''),
		).toBe('012012345');
	});

	it('says which form was deleted, and begins nothing anew by itself', async () => {
		const { world, host } = following(0, { form: locator('Visit') });
		world.upload({ formRef: CHILD, parentUuid: uuid(0) });
		await host.toRest();
		const [stored, cursor] = [host.staticData, host.cursor];
		deleteForm(world, CHILD);
		expect((await host.poll()).error?.message).toBe('The project has no such form');
		world.clock.advance(MINUTE);
		const { error } = await host.poll();
		expect(error?.message).toBe('There is no form "Visit"');
		expect(error?.description).toContain('Choose one of: Site.');
		expect([host.staticData, host.cursor]).toEqual([stored, cursor]);
	});

	it('says that another project has taken the place of the followed one, and how to follow that', async () => {
		const { world, host } = following(3);
		await host.toRest();
		const { project } = world.project.definition;
		const renamed = (text: string) => text.replaceAll(PROJECT_REF, 'f'.repeat(32));
		project.forms = JSON.parse(renamed(JSON.stringify(project.forms))) as typeof project.forms;
		project.ref = 'f'.repeat(32);
		expect((await host.poll()).error?.message).toBe('The project has no such form');
		world.clock.advance(MINUTE);
		const { error } = await host.poll();
		expect(error).toBeInstanceOf(NodeOperationError);
		expect(error?.message).toBe(`Another project has taken the place of "${SLUG}"`);
		expect(error?.description).toContain('add the option Begin Anew');
	});

	it('goes on with another client app of the same project', async () => {
		const { world, host } = following(3);
		await host.toRest();
		host.parameters = { ...host.parameters, authentication: 'clientApp' };
		host.credential = { serverUrl: `${SERVER}/`, clientId: '77', clientSecret: 'another' };
		host.redeploy();
		world.upload(now(world));
		expect(namesOf((await host.poll()).items)).toEqual(['created 3']);
	});

	it('refuses another server, and goes on when it is changed back', async () => {
		const { world, host } = following(3);
		await host.toRest();
		const { parameters } = host;
		const other = 'https://other.test';
		host.parameters = { ...parameters, serverUrl: other };
		const send = world.transport.request.bind(world.transport);
		world.transport.request = async (request) =>
			await send({ ...request, url: request.url.replace(other, SERVER) });
		const { error } = await host.poll();
		expect(error?.message).toBe('What is followed was changed since the last run: Server URL');
		expect(error?.description).toContain('To go on where it was, undo the change.');
		host.parameters = parameters;
		world.upload(now(world));
		world.clock.advance(MINUTE);
		expect(namesOf((await host.poll()).items)).toEqual(['created 3']);
	});
});

describe('A trigger that finds something else where its state was', () => {
	const KEY = 'epicollect5Trigger:node-1';
	const state = { version: 1, fingerprint: {}, streams: {}, pendingMedia: [] };
	const kept = { id: 'a', workflow: 'workflow-1', anew: '', state };

	it.each([
		['a text', 'x'],
		['a number', 1],
		['a list', []],
		['nothing in it', {}],
		['no name', { ...kept, id: 1 }],
		['no word for Begin Anew', { ...kept, anew: undefined }],
		['no state', { ...kept, state: undefined }],
		['no list of streams', { ...kept, state: { ...state, streams: 1 } }],
		['a batch that is none', { ...kept, last: 'x' }],
		['a batch without its parts', { ...kept, last: {} }],
		[
			'a batch whose entries cannot be read',
			{ ...kept, last: { ids: '', streams: { [FORM]: { met: '!' } }, arrived: [] } },
		],
		['marks that are none', { ...kept, again: 1 }],
	])('(%s) says so, reads nothing, and begins anew where it is asked to', async (_, found) => {
		const world = serverWorld();
		world.add(3);
		const host = new TriggerHost(world);
		host.staticData = JSON.stringify({ global: { [KEY]: found } });
		const { error } = await host.poll();
		expect(error?.message).toMatch(/^What was kept of the last (poll|run) is damaged$/);
		expect(error?.description).toContain('add the option Begin Anew');
		expect(world.asked).toHaveLength(0);
		host.parameters = parametersOf({ options: { beginAnew: 'x' } });
		expect((await host.poll()).items).toHaveLength(3);
		expect(idsOf(host.delivered)).toHaveLength(3);
	});

	it('says so where a newer version of this package has kept it', async () => {
		const world = serverWorld();
		const host = new TriggerHost(world);
		host.staticData = JSON.stringify({ global: { [KEY]: { ...kept, state: { ...state, version: 99 } } } });
		const { error } = await host.poll();
		expect(error?.message).toContain('has version 99');
		expect(error?.description).toContain('add the option Begin Anew');
		world.clock.advance(HOUR);
		expect((await host.poll()).error?.message).toContain('has version 99');
	});
});
