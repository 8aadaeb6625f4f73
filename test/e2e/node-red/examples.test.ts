import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { startSandbox, type Sandbox } from '../../../sandbox/src';
import { formsOf } from '../../../sandbox/src/epicollect5/definition';
import { asMap } from '../../../sandbox/src/epicollect5/model';
import { ensureInstalled } from '../shared/installed';
import { Postgres, USER } from '../shared/postgres';
import { waitFor } from '../shared/waitFor';
import { Editor } from './browser';
import { project, tab, type ClientApp } from './flows';
import { versionsOf } from './following';
import { NodeRedHost, repository, type FlowNode } from './host';
import { packedNodes } from './pack';

const PRIVATE = 'sandbox-private';
const PUBLIC = 'sandbox-public';
const LIBRARY = '/library/examples/flows/@field-data/node-red';
/** Nodes that examples use and users install from the palette. */
const PALETTE = path.join(repository, 'test/hosts/node-red-palette');

/** What the page of the map has; the functions given to `evaluate` run there. */
declare const markers: Record<string, { getLatLng(): object; getPopup(): { getContent(): string } }>;

/** Values by the names of a tab's own environment. */
type Filled = Readonly<Record<string, string>>;

jest.setTimeout(120_000);

describe('An example', () => {
	let sandbox: Sandbox;
	let host: NodeRedHost;
	let app: ClientApp;

	beforeAll(async () => {
		await ensureInstalled(PALETTE, 'node-red-contrib-web-worldmap/package.json', ['--ignore-scripts']);
		sandbox = await startSandbox({ limits: 'off', entries: 30, projects: ['private', 'public'] });
		const { id, secret } = sandbox.admin.addClient({ project: PRIVATE });
		app = { id: String(id), secret };
		host = await NodeRedHost.start('5', { nodesDir: PALETTE, functionModules: true });
		await host.installPack(packedNodes());
	});
	afterAll(async () => {
		await host?.stop();
		await sandbox?.stop();
	});

	/** As somebody imports it by *Import > Examples*, chooses a project, and fills in what the comments say. */
	async function imported(name: string, filled: Filled = {}): Promise<FlowNode[]> {
		const flow = await host.json<FlowNode[]>(`${LIBRARY}/${name}`);
		const server = sandbox.addresses.epicollect5;
		return flow.map((node) => {
			if (node.type === 'tab') {
				const env = (node.env ?? []) as Array<{ name: string; value: unknown }>;
				return { ...node, env: env.map((one) => ({ ...one, value: filled[one.name] ?? one.value })) };
			}
			if (node.type === 'epicollect5-project') {
				return node.name === 'second project'
					? project(node.id, server, PUBLIC)
					: project(node.id, server, PRIVATE, app);
			}
			return 'baseUrl' in node ? { ...node, baseUrl: server } : node;
		});
	}
	const named = (flow: readonly FlowNode[], name: string): string => {
		const found = flow.find((node) => node.name === name && node.type !== 'comment');
		if (!found) throw new Error(`No node is called "${name}"`);
		return found.id;
	};
	const typed = (flow: readonly FlowNode[], type: string): string =>
		flow.find((node) => node.type === type)?.id ?? '';
	/** A question of the first form: its ref, and its column. */
	const questionOf = (text: string): { ref: string; column: string } => {
		const { definition, mappings } = must(sandbox.epicollect5.store.bySlug(PRIVATE));
		const form = must(formsOf(definition)[0]);
		const all = form.inputs.flatMap((input) => [input, ...input.group]);
		const { ref } = must(all.find(({ question }) => question === text));
		const names = asMap(mappings.get(0)?.forms[form.ref]);
		const groups = Object.values(names).map(({ group }) => asMap(group));
		const found = [names, ...groups].find((map) => map[ref] !== undefined);
		return { ref, column: must(found?.[ref]?.map_to) };
	};
	/** Answers of an upload, by the texts of the questions. */
	const answers = (given: Readonly<Record<string, unknown>>): Record<string, unknown> =>
		Object.fromEntries(Object.entries(given).map(([text, answer]) => [questionOf(text).ref, answer]));
	/** Deploys a flow with `epicollect5 in` and waits until it has asked for the first time. */
	const follow = async (flow: readonly FlowNode[]): Promise<void> => {
		const from = host.comms.events.length;
		await host.deploy(flow);
		const all = flow.filter(({ type }) => type === 'epicollect5-in');
		await Promise.all(all.map(({ id }) => host.statusOf(id, ({ text }) => /next/.test(text ?? ''), from)));
	};
	/** Presses *ask now* and waits for the round. */
	const ask = async (flow: readonly FlowNode[]): Promise<void> => {
		const from = host.comms.events.length;
		await host.inject(named(flow, 'ask now'));
		await host.statusOf(typed(flow, 'epicollect5-in'), ({ text }) => /next/.test(text ?? ''), from);
	};

	afterEach(() => host.deploy([tab()]));

	test('is there for each file of the package, under Import > Examples', async () => {
		const listed = await host.json<Array<{ fn: string }>>(LIBRARY);
		const files = readdirSync(path.join(repository, 'node-red/examples'));
		expect(listed.map(({ fn }) => `${fn}.json`).sort()).toEqual(files.sort());
	});

	test('counts a project, and lists its forms', async () => {
		const flow = await imported('project-numbers');
		await host.deploy(flow);
		const from = host.comms.events.length;
		await host.inject(named(flow, 'count'));
		const numbers = await host.debugOf(named(flow, 'numbers'), from);
		expect(JSON.parse(String(numbers.msg))).toMatchObject({ slug: PRIVATE });
		await host.inject(named(flow, 'forms'));
		const forms = await host.debugOf(named(flow, 'what was asked for'), from);
		expect(JSON.parse(String(forms.msg))).toHaveLength(3);
	});

	test('follows a project, and reads the entries of its first branch', async () => {
		const flow = await imported('follow-project');
		await follow(flow);
		const from = host.comms.events.length;
		await host.inject(named(flow, 'branch entries'));
		const rows = await host.debugOf(named(flow, 'entries of the branch'), from);
		expect(String(rows.msg)).toContain('ec5_branch_uuid');
	});

	test('searches for projects', async () => {
		sandbox.admin.addProject({ name: 'Water wells' });
		const flow = await imported('find-projects');
		await host.deploy(flow);
		const from = host.comms.events.length;
		await host.inject(named(flow, 'water'));
		const found = await host.debugOf(named(flow, 'projects'), from);
		expect(JSON.parse(String(found.msg))).toMatchObject([{ name: 'Water wells' }]);
	});

	test('finds at night what was deleted', async () => {
		const flow = await imported('nightly-deletion-check');
		await host.deploy(flow);
		const from = host.comms.events.length;
		await host.inject(named(flow, 'remember'));
		await host.statusOf(typed(flow, 'epicollect5-entries'), ({ fill }) => fill === 'green', from);
		const { uuid } = must(sandbox.admin.listEntries({ project: PRIVATE })[0]);
		sandbox.admin.deleteEntry({ project: PRIVATE, uuid });
		await host.inject(named(flow, 'at 2 in the night'));
		const gone = await host.debugOf(named(flow, 'an entry that is gone'), from);
		expect(JSON.parse(String(gone.msg))).toMatchObject({ ec5_uuid: uuid });
	});

	test('writes one CSV file for each day, each with its header once', async () => {
		const flow = await imported('csv-per-day', { FOLDER: path.join(host.userDir, 'days') });
		const [old] = sandbox.admin.listEntries({ project: PRIVATE });
		const oldDay = must(old).uploadedAt.slice(0, 10);
		const byHand = must(flow.find(({ name }) => name === 'a day of your choice'));
		byHand.props = [{ p: 'day', v: oldDay, vt: 'str' }];
		const day = new Date(sandbox.admin.now()).toISOString().slice(0, 10);
		const file = (of: string): string => path.join(host.userDir, 'days', `entries-${of}.csv`);
		const uuids = (of: string): string[] =>
			sandbox.admin
				.listEntries({ project: PRIVATE })
				.filter(({ uploadedAt }) => uploadedAt.startsWith(of))
				.map(({ uuid }) => uuid);
		/** The entries of a file, which begins with its header and has no other one. */
		const entriesOf = async (of: string): Promise<string[]> => {
			const lines = (await readFile(file(of), 'utf8')).split('\r\n');
			expect(lines[0]).toMatch(/^ec5_uuid,/);
			expect(lines.filter((line) => line.startsWith('ec5_uuid,'))).toHaveLength(1);
			return lines.flatMap((line) => /^[0-9a-f-]{36}(?=,)/.exec(line)?.[0] ?? []);
		};
		sandbox.admin.addEntries({ project: PRIVATE, count: 2 });
		let from = host.comms.events.length;
		await host.deploy(flow);
		await host.debugOf(named(flow, 'written'), from);
		expect((await entriesOf(day)).sort()).toEqual(uuids(day).sort());
		sandbox.admin.addEntry({ project: PRIVATE });
		from = host.comms.events.length;
		await host.inject(named(flow, 'today, every 30 minutes'));
		await host.debugOf(named(flow, 'written'), from);
		expect(uuids(day).length).toBeGreaterThanOrEqual(3);
		expect((await entriesOf(day)).sort()).toEqual(uuids(day).sort());
		from = host.comms.events.length;
		await host.inject(named(flow, 'a day of your choice'));
		await host.debugOf(named(flow, 'written'), from);
		expect((await entriesOf(oldDay)).sort()).toEqual(uuids(oldDay).sort());
	});

	test('saves photos to a folder, and leaves those that are there', async () => {
		const flow = await imported('media-to-folders');
		const saver = must(flow.find(({ type }) => type === 'epicollect5-media'));
		saver.folder = path.join(host.userDir, 'photos');
		saver.types = 'photo';
		const reader = must(flow.find(({ type }) => type === 'epicollect5-entries'));
		Object.assign(reader, { limit: '3', limitType: 'num' });
		await host.deploy(flow);
		const run = async (): Promise<string[]> => {
			const from = host.comms.events.length;
			await host.inject(named(flow, 'every night'));
			await host.statusOf(saver.id, ({ fill }) => fill === 'green' || fill === 'yellow', from);
			return readdirSync(String(saver.folder), { recursive: true }).map(String).sort();
		};
		const asked = (): number => sandbox.stats().requests.media ?? 0;
		sandbox.admin.resetStats();
		const saved = await run();
		const photos = saved.filter((file) => file.endsWith('.jpg')).length;
		expect(photos).toBeGreaterThan(0);
		const first = asked();
		sandbox.admin.resetStats();
		expect(await run()).toEqual(saved);
		// What a phone has not sent yet is asked for again.
		expect(asked()).toBeLessThanOrEqual(first - photos);
	});

	describe('sends an alert', () => {
		const heard: string[] = [];
		let team: Server;

		beforeAll(async () => {
			team = createServer((request, response) => {
				request.on('data', (chunk: Buffer) => heard.push(chunk.toString()));
				request.on('end', () => response.end('ok'));
			});
			await new Promise<void>((resolve) => team.listen(0, '127.0.0.1', resolve));
		});
		afterAll(() => new Promise((resolve) => team.close(resolve)));

		test('for an answer below the limit, new or edited, and for no other one', async () => {
			const { port } = team.address() as AddressInfo;
			const { column } = questionOf('pH');
			const flow = await imported('alert-on-a-value', {
				...{ QUESTION: column, LIMIT: '6', ALERT_URL: `http://127.0.0.1:${port}` },
			});
			await follow(flow);
			const pH = (pH: string) => answers({ pH });
			const add = (title: string, answer: string) =>
				sandbox.admin.addEntry({ project: PRIVATE, title, answers: pH(answer) });
			add('Sour pond', '5.6');
			const good = add('Good pond', '7.2');
			add('Unknown pond', '');
			await ask(flow);
			await waitFor(() => heard.length > 0, { what: 'the alert' });
			sandbox.admin.editEntry({ project: PRIVATE, uuid: good.uuid, answers: pH('5.9') });
			await ask(flow);
			await waitFor(() => heard.length > 1, { what: 'the alert of the edited entry' });
			expect(heard.map((text) => (JSON.parse(text) as { text: string }).text)).toEqual([
				`Sour pond: ${column} is 5.6, below 6`,
				`Good pond: ${column} is 5.9, below 6`,
			]);
		});
	});

	test('brings several projects together', async () => {
		const flow = await imported('several-projects');
		await follow(flow);
		const from = host.comms.events.length;
		for (const slug of [PRIVATE, PUBLIC]) sandbox.admin.addEntry({ project: slug, title: `In ${slug}` });
		for (const { id, name } of flow) if (name === 'ask now') await host.inject(id);
		const all = () => host.comms.debug(from).filter(({ id }) => id === named(flow, 'entries of both'));
		await waitFor(() => all().length >= 2, { what: 'an entry of each project' });
		const got = all().map(
			({ msg }) => JSON.parse(String(msg)) as { project: string; payload: { title: string } },
		);
		expect(got.map((one) => [one.project, one.payload.title]).sort()).toEqual([
			[PRIVATE, `In ${PRIVATE}`],
			[PUBLIC, `In ${PUBLIC}`],
		]);
	});

	describe('in a browser', () => {
		let editor: Editor;

		beforeAll(async () => {
			editor = await Editor.open(host);
		});
		afterAll(() => editor?.close());

		test('shows entries on a map, those that were there and those that come', async () => {
			const flow = await imported('new-entries-to-map');
			const at = (latitude: number) =>
				answers({ 'Where is it?': { latitude, longitude: -0.12, accuracy: 4 } });
			const first = sandbox.admin.addEntry({ project: PRIVATE, title: 'First', answers: at(51.5) });
			await follow(flow);
			const { page } = editor;
			await page.goto(`${host.url}/worldmap`);
			const where = (uuid: string) =>
				page.evaluate((id) => {
					const marker = markers[id];
					return marker && { ...marker.getLatLng(), popup: marker.getPopup().getContent() };
				}, uuid);
			await waitFor(() => where(first.uuid), { what: 'the first entry on the map' });
			const evil = '<img src=x onerror=alert(1)>';
			const next = sandbox.admin.addEntry({ project: PRIVATE, title: evil, answers: at(51.6) });
			await ask(flow);
			const marker = await waitFor(() => where(next.uuid), { what: 'the next entry on the map' });
			expect(marker).toMatchObject({ lat: 51.6, lng: -0.12 });
			expect(marker.popup).not.toContain('<img');
			await editor.picture('node-red-example-map');
		});

		test('shows the newest entries in a table of the dashboard', async () => {
			const flow = await imported('dashboard-table');
			sandbox.admin.addEntry({ project: PRIVATE, title: 'Newest of all' });
			await host.deploy(flow);
			const { page } = editor;
			await page.goto(`${host.url}/dashboard/field-data`);
			await page.locator('td').getByText('Newest of all').first().waitFor();
			expect(await page.textContent('table')).not.toContain('[object');
			await editor.picture('node-red-example-dashboard');
		});
	});

	test('puts every entry into PostgreSQL once, and again what the database refused', async () => {
		const postgres = await Postgres.start();
		try {
			const flow = await imported('postgresql', {
				PG_HOST: '127.0.0.1',
				PG_PORT: String(postgres.port),
				PG_USER: USER,
			});
			await follow(flow);
			const count = async () => Number((await postgres.query('SELECT count(*) FROM entries'))[0]);
			const versions = async () => await postgres.query('SELECT uuid, event_id FROM entries ORDER BY uuid');
			const before = await versions();
			expect(before).toHaveLength(versionsOf(sandbox).length);
			const [edited] = sandbox.admin.listEntries({ project: PRIVATE });
			sandbox.admin.editEntry({ project: PRIVATE, uuid: must(edited).uuid, title: 'Edited' });
			await ask(flow);
			expect(await count()).toBe(before.length);
			const title = `SELECT entry->>'title' FROM entries WHERE uuid = '${must(edited).uuid}'`;
			expect(await postgres.query(title)).toEqual(['Edited']);
			await postgres.query('ALTER TABLE entries ADD CONSTRAINT closed CHECK (false) NOT VALID');
			const refused = sandbox.admin.addEntry({ project: PRIVATE, title: 'Refused' });
			const from = host.comms.events.length;
			await host.inject(named(flow, 'ask now'));
			const failure = await host.debugOf(named(flow, 'what to do next'), from);
			expect(String(failure.msg)).toContain('closed');
			await postgres.query('ALTER TABLE entries DROP CONSTRAINT closed');
			await host.restart();
			const stored = `SELECT entry->>'title' FROM entries WHERE uuid = '${refused.uuid}'`;
			await waitFor(async () => (await postgres.query(stored))[0] === 'Refused', {
				what: 'the refused entry',
			});
			expect(await count()).toBe(before.length + 1);
		} finally {
			await postgres.stop();
		}
	});
});

function must<T>(value: T | undefined): T {
	if (value === undefined) throw new Error('It is not there');
	return value;
}
