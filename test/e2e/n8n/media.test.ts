import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { startSandbox } from '../../../sandbox/src';
import { say } from '../shared/say';
import { errorOf, itemsOf, runOf, type Binary, type Credential } from './driver';
import { items, located, manualTrigger, ours, type NodeSpec } from './workflows';
import { FIRST_START_MS, startWorld, type World } from './world';

const PUBLIC = 'sandbox-public';
const PRIVATE = 'sandbox-private';
const MEGABYTE = 1024 * 1024;
const PHOTO = '16_Photo_of_the_site';

let world: World;
let credential: Credential;

beforeAll(async () => {
	world = await startWorld({ limits: 'off', entries: 3 });
	credential = await world.savedApp(PRIVATE);
}, FIRST_START_MS);
afterAll(async () => await world?.stop());
beforeEach(() => {
	world.sandbox.admin.resetStats();
	world.sandbox.admin.clearFaults();
});

type Parameters = Record<string, unknown>;

function node(name: string, parameters: Parameters, app?: Credential, serverUrl?: string): NodeSpec {
	const [resource, operation] = name.split(' ');
	const all = {
		authentication: app ? 'clientApp' : 'none',
		serverUrl: serverUrl ?? world.sandbox.addresses.epicollect5,
		project: located('slug', app ? PRIVATE : PUBLIC),
		...{ resource, operation },
		...parameters,
	};
	return ours('epicollect5', all, app);
}

const byName = (fileName: string, more: Parameters = {}) =>
	node('media download', { findBy: 'name', fileName, ...more });

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** What the service itself gives for a file of the public project. */
async function served(type: string, format: string, name: string): Promise<string> {
	const address = `${world.sandbox.addresses.epicollect5}/api/media/${PUBLIC}?type=${type}&format=${format}&name=${name}`;
	return sha256(new Uint8Array(await (await fetch(address)).arrayBuffer()));
}

/** Memory of the n8n process in bytes: `VmRSS` now, `VmHWM` the most since `forgetPeak`. */
function memory(what: 'VmRSS' | 'VmHWM'): number {
	const status = readFileSync(`/proc/${world.host.pid}/status`, 'utf8');
	return Number(new RegExp(`${what}:\\s*(\\d+) kB`).exec(status)?.[1]) * 1024;
}

function forgetPeak(): void {
	writeFileSync(`/proc/${world.host.pid}/clear_refs`, '5');
}

describe('A video of 200 MB', () => {
	it('goes through n8n without being held in its memory, and is complete', async () => {
		world.sandbox.admin.addMedia({ project: PUBLIC, name: 'small.mp4', bytes: 100_000 });
		world.sandbox.admin.addMedia({ project: PUBLIC, name: 'large.mp4', bytes: 200 * MEGABYTE });
		const expected = await served('video', 'video', 'large.mp4');
		// What n8n loads with the first file is no part of it.
		itemsOf(await world.n8n.run('small', [manualTrigger(), byName('small.mp4')]), 'Node');
		forgetPeak();
		const before = memory('VmRSS');
		const [item] = itemsOf(await world.n8n.run('large', [manualTrigger(), byName('large.mp4')]), 'Node');
		const grown = Math.round((memory('VmHWM') - before) / MEGABYTE);
		const file = item?.binary?.data as Binary;
		say({ shown: 'n8n video of 200 MB', peakGrewByMB: grown, heldByMB: Math.round(before / MEGABYTE) });
		expect(file).toMatchObject({ fileName: 'large.mp4', mimeType: 'video/mp4', bytes: 200 * MEGABYTE });
		expect(sha256(await world.n8n.file(file))).toBe(expected);
		expect(grown).toBeLessThan(100);
	});
});

describe('Media: Download', () => {
	it('follows Get Many by a question chosen from the list, without an expression', async () => {
		const download = { ...node('media download', { findBy: 'question' }), name: 'Download' };
		const { results } = await world.n8n.locator(download, 'searchMediaQuestions', 'photo of');
		expect(results.map(({ name, description }) => [name, description])).toEqual([
			['Photo of the site', 'Site'],
		]);
		download.parameters.mediaQuestion = located('list', results[0]!.value);
		const entries = node('entry getMany', { returnAll: true });
		const execution = await world.n8n.run('question', [manualTrigger(), entries, download]);
		const output = itemsOf(execution, 'Download');
		expect(output).toHaveLength(3);
		const files = output.flatMap(({ binary }) => (binary?.data ? [binary.data] : []));
		expect(files.length).toBeGreaterThan(0);
		for (const { json, binary } of output) {
			const answer = json[PHOTO] as { name: string } | null;
			if (!binary?.data) {
				expect(answer === null || json.notUploadedYet === true).toBe(true);
				continue;
			}
			expect(binary.data).toMatchObject({ fileName: answer?.name, mimeType: 'image/jpeg' });
			expect(sha256(await world.n8n.file(binary.data))).toBe(
				await served('photo', 'entry_original', binary.data.fileName),
			);
		}
		say({ shown: 'n8n media by question', hint: runOf(execution, 'Download').hints?.[0]?.message });
	});

	it('gives notUploadedYet instead of the picture that stands in for a photo', async () => {
		const execution = await world.n8n.run('late', [manualTrigger(), byName('never-arrived.jpg')]);
		const [item] = itemsOf(execution, 'Node');
		expect(item?.json).toEqual({ notUploadedYet: true });
		expect(item?.binary ?? {}).toEqual({});
		expect(runOf(execution, 'Node').hints?.[0]?.message).toBe(
			'1 item was worked on with 1 request to Epicollect5. No files were downloaded, 1 has not been uploaded yet.',
		);
	});

	it('takes the answer, the name or the address of a file, and tells sound from video', async () => {
		const { admin, addresses } = world.sandbox;
		admin.addMedia({ project: PUBLIC, name: 'sound.mp4', format: 'audio', bytes: 40_000 });
		admin.addMedia({ project: PUBLIC, name: 'photo.jpg', bytes: 30_000 });
		const address = `${addresses.epicollect5}/api/media/${PUBLIC}?type=photo&format=entry_original&name=photo.jpg&v=1`;
		const input = items([
			{ file: 'photo.jpg' },
			{ file: address },
			{ file: { name: 'sound.mp4', type: 'audio', url: null } },
			{ file: 'sound.mp4' },
			{ file: null },
		]);
		const execution = await world.n8n.run('names', [manualTrigger(), input, byName('={{ $json.file }}')]);
		expect(itemsOf(execution, 'Node').map(({ binary }) => binary?.data?.mimeType)).toEqual([
			...['image/jpeg', 'image/jpeg', 'audio/mp4', 'audio/mp4', undefined],
		]);
	});

	it('reads a broken video again from its beginning, and keeps no half of it', async () => {
		world.sandbox.admin.addMedia({ project: PUBLIC, name: 'broken.mp4', bytes: 3 * MEGABYTE });
		world.sandbox.admin.planFault({ kind: 'appMedia', fault: { type: 'truncate' } });
		const execution = await world.n8n.run('broken', [manualTrigger(), byName('broken.mp4')]);
		const [item] = itemsOf(execution, 'Node');
		expect(sha256(await world.n8n.file(item?.binary?.data as Binary))).toBe(
			await served('video', 'video', 'broken.mp4'),
		);
		expect(runOf(execution, 'Node').hints?.[0]?.message).toContain('to try again after a fault.');
	});

	it('goes on with the other items when one fails and the user wants it so', async () => {
		world.sandbox.admin.addMedia({ project: PUBLIC, name: 'good.jpg' });
		const input = items([{ file: 'good.jpg' }, { file: '../other/photo.jpg' }, { file: 'good.jpg' }]);
		const spec = { ...byName('={{ $json.file }}'), onError: 'continueRegularOutput' as const };
		const output = itemsOf(await world.n8n.run('some', [manualTrigger(), input, spec]), 'Node');
		expect(output.map(({ json, pairedItem }) => [json.error, pairedItem])).toEqual([
			[undefined, { item: 0 }],
			['This is not the name of a file', { item: 1 }],
			[undefined, { item: 2 }],
		]);
	});

	it.each([
		['a video', () => byName('slow.mp4')],
		[
			'the files of entries',
			() => node('entry getMany', { returnAll: true, options: { downloadMedia: ['photo'] } }),
		],
	])(
		'stops in the middle of %s when the execution is cancelled, also when it may go on',
		async (_what, spec) => {
			world.sandbox.admin.addMedia({ project: PUBLIC, name: 'slow.mp4', bytes: MEGABYTE });
			const fault = { type: 'drip' as const, bytes: 1_000, everyMs: 50 };
			world.sandbox.admin.planFault({ kind: 'appMedia', times: 9, fault });
			const nodes = [
				manualTrigger(),
				items([{}, {}]),
				{ ...spec(), onError: 'continueRegularOutput' as const },
			];
			const workflow = await world.n8n.createWorkflow('slow', nodes);
			const id = await world.n8n.startWorkflow(workflow);
			await new Promise((resolve) => setTimeout(resolve, 1_500));
			await world.n8n.stopExecution(id);
			expect(['canceled', 'error']).toContain((await world.n8n.finished(id, 5_000)).status);
			const asked = world.sandbox.stats().total;
			await new Promise((resolve) => setTimeout(resolve, 2_000));
			expect(world.sandbox.stats().total).toBe(asked);
		},
	);
});

describe('Get Many with Download Media', () => {
	it('gives each photo under the name of its column, and thumbnails where wanted', async () => {
		const options = { downloadMedia: ['photo'], limitPercent: 100 };
		const spec = node('entry getMany', { returnAll: true, options });
		const output = itemsOf(await world.n8n.run('photos', [manualTrigger(), spec]), 'Node');
		const files = output.flatMap(({ json, binary = {} }) =>
			Object.entries(binary).map(([field, file]) => ({ file, answer: json[field] as { name: string } })),
		);
		expect(files.length).toBeGreaterThan(2);
		for (const { file, answer } of files) expect(file.fileName).toBe(answer.name);
		const small = node('entry getMany', {
			...{ returnAll: true, options: { ...options, photoFormat: 'thumbnail', mediaFields: 'number' } },
		});
		const thumbnails = itemsOf(await world.n8n.run('small', [manualTrigger(), small]), 'Node');
		const first = thumbnails.find(({ binary }) => binary?.data)?.binary?.data as Binary;
		expect(sha256(await world.n8n.file(first))).toBe(await served('photo', 'entry_thumb', first.fileName));
	});

	it('keeps its pauses between files where it is to stop at the limit', async () => {
		const options = { downloadMedia: ['photo', 'audio'], onLimit: 'stop' };
		const execution = await world.n8n.run('pace', [
			manualTrigger(),
			node('entry getMany', { returnAll: true, options }),
		]);
		const files = itemsOf(execution, 'Node').flatMap(({ binary = {} }) => Object.values(binary));
		expect(files.length).toBeGreaterThan(2);
		say({
			shown: 'n8n pauses with Stop',
			files: files.length,
			hint: runOf(execution, 'Node').hints?.[0]?.message,
		});
	});

	it('adds the files of a private project with its token', async () => {
		const options = { downloadMedia: ['photo', 'audio', 'video'], limitPercent: 100 };
		const spec = node('entry getMany', { returnAll: true, options }, credential);
		const execution = await world.n8n.run('private', [manualTrigger(), spec]);
		const files = itemsOf(execution, 'Node').flatMap(({ binary = {} }) => Object.values(binary));
		expect(files.length).toBeGreaterThan(0);
		expect(world.sandbox.stats().requests.appMedia).toBeUndefined();
		expect(execution.stored).not.toMatch(/eyJ[\w-]{10,}\./);
	});

	it("stays at half of a private project's ten files a minute, and says how long it waited", async () => {
		const strict = await startSandbox({ limits: 'production', entries: 3 });
		try {
			const { epicollect5: serverUrl } = strict.addresses;
			const client = strict.clients.find(({ project }) => project === PRIVATE);
			const data = { serverUrl, clientId: client?.id ?? '', clientSecret: client?.secret ?? '' };
			const app = await world.n8n.createCredential('epicollect5OAuth2Api', data);
			const names = Array.from({ length: 6 }, (_, i) => `photo-${i}.jpg`);
			for (const name of names) strict.admin.addMedia({ project: PRIVATE, name });
			const spec = node('media download', { findBy: 'name', fileName: '={{ $json.name }}' }, app);
			const input = items(names.map((name) => ({ name })));
			const execution = await world.n8n.run('half', [manualTrigger(), input, spec]);
			expect(itemsOf(execution, 'Node').filter(({ binary }) => binary?.data)).toHaveLength(6);
			const hint = runOf(execution, 'Node').hints?.[0]?.message;
			say({ shown: "n8n media within the service's limits", hint });
			expect(hint).toMatch(/6 files were downloaded\. Waited \d+ s because Epicollect5 limits/);
			expect(strict.stats().rateLimited).toBe(0);
			const stopping = node('media download', {
				...{ findBy: 'name', fileName: names[0], options: { onLimit: 'stop' } },
			});
			stopping.parameters = { ...spec.parameters, ...stopping.parameters, ...pick(spec) };
			stopping.credentials = spec.credentials;
			strict.admin.setLimitUsed({ bucket: 'media', key: PRIVATE, used: 10 });
			const stopped = await world.n8n.run('stop', [manualTrigger(), stopping]);
			expect(errorOf(stopped, 'Node')).toMatchObject({
				message: "The service's limit of requests is reached",
				description: expect.stringMatching(/^The next request may be sent in (\d+ s|1 min)\. /) as string,
			});
		} finally {
			await strict.stop();
		}
	});
});

function pick({ parameters: { authentication, project, serverUrl } }: NodeSpec): Parameters {
	return { authentication, project, serverUrl };
}
