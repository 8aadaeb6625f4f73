import { startSandbox, type Sandbox } from '../../../sandbox/src';
import { seededRandom, type Random } from '../../../sandbox/src/shared/random';
import { say } from '../shared/say';
import { waitFor } from '../shared/waitFor';
import { follower, project, tab, type ClientApp } from './flows';
import { askingFlow, gotBy, repeated, SLUG, versionOf, versionsOf, writingFlow } from './following';
import { hostVersions, NodeRedHost } from './host';
import { packedNodes } from './pack';

const HOUR_S = 3600;
const modules = { fs: 'fs' };

interface Failure {
	code: string;
	message: string;
}

describe.each(hostVersions)('A project that is followed in Node-RED %s', (version) => {
	let sandbox: Sandbox;
	let host: NodeRedHost;
	let app: ClientApp;
	let client: number;

	beforeAll(async () => {
		// A token that dies by itself every two hours of a simulated day would look like two programs that share an app.
		sandbox = await startSandbox({
			limits: 'off',
			entries: 60,
			projects: ['private'],
			tokenSeconds: 1_000_000,
		});
		({ id: client } = sandbox.admin.addClient({ project: SLUG }));
		app = { id: String(client), secret: sandbox.epicollect5.tokens.secretFor(client) };
		host = await NodeRedHost.start(version, { modules });
		await host.installPack(packedNodes());
	});
	afterAll(async () => {
		await host?.stop();
		await sandbox?.stop();
	});

	/** @returns what went wrong */
	async function ask(url = '/ask'): Promise<Failure | undefined> {
		const answer = await host.admin(url);
		return answer.ok ? undefined : ((await answer.json()) as Failure);
	}

	const one = (random: Random): string => {
		const rows = sandbox.admin.listEntries({ project: SLUG });
		return random.pick(rows).uuid;
	};

	/** What happens on a day, an hour each. */
	const acts: Array<(random: Random) => void> = [
		() => sandbox.admin.addEntry({ project: SLUG, title: 'New pond' }),
		(random) => sandbox.admin.editEntry({ project: SLUG, uuid: one(random), title: 'Edited' }),
		// A whole village comes online at once.
		() => sandbox.admin.addEntries({ project: SLUG, count: 2_500, perSecond: 40 }),
		// More than a page within one second.
		() => sandbox.admin.addEntries({ project: SLUG, count: 700 }),
		() => {
			const now = sandbox.admin.now();
			sandbox.admin.addEntry({ project: SLUG, createdAt: now - 30 * 24 * HOUR_S * 1000 });
			// Stamped now, and seen two minutes later.
			sandbox.admin.addEntry({ project: SLUG, visibleInSeconds: 120 });
		},
		() => sandbox.admin.revokeTokens({ client }),
		(random) => {
			const edited = one(random);
			sandbox.admin.editEntry({ project: SLUG, uuid: edited, title: 'Once' });
			sandbox.admin.advanceClock({ seconds: 2 });
			sandbox.admin.editEntry({ project: SLUG, uuid: edited, title: 'Twice' });
		},
		() => sandbox.admin.expireTokens({ client }),
		() => sandbox.admin.addEntries({ project: SLUG, form: 'Visit', count: 30 }),
		(random) => sandbox.admin.deleteEntry({ project: SLUG, uuid: one(random) }),
		() => sandbox.admin.maintenance({ on: true }),
		() => sandbox.admin.addEntry({ project: SLUG, title: 'While it was closed' }),
		() => sandbox.admin.maintenance({ on: false }),
		() => sandbox.admin.planFault({ kind: 'entries', fault: { type: 'rateLimited', retryAfter: 1 } }),
		(random) => sandbox.admin.editEntry({ project: SLUG, uuid: one(random), title: 'After the limit' }),
		() => sandbox.admin.planFault({ kind: 'entries', skip: 1, fault: { type: 'truncate', bytes: 700 } }),
		() => sandbox.admin.addQuestion({ project: SLUG, position: 1, type: 'text', question: 'Owner' }),
		() => sandbox.admin.addEntry({ project: SLUG, title: 'With the new question' }),
		() => sandbox.admin.dropTokens({ client }),
		() => undefined,
	];

	test('a day: each version of each entry comes exactly once, whatever happens', async () => {
		await host.deploy(writingFlow(sandbox, app));
		const random = seededRandom(11);
		const expected = new Set<string>();
		const failed: string[] = [];
		sandbox.admin.resetStats();
		// The older Node-RED has the first hours only, without those that take long.
		const day = version === '5' ? acts : acts.filter((_, hour) => hour < 10 && hour !== 2 && hour !== 3);
		for (const act of [() => undefined, ...day]) {
			act(random);
			for (const minutes of [1, 59]) {
				const failure = await ask();
				if (failure) failed.push(failure.code);
				else for (const version of versionsOf(sandbox)) expected.add(version);
				sandbox.admin.advanceClock({ seconds: minutes * 60 });
			}
		}
		expect(await ask()).toBeUndefined();
		await waitFor(async () => (await gotBy(host)).length >= expected.size, { what: 'all entries' });
		const got = (await gotBy(host)).map(versionOf);
		expect(repeated(got)).toEqual([]);
		expect(got.filter((one) => !expected.has(one))).toEqual([]);
		expect([...expected].filter((one) => !got.includes(one))).toEqual([]);
		expect(new Set(failed)).toEqual(new Set(version === '5' ? ['ec5_252'] : []));
		const { tokensIssued, rateLimited } = sandbox.stats();
		say({
			shown: 'node-red in, a day',
			version,
			versions: got.length,
			failed: failed.length,
			tokensIssued,
			rateLimited,
		});
	});

	test('its position can be read in the sidebar, and deleted there to begin anew', async () => {
		interface Stored {
			default: { cursor?: { msg: string } };
		}
		const { cursor } = (await host.json<Stored>('/context/node/in')).default;
		const text = JSON.stringify(cursor);
		expect(text).toContain('upTo');
		expect(text).toContain('Site');
		expect(text).not.toContain(app.secret);
		expect(text).not.toMatch(/eyJ[\w-]+\.[\w-]+/);
		const before = (await gotBy(host)).length;
		await host.admin('/context/node/in/cursor?store=default', { method: 'DELETE' });
		expect(await ask()).toBeUndefined();
		const all = versionsOf(sandbox).length;
		await waitFor(async () => (await gotBy(host)).length === before + all, { what: 'everything once more' });
	});

	test('another form is refused, told with what to do, and taken after a reset', async () => {
		const form = sandbox.admin.listProjects().find(({ slug }) => slug === SLUG)?.forms[1];
		await host.deploy(writingFlow(sandbox, app, { stream: form?.ref }));
		expect(await ask()).toMatchObject({
			code: 'sync_question',
			message: expect.stringContaining('reset') as string,
		});
		const before = (await gotBy(host)).length;
		const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"id":"in"}' };
		expect((await host.admin('/field-data/epicollect5/in/reset', post)).status).toBe(200);
		const more = async (): Promise<boolean> => (await gotBy(host)).length === before + (form?.entries ?? 0);
		await waitFor(more, { what: 'all entries of the other form' });
	});

	test('a redeploy ends a round that hangs at once, and the next one has lost nothing', async () => {
		await host.deploy(writingFlow(sandbox, app, { stream: '' }));
		await host.admin('/field-data/epicollect5/in/reset', {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: '{"id":"in"}',
		});
		// It is answered before the round that begins anew has ended.
		expect(await ask()).toBeUndefined();
		sandbox.admin.addEntry({ project: SLUG });
		sandbox.admin.planFault({ kind: 'entries', fault: { type: 'hang' } });
		void ask().catch(() => undefined);
		await host.statusOf('in', ({ fill }) => fill === 'blue', host.comms.events.length - 1);
		await new Promise((resolve) => setTimeout(resolve, 300));
		const began = Date.now();
		await host.deploy(writingFlow(sandbox, app, { name: 'changed' }), 'nodes');
		expect(Date.now() - began).toBeLessThan(1_500);
		sandbox.admin.clearFaults();
		const before = (await gotBy(host)).length;
		expect(await ask()).toBeUndefined();
		await waitFor(async () => (await gotBy(host)).length === before + 1, { what: 'the entry' });
	});
});

test('four nodes that follow all of one project share its limit, and never go over it', async () => {
	const sandbox = await startSandbox({ limits: 'production', entries: 10, projects: ['public'] });
	// 15 requests a minute for us instead of 2.5, as a test cannot take ten minutes.
	sandbox.admin.setLimits({ buckets: { entries: { hits: 30 } } });
	const host = await NodeRedHost.start('5', { modules });
	try {
		await host.installPack(packedNodes());
		const four = ['a', 'b', 'c', 'd'];
		await host.deploy([
			...[tab(), project('ec5', sandbox.addresses.epicollect5, 'sandbox-public')],
			...four.flatMap((id) => [...askingFlow(`/${id}`, id), follower(id, 'ec5', [])]),
		]);
		const answers = await Promise.all(four.map(async (id) => (await host.admin(`/${id}`)).status));
		expect(answers).toEqual([200, 200, 200, 200]);
		const { requests, rateLimited } = sandbox.stats();
		expect(rateLimited).toBe(0);
		// Three forms and two branches, of which each is asked for once.
		expect(requests.entries).toBe(20);
		say({ shown: 'node-red in, four nodes', requests: requests.entries, rateLimited });
	} finally {
		await host.stop();
		await sandbox.stop();
	}
});
