import { startSandbox, type Sandbox } from '../../../sandbox/src';
import { seededRandom, type Random } from '../../../sandbox/src/shared/random';
import { Postgres, postgresClient, USER } from '../shared/postgres';
import { say } from '../shared/say';
import { waitFor } from '../shared/waitFor';
import { fn, follower, project, tab, type ClientApp } from './flows';
import { askingFlow, gotBy, repeated, SLUG, versionOf, versionsOf, writingFlow } from './following';
import { NodeRedHost, type FlowNode } from './host';
import { packedNodes } from './pack';

/** How often Node-RED is killed in each test; more of it nightly. */
const KILLS = Number(process.env.FIELD_DATA_KILLS ?? 5);
/** A round takes some hundred milliseconds, the store writes once a second: both are hit. */
const LATEST_MS = 1_500;

jest.setTimeout(120_000 + KILLS * 20_000);

describe('Node-RED is killed in the middle of its work, with a file for its context', () => {
	let sandbox: Sandbox;
	let host: NodeRedHost;
	let app: ClientApp;

	beforeEach(async () => {
		sandbox = await startSandbox({
			limits: 'off',
			entries: 40,
			projects: ['private'],
			tokenSeconds: 1_000_000,
		});
		const { id, secret } = sandbox.admin.addClient({ project: SLUG });
		app = { id: String(id), secret };
		host = await NodeRedHost.start('5', { modules: { fs: 'fs', pg: postgresClient() } });
		await host.installPack(packedNodes());
	});
	afterEach(async () => {
		await host?.stop();
		await sandbox?.stop();
	});

	/**
	 * @param kill ends something and starts it again
	 * @returns every version that could be read at the end of a round, or when it was killed
	 */
	async function killAtEach(random: Random, kill = () => host.crash()): Promise<Set<string>> {
		const versions = new Set(versionsOf(sandbox));
		for (let round = 0; round < KILLS; round++) {
			change(random);
			void host.admin('/ask').catch(() => undefined);
			await new Promise((resolve) => setTimeout(resolve, random.int(0, LATEST_MS)));
			await kill();
			await host.until('/ask');
		}
		change(random);
		expect((await host.admin('/ask')).status).toBe(200);
		for (const version of versionsOf(sandbox)) versions.add(version);
		return versions;
	}

	/** New entries in two forms, and entries that are edited for the first time: an edit of an edit would hide the first. */
	function change(random: Random): void {
		sandbox.admin.advanceClock({ seconds: 60 });
		sandbox.admin.addEntries({ project: SLUG, count: random.int(1, 300), perSecond: 7 });
		sandbox.admin.addEntries({ project: SLUG, form: 'Visit', count: random.int(1, 20) });
		sandbox.admin.advanceClock({ seconds: 60 });
	}

	test('what was sent may come again with the same id, and nothing is left out', async () => {
		await host.deploy(writingFlow(sandbox, app));
		const expected = await killAtEach(seededRandom(5));
		await waitFor(async () => new Set((await gotBy(host)).map(versionOf)).size >= expected.size, {
			what: 'all entries',
			timeoutMs: 10_000,
		}).catch(() => undefined);
		const got = await gotBy(host);
		const lost = [...expected].filter((one) => !got.some((each) => versionOf(each) === one));
		expect(lost).toEqual([]);
		expect(got.filter((one) => !expected.has(versionOf(one)))).toEqual([]);
		const again = repeated(got.map(({ eventId }) => eventId));
		for (const eventId of new Set(again)) {
			const same = got.filter((one) => one.eventId === eventId).map(({ row }) => JSON.stringify(row));
			expect(new Set(same).size).toBe(1);
		}
		say({
			shown: 'node-red in, killed',
			kills: KILLS,
			versions: expected.size,
			repeats: again.length,
			lost: lost.length,
		});
	});

	/** What a PostgreSQL has that confirms each batch, after something was killed again and again. */
	async function stored(random: Random, killed: (postgres: Postgres) => (() => Promise<void>) | undefined) {
		const postgres = await Postgres.start();
		try {
			await postgres.query(
				'CREATE TABLE entries (event_id text PRIMARY KEY, entry jsonb, times int DEFAULT 1, marked int DEFAULT 0)',
			);
			await host.deploy(storingFlow(sandbox, app, postgres.port));
			const expected = await killAtEach(random, killed(postgres));
			const rows = await postgres.query('SELECT event_id, times, marked FROM entries');
			const each = rows.map((row) => row.split('|') as [string, string, string]);
			const versions = new Set(each.map(([eventId]) => versionOf({ eventId })));
			const lost = [...expected].filter((one) => !versions.has(one));
			expect(lost).toEqual([]);
			expect([...versions].filter((one) => !expected.has(one))).toEqual([]);
			const sum = (column: 1 | 2): number => each.reduce((all, row) => all + Number(row[column]), 0);
			const found = { versions: expected.size, repeats: sum(1) - each.length, marked: sum(2) };
			return { kills: KILLS, ...found, lost: lost.length };
		} finally {
			await postgres.stop();
		}
	}

	test('a PostgreSQL that confirms has everything: nothing is lost at all', async () => {
		const found = await stored(seededRandom(6), () => undefined);
		say({ shown: 'node-red in, killed, into PostgreSQL', ...found });
	});

	test('a PostgreSQL that is killed itself has everything too, and every repeat says that it is one', async () => {
		const found = await stored(seededRandom(7), (postgres) => () => postgres.crash());
		expect(found.marked).toBe(found.repeats);
		say({ shown: 'node-red in, into a PostgreSQL that is killed', ...found });
	});
});

/** The flow of the help: what the database has stored goes back to be confirmed. */
function storingFlow(sandbox: Sandbox, app: ClientApp, port: number): FlowNode[] {
	const store = `
		const { Client } = global.get('pg');
		const client = new Client({ host: '127.0.0.1', port: ${port}, user: '${USER}', database: 'postgres' });
		// A server that goes away in the middle is told as an event too, which would end the runtime.
		client.on('error', () => undefined);
		await client.connect();
		try {
			await client.query('BEGIN');
			for (const [i, { eventId, redelivered }] of msg.events.entries()) {
				await client.query(
					'INSERT INTO entries (event_id, entry) VALUES ($1, $2) ON CONFLICT (event_id) DO UPDATE ' +
						'SET times = entries.times + 1, marked = entries.marked + $3',
					[eventId, msg.payload[i], redelivered ? 1 : 0],
				);
			}
			await client.query('COMMIT');
		} finally {
			await client.end();
		}
		delete msg.req;
		delete msg.res;
		return msg;`;
	const settings = { output: 'array', advance: 'confirmed', batchSize: '25', timeout: '1' };
	return [
		...[tab(), project('ec5', sandbox.addresses.epicollect5, SLUG, app), ...askingFlow('/ask', 'in')],
		...[follower('in', 'ec5', ['store'], settings), fn('store', store, ['in'])],
	];
}
