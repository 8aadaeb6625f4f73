import { existsSync } from 'node:fs';
import path from 'node:path';
import { say } from '../shared/say';
import { itemsOf, runOf, type Credential, type Execution } from './driver';
import { repository } from './install';
import { located, manualTrigger, ours, webhook, type NodeSpec } from './workflows';
import { startSandbox } from '../../../sandbox/src';
import { FIRST_START_MS, heldEntries, startWorld, type World } from './world';

const PRIVATE = 'sandbox-private';
const PUBLIC = 'sandbox-public';
const RECORDED = path.resolve(repository, '../shared/recordings/epicollect5/dataset');

let world: World;

beforeAll(async () => {
	world = await startWorld({ limits: 'off', entries: 1_000 });
}, FIRST_START_MS);
afterAll(async () => await world?.stop());
beforeEach(() => world.sandbox.admin.resetStats());

function getMany(project: string, more: Record<string, unknown> = {}, credential?: Credential): NodeSpec {
	const parameters = {
		authentication: credential ? 'clientApp' : 'none',
		serverUrl: world.sandbox.addresses.epicollect5,
		resource: 'entry',
		operation: 'getMany',
		project: located('slug', project),
		form: located('list', ''),
		returnAll: true,
		simplify: true,
		...more,
	};
	return ours('epicollect5', parameters, credential);
}

const ids = (execution: Execution) => itemsOf(execution, 'Node').map(({ json }) => json.ec5_uuid);

describe('A workflow in a real n8n', () => {
	it('reads 1,000 entries of a private project exactly, with one token', async () => {
		const credential = await world.savedApp(PRIVATE);
		const execution = await world.n8n.run('all', [manualTrigger(), getMany(PRIVATE, {}, credential)]);
		const items = itemsOf(execution, 'Node').map(({ json }) => json);
		const held = heldEntries(world.sandbox, PRIVATE);
		expect(items).toHaveLength(1_000);
		expect(new Set(items.map(({ ec5_uuid }) => ec5_uuid)).size).toBe(1_000);
		for (const entry of held) {
			const item = items.find(({ ec5_uuid }) => ec5_uuid === entry.uuid);
			expect(item).toMatchObject({
				title: entry.title,
				created_at: entry.createdAt,
				uploaded_at: entry.uploadedAt,
				'1_Site_name': asText(entry.answers['1_Site_name']),
				'38_Old_site_code': asText(entry.answers['38_Old_site_code']),
				'12_Width_in_cm': asNumber(entry.answers['12_Width_in_cm']),
				'13_Flow_ms': asNumber(entry.answers['13_Flow_ms']),
			});
			expect(item).not.toHaveProperty('created_by');
		}
		expect(world.sandbox.stats()).toMatchObject({ tokensIssued: 1, requests: { project: 1, entries: 3 } });
		say({ shown: 'n8n entries', entries: items.length, requests: world.sandbox.stats().requests });
	});

	it('shows what it did under the results', async () => {
		const execution = await world.n8n.run('hint', [
			manualTrigger(),
			getMany(PUBLIC, { returnAll: false, limit: 20 }),
		]);
		expect(runOf(execution, 'Node').hints).toEqual([
			expect.objectContaining({
				message: expect.stringMatching(
					/^The newest 20 of 1,000 entries were read with \d requests? to Epicollect5\.$/,
				) as string,
			}),
		]);
	});

	it('gives the newest entries first when a number is asked for', async () => {
		const execution = await world.n8n.run('limit', [
			manualTrigger(),
			getMany(PUBLIC, { returnAll: false, limit: 7 }),
		]);
		const newest = heldEntries(world.sandbox, PUBLIC)
			.map(({ createdAt }) => createdAt)
			.sort()
			.reverse()
			.slice(0, 7);
		expect(itemsOf(execution, 'Node').map(({ json }) => json.created_at)).toEqual(newest);
	});

	it('gives entries as the server sends them when Simplify is off', async () => {
		const raw = getMany(PUBLIC, { returnAll: false, limit: 1, simplify: false });
		const [item] = itemsOf(await world.n8n.run('raw', [manualTrigger(), raw]), 'Node');
		const address = `${world.sandbox.addresses.epicollect5}/api/export/entries/${PUBLIC}?per_page=1`;
		const sent = (await (await fetch(address)).json()) as { data: { entries: unknown[] } };
		expect(item?.json).toEqual(sent.data.entries[0]);
	});

	it('gives a project with its forms and fresh counts', async () => {
		const node = ours('epicollect5', {
			authentication: 'none',
			serverUrl: `${world.sandbox.addresses.epicollect5}/api/`,
			resource: 'project',
			operation: 'get',
			project: located('url', `${world.sandbox.addresses.epicollect5}/project/${PUBLIC}`),
			simplify: true,
		});
		const [item] = itemsOf(await world.n8n.run('project', [manualTrigger(), node]), 'Node');
		expect(item?.json).toMatchObject({
			slug: PUBLIC,
			access: 'public',
			forms: [{ name: 'Site', entries: 1_000 }, { name: 'Visit', entries: 500 }, { name: 'Sample' }],
		});
	});

	it('reads a form that was chosen by its ref', async () => {
		const form = world.sandbox.admin.listProjects().find(({ slug }) => slug === PUBLIC)?.forms[1];
		const node = getMany(PUBLIC, { form: located('list', form?.ref ?? '') });
		const execution = await world.n8n.run('form', [manualTrigger(), node]);
		const held = world.sandbox.admin.listEntries({ project: PUBLIC, form: form?.ref });
		expect(new Set(ids(execution))).toEqual(new Set(held.map(({ uuid }) => uuid)));
		expect(ids(execution)).toHaveLength(held.length);
	});
});

describe('Ten executions at once', () => {
	let workflow: Awaited<ReturnType<World['n8n']['createWorkflow']>>;

	beforeAll(async () => {
		const credential = await world.savedApp(PRIVATE);
		const node = getMany(PRIVATE, { returnAll: false, limit: 5 }, credential);
		workflow = await world.n8n.createWorkflow('ten', [webhook('ten'), node]);
		await world.n8n.activate(workflow);
		// A test before may have left a token of this client app in n8n's memory.
		await world.host.restart();
	});

	async function tokensOfTen(): Promise<number> {
		const before = world.sandbox.stats().tokensIssued;
		const executions = await world.n8n.callAtOnce(workflow, 'ten', 10);
		expect(executions.map((execution) => itemsOf(execution, 'Node').length)).toEqual(Array(10).fill(5));
		return world.sandbox.stats().tokensIssued - before;
	}

	it('use one token when there was none, one more after it was revoked or has expired, none after a restart', async () => {
		const client = Number(world.app(PRIVATE).clientId);
		const cold = await tokensOfTen();
		world.sandbox.admin.revokeTokens({ client });
		const revoked = await tokensOfTen();
		world.sandbox.admin.expireTokens({ client });
		const expired = await tokensOfTen();
		await world.host.restart();
		const restarted = await tokensOfTen();
		say({ shown: 'n8n tokens for 10 executions at once', cold, revoked, expired, restarted });
		expect({ cold, revoked, expired, restarted }).toEqual({ cold: 1, revoked: 1, expired: 1, restarted: 0 });
	});
});

describe("With the service's own limits", () => {
	it('a run stays at half of them, is never refused, and says why it waited', async () => {
		const strict = await startSandbox({ limits: 'production', entries: 1_000 });
		try {
			const node = getMany(PUBLIC, { serverUrl: strict.addresses.epicollect5 });
			const before = Date.now();
			const execution = await world.n8n.run('half', [manualTrigger(), node]);
			const seconds = Math.round((Date.now() - before) / 1_000);
			const [hint] = runOf(execution, 'Node').hints ?? [];
			say({ shown: "n8n within the service's limits", seconds, hint: hint?.message });
			expect(new Set(ids(execution)).size).toBe(1_000);
			expect(strict.stats()).toMatchObject({ requests: { project: 1, entries: 3 }, rateLimited: 0 });
			// Half of five a minute: two at once, then one every 24 seconds.
			expect(hint?.message).toMatch(
				/^1,000 entries were read with 4 requests to Epicollect5\. Waited 2[34] s because Epicollect5 limits/,
			);
		} finally {
			await strict.stop();
		}
	});
});

describe('The lists of the dialog', () => {
	it('find a project by the beginning of its name, private ones too', async () => {
		const { results } = await world.n8n.locator(getMany(''), 'searchProjects', 'sandbox p');
		expect(results.map(({ name, value }) => [name, value]).sort()).toEqual([
			['Sandbox Private (private)', PRIVATE],
			['Sandbox Public', PUBLIC],
		]);
	});

	it('show nothing before something was typed', async () => {
		expect((await world.n8n.locator(getMany(''), 'searchProjects')).results).toEqual([]);
	});

	it('show the forms of a private project, and ask for them once', async () => {
		const credential = await world.savedApp(PRIVATE);
		const node = getMany(PRIVATE, {}, credential);
		const { results } = await world.n8n.locator(node, 'searchForms');
		expect(results[0]).toMatchObject({ name: 'Site' });
		expect(results.length).toBeGreaterThan(1);
		const asked = world.sandbox.stats().requests.project;
		const again = await world.n8n.locator(node, 'searchForms', results[1]?.name.slice(0, 3));
		expect(again.results).toContainEqual(results[1]);
		expect(world.sandbox.stats().requests.project).toBe(asked);
	});
});

const recorded = existsSync(RECORDED) ? it : it.skip;
if (!existsSync(RECORDED)) say({ skipped: 'the recorded real project', because: `no ${RECORDED}` });

describe('A real project', () => {
	recorded('as it was recorded is read completely: every uuid once', async () => {
		const real = await startSandbox({ limits: 'off', dataDir: RECORDED });
		try {
			const node = getMany('ec5-real-public', { serverUrl: real.addresses.epicollect5 });
			const execution = await world.n8n.run('real', [manualTrigger(), node]);
			const found = ids(execution);
			const held = real.admin.listEntries({ project: 'ec5-real-public' }).map(({ uuid }) => uuid);
			say({
				shown: 'n8n real project',
				entries: found.length,
				distinct: new Set(found).size,
				held: held.length,
			});
			expect(found).toHaveLength(1_255);
			expect(new Set(found).size).toBe(1_255);
			expect(new Set(found)).toEqual(new Set(held));
		} finally {
			await real.stop();
		}
	});
});

function asNumber(answer: unknown): number | null {
	return answer === undefined || answer === '' || answer === null ? null : Number(answer);
}

/** The service sends each character outside the BMP as a question mark (contract 8.1). */
function asText(answer: unknown): string | null {
	const text = typeof answer === 'string' ? answer.replace(/[\u{10000}-\u{10FFFF}]/gu, '?') : '';
	return text === '' ? null : text;
}
