import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Project } from '../../../core/epicollect5/project';
import { startSandbox, type Sandbox } from '../../../sandbox/src';
import {
	catchAll,
	complete,
	deleted,
	fn,
	follower,
	httpIn,
	httpResponse,
	media,
	project,
	projectInfo,
	tab,
} from './flows';
import { newestOrAll, NodeRedHost, type FlowNode } from './host';
import { packedNodes } from './pack';

const SLUG = 'sandbox-public';
const STRANGER = '00000000-0000-4000-8000-000000000000';

/** A message that came out of the node; of a Buffer its length. */
type Got = Record<string, unknown> & { payload: unknown };

interface Answer {
	got: Got[];
	error?: { code: string; cause: { field: string } };
}

/** Those of the reading nodes are in entries.test.ts. */
describe.each(newestOrAll)('Every option of the other nodes in Node-RED %s', (version) => {
	let sandbox: Sandbox;
	let host: NodeRedHost;
	let definition: Project;
	let branch = '';

	beforeAll(async () => {
		sandbox = await startSandbox({ limits: 'off', entries: 12, projects: ['public'] });
		host = await NodeRedHost.start(version);
		await host.installPack(packedNodes());
		const node = projectInfo('first', 'ec5', [], { part: 'definition' });
		definition = (await run(node)).got[0]?.payload as Project;
		branch = definition.forms[0]?.branches[0]?.ref ?? '';
	});
	afterAll(async () => {
		await host?.stop();
		await sandbox?.stop();
	});

	/** Deploys the node between an address that asks it and one that answers with all that came out. */
	async function run(node: FlowNode, message: object = {}): Promise<Answer> {
		const collect = `const { req, res, ...got } = msg;
			if (Buffer.isBuffer(got.payload)) got.payload = got.payload.length;
			flow.set('got', [...flow.get('got'), got]);`;
		// What was sent before the node was done may still be on its way.
		const answer = `
			setTimeout(() => node.send({ res: msg.res, payload: { got: flow.get('got'), error: msg.error } }), 50);`;
		await host.deploy([
			...[tab(), project('ec5', sandbox.addresses.epicollect5, SLUG), httpResponse()],
			httpIn('in', '/ask', ['given']),
			fn(
				'given',
				`flow.set('got', []); return Object.assign(msg, ${JSON.stringify({ topic: 'kept', ...message })});`,
				[node.id],
			),
			...[{ ...node, wires: [['collect']] }, fn('collect', collect)],
			...[complete('done', [node.id], ['answer']), catchAll('catch', ['answer'])],
			fn('answer', answer, ['response']),
		]);
		return await ask();
	}
	const ask = async (): Promise<Answer> => await host.json<Answer>('/ask');
	const rows = (place: { form?: string; branch?: string } = {}) =>
		sandbox.admin.listEntries({ project: SLUG, ...place });
	const uuids = (place: { form?: string; branch?: string } = {}): string[] =>
		rows(place)
			.map(({ uuid }) => uuid)
			.sort();

	describe('epicollect5 in', () => {
		const next = (): void => void sandbox.admin.advanceClock({ seconds: 60 });

		test.each(['created', 'updated'])('from now on, only what was %s', async (wanted) => {
			const events = { created: wanted === 'created', updated: wanted === 'updated' };
			const node = follower(`only-${wanted}`, 'ec5', [], {
				...events,
				stream: 'Site',
				streamType: 'str',
				start: 'now',
			});
			expect((await run(node)).got).toEqual([]);
			next();
			const [old = ''] = uuids();
			const { uuid } = sandbox.admin.addEntry({ project: SLUG });
			sandbox.admin.editEntry({ project: SLUG, uuid: old, title: `Edited, ${wanted}` });
			const { got } = await ask();
			expect(got.map(({ event, payload }) => [event, (payload as { ec5_uuid: string }).ec5_uuid])).toEqual([
				[wanted, wanted === 'created' ? uuid : old],
			]);
			expect(got[0]).toMatchObject({ topic: 'kept', stream: { form: 'Site' }, parts: { count: 1 } });
			next();
		});

		test('a branch by its name, as lists of five', async () => {
			const settings = { stream: 'Site > Trees', streamType: 'str', output: 'array', batchSize: '5' };
			const { got } = await run(follower('lists', 'ec5', [], settings));
			const lists = got.map(({ payload }) => payload as Array<{ ec5_branch_uuid: string }>);
			expect(
				lists
					.flat()
					.map((row) => row.ec5_branch_uuid)
					.sort(),
			).toEqual(uuids({ branch }));
			expect(lists.slice(0, -1).map(({ length }) => length)).toEqual(lists.slice(1).map(() => 5));
			expect(got.map(({ events }) => (events as unknown[]).length)).toEqual(
				lists.map(({ length }) => length),
			);
			expect(got[0]).toMatchObject({ stream: { branch: 'Trees' }, batch: { size: lists[0]?.length } });
		});

		test('from a date, as sent, under another property', async () => {
			const dates = rows()
				.map(({ uploadedAt }) => new Date(uploadedAt).toISOString())
				.sort();
			const startDate = dates[dates.length >> 1] ?? '';
			const settings = {
				stream: 'Site',
				streamType: 'str',
				start: 'date',
				startDate,
				shape: 'raw',
				property: 'entry.row',
			};
			const { got } = await run(follower('dated', 'ec5', [], settings));
			const sent = got.map(({ entry }) => (entry as { row: { ec5_uuid: string } }).row);
			const expected = rows().filter(({ uploadedAt }) => new Date(uploadedAt).toISOString() >= startDate);
			expect(sent.map((row) => row.ec5_uuid).sort()).toEqual(expected.map(({ uuid }) => uuid).sort());
			expect(sent[0]).not.toHaveProperty('eventId');
			expect(got[0]).toMatchObject({ topic: 'kept', eventId: expect.stringContaining(SLUG) as string });
		});

		test('only files that arrive, each once', async () => {
			const settings = { created: false, updated: false, media: true, share: '100', shareType: 'num' };
			const { got } = await run(follower('files', 'ec5', [], settings));
			expect(new Set(got.map(({ event }) => event))).toEqual(new Set(['mediaArrived']));
			expect(new Set(got.map(({ eventId }) => eventId)).size).toBe(got.length);
			const photo = definition.forms[0]?.questions.find(({ type }) => type === 'photo')?.ref ?? '';
			const { uuid } = sandbox.admin.addEntry({ project: SLUG, answers: { [photo]: 'new.jpg' } });
			sandbox.admin.addMedia({ project: SLUG, name: 'new.jpg' });
			next();
			const { got: more } = await ask();
			expect(more.map(({ payload }) => payload)).toEqual([
				expect.objectContaining({ name: 'new.jpg', type: 'photo', questionRef: photo, entryId: uuid }),
			]);
		});

		test('reset and cancel by message, which no other node hears of', async () => {
			const node = follower('told', 'ec5', [], { stream: 'Site', streamType: 'str' });
			expect((await run(node)).got).toHaveLength(uuids().length);
			expect((await run(node)).got).toEqual([]);
			const { got } = await run(node, { reset: true });
			expect(got).toHaveLength(uuids().length);
			expect(got.filter((message) => 'reset' in message)).toEqual([]);
			expect(await run(node, { reset: false, cancel: true })).toEqual({ got: [] });
		});
	});

	describe('epicollect5 media', () => {
		const column = '16_Photo_of_the_site';
		const answer = (name: string, type: string) => ({ name, type });
		const row = (): object => ({
			...{ ec5_uuid: STRANGER, title: 'North' },
			...{
				[column]: answer('p.jpg', 'photo'),
				other: answer('o.jpg', 'photo'),
				sound: answer('s.wav', 'audio'),
			},
		});
		const names = ({ got }: Answer): unknown[] =>
			got.map((message) => (message.media as { name: string }).name);
		beforeAll(() => {
			for (const [name, bytes] of [
				['p.jpg', 900],
				['o.jpg', 800],
				['s.wav', 700],
			] as const)
				sandbox.admin.addMedia({ project: SLUG, name, bytes });
		});

		test.each([
			['all', {}, ['p.jpg', 'o.jpg', 's.wav']],
			['one kind', { types: 'audio', typesType: 'list' }, ['s.wav']],
			['two kinds from the message', { types: 'kinds', typesType: 'msg' }, ['p.jpg', 'o.jpg', 's.wav']],
			['one question', { question: 'Photo of the site', questionType: 'str' }, ['p.jpg']],
			['another property', { files: 'row', filesType: 'msg' }, ['p.jpg', 'o.jpg', 's.wav']],
		])('files of %s', async (_, settings, expected) => {
			const found = await run(media('m1', 'ec5', [], settings), {
				payload: row(),
				row: row(),
				kinds: ['photo', 'Audio'],
			});
			expect(names(found)).toEqual(expected);
			expect(found.got.map(({ topic }) => topic)).toEqual(expected.map(() => 'kept'));
		});

		test.each([
			['original', 'entry_original'],
			['thumbnail', 'entry_thumb'],
		])('photos as %s', async (photoFormat, format) => {
			const query = `type=photo&format=${format}&name=p.jpg`;
			const there = await fetch(`${sandbox.addresses.epicollect5}/api/export/media/${SLUG}?${query}`);
			const settings = { photoFormat, photoFormatType: 'list' };
			const { got } = await run(media('m2', 'ec5', [], settings), { payload: 'p.jpg' });
			expect(got.map(({ payload }) => payload)).toEqual([(await there.arrayBuffer()).byteLength]);
		});

		test('into a folder by pattern and entry, all from the message, and nowhere where it is missing', async () => {
			const folder = path.join(host.userDir, 'chosen');
			const fromMessage = ['target', 'folder', 'create', 'perEntry', 'pattern', 'output'].flatMap((name) => [
				[name, name],
				[`${name}Type`, 'msg'],
			]);
			const node = media('m3', 'ec5', [], Object.fromEntries(fromMessage) as object);
			const asked = {
				target: 'folder',
				folder,
				create: false,
				perEntry: true,
				output: 'array',
				payload: row(),
			};
			const pattern = '{title} {question} {type} {name}';
			expect((await run(node, { ...asked, pattern })).error).toMatchObject({
				code: 'folder',
				cause: { field: 'Folder' },
			});
			await mkdir(folder);
			const [list] = (await run(node, { ...asked, pattern })).got;
			expect((list?.payload as unknown[]).length).toBe(3);
			expect((await readdir(path.join(folder, STRANGER))).sort()).toEqual([
				...[`North ${column} photo p.jpg`, 'North other photo o.jpg', 'North sound audio s.wav'],
			]);
		});
	});

	test('epicollect5 deleted: a branch by its name, known from the flow, one message for each', async () => {
		const settings = {
			branch: 'Trees',
			branchType: 'str',
			known: 'mine',
			knownType: 'msg',
			output: 'each',
			property: 'gone',
		};
		const mine = [...uuids({ branch }), STRANGER, STRANGER.replace('4', '5')].map((id) => ({
			ec5_branch_uuid: id,
		}));
		const { got } = await run(deleted('gone', 'ec5', [], settings), { mine });
		expect(got.map(({ gone, parts, topic }) => [gone, (parts as { index: number }).index, topic])).toEqual(
			mine.slice(-2).map((entry, i) => [entry, i, 'kept']),
		);
	});

	test.each(['definition', 'forms', 'branches', 'mappings'])('epicollect5 project: %s', async (part) => {
		const [message] = (
			await run(projectInfo('told', 'ec5', [], { part, partType: 'list', property: 'told' }))
		).got;
		const expected = {
			...{ definition: definition.forms, forms: definition.forms, mappings: definition.mappings },
			branches: definition.forms.flatMap(({ branches }) => branches),
		};
		const told: unknown = message?.told;
		const list = part === 'definition' ? (told as Project).forms : told;
		const refs = (items: unknown): unknown[] =>
			(items as Array<{ ref?: string; name: string }>).map(({ ref, name }) => [ref, name]);
		expect(refs(list)).toEqual(refs(expected[part as keyof typeof expected]));
	});
});
