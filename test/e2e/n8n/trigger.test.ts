import { startSandbox, type Sandbox } from '../../../sandbox/src';
import { say } from '../shared/say';
import { waitFor } from '../shared/waitFor';
import { itemsOf, N8nDriver, type Credential } from './driver';
import { Editor } from './editor';
import { N8nHost } from './host';
import { atMoment, momentOf, randomOf } from './trigger/moments';
import { OFTEN, Published, triggerOf } from './trigger/published';
import { Sink } from './trigger/sink';
import { repeatsIn, Versions } from './trigger/versions';
import { located } from './workflows';
import { FIRST_START_MS } from './world';

const PROJECT = 'sandbox-private';
/** How often n8n is ended, without and with durable cursors. */
const [KILLS, DURABLE_KILLS] = process.env.FIELD_DATA_KILLS
	? [Number(process.env.FIELD_DATA_KILLS), Number(process.env.FIELD_DATA_KILLS)]
	: [4, 1];
/** Longer than a poll has patience in the night, shorter in every run. */
const LIMIT_SECONDS = process.env.FIELD_DATA_KILLS ? 22 : 3;
/** The nodes ask for six tokens an hour at most, by the real clock: the whole day has to do with fewer. */
const TOKEN_SECONDS = 8 * 3_600;
const DURABLE = {
	N8N_SCHEDULER_ENABLED: 'true',
	N8N_SCHEDULER_POLL_TRIGGERS_ENABLED: 'true',
	N8N_POLLER_DURABLE_CURSORS_ENABLED: 'true',
	// It looks every five seconds for what is due otherwise.
	N8N_SCHEDULER_EXECUTOR_INTERVAL: '1',
	N8N_SCHEDULER_MATERIALIZATION_INTERVAL: '1',
};
/** How often n8n looks for what is to be published, and so to be polled. */
const QUICK = { N8N_WORKFLOW_PUBLICATION_OUTBOX_POLL_INTERVAL_MS: '100' };
/** n8n waits two minutes until it takes over what a process has left that was ended as it published a workflow. */
const TAKEN_OVER = { N8N_WORKFLOW_PUBLICATION_OUTBOX_LEASE_SECONDS: '4' };

let sandbox: Sandbox;
let host: N8nHost;
let n8n: N8nDriver;
let sink: Sink;
let credential: Credential;
const env: NodeJS.ProcessEnv = { ...QUICK };

beforeAll(async () => {
	sandbox = await startSandbox({ limits: 'off', entries: 60, tokenSeconds: TOKEN_SECONDS });
	host = await N8nHost.start({ env });
	n8n = new N8nDriver(host);
	const app = sandbox.clients.find(({ project }) => project === PROJECT);
	credential = await n8n.createCredential('epicollect5OAuth2Api', {
		serverUrl: sandbox.addresses.epicollect5,
		clientId: app?.id,
		clientSecret: app?.secret,
	});
}, FIRST_START_MS);
afterAll(async () => {
	await host?.stop();
	await sandbox?.stop();
});
beforeEach(async () => {
	sink = await Sink.start();
});
afterEach(async () => await sink.stop());

const follow = (more: Record<string, unknown> = {}) =>
	triggerOf(sandbox.addresses.epicollect5, PROJECT, more, credential);
const create = async (trigger = follow()) => await Published.create(host, n8n, sink, trigger);

describe('The trigger in a real n8n', () => {
	it('delivers every version of a day once, whatever happens to the service', async () => {
		const { admin } = sandbox;
		const flow = await create();
		const versions = new Versions(sandbox, PROJECT, true);
		const poll = async (minutes = 60) => {
			admin.advanceClock({ seconds: minutes * 60 });
			versions.note();
			await flow.poll();
		};
		const add = (more: object = {}) => admin.addEntry({ project: PROJECT, ...more });
		const tokens = () => sandbox.stats().tokensIssued;
		await flow.poll();
		expect(sink.items).toEqual([]);

		const first = add();
		add();
		await poll(5);
		admin.editEntry({ project: PROJECT, uuid: first.uuid, title: 'edited' });
		await poll();
		add({ createdAt: admin.now() - 7 * 24 * 3_600_000 });
		await poll();
		admin.addEntries({ project: PROJECT, count: 20, perSecond: 20 });
		add({ visibleInSeconds: 90 });
		await poll(1);
		await poll(2);
		await poll();
		const before = tokens();
		admin.revokeTokens({
			client: admin.listProjects().find(({ slug }) => slug === PROJECT)?.clients[0] ?? 0,
		});
		add();
		await poll();
		expect(tokens()).toBe(before + 1);

		admin.maintenance({ on: true });
		add();
		versions.note();
		await flow.failingPoll();
		admin.maintenance({ on: false });
		await poll();

		admin.planFault({ kind: 'entries', fault: { type: 'rateLimited', retryAfter: LIMIT_SECONDS } });
		add();
		await poll();
		await new Promise((resolve) => setTimeout(resolve, LIMIT_SECONDS * 1_000));
		await poll();

		admin.addEntries({ project: PROJECT, count: 2_500, perSecond: 2_500 });
		const calls = sink.calls.length;
		for (let polls = 0; polls < 4; polls++) await poll(5);
		expect(sink.calls.length).toBe(calls + 3);
		for (let hours = 0; hours < 14; hours += 7) {
			admin.editEntry({ project: PROJECT, uuid: first.uuid, title: `edited at ${hours}` });
			await poll(7 * 60);
		}
		expect(versions.missing(sink.items)).toEqual([]);
		expect(versions.strange(sink.items)).toEqual([]);
		expect(repeatsIn(sink.items)).toEqual([]);
		say({
			shown: 'n8n trigger: a day',
			versions: versions.count,
			deliveries: sink.items.length,
			tokens: tokens(),
		});
		await flow.switchOff();
	}, 180_000);

	it('goes on under another name and after an edit, and refuses another question until it is told to begin anew', async () => {
		const trigger = follow();
		const flow = await create(trigger);
		await flow.poll();
		sandbox.admin.addEntry({ project: PROJECT });
		await flow.poll();
		expect(sink.items).toHaveLength(1);
		const renamed = { ...trigger, name: 'Renamed' };
		await flow.change(renamed, sink);
		sandbox.admin.addEntry({ project: PROJECT });
		await flow.poll();
		expect(sink.items).toHaveLength(2);
		const form = { __rl: true, mode: 'id', value: 'Visit' };
		const parameters = { ...renamed.parameters, form };
		await flow.change({ ...renamed, parameters }, sink);
		expect(await flow.failingPoll()).toContain(
			'What is followed was changed since the last run: Forms and Branches',
		);
		await flow.change({ ...renamed, parameters: { ...parameters, options: { beginAnew: 'visits' } } }, sink);
		await flow.poll();
		sandbox.admin.addEntry({ project: PROJECT, form: 'Visit' });
		await flow.poll();
		expect(sink.items.map(({ event }) => event)).toEqual(['created', 'created', 'created']);
		await flow.switchOff();
	}, 90_000);

	it('brings the photo of an entry with it, and names the one that the phone has not sent yet', async () => {
		const project = 'sandbox-public';
		const { admin, addresses, epicollect5 } = sandbox;
		const parameters = { options: { downloadMedia: ['photo'], mediaFields: 'number' } };
		const trigger = triggerOf(addresses.epicollect5, project, {
			...{ events: ['created', 'mediaArrived'], form: located('list', ''), ...parameters },
		});
		const flow = await create(trigger);
		await flow.poll();
		const { inputs } = epicollect5.store.bySlug(project)!.definition.project.forms[0]!;
		const ref = inputs.find(({ question }) => question === 'Photo of the site')!.ref;
		const content = Buffer.from('a photo of a site');
		admin.addMedia({ project, name: 'here.jpg', content: content.toString('base64') });
		for (const name of ['here.jpg', 'late.jpg']) admin.addEntry({ project, answers: { [ref]: name } });
		admin.resetStats();
		await flow.poll();
		const [{ id } = { id: '' }] = await flow.executions();
		const items = itemsOf(await n8n.finished(id), trigger.name);
		expect(items.map(({ json }) => [json.event, json.mediaMissing])).toEqual([
			['created', undefined],
			['created', ['late.jpg']],
		]);
		const file = items[0]?.binary?.data;
		expect(file).toMatchObject({ fileName: 'here.jpg', mimeType: 'image/jpeg' });
		expect(await n8n.file(file ?? {})).toEqual(content);
		expect(items[1]?.binary ?? {}).toEqual({});
		// The two photos, and one that cannot exist, to know the picture that stands in for it.
		expect(sandbox.stats().requests).toMatchObject({ entries: 1, appMedia: 3 });
		await flow.switchOff();
	}, 60_000);

	it('shows in its dialog how often each form and branch has its turn', async () => {
		const editor = await Editor.open(host);
		try {
			await editor.addFirstNode('epicollect', 'Epicollect5', 'On entry created');
			await editor.fill('serverUrl', sandbox.addresses.epicollect5);
			await editor.chooseFromList('project', 'sandbox pu', 'Sandbox Public');
			const shown = editor.find('parameter-input-interval');
			const text = async () =>
				(await shown
					.locator('input')
					.inputValue()
					.catch(() => shown.textContent())) ?? '';
			await editor.chooseOption('watch', 'Whole Project');
			await waitFor(async () => (await text()).includes('5 forms and branches'), {
				what: 'the number of forms',
			});
			await editor.picture('n8n-trigger-interval');
			expect(await text()).toContain('5 forms and branches: every minute, each every 3 minutes');
		} finally {
			await editor.close();
		}
	}, 60_000);

	it('shows real entries in a test run, and where it is stays as it was', async () => {
		const trigger = follow();
		const execution = await n8n.run('test', [trigger]);
		const [run] = execution.data.resultData.runData[trigger.name] ?? [];
		const items = run?.data?.main[0] ?? [];
		expect(items).toHaveLength(3);
		expect(items[0]?.json).toMatchObject({ event: 'created', form: 'Site', branch: null });
	}, 60_000);
});

describe('n8n is ended in the middle', () => {
	/** Entries come, n8n polls and is ended at a seeded moment, and more has happened when it starts again. */
	const killing = async (
		versions: Versions,
		times: number,
		seed: number,
		{ start, act, after }: Partial<Record<'start' | 'act' | 'after', () => Promise<unknown>>>,
	) => {
		const random = randomOf(seed);
		const moments: string[] = [];
		for (let kill = 0; kill < times; kill++) {
			// Half of the times it has started before, so that it is ended in a poll that brings something new.
			const isUp = start !== undefined && random() < 0.5;
			if (isUp) await start();
			const count = 1 + Math.floor(random() * 5);
			const added = sandbox.admin.addEntries({ project: PROJECT, count, perSecond: 2 });
			sandbox.admin.advanceClock({ seconds: 600 });
			versions.note();
			const moment = momentOf(random);
			moments.push(`${isUp ? 'new ' : ''}${moment.at}+${moment.afterMs}`);
			const over = atMoment(sandbox, sink, moment, async () => await host.kill());
			await (isUp ? act : start)?.().catch(() => undefined);
			await over;
			await after?.();
			if (random() < 0.5) {
				sandbox.admin.editEntry({ project: PROJECT, uuid: added[0]?.uuid ?? '', title: `edit ${kill}` });
			}
		}
		return moments;
	};

	it(
		'and nothing is lost: the last batch comes again, with the same IDs and marked',
		async () => {
			const flow = await create();
			const versions = new Versions(sandbox, PROJECT, true);
			await flow.poll();
			sandbox.admin.addEntry({ project: PROJECT });
			versions.note();
			await flow.poll();
			Object.assign(env, TAKEN_OVER);
			await host.kill();
			const moments = await killing(versions, KILLS, 5, {
				// n8n polls as it starts, and gives the last batch again.
				start: async () => {
					await host.restart();
					await flow.settled();
				},
				act: async () => {
					await flow.switchOff();
					await flow.begin();
				},
			});
			versions.note();
			await host.restart();
			await flow.settled();
			await flow.poll();
			const missing = versions.missing(sink.items);
			// What was edited before the next start of n8n is not there any more.
			const lost = missing.filter((version) => versions.isPresent(version));
			const repeats = repeatsIn(sink.items);
			say({
				...{ shown: 'n8n trigger: ended', durable: false, kills: KILLS, moments, versions: versions.count },
				...{
					lost: lost.length,
					overwritten: missing.length - lost.length,
					repeats: repeats.length,
					calls: sink.calls.map(({ length }) => length),
				},
			});
			expect(lost).toEqual([]);
			expect(repeats.filter(({ redelivered }) => redelivered !== true)).toEqual([]);
			expect(versions.strange(sink.items)).toEqual([]);
			await flow.switchOff();
		},
		120_000 + KILLS * 30_000,
	);

	it(
		'with durable cursors, where nothing is lost and nothing repeated',
		async () => {
			await host.kill();
			Object.assign(env, DURABLE);
			await host.restart();
			const flow = await create(follow({ ...OFTEN, options: { afterRestart: 'never' } }));
			const versions = new Versions(sandbox, PROJECT, true);
			await flow.poll();
			// The scheduler gives a poll 36 seconds, and throws away what is late.
			sandbox.admin.addEntries({ project: PROJECT, count: 2_500, perSecond: 2_500 });
			sandbox.admin.advanceClock({ seconds: 600 });
			versions.note();
			await waitFor(() => sink.items.length >= 2_500, { what: '2,500 entries', timeoutMs: 120_000 });
			expect(sink.calls.map(({ length }) => length)).toEqual([1_000, 1_000, 500]);
			let retried = 0;
			const retryCrashed = async () => {
				await flow.settled();
				const known = new Set(sink.items.map(({ eventId }) => eventId));
				for (const { id, eventIds } of await flow.crashed()) {
					if (eventIds.every((eventId) => known.has(eventId))) continue;
					retried += 1;
					await flow.retry(id);
				}
			};
			const moments = await killing(versions, DURABLE_KILLS, 6, {
				after: async () => {
					await host.restart();
					await retryCrashed();
				},
			});
			versions.note();
			await flow.poll();
			await retryCrashed();
			const missing = versions.missing(sink.items);
			// What was edited before the next start of n8n is not there any more.
			const lost = missing.filter((version) => versions.isPresent(version));
			const repeats = repeatsIn(sink.items);
			say({
				...{
					shown: 'n8n trigger: ended',
					durable: true,
					kills: DURABLE_KILLS,
					moments,
					versions: versions.count,
				},
				...{
					lost: lost.length,
					overwritten: missing.length - lost.length,
					repeats: repeats.length,
					retried,
					calls: sink.calls.map(({ length }) => length),
				},
				executions: (await flow.executions()).map(({ status }) => status),
			});
			expect(lost).toEqual([]);
			expect(repeats).toEqual([]);
			await flow.switchOff();
		},
		180_000 + DURABLE_KILLS * 100_000,
	);

	it('but by an answer that does not come or does not end, n8n throws no poll away, and nothing is lost', async () => {
		await host.kill();
		// Of 12 seconds n8n leaves a poll 7.
		Object.assign(env, DURABLE, { N8N_SCHEDULER_POLL_TIMEOUT: '12' });
		await host.restart();
		const flow = await create(follow({ ...OFTEN, options: { afterRestart: 'never' } }));
		const versions = new Versions(sandbox, PROJECT, true);
		await flow.poll();
		const faults = [{ type: 'hang' }, { type: 'drip', bytes: 1, everyMs: 100 }] as const;
		for (const [index, fault] of faults.entries()) {
			sandbox.admin.planFault({ kind: 'entries', fault });
			sandbox.admin.addEntry({ project: PROJECT });
			sandbox.admin.advanceClock({ seconds: 600 });
			versions.note();
			await waitFor(async () => (await flow.failures()).length > index, {
				what: `a poll with ${fault.type}`,
				timeoutMs: 40_000,
			});
			// n8n waits longer after each failure.
			await flow.poll();
			await waitFor(() => sink.items.length > index, { what: 'the entry', timeoutMs: 20_000 });
		}
		expect(versions.missing(sink.items)).toEqual([]);
		expect(repeatsIn(sink.items)).toEqual([]);
		const failures = await flow.failures();
		for (const failure of failures) {
			expect(failure).toContain('The server gave no complete answer within the time of a poll');
		}
		expect(host.log).not.toContain('Poll exceeded its timeout');
		say({ shown: 'n8n trigger: answers without an end', failed: failures.length, versions: versions.count });
		await flow.switchOff();
	}, 180_000);
});
