import registerEntries from '../../node-red/nodes/epicollect5-entries/runtime';
import { Epicollect5Connection } from '../../node-red/shared/epicollect5';
import type { Message, Red } from '../../node-red/shared/red';
import { startSandbox, type Sandbox } from '../../sandbox/src';
import { FakeNode, fakeRed } from './fakes';

type Row = Record<string, unknown>;

describe('A node that reads a form', () => {
	let sandbox: Sandbox;
	beforeAll(async () => {
		sandbox = await startSandbox({ limits: 'off', entries: 2_600, projects: ['public'] });
	});
	afterAll(() => sandbox.stop());

	function nodeOf(def: object): FakeNode {
		const node = new FakeNode();
		let make: (this: FakeNode, def: object) => void = () => undefined;
		const connection = (): Epicollect5Connection =>
			new Epicollect5Connection(red, {
				...{
					baseUrl: sandbox.addresses.epicollect5,
					project: 'sandbox-public',
					clientId: '',
					clientSecret: '',
				},
			});
		const red: Red = fakeRed({
			nodes: {
				createNode: () => undefined,
				registerType: (_type: string, constructor: typeof make) => (make = constructor),
				getNode: () => ({ connection }),
			},
		});
		registerEntries(red);
		make.call(node, { project: 'p', limitType: 'all', share: '100', shareType: 'num', ...def });
		return node;
	}
	const uuids = (): string[] =>
		sandbox.admin
			.listEntries({ project: 'sandbox-public' })
			.map(({ uuid }) => uuid)
			.sort();

	it('lets go of what it has sent, leaves the runtime time to work on it, and begins slowly', async () => {
		const node = nodeOf({ output: 'each' });
		let [waiting, sent] = [0, 0];
		const most = { first: 0, later: 0 };
		let tookFirst = 0;
		const began = performance.now();
		const send = (): void => {
			const part = ++sent <= 2_000 ? 'first' : 'later';
			waiting += 1;
			most[part] = Math.max(most[part], waiting);
			if (sent === 2_000) tookFirst = performance.now() - began;
			setImmediate(() => (waiting -= 1));
		};
		expect(await node.receive({}, send)).toBeUndefined();
		expect(most).toEqual({ first: 10, later: 25 });
		expect(tookFirst).toBeGreaterThan(1_900);
	});

	it('sends pages of 500, and last what is left', async () => {
		const node = nodeOf({ output: 'page' });
		const sent: Message[] = [];
		expect(await node.receive({}, (message) => sent.push(message as Message))).toBeUndefined();
		const pages = sent.map(({ payload }) => payload as Row[]);
		expect(pages.map(({ length }) => length)).toEqual([500, 500, 500, 500, 500, 100]);
		expect(sent.map(({ parts }) => (parts as { count?: number }).count)).toEqual([...Array<undefined>(5), 6]);
		expect(
			pages
				.flat()
				.map(({ ec5_uuid }) => ec5_uuid)
				.sort(),
		).toEqual(uuids());
	});

	it('sends nothing any more once it was cancelled', async () => {
		const node = nodeOf({ output: 'each' });
		let sent = 0;
		const running = node.receive({}, () => {
			sent += 1;
			if (sent === 100)
				node.emit(
					'input',
					{ cancel: true },
					() => undefined,
					() => undefined,
				);
		});
		expect(await running).toMatchObject({ code: 'aborted' });
		expect(sent).toBeLessThanOrEqual(150);
	});

	it.each(['array', 'csv', 'geojson'])(
		'has an entry once in one message, in its newest version, when it is edited meanwhile: %s',
		async (output) => {
			const node = nodeOf({ output, schema: 2 });
			const [edited = ''] = uuids();
			let whole: unknown;
			const show = node.status.bind(node);
			let hasEdited = false;
			node.status = (status) => {
				// After the first page and before the second.
				if (!hasEdited && /fetchedOf/.test(status.text ?? '')) {
					hasEdited = true;
					sandbox.admin.editEntry({ project: 'sandbox-public', uuid: edited, title: `Edited for ${output}` });
				}
				show(status);
			};
			await node.receive({}, (message) => (whole = (message as Message).payload));
			expect(hasEdited).toBe(true);
			const text = JSON.stringify(whole);
			expect(text.split(`Edited for ${output}`)).toHaveLength(2);
			const found =
				output === 'array'
					? (whole as Row[]).map(({ ec5_uuid }) => ec5_uuid)
					: output === 'csv'
						? [...(whole as string).matchAll(/^([0-9a-f-]{36}),/gm)].map(([, id]) => id)
						: (whole as { features: Row[] }).features.map(({ id }) => id);
			expect([...found].sort()).toEqual(uuids());
		},
	);

	it('of the first schema reads what it always did', async () => {
		const node = nodeOf({
			schema: 1,
			form: '',
			formType: 'list',
			shape: 'raw',
			output: 'array',
			property: 'rows',
		});
		let message: Row = {};
		await node.receive({ topic: 'kept' } as Message, (sent) => (message = sent as Row));
		expect(message.topic).toBe('kept');
		expect((message.rows as Row[]).map(({ ec5_uuid }) => ec5_uuid).sort()).toEqual(uuids());
		expect(message.rows).toContainEqual(expect.not.objectContaining({ eventId: expect.anything() }));
	});

	it('sends a table with a header and a map where there are no entries', async () => {
		const filter = { titleContains: 'no such title', titleContainsType: 'str' };
		const payloads: unknown[] = [];
		for (const output of ['csv', 'geojson', 'array', 'each', 'page']) {
			const node = nodeOf({ output, schema: 2, ...filter });
			await node.receive({}, (message) => payloads.push((message as Message).payload));
		}
		expect(payloads).toEqual([
			expect.stringMatching(/^ec5_uuid,created_at,.*eventId\r\n$/),
			{ type: 'FeatureCollection', features: [] },
			[],
		]);
	});
});
