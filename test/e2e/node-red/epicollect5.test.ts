import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { startSandbox, type Sandbox } from '../../../sandbox/src';
import { say } from '../shared/say';
import {
	debug,
	entries,
	gather,
	httpIn,
	httpResponse,
	inject,
	join,
	project,
	tab,
	type ClientApp,
} from './flows';
import { hostVersions, NodeRedHost, repository, type FlowNode } from './host';
import { packedNodes } from './pack';

type Row = Record<string, unknown> & { ec5_uuid: string };

const PRIVATE = 'sandbox-private';
const RECORDED = path.resolve(repository, '../shared/recordings/epicollect5/dataset');
const uuids = (rows: readonly Row[]): string[] => rows.map(({ ec5_uuid }) => ec5_uuid).sort();

describe.each(hostVersions)('Epicollect5 in Node-RED %s', (version) => {
	let sandbox: Sandbox;
	let host: NodeRedHost;

	beforeAll(async () => {
		sandbox = await startSandbox({ limits: 'off', entries: 1_000 });
		host = await NodeRedHost.start(version);
		await host.installPack(packedNodes());
	});
	afterAll(async () => {
		await host?.stop();
		await sandbox?.stop();
	});

	/** An app of the private project that has never had a token. */
	const newApp = (): ClientApp & { number: number } => {
		const { id, secret } = sandbox.admin.addClient({ project: PRIVATE });
		return { id: String(id), secret, number: id };
	};
	const config = (app?: ClientApp): FlowNode => project('ec5', sandbox.addresses.epicollect5, PRIVATE, app);
	const reader = (id: string, settings: object = {}, to = 'response'): FlowNode =>
		entries(id, 'ec5', [to], settings);

	/** What the server sends for the first form, page by page, past the nodes. */
	async function sent(): Promise<Row[]> {
		const token = sandbox.admin.issueToken({ client: newApp().number });
		const rows: Row[] = [];
		for (let page = 1; page <= 2; page++) {
			const url = `${sandbox.addresses.epicollect5}/api/export/entries/${PRIVATE}`;
			const query = `?per_page=500&sort_by=created_at&sort_order=ASC&map_index=0&page=${page}`;
			const answer = await fetch(url + query, { headers: { authorization: `Bearer ${token}` } });
			rows.push(...((await answer.json()) as { data: { entries: Row[] } }).data.entries);
		}
		return rows;
	}

	test('a flow reads 1,000 entries of a private project exactly, with one token', async () => {
		await host.deploy([
			...[tab(), config(newApp()), httpResponse()],
			...[httpIn('in', '/raw', ['raw']), reader('raw', { shape: 'raw' })],
		]);
		sandbox.admin.resetStats();
		const rows = await host.json<Row[]>('/raw');
		expect(sandbox.stats()).toMatchObject({ tokensIssued: 1, requests: { entries: 3, project: 1 } });
		const expected = await sent();
		expect(expected).toHaveLength(1_000);
		expect(rows).toHaveLength(1_000);
		expect(uuids(rows)).toEqual(uuids(expected));
		const byId = new Map(rows.map((row) => [row.ec5_uuid, row]));
		for (const row of expected) expect(byId.get(row.ec5_uuid)).toEqual(row);
		await host.statusOf(
			'raw',
			({ text, fill }) => fill === 'green' && /^1,000 entries · \d\d:\d\d$/.test(text ?? ''),
		);
		say({ shown: 'node-red entries', version, entries: rows.length, tokens: 1 });
	});

	test('tidy entries have numbers, ISO dates, and null for no answer; one message each, ready for a join', async () => {
		await host.deploy([
			...[tab(), config(newApp()), httpResponse()],
			...[
				httpIn('in', '/each', ['each']),
				reader('each', { output: 'each' }, 'join'),
				join('join', ['response']),
			],
		]);
		const [rows, expected] = [await host.json<Row[]>('/each'), await sent()];
		expect(uuids(rows)).toEqual(uuids(expected));
		const byId = new Map(expected.map((row) => [row.ec5_uuid, row]));
		for (const row of rows) {
			const raw = byId.get(row.ec5_uuid) as Row;
			expect(row).toMatchObject({ title: raw.title, uploaded_at: raw.uploaded_at });
			expect(row['12_Width_in_cm']).toBe(raw['12_Width_in_cm'] === '' ? null : raw['12_Width_in_cm']);
			expect(row).not.toHaveProperty('created_by');
			expect(row.eventId).toContain(`${PRIVATE}/`);
		}
	});

	test('only the newest so many; other properties and the chosen one of the message stay', async () => {
		const settings = { limit: 'wanted', limitType: 'msg', property: 'data.rows', output: 'array' };
		const change = {
			...{ id: 'set', type: 'change', z: 'tab', x: 1, y: 1, wires: [['few']] },
			rules: [{ t: 'set', p: 'wanted', pt: 'msg', to: '7', tot: 'num' }],
		};
		await host.deploy([
			...[tab(), config(newApp()), inject('go', ['set'], 'untouched'), change],
			...[reader('few', settings, 'seen'), debug('seen')],
		]);
		const from = host.comms.events.length;
		await host.inject('go');
		const message = JSON.parse(String((await host.debugOf('seen', from)).msg)) as Record<string, unknown>;
		expect(message).toMatchObject({ payload: 'untouched', topic: 'kept', wanted: 7 });
		expect((message.data as { rows: unknown[] }).rows).toHaveLength(7);
		await host.statusOf('few', ({ text }) => /^newest 7 entries/.test(text ?? ''), from);
	});

	describe('ten nodes at once', () => {
		const ten = Array.from({ length: 10 }, (_, i) => `read${i}`);
		const app = { id: '', secret: '', number: 0 };
		const flow = (): FlowNode[] => [
			...[tab(), config(app), httpResponse(), httpIn('in', '/ten', ten), gather('all', 10, ['response'])],
			...ten.map((id) => reader(id, { shape: 'raw' }, 'all')),
		];
		const readTen = async (): Promise<number[]> =>
			(await host.json<Row[][]>('/ten')).map((rows) => rows.length);
		const allOfThem = Array.from({ length: 10 }, () => 1_000);

		beforeAll(() => Object.assign(app, newApp()));
		beforeEach(() => sandbox.admin.resetStats());

		test('cold: exactly one token', async () => {
			await host.deploy(flow());
			expect(await readTen()).toEqual(allOfThem);
			expect(sandbox.stats().tokensIssued).toBe(1);
		});

		test('revoked in between: exactly one more', async () => {
			sandbox.admin.revokeTokens({ client: app.number });
			expect(await readTen()).toEqual(allOfThem);
			expect(sandbox.stats().tokensIssued).toBe(1);
		});

		test('after full, nodes, flows and reload deploys, a config node with another id, and a restart: none', async () => {
			for (const type of ['full', 'nodes', 'flows', 'reload'] as const) {
				await host.deploy(flow(), type);
				expect(await readTen()).toEqual(allOfThem);
			}
			await host.deploy(JSON.parse(JSON.stringify(flow()).replaceAll('"ec5"', '"renamed"')) as FlowNode[]);
			expect(await readTen()).toEqual(allOfThem);
			await host.deploy(flow());
			await host.restart();
			await host.until('/ten');
			expect(await readTen()).toEqual(allOfThem);
			expect(sandbox.stats().tokensIssued).toBe(0);
		});

		test('the copy that outlives the restart is sealed, and no flow holds secret or token', async () => {
			const settings = await readFile(path.join(host.userDir, '.config.runtime.json'), 'utf8');
			expect(settings).toContain('fieldDataTokens');
			const exported = JSON.stringify(await host.json('/flows'));
			const stored = await readFile(path.join(host.userDir, 'flows.json'), 'utf8');
			for (const text of [settings, exported, stored]) {
				expect(text).not.toContain(app.secret);
				// A JSON web token begins so; a sealed text is base64 and has no dots.
				expect(text).not.toMatch(/eyJ[\w-]+\.[\w-]+/);
			}
		});
	});

	test('a redeploy ends a request that hangs at once', async () => {
		await host.deploy([
			tab(),
			config(newApp()),
			inject('go', ['hung']),
			reader('hung', {}, 'seen'),
			debug('seen'),
		]);
		sandbox.admin.planFault({ kind: 'entries', fault: { type: 'hang' } });
		await host.inject('go');
		await host.statusOf('hung', ({ fill }) => fill === 'blue');
		const asked = Date.now();
		await host.deploy([tab()]);
		expect(Date.now() - asked).toBeLessThan(1_500);
		sandbox.admin.clearFaults();
	});

	const recorded = existsSync(RECORDED) ? test : test.skip;
	if (!existsSync(RECORDED)) say({ skipped: 'the recorded project', because: `${RECORDED} is absent` });
	recorded('the recorded project is read completely: every uuid once', async () => {
		const real = await startSandbox({ limits: 'off', dataDir: RECORDED });
		try {
			await host.deploy([
				...[tab(), project('ec5', real.addresses.epicollect5, 'ec5-real-public'), httpResponse()],
				...[httpIn('in', '/real', ['real']), reader('real')],
			]);
			const rows = await host.json<Row[]>('/real');
			const held = real.admin.listEntries({ project: 'ec5-real-public' }).map(({ uuid }) => uuid);
			expect(rows).toHaveLength(1_255);
			expect(uuids(rows)).toEqual(held.sort());
			expect(new Set(uuids(rows)).size).toBe(1_255);
			say({ shown: 'node-red recorded project', version, entries: rows.length });
		} finally {
			await real.stop();
		}
	});
});
