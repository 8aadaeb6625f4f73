import register from '../../node-red/nodes/epicollect5-deleted/runtime';
import type { Message } from '../../node-red/shared/red';
import { startSandbox, type Sandbox } from '../../sandbox/src';
import { branchesOf, formsOf as formsIn } from '../../sandbox/src/epicollect5/definition';
import { fuzz, startNode } from './workers';

const PUBLIC = 'sandbox-public';
const STRANGER = '00000000-0000-4000-8000-000000000000';

describe('The node that looks for deleted entries', () => {
	let sandbox: Sandbox;
	beforeAll(async () => {
		sandbox = await startSandbox({ limits: 'off', entries: 40 });
	});
	beforeEach(() => {
		sandbox.admin.clearFaults();
		sandbox.admin.resetStats();
	});
	afterAll(() => sandbox.stop());

	const project = () => ({
		...{ baseUrl: sandbox.addresses.epicollect5, project: PUBLIC, clientId: '', clientSecret: '' },
	});
	const node = (def: object = {}) =>
		startNode(register, { project: 'ec5', known: 'payload', knownType: 'msg', ...def }, project());
	const look = (message: Message, def: object = {}) => node(def).answer(message);
	const forms = () => sandbox.admin.listProjects().find(({ slug }) => slug === PUBLIC)?.forms ?? [];
	const entriesOf = (place: { form?: string; branch?: string }) =>
		sandbox.admin.listEntries({ project: PUBLIC, ...place }).map(({ uuid }) => uuid);
	const remove = (uuid = '') => sandbox.admin.deleteEntry({ project: PUBLIC, uuid });

	it('sends the IDs of those that are gone, and keeps the other properties', async () => {
		const known = entriesOf({ form: forms()[0]?.ref });
		const [, second] = known;
		remove(second);
		const { sent, node: asked } = await look({ payload: [...known, STRANGER], topic: 'kept' });
		expect(sent).toEqual([{ topic: 'kept', payload: [second, STRANGER] }]);
		expect(asked.shown.at(-1)?.text).toContain(`"gone":"2","known":"${known.length + 1}"`);
		expect(asked.complaints).toEqual([]);
	});

	it('sends entries as they were given, one message each, with other properties chosen', async () => {
		const [kept] = entriesOf({ form: forms()[0]?.ref });
		const rows = [
			{ ec5_uuid: kept, site: 'Pond' },
			{ ec5_uuid: STRANGER.toUpperCase(), site: 'Well' },
		];
		const def = { known: 'rows', property: 'gone', output: 'each' };
		const { sent } = await look({ payload: 'kept', rows }, def);
		expect(sent).toEqual([
			{ payload: 'kept', rows, gone: rows[1], parts: expect.objectContaining({ count: 1 }) },
		]);
	});

	it('takes from the message what to send, and how long to wait for the limit', async () => {
		const [kept] = entriesOf({ form: forms()[0]?.ref });
		const def = { output: 'as', outputType: 'msg', maxWait: 'minutes', maxWaitType: 'msg' };
		const payload = [kept, STRANGER];
		expect((await look({ payload, as: 'each' }, def)).sent.map((one) => one.payload)).toEqual([STRANGER]);
		const { error } = await look({ payload, minutes: 'long' }, def);
		expect(error?.message).toContain('"Longest wait" is not a number');
	});

	it('looks into the chosen form or branch, by ref or by name', async () => {
		const [, child] = forms();
		const known = entriesOf({ form: child?.ref });
		for (const form of [child?.ref, child?.name]) {
			expect((await look({ payload: known }, { form, formType: 'list' })).sent[0]?.payload).toEqual([]);
		}
		const definition = sandbox.epicollect5.store.bySlug(PUBLIC)?.definition;
		const [branch] = definition
			? formsIn(definition)
					.flatMap(branchesOf)
					.map(({ ref }) => ref)
			: [];
		const rows = entriesOf({ branch }).map((uuid) => ({ ec5_branch_uuid: uuid, ec5_branch_owner_uuid: 'x' }));
		expect(rows.length).toBeGreaterThan(0);
		const { sent } = await look({ payload: [...rows, { ec5_branch_uuid: STRANGER }] }, { branch });
		expect(sent[0]?.payload).toEqual([{ ec5_branch_uuid: STRANGER }]);
	});

	it('warns where none of the known entries is there, as they may be of another form', async () => {
		const { node: asked } = await look({ payload: entriesOf({ form: forms()[1]?.ref }) });
		expect(asked.complaints).toEqual(['shared.message.noneKnown']);
	});

	it.each(['form', 'branch'])('takes no other entries for those of a %s that is not there', async (name) => {
		const def = { [name]: 'not.there', [`${name}Type`]: 'msg' };
		expect((await look({ payload: [] }, def)).error).toMatchObject({ code: 'nothing' });
	});

	it('asks nothing where nothing is known', async () => {
		expect((await look({ payload: [] })).sent).toEqual([{ payload: [] }]);
		expect(sandbox.stats().requests.entries).toBeUndefined();
	});

	it.each([
		['no list', 'a text'],
		['nothing', undefined],
		['a list with something that is no ID', [STRANGER, 'North pond']],
		['a list with an entry without its ID', [{ title: 'North pond' }]],
		['a list with holes', [STRANGER, null]],
	])('refuses %s: it would look as if it had been deleted', async (_, payload) => {
		const { sent, error } = await look({ payload });
		expect(error).toMatchObject({ code: 'known' });
		expect(sent).toEqual([]);
		expect(sandbox.stats().total).toBe(0);
	});

	it('reports nothing as deleted where reading fails', async () => {
		const fault = { type: 'status', status: 404, body: '{"errors":[{"code":"ec5_11"}]}' } as const;
		sandbox.admin.planFault({ kind: 'entries', fault });
		const { sent, error } = await look({ payload: [STRANGER] });
		expect(error).toMatchObject({ code: 'ec5_11' });
		expect(sent).toEqual([]);
	});

	it('stops at once when it is redeployed', async () => {
		sandbox.admin.planFault({ kind: 'entries', fault: { type: 'hang' } });
		const { node: asked, answer } = node();
		const answered = answer({ payload: [STRANGER] });
		await new Promise((resolve) => setTimeout(resolve, 20));
		await asked.close();
		expect((await answered).sent).toEqual([]);
	});

	it('stops when it is told to by a message', async () => {
		sandbox.admin.planFault({ kind: 'entries', fault: { type: 'hang' } });
		const { answer } = node();
		const answered = answer({ payload: [STRANGER] });
		await new Promise((resolve) => setTimeout(resolve, 20));
		expect((await answer({ cancel: true })).sent).toEqual([]);
		expect((await answered).sent).toEqual([]);
	});

	it('survives 1,000 messages of any kind', async () => {
		const names = ['form', 'branch', 'known', 'output', 'property'];
		expect(await fuzz(register, { names, fixed: { project: 'ec5' }, project: project() })).toEqual([]);
	}, 60_000);
});
