import register from '../../node-red/nodes/epicollect5-project-info/runtime';
import type { Project } from '../../core/epicollect5/project';
import type { ProjectStatistics } from '../../core/epicollect5/overview';
import { startSandbox, type Sandbox } from '../../sandbox/src';
import type { Message } from '../../node-red/shared/red';
import { fuzz, startNode } from './workers';

const PUBLIC = 'sandbox-public';

describe('The node that tells about a project', () => {
	let sandbox: Sandbox;
	beforeAll(async () => {
		sandbox = await startSandbox({ limits: 'off', entries: 30 });
	});
	afterAll(() => sandbox.stop());

	const project = () => ({
		...{ baseUrl: sandbox.addresses.epicollect5, project: PUBLIC, clientId: '', clientSecret: '' },
	});
	const ask = async (part: string, message: Message = {}, def: object = {}) => {
		const node = startNode(register, { project: 'ec5', part, partType: 'list', ...def }, project());
		return await node.answer(message);
	};
	const payload = async (part: string): Promise<unknown> => (await ask(part)).sent[0]?.payload;
	const known = () => sandbox.admin.listProjects().find(({ slug }) => slug === PUBLIC);

	it('gives the definition, one of its own for each message', async () => {
		const [first, second] = [(await payload('definition')) as Project, await payload('definition')];
		expect(first.forms.map(({ ref, name }) => [ref, name])).toEqual(
			known()?.forms.map(({ ref, name }) => [ref, name]),
		);
		expect(first).toEqual(second);
		expect(first).not.toBe(second);
	});

	it('gives numbers that are counted anew for each message', async () => {
		const before = (await payload('statistics')) as ProjectStatistics;
		sandbox.admin.addEntry({ project: PUBLIC });
		const after = (await payload('statistics')) as ProjectStatistics;
		expect(after.totalEntries).toBe(before.totalEntries + 1);
		expect(after.forms[0]).toMatchObject({ entries: (before.forms[0]?.entries ?? 0) + 1 });
		expect(after.structureLastUpdated).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/);
	});

	it('gives forms, branches and mappings as lists', async () => {
		expect(await payload('forms')).toMatchObject(
			(known()?.forms ?? []).map(({ ref, name }) => ({ ref, name })),
		);
		const branches = (await payload('branches')) as unknown[];
		expect(branches.length).toBeGreaterThan(0);
		expect(branches[0]).toMatchObject({ ref: expect.any(String), formName: known()?.forms[0]?.name });
		expect(await payload('mappings')).toMatchObject([{ index: 0, name: 'EC5_AUTO' }, {}]);
	});

	it('gives the logo as a Buffer, and null where the project has none of its own', async () => {
		const logo = await payload('logo');
		expect(Buffer.isBuffer(logo)).toBe(true);
		expect((logo as Buffer).subarray(0, 2)).toEqual(Buffer.from([0xff, 0xd8]));
		const kept = sandbox.epicollect5.store.bySlug(PUBLIC);
		const none = jest.spyOn(kept as NonNullable<typeof kept>, 'mediaFile').mockReturnValue(undefined);
		const { sent, node } = await ask('logo');
		none.mockRestore();
		expect(sent).toEqual([{ payload: null }]);
		expect(node.shown.at(-1)?.text).toContain('noLogo');
	});

	it('takes what to tell from the message, and keeps its other properties', async () => {
		const message = { wanted: 'Forms', topic: 'kept' };
		const { sent } = await ask('wanted', message, { partType: 'msg', property: 'forms' });
		expect(sent[0]).toMatchObject({ topic: 'kept', wanted: 'Forms', forms: expect.any(Array) });
		expect(sent[0]).not.toHaveProperty('payload');
	});

	it('says which words there are where it gets another one', async () => {
		expect((await ask('wanted', { wanted: 'users' }, { partType: 'msg' })).error).toMatchObject({
			code: 'value',
			message: expect.stringContaining('definition, statistics, forms, branches, mappings, logo'),
		});
	});

	it('says so when no project is chosen', async () => {
		expect((await ask('forms', {}, { project: '' })).error).toMatchObject({ code: 'no_project' });
	});

	it.each([
		['baseUrl', 'Server'],
		['project', 'Project'],
		['clientId', 'Client ID'],
		['clientSecret', 'Client secret'],
	])('asks nothing where an environment variable is not set, as the %s', async (name, field) => {
		const unset = { ...project(), clientId: '1', clientSecret: 'x', [name]: '${EC5_UNSET}' };
		const { answer } = startNode(register, { project: 'ec5' }, unset);
		sandbox.admin.resetStats();
		expect((await answer({})).error).toMatchObject({
			code: 'env',
			cause: { field },
			message: expect.stringContaining('${EC5_UNSET} is not set'),
		});
		expect(sandbox.stats().requests).toEqual({});
	});

	it('reads no project whose page is on another server than the one that is set', async () => {
		const other = { ...project(), project: `https://five.epicollect.net/project/${project().project}` };
		const { answer } = startNode(register, { project: 'ec5' }, other);
		expect((await answer({})).error).toMatchObject({ code: 'other_server', cause: { field: 'Project' } });
	});

	it('stops at once when it is redeployed', async () => {
		sandbox.admin.planFault({ kind: 'media', fault: { type: 'hang' } });
		const { node, answer } = startNode(register, { project: 'ec5', part: 'logo' }, project());
		const answered = answer({});
		await new Promise((resolve) => setTimeout(resolve, 20));
		await node.close();
		expect((await answered).sent).toEqual([]);
	});

	it('survives 1,000 messages of any kind', async () => {
		const names = ['part', 'property'];
		expect(await fuzz(register, { names, fixed: { project: 'ec5' }, project: project() })).toEqual([]);
	}, 60_000);
});
