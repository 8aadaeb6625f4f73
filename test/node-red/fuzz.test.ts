import fc from 'fast-check';
import registerBranchEntries from '../../node-red/nodes/epicollect5-branch-entries/runtime';
import registerEntries from '../../node-red/nodes/epicollect5-entries/runtime';
import { Epicollect5Connection } from '../../node-red/shared/epicollect5';
import type { Message, Red } from '../../node-red/shared/red';
import { startSandbox, type Sandbox } from '../../sandbox/src';
import { FakeNode, fakeRed } from './fakes';

const VALID: Record<string, readonly unknown[]> = {
	form: ['Visit', 'site'],
	branch: ['Trees', 'observations'],
	limit: [1, '3'],
	sortBy: ['title', 'created_at', 'uploaded_at'],
	sortOrder: ['ASC', 'desc'],
	createdFrom: ['2026-01-01', new Date(0), 0],
	createdTo: ['2030-01-01T10:00:00+02:00'],
	uploadedFrom: ['2020-01-01'],
	uploadedTo: [4_000_000_000_000],
	titleContains: ['a', '%'],
	entryId: ['00000000-0000-4000-8000-000000000000'],
	parentId: ['00000000-0000-4000-8000-000000000000'],
	ownerId: ['00000000-0000-4000-8000-000000000000'],
	joined: ['none', 'flat', 'nested'],
	joinedWhat: ['both', 'children', 'branches'],
	shape: ['tidy', 'raw'],
	mapping: [0, '0', 'EC5_AUTO'],
	names: ['mapping', 'ref', 'question'],
	timeZone: ['UTC', 'Europe/Berlin'],
	utm: [true, 'false'],
	choiceFields: [true],
	withUploader: [true],
	location: ['3_Where_is_it'],
	separator: [';', 'tab'],
	bom: [true],
	neutralise: [true],
};

const anything = fc.anything({
	withBigInt: true,
	withDate: true,
	withNullPrototype: true,
	withTypedArray: true,
});

/** Mostly what makes sense, so that many of them get as far as the service. */
const settings = fc.record(
	Object.fromEntries(
		Object.entries(VALID).map(([name, values]) => [
			name,
			fc.oneof({ weight: 12, arbitrary: fc.constantFrom(...values) }, { weight: 1, arbitrary: anything }),
		]),
	),
	{ requiredKeys: [] },
);

const message = fc.record(
	{
		...{ s: fc.oneof({ weight: 20, arbitrary: settings }, { weight: 1, arbitrary: anything }) },
		...{ payload: anything, topic: anything, parts: anything, _msgid: anything },
		cancel: fc.oneof({ weight: 20, arbitrary: anything }, { weight: 1, arbitrary: fc.constant(true) }),
	},
	{ requiredKeys: ['s'] },
);

const OUTPUTS = ['array', 'each', 'page', 'geojson', 'csv'] as const;

describe('A thousand messages that may hold anything', () => {
	let sandbox: Sandbox;
	beforeAll(async () => {
		sandbox = await startSandbox({ limits: 'off', entries: 4 });
	});
	afterAll(() => sandbox.stop());

	/** The node with these settings from `msg.s`; it never waits for a limit. */
	function nodeOf(register: (red: Red) => void, output: string, names: readonly string[]): FakeNode {
		const node = new FakeNode();
		let make: (this: FakeNode, def: object) => void = () => undefined;
		const red = fakeRed({
			nodes: {
				createNode: () => undefined,
				registerType: (_type: string, constructor: typeof make) => (make = constructor),
				getNode: () => ({
					connection: () =>
						new Epicollect5Connection(red, {
							...{ baseUrl: sandbox.addresses.epicollect5, project: 'sandbox-public' },
							...{ clientId: '', clientSecret: '' },
						}),
				}),
			},
		});
		register(red);
		const fromMessage = names.flatMap((name) => [
			[name, `s.${name}`],
			[`${name}Type`, 'msg'],
		]);
		const waits = { share: '100', shareType: 'num', maxWait: '0.1', maxWaitType: 'num' };
		make.call(node, { schema: 2, project: 'p', output, ...Object.fromEntries(fromMessage), ...waits });
		return node;
	}

	it.each([
		['epicollect5-entries', registerEntries],
		['epicollect5-branch-entries', registerBranchEntries],
	])(
		'are answered by %s, or refused with a reason',
		async (_, register) => {
			const complaints: string[] = [];
			let answered = 0;
			await fc.assert(
				fc.asyncProperty(message, fc.constantFrom(...OUTPUTS), async (given, output) => {
					const all = Object.keys(VALID);
					const names = all.filter((name) => name in Object(given.s));
					const node = nodeOf(register, output, names.length > 0 ? names : all);
					const error = (await node.receive(given as Message)) as (Error & { code?: string }) | undefined;
					if (error === undefined) answered += 1;
					else {
						expect(error.code).toEqual(expect.any(String));
						expect([error.code, error.message]).not.toContain('unexpected');
					}
					complaints.push(...node.complaints);
				}),
				{ numRuns: 1_000 },
			);
			expect(answered).toBeGreaterThan(50);
			expect(complaints).toEqual([]);
		},
		120_000,
	);
});
