import { readFileSync } from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';
import { realClock } from '../../../../sandbox/src/shared/clock';
import { listen, type ListeningServer } from '../../../../sandbox/src/shared/server';
import { createWorkfloPlus, type WorkfloPlus } from '../../../../sandbox/src/workfloplus';
import { startSandbox, type Sandbox } from '../../../../sandbox/src';
import { ensureInstalled } from '../../shared/installed';
import { repository, type FlowNode, type HostVersion } from '../host';

const built = path.join(repository, 'node-red/dist/nodes/field-data');

/** What is used of node-red-node-test-helper, which brings no types. */
interface Helper {
	init(runtime: string): void;
	startServer(): Promise<void>;
	stopServer(): Promise<void>;
	load(nodes: unknown, flow: readonly object[], credentials: object): Promise<void>;
	unload(): Promise<void>;
	getNode(id: string): HelperNode | null;
}

interface HelperNode {
	type: string;
	receive(message: object): void;
	on(event: 'input', listener: (message: Message) => void): void;
}

interface Message {
	payload?: unknown;
	error?: { message: string; code: string; cause: { code: string; hint: string } };
	[property: string]: unknown;
}

/** What one type of node is tried with: settings over those that its dialog begins with. */
interface Trial {
	settings: object;
	message?: object;
	/** Whether this is what comes of it. */
	gives: (payload: unknown) => boolean;
	/** What it cannot do, and the code that a flow is told. */
	fails: { settings?: object; message?: object; code: string };
}

/** A node without a place on the canvas would be taken for a config node. */
const place = { z: 'tab', x: 100, y: 100 };
const isList = (payload: unknown): boolean => Array.isArray(payload) && payload.length > 0;

/** Nodes without a Node-RED around them but its runtime, by the helper that Node-RED's authors test nodes with. */
export function helperSuite(version: HostVersion): void {
	let sandbox: Sandbox;
	let service: WorkfloPlus;
	let server: ListeningServer;
	let helper: Helper;
	let register: unknown;
	const defaults = dialogDefaults();

	beforeAll(async () => {
		const folder = path.join(repository, `test/hosts/node-red-${version}`);
		await ensureInstalled(folder, 'node-red-node-test-helper/index.js');
		const modules = path.join(folder, 'node_modules');
		helper = (await import(path.join(modules, 'node-red-node-test-helper/index.js'))).default as Helper;
		helper.init(path.join(modules, 'node-red/lib/red.js'));
		register = ((await import(`${built}.js`)) as { default: unknown }).default;
		sandbox = await startSandbox({ limits: 'off', entries: 12, projects: ['public'] });
		sandbox.admin.addMedia({ project: 'sandbox-public', name: 'nest.jpg', bytes: 500 });
		service = createWorkfloPlus({ clock: realClock() });
		server = await listen(service);
		await helper.startServer();
	}, 60_000);
	afterAll(async () => {
		await helper?.stopServer();
		await sandbox?.stop();
		await server?.stop();
	});
	afterEach(() => helper.unload());

	const epicollect5 = (settings: object = {}): FlowNode => ({
		...{ id: 'ec5', type: 'epicollect5-project', ...defaults.get('epicollect5-project') },
		...{ baseUrl: sandbox.addresses.epicollect5, project: 'sandbox-public', ...settings },
	});
	const workfloPlus = (url: string): FlowNode => ({
		...{ id: 'wfp', type: 'workfloplus-client', ...defaults.get('workfloplus-client') },
		...{ accountsUrl: url, gatewayUrl: url },
	});
	const ids = (): string[] =>
		sandbox.admin.listEntries({ project: 'sandbox-public' }).map(({ uuid }) => uuid);

	const TRIALS: Readonly<Record<string, () => Trial>> = {
		'epicollect5-entries': () => ({
			settings: { project: 'ec5' },
			gives: (payload) => isList(payload) && (payload as unknown[]).length === ids().length,
			fails: { settings: { form: 'No such form', formType: 'str' }, code: 'ec5_15' },
		}),
		'epicollect5-branch-entries': () => ({
			settings: { project: 'ec5', branch: 'Trees', branchType: 'str' },
			gives: isList,
			fails: { settings: { branch: 'No such branch', branchType: 'str' }, code: 'ec5_99' },
		}),
		'epicollect5-in': () => ({
			settings: { project: 'ec5', poll: 'message', start: 'beginning' },
			gives: (payload) => typeof payload === 'object' && payload !== null && 'ec5_uuid' in payload,
			fails: { settings: { project: 'none' }, code: 'no_project' },
		}),
		'epicollect5-media': () => ({
			settings: { project: 'ec5' },
			message: { payload: 'nest.jpg' },
			gives: (payload) => Buffer.isBuffer(payload) && payload.length === 500,
			fails: { message: { payload: '../secret' }, code: 'media_name' },
		}),
		'epicollect5-deleted': () => ({
			settings: { project: 'ec5' },
			message: { payload: ['00000000-0000-4000-8000-000000000000', ...ids()] },
			gives: (payload) => isList(payload) && (payload as unknown[]).length === 1,
			fails: { message: { payload: 7 }, code: 'known' },
		}),
		'epicollect5-project-info': () => ({
			settings: { project: 'ec5' },
			gives: (payload) => (payload as { slug?: string }).slug === 'sandbox-public',
			fails: { settings: { part: 'weather', partType: 'str' }, code: 'value' },
		}),
		'epicollect5-search': () => ({
			settings: { baseUrl: sandbox.addresses.epicollect5 },
			message: { payload: 'Sandbox' },
			gives: isList,
			fails: { message: { payload: '' }, code: 'search' },
		}),
		'workfloplus-scheduled-jobs': () => ({
			settings: {
				...{ client: 'wfp', workflow: service.admin.state().workflows[0]?.workflowId, workflowType: 'str' },
				...{ assignees: service.admin.state().users[0]?.userId, assigneesType: 'str' },
			},
			message: { payload: 'Look after the nests' },
			gives: (payload) => typeof payload === 'object',
			fails: { settings: { workflow: '', workflowType: 'str' }, code: 'input' },
		}),
	};
	const types = Object.keys(TRIALS);

	/** Loads a node of that type, its config nodes, and what listens to its outputs and failures. */
	async function load(type: string, settings: object, url?: string) {
		const node = {
			id: 'node',
			type,
			...place,
			...defaults.get(type),
			...settings,
			wires: [['out'], ['out']],
		};
		const listeners = [
			{ id: 'out', type: 'helper', ...place, wires: [] },
			{ id: 'catch', type: 'catch', ...place, scope: null, uncaught: false, wires: [['failed']] },
			{ id: 'failed', type: 'helper', ...place, wires: [] },
		];
		const flow = [
			{ id: 'tab', type: 'tab', label: 'Test' },
			epicollect5(url === undefined ? {} : { baseUrl: url }),
			workfloPlus(url ?? server.url),
			node,
			...listeners,
		];
		const { id: clientId, secret: clientSecret } = service.clients[0]!;
		await helper.load(register, flow, { wfp: { clientId, clientSecret } });
		const next = (id: string): Promise<Message> =>
			new Promise((resolve) => helper.getNode(id)!.on('input', resolve));
		return { node: helper.getNode('node')!, sent: next('out'), failed: next('failed') };
	}

	test.each([...defaults.keys()])('%s loads as it is dragged onto the canvas', async (type) => {
		expect(defaults.get(type)).toMatchObject({ name: '', schema: expect.any(Number) });
		await helper.load(register, [{ id: 'node', type, ...defaults.get(type), wires: [[]] }], {});
		expect(helper.getNode('node')).toMatchObject({ type });
	});

	test('every type of node that the pack has is tried', () => {
		expect([...types, 'epicollect5-project', 'workfloplus-client'].sort()).toEqual(
			[...defaults.keys()].sort(),
		);
	});

	test.each(types)('%s gives what the service has', async (type) => {
		const { settings, message = {}, gives } = TRIALS[type]!();
		const { node, sent, failed } = await load(type, settings);
		node.receive(message);
		const outcome = await Promise.race([sent, failed]);
		expect(outcome.error).toBeUndefined();
		expect(gives(outcome.payload)).toBe(true);
	});

	test.each(types)('%s tells a flow what it could not do by a code, and what to do next', async (type) => {
		const { settings, message, fails } = TRIALS[type]!();
		const { node, failed } = await load(type, { ...settings, ...fails.settings });
		node.receive(fails.message ?? message ?? {});
		const { error } = await failed;
		expect(error).toMatchObject({
			code: fails.code,
			cause: { code: fails.code, hint: expect.stringMatching(/\S/) },
		});
	});

	// Node-RED gives a node 15 s to close: the test fails before.
	test.each(types)(
		'%s closes at once while it waits for an answer',
		async (type) => {
			const { settings, message = {} } = TRIALS[type]!();
			const silent = await silentServer();
			try {
				const isSearch = type === 'epicollect5-search';
				const { node } = await load(
					type,
					{ ...settings, ...(isSearch && { baseUrl: silent.url }) },
					silent.url,
				);
				node.receive(message);
				await silent.asked;
				await helper.unload();
				expect(helper.getNode('node')).toBeNull();
			} finally {
				await silent.stop();
			}
		},
		10_000,
	);
}

/** A server that takes requests and never answers. */
async function silentServer() {
	let told: () => void = () => undefined;
	const asked = new Promise<void>((resolve) => (told = resolve));
	const server = await listen({
		handle: () => {
			told();
			return new Promise(() => undefined);
		},
	});
	return { url: server.url, stop: () => server.stop(), asked };
}

/** What the editor gives a node that is dragged onto the canvas, by type: from the packed dialogs. */
function dialogDefaults(): Map<string, Record<string, unknown>> {
	const html = readFileSync(`${built}.html`, 'utf8');
	const code = /<script(?: type="text\/javascript")?>([^]*?)<\/script>/.exec(html)?.[1] ?? '';
	const defaults = new Map<string, Record<string, unknown>>();
	const registerType = (type: string, { defaults: own }: { defaults: Record<string, { value: unknown }> }) =>
		void defaults.set(
			type,
			JSON.parse(
				JSON.stringify(Object.fromEntries(Object.entries(own).map(([name, { value }]) => [name, value]))),
			) as Record<string, unknown>,
		);
	vm.runInNewContext(code, { RED: { nodes: { registerType } } });
	return defaults;
}
