import { startSandbox, type Sandbox } from '../../../sandbox/src';
import { say } from '../shared/say';
import { catchAll, debug, httpIn, httpResponse, inject, join, project, tab } from './flows';
import { newestOrAll, NodeRedHost, type FlowNode } from './host';
import { packedNodes } from './pack';

type Row = Record<string, unknown>;
type Settings = Readonly<Record<string, string>>;

const SLUG = 'sandbox-private';
const PLACE = '3_Where_is_it';

/** How the dialog keeps a setting, where that is not as picked from a list. */
const TYPES: Settings = {
	...{ limit: 'num', share: 'num', maxWait: 'num', utm: 'bool', choiceFields: 'bool', withUploader: 'bool' },
	...{ bom: 'bool', neutralise: 'bool', timeZone: 'str', createdFrom: 'str', createdTo: 'str' },
	...{
		uploadedFrom: 'str',
		uploadedTo: 'str',
		titleContains: 'str',
		entryId: 'str',
		parentId: 'str',
		ownerId: 'str',
	},
};

type Type = 'epicollect5-entries' | 'epicollect5-branch-entries';

const reader = (id: string, type: Type, settings: object, to = 'response'): FlowNode => ({
	...{ id, type, z: 'tab', x: 100, y: 100, name: '', schema: type === 'epicollect5-entries' ? 2 : 1 },
	...{ project: 'ec5', output: 'array', property: 'payload', limitType: 'all', ...settings, wires: [[to]] },
});

/** The settings as the dialog saves them. */
const fromDialog = (settings: Settings): object =>
	Object.fromEntries(
		Object.entries(settings).flatMap(([name, value]) => [
			[name, value],
			[`${name}Type`, TYPES[name] ?? 'list'],
		]),
	);

/** These settings from the message. */
const fromMessage = (settings: Settings): object =>
	Object.fromEntries(
		Object.keys(settings).flatMap((name) => [
			[name, `payload.${name}`],
			[`${name}Type`, 'msg'],
		]),
	);

const ids = (rows: readonly Row[]): unknown[] => rows.map((row) => row.ec5_branch_uuid ?? row.ec5_uuid);
const sorted = (rows: readonly Row[]): unknown[] => ids(rows).sort();

describe.each(newestOrAll)('Every option in Node-RED %s', (version) => {
	let sandbox: Sandbox;
	let host: NodeRedHost;
	let short: number;
	let sites: Row[];
	let visits: Row[];
	let samples: Row[];
	let trees: Row[];
	let refs: { forms: string[]; trees: string; observations: string };

	beforeAll(async () => {
		sandbox = await startSandbox({ limits: 'off', entries: 560 });
		host = await NodeRedHost.start(version);
		await host.installPack(packedNodes());
		const forms = sandbox.admin.listProjects().find(({ slug }) => slug === SLUG)?.forms ?? [];
		const definition = await definitionOf();
		const title = definition[0]?.inputs.find(({ type }) => type === 'text')?.ref ?? '';
		short = sandbox.admin.addMapping({ project: SLUG, name: 'Own names', names: { [title]: 'site' } });
		const branchOf = (i: number): string =>
			definition[i]?.inputs.find(({ type }) => type === 'branch')?.ref ?? '';
		refs = { forms: forms.map(({ ref }) => ref), trees: branchOf(0), observations: branchOf(1) };
		const [site = '', visit = '', sample = ''] = refs.forms;
		sites = await sent({ form_ref: site });
		visits = await sent({ form_ref: visit });
		samples = await sent({ form_ref: sample });
		trees = await sent({ form_ref: site, branch_ref: refs.trees });
		await host.deploy(flow());
	});
	afterAll(async () => {
		await host?.stop();
		await sandbox?.stop();
	});

	const token = (): string => sandbox.admin.issueToken({ client: app().number });
	let known: { id: string; secret: string; number: number } | undefined;
	const app = () => {
		if (!known) {
			const { id, secret } = sandbox.admin.addClient({ project: SLUG });
			known = { id: String(id), secret, number: id };
		}
		return known;
	};

	interface Question {
		ref: string;
		type: string;
	}
	async function definitionOf(): Promise<Array<{ ref: string; inputs: Question[] }>> {
		const answer = await ask(`/api/export/project/${SLUG}`);
		return (answer as { data: { project: { forms: Array<{ ref: string; inputs: Question[] }> } } }).data
			.project.forms;
	}
	async function ask(address: string): Promise<unknown> {
		const answer = await fetch(`${sandbox.addresses.epicollect5}${address}`, {
			headers: { authorization: `Bearer ${token()}` },
		});
		return await answer.json();
	}

	/** What the server itself answers, page by page, past the nodes. */
	async function sent(query: Settings): Promise<Row[]> {
		const rows: Row[] = [];
		for (let page = 1; ; page++) {
			const all = { sort_by: 'created_at', sort_order: 'ASC', map_index: '0', ...query };
			const text = new URLSearchParams({ ...all, per_page: '500', page: String(page) }).toString();
			const { data } = (await ask(`/api/export/entries/${SLUG}?${text}`)) as { data: { entries: Row[] } };
			rows.push(...data.entries);
			if (data.entries.length < 500) return rows;
		}
	}

	interface Case {
		type?: Type;
		settings: () => Settings;
		output?: string;
		check: (answer: never) => void | Promise<void>;
	}

	const middle = (rows: readonly Row[], column: string): string => {
		const dates = rows.map((row) => String(row[column])).sort();
		return dates[dates.length >> 1] ?? '';
	};
	const BRANCH = 'epicollect5-branch-entries';

	const cases: Record<string, Case> = {
		'form by name': {
			settings: () => ({ form: 'Visit' }),
			check: (rows: Row[]) => expect(sorted(rows)).toEqual(sorted(visits)),
		},
		'form by ref': {
			settings: () => ({ form: refs.forms[2] ?? '' }),
			check: (rows: Row[]) => expect(sorted(rows)).toEqual(sorted(samples)),
		},
		'how many, order by title': {
			settings: () => ({ limit: '7', sortBy: 'title', sortOrder: 'DESC' }),
			check: async (rows: Row[]) => {
				const expected = await sent({ form_ref: refs.forms[0] ?? '', sort_by: 'title', sort_order: 'DESC' });
				expect(rows.map(({ title }) => title)).toEqual(expected.slice(0, 7).map(({ title }) => title));
			},
		},
		'order by creation, upwards': {
			settings: () => ({ sortBy: 'created_at', sortOrder: 'ASC' }),
			check: (rows: Row[]) => {
				expect(rows.map((row) => row.created_at)).toEqual(sites.map((row) => row.created_at));
				expect(sorted(rows)).toEqual(sorted(sites));
			},
		},
		'order by upload, downwards': {
			settings: () => ({ sortBy: 'uploaded_at', sortOrder: 'DESC' }),
			check: (rows: Row[]) => {
				const dates = rows.map((row) => String(row.uploaded_at));
				expect(dates).toEqual([...dates].sort().reverse());
				expect(sorted(rows)).toEqual(sorted(sites));
			},
		},
		'created after': {
			settings: () => ({ createdFrom: middle(sites, 'created_at') }),
			check: (rows: Row[]) => {
				const from = middle(sites, 'created_at');
				expect(sorted(rows)).toEqual(sorted(sites.filter((row) => String(row.created_at) >= from)));
			},
		},
		'created before': {
			settings: () => ({ createdTo: middle(sites, 'created_at') }),
			check: (rows: Row[]) => {
				const to = middle(sites, 'created_at');
				expect(sorted(rows)).toEqual(sorted(sites.filter((row) => String(row.created_at) <= to)));
			},
		},
		'uploaded between': {
			settings: () => ({ uploadedFrom: '2020-01-01', uploadedTo: middle(sites, 'uploaded_at') }),
			check: (rows: Row[]) => {
				const to = middle(sites, 'uploaded_at');
				expect(sorted(rows)).toEqual(sorted(sites.filter((row) => String(row.uploaded_at) <= to)));
			},
		},
		'title contains': {
			settings: () => ({ titleContains: String(sites[3]?.title).slice(0, 4).toUpperCase() }),
			check: (rows: Row[]) => {
				const part = String(sites[3]?.title).slice(0, 4).toLowerCase();
				const found = sites.filter(({ title }) => String(title).toLowerCase().includes(part));
				expect(sorted(rows)).toEqual(sorted(found));
			},
		},
		'entry ID': {
			settings: () => ({ entryId: String(sites[5]?.ec5_uuid) }),
			check: (rows: Row[]) => expect(ids(rows)).toEqual([sites[5]?.ec5_uuid]),
		},
		'parent entry': {
			settings: () => ({ form: 'Visit', parentId: String(visits[0]?.ec5_parent_uuid) }),
			check: (rows: Row[]) => {
				const parent = visits[0]?.ec5_parent_uuid;
				expect(sorted(rows)).toEqual(sorted(visits.filter((row) => row.ec5_parent_uuid === parent)));
			},
		},
		'values as sent': {
			settings: () => ({ shape: 'raw', limit: '5', sortBy: 'created_at', sortOrder: 'ASC' }),
			check: (rows: Row[]) => {
				const byId = new Map(sites.map((row) => [row.ec5_uuid, row]));
				expect(rows).toHaveLength(5);
				for (const row of rows) expect(row).toEqual(byId.get(row.ec5_uuid));
			},
		},
		'mapping by name, raw': {
			settings: () => ({ mapping: 'own NAMES', shape: 'raw', limit: '3' }),
			check: (rows: Row[]) => {
				for (const row of rows) expect([row.site, row['1_Site_name']]).toEqual([row.title, undefined]);
				expect(rows).toHaveLength(3);
			},
		},
		'mapping by position': {
			settings: () => ({ mapping: String(short), limit: '3' }),
			check: (rows: Row[]) => expect(rows.map(({ site }) => site)).toEqual(rows.map(({ title }) => title)),
		},
		'column names by ref': {
			settings: () => ({ names: 'ref', limit: '3' }),
			check: (rows: Row[]) => {
				const named = Object.keys(rows[0] ?? {}).filter((name) => name.startsWith(refs.forms[0] ?? '-'));
				expect(named.length).toBeGreaterThan(20);
			},
		},
		'column names by question': {
			settings: () => ({ names: 'question', limit: '3' }),
			check: (rows: Row[]) =>
				expect(rows.map((row) => row['Site name'])).toEqual(rows.map(({ title }) => title)),
		},
		'time zone': {
			settings: () => ({ timeZone: 'Asia/Kolkata', limit: '20' }),
			check: (rows: Row[]) => {
				const byId = new Map(sites.map((row) => [row.ec5_uuid, row]));
				for (const { ec5_uuid, created_at } of rows) {
					expect(created_at).toMatch(/\+05:30$/);
					expect(Date.parse(String(created_at))).toBe(Date.parse(String(byId.get(ec5_uuid)?.created_at)));
				}
				expect(rows).toHaveLength(20);
			},
		},
		UTM: {
			settings: () => ({ utm: 'true', limit: '50' }),
			check: (rows: Row[]) => {
				const byId = new Map(sites.map((row) => [row.ec5_uuid, row[PLACE] as Row]));
				const places = rows.filter((row) => row[PLACE]);
				expect(places.length).toBeGreaterThan(0);
				for (const row of places) {
					const { zone, easting } = row[PLACE] as Row;
					const raw = byId.get(row.ec5_uuid);
					expect([zone, easting]).toEqual([raw?.UTM_Zone, raw?.UTM_Easting]);
				}
			},
		},
		'field per choice': {
			settings: () => ({ choiceFields: 'true' }),
			check: (rows: Row[]) => {
				const key = Object.keys(sites[0] ?? {}).find((name) => name.endsWith('Species_seen')) ?? '';
				const byId = new Map(sites.map((row) => [row.ec5_uuid, row[key] as string[]]));
				for (const row of rows)
					expect(row[`${key}/Otter`]).toBe(byId.get(row.ec5_uuid)?.includes('Otter') ?? false);
				expect(rows.some((row) => row[`${key}/Otter`] === true)).toBe(true);
			},
		},
		uploader: {
			settings: () => ({ withUploader: 'true', limit: '5' }),
			check: (rows: Row[]) => {
				const byId = new Map(sites.map((row) => [row.ec5_uuid, row.created_by]));
				expect(rows.map((row) => row.created_by)).toEqual(rows.map((row) => byId.get(row.ec5_uuid)));
			},
		},
		'share and longest wait': {
			settings: () => ({ share: '80', maxWait: '0', limit: '2' }),
			check: (rows: Row[]) => expect(rows).toHaveLength(2),
		},
		'children and branches nested': {
			settings: () => ({ joined: 'nested', joinedWhat: 'both' }),
			check: (rows: Row[]) => {
				expect(sorted(rows)).toEqual(sorted(sites));
				const below = rows.flatMap((row) => row.children as Row[]);
				expect(sorted(below)).toEqual(sorted(visits));
				expect(sorted(below.flatMap((row) => row.children as Row[]))).toEqual(sorted(samples));
				const branches = rows.flatMap((row) => Object.values(row.branches as Record<string, Row[]>)[0] ?? []);
				expect(sorted(branches)).toEqual(sorted(trees));
				for (const row of rows) {
					for (const child of row.children as Row[]) expect(child.ec5_parent_uuid).toBe(row.ec5_uuid);
				}
			},
		},
		'branches only, flat': {
			settings: () => ({ joined: 'flat', joinedWhat: 'branches' }),
			check: (rows: Row[]) => {
				const owners = new Set(trees.map((row) => row.ec5_branch_owner_uuid));
				const alone = sites.filter((row) => !owners.has(row.ec5_uuid)).length;
				const uuid = Object.keys(rows[0] ?? {}).find((name) => name.endsWith('Trees_ec5_branch_uuid')) ?? '';
				expect(rows).toHaveLength(trees.length + alone);
				expect(
					rows
						.map((row) => row[uuid])
						.filter(Boolean)
						.sort(),
				).toEqual(trees.map((row) => row.ec5_branch_uuid).sort());
			},
		},
		'children only, flat': {
			settings: () => ({ joined: 'flat', joinedWhat: 'children', form: 'Visit' }),
			check: (rows: Row[]) => {
				const parents = new Set(samples.map((row) => row.ec5_parent_uuid));
				const alone = visits.filter((row) => !parents.has(row.ec5_uuid)).length;
				expect(rows).toHaveLength(samples.length + alone);
			},
		},
		GeoJSON: {
			settings: () => ({ location: PLACE, utm: 'true' }),
			output: 'geojson',
			check: ({
				type,
				features,
			}: {
				type: string;
				features: Array<{ id: string; geometry: Row | null; properties: Row }>;
			}) => {
				expect(type).toBe('FeatureCollection');
				expect(features.map(({ id }) => id).sort()).toEqual(sorted(sites));
				const byId = new Map(sites.map((row) => [row.ec5_uuid, row[PLACE] as Row]));
				for (const { id, geometry, properties } of features) {
					const { latitude, longitude, UTM_Zone } = byId.get(id) ?? {};
					const expected = latitude === '' ? null : { type: 'Point', coordinates: [longitude, latitude] };
					expect(geometry).toEqual(expected);
					expect(properties[`${PLACE}_zone`] ?? '').toBe(UTM_Zone);
				}
			},
		},
		CSV: {
			settings: () => ({
				separator: 'semicolon',
				bom: 'true',
				neutralise: 'true',
				sortBy: 'created_at',
				sortOrder: 'ASC',
			}),
			output: 'csv',
			check: (text: string) => {
				expect(text.startsWith('\uFEFFec5_uuid;created_at;uploaded_at;title;')).toBe(true);
				expect(text.endsWith('\r\n')).toBe(true);
				const found = [...text.matchAll(/^([0-9a-f-]{36});/gm)].map(([, id]) => id);
				expect(found).toEqual(ids(sites));
			},
		},
		'CSV with tabs, flat': {
			settings: () => ({ separator: 'tab', joined: 'flat', joinedWhat: 'children' }),
			output: 'csv',
			check: (text: string) => {
				expect(text.startsWith('ec5_uuid\tcreated_at\t')).toBe(true);
				const ofSamples = samples.filter(({ ec5_uuid }) => text.includes(`\t${String(ec5_uuid)}\t`));
				expect(ofSamples).toHaveLength(samples.length);
			},
		},
		'branch by ref': {
			type: BRANCH,
			settings: () => ({ branch: refs.trees }),
			check: (rows: Row[]) => expect(sorted(rows)).toEqual(sorted(trees)),
		},
		'branch by name, which tells its form': {
			type: BRANCH,
			settings: () => ({ branch: 'observations' }),
			check: async (rows: Row[]) => {
				const expected = await sent({ form_ref: refs.forms[1] ?? '', branch_ref: refs.observations });
				expect(sorted(rows)).toEqual(sorted(expected));
			},
		},
		'first branch of a form': {
			type: BRANCH,
			settings: () => ({ form: 'Visit', limit: '1' }),
			check: (rows: Row[]) => expect(String(rows[0]?.eventId)).toContain(refs.observations),
		},
		'branch entries of one owner': {
			type: BRANCH,
			settings: () => ({ branch: 'Trees', ownerId: String(trees[0]?.ec5_branch_owner_uuid) }),
			check: (rows: Row[]) => {
				const owner = trees[0]?.ec5_branch_owner_uuid;
				expect(sorted(rows)).toEqual(sorted(trees.filter((row) => row.ec5_branch_owner_uuid === owner)));
			},
		},
		'one branch entry, raw': {
			type: BRANCH,
			settings: () => ({ branch: 'Trees', entryId: String(trees[1]?.ec5_branch_uuid), shape: 'raw' }),
			check: (rows: Row[]) => expect(rows).toEqual([trees[1]]),
		},
		'branch entries, filtered, ordered, renamed': {
			type: BRANCH,
			settings: () => ({
				...{ form: 'Site', branch: 'Trees', createdFrom: middle(trees, 'created_at'), sortBy: 'created_at' },
				...{
					sortOrder: 'DESC',
					names: 'question',
					timeZone: 'Europe/Berlin',
					choiceFields: 'true',
					utm: 'true',
				},
			}),
			check: (rows: Row[]) => {
				const from = middle(trees, 'created_at');
				expect(sorted(rows)).toEqual(sorted(trees.filter((row) => String(row.created_at) >= from)));
				const times = rows.map((row) => Date.parse(String(row.created_at)));
				expect(times).toEqual([...times].sort((a, b) => b - a));
				expect(rows.every((row) => typeof row['Health/Dead'] === 'boolean')).toBe(true);
				expect(rows.every((row) => 'Tree species' in row)).toBe(true);
			},
		},
		'branch entries as GeoJSON': {
			type: BRANCH,
			settings: () => ({ branch: 'Trees' }),
			output: 'geojson',
			check: ({ features }: { features: Array<{ id: string }> }) =>
				expect(features.map(({ id }) => id).sort()).toEqual(sorted(trees)),
		},
		'branch entries as CSV': {
			type: BRANCH,
			settings: () => ({ branch: 'Trees', limit: '4' }),
			output: 'csv',
			check: (text: string) => expect(text.split('\r\n')).toHaveLength(6),
		},
	};

	/** Each case twice: as the dialog saves it, and with its settings from the message. */
	function flow(): FlowNode[] {
		const dialogs = Object.entries(cases).flatMap(([, { type, settings, output }], i) => [
			httpIn(`in${i}`, `/dialog/${i}`, [`read${i}`]),
			reader(`read${i}`, type ?? 'epicollect5-entries', { output, ...fromDialog(settings()) }),
		]);
		const messages = Object.entries(cases).flatMap(([, { type, settings }], i) => [
			httpIn(`in-message${i}`, `/message/${i}`, [`read-message${i}`]),
			reader(`read-message${i}`, type ?? 'epicollect5-entries', {
				...{ ...fromMessage(settings()), output: 'payload.output', outputType: 'msg' },
			}),
		]);
		return [
			...[tab(), project('ec5', sandbox.addresses.epicollect5, SLUG, app()), httpResponse()],
			...[...dialogs, ...messages],
			{ ...catchAll('catch', ['failed']), uncaught: false },
			{
				...{ id: 'failed', type: 'change', z: 'tab', x: 1, y: 1, wires: [['response']] },
				rules: [
					{ t: 'set', p: 'payload', pt: 'msg', to: 'error', tot: 'msg' },
					{ t: 'set', p: 'statusCode', pt: 'msg', to: '500', tot: 'num' },
				],
			},
		];
	}

	const read = async (address: string): Promise<never> => {
		const answer = await host.admin(address);
		// `text()` would take away the byte order mark.
		const text = Buffer.from(await answer.arrayBuffer()).toString();
		if (!answer.ok) throw new Error(`${address}: ${text.slice(0, 300)}`);
		return (answer.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text) as never;
	};

	test.each(Object.keys(cases).map((name, i) => [name, i] as const))(
		'%s, from the dialog',
		async (name, i) => {
			await cases[name]?.check(await read(`/dialog/${i}`));
		},
	);

	test.each(Object.keys(cases).map((name, i) => [name, i] as const))(
		'%s, from the message',
		async (name, i) => {
			const { output = 'array', settings } = cases[name] as Case;
			const query = new URLSearchParams({ ...settings(), output }).toString();
			await cases[name]?.check(await read(`/message/${i}?${query}`));
		},
	);

	describe('as a sequence of messages', () => {
		const gathered = (id: string): FlowNode[] => [join(id, [`${id}-seen`]), debug(`${id}-seen`)];

		test('one for each page, joined again to one list; other properties stay', async () => {
			await host.deploy([
				...[tab(), project('ec5', sandbox.addresses.epicollect5, SLUG, app()), inject('go', ['pages'])],
				reader('pages', 'epicollect5-entries', { output: 'page', property: 'rows.page' }, 'count'),
				{
					...{ id: 'count', type: 'function', z: 'tab', x: 1, y: 1, outputs: 1, wires: [['join']] },
					func: 'msg.sizes = [...(flow.get("sizes") || []), msg.rows.page.length]; flow.set("sizes", msg.sizes); msg.length = msg.rows.page.length; return msg;',
				},
				...gathered('join'),
			]);
			const from = host.comms.events.length;
			await host.inject('go');
			const message = JSON.parse(String((await host.debugOf('join-seen', from)).msg)) as Row;
			expect(message).toMatchObject({ topic: 'kept', sizes: [500, 60] });
			const { status } = { status: await host.statusOf('pages', ({ fill }) => fill === 'green', from) };
			expect(status.text).toMatch(/^560 entries · \d\d:\d\d$/);
		});

		test('one for each entry, joined again by their places', async () => {
			await host.deploy([
				...[tab(), project('ec5', sandbox.addresses.epicollect5, SLUG, app()), httpResponse()],
				...[
					httpIn('in', '/each', ['each']),
					reader('each', 'epicollect5-entries', { output: 'each' }, 'join'),
				],
				join('join', ['response']),
			]);
			const rows = (await read('/each')) as Row[];
			expect(sorted(rows)).toEqual(sorted(sites));
		});
	});

	describe('when something stands in the way', () => {
		const flowOf = (settings: object, config = ownProject()): FlowNode[] => [
			...[tab(), config, inject('go', ['read'])],
			...[reader('read', 'epicollect5-entries', settings, 'seen'), debug('seen', 'payload')],
			...[catchAll('catch', ['caught']), debug('caught', 'error')],
			{ ...inject('cancel', ['read']), props: [{ p: 'cancel', v: 'true', vt: 'bool' }] },
		];
		const ownProject = (): FlowNode => project('ec5', sandbox.addresses.epicollect5, SLUG, app());
		afterEach(() => sandbox.admin.clearFaults());

		test('a long read shows how far it is and when the next page comes', async () => {
			await host.deploy(flowOf({}));
			const from = host.comms.events.length;
			sandbox.admin.planFault({
				kind: 'entries',
				skip: 1,
				fault: { type: 'rateLimited', retryAfter: 2 },
			} as never);
			await host.inject('go');
			const { text } = await host.statusOf('read', ({ fill }) => fill === 'yellow', from);
			expect(text).toMatch(/^500 of 560 · next page in [12] s \(\d\d:\d\d:\d\d\)$/);
			await host.statusOf('read', ({ fill }) => fill === 'green', from);
		});

		test('a used-up limit is not waited for longer than allowed, and the error says what to do', async () => {
			// Another project: this one would be waited for afterwards.
			const other = project('ec5', sandbox.addresses.epicollect5, 'sandbox-public');
			await host.deploy(flowOf(fromDialog({ maxWait: '0.5' }), other));
			const from = host.comms.events.length;
			sandbox.admin.planFault({ kind: 'entries', fault: { type: 'rateLimited', retryAfter: 50 } });
			await host.inject('go');
			const { text } = await host.statusOf('read', ({ fill }) => fill === 'red', from);
			expect(text).toBe("Epicollect5's limit is reached, and the longest wait of 0.5 min is used up");
			const error = JSON.parse(String((await host.debugOf('caught', from)).msg)) as Row;
			expect(error).toMatchObject({
				code: 'deadline',
				cause: { hint: expect.stringMatching(/again in \d+ s/) },
			});
		});

		test('a Cancel message ends the read at once, says so, and the node reads again afterwards', async () => {
			await host.deploy(flowOf({}));
			const from = host.comms.events.length;
			sandbox.admin.planFault({ kind: 'entries', fault: { type: 'hang' } });
			await host.inject('go');
			await host.statusOf('read', ({ fill }) => fill === 'blue', from);
			const asked = Date.now();
			await host.inject('cancel');
			const { text } = await host.statusOf('read', ({ fill }) => fill === 'grey', from);
			const ms = Date.now() - asked;
			expect(ms).toBeLessThan(1_000);
			say({ shown: 'node-red cancel', version, ms });
			expect(text).toMatch(/^cancelled · \d\d:\d\d$/);
			const error = JSON.parse(String((await host.debugOf('caught', from)).msg)) as Row;
			expect(error).toMatchObject({ code: 'aborted' });
			sandbox.admin.clearFaults();
			await host.inject('go');
			await host.statusOf('read', ({ fill }) => fill === 'green', from);
		});

		test.each([
			[{ share: '0' }, 'array', 'share'],
			[{ mapping: 'No such' }, 'array', 'ec5_322'],
			[{ form: 'No such' }, 'array', 'ec5_15'],
			[{ createdFrom: 'yesterday' }, 'array', 'date'],
			[{ timeZone: 'Mars/Base' }, 'array', 'time_zone'],
			[{ entryId: '12' }, 'array', 'id'],
			[{ parentId: 'gone', parentIdType: 'msg' }, 'array', 'nothing'],
			[{ form: 'NOT_SET', formType: 'env' }, 'array', 'nothing'],
			[{ shape: 'raw' }, 'csv', 'tidy_only'],
			[{ joined: 'nested' }, 'geojson', 'tidy_only'],
			[{ location: 'Nowhere' }, 'geojson', 'location'],
		])('a setting that makes no sense is named: %p', async (settings, output, code) => {
			await host.deploy(flowOf({ ...fromDialog(settings as Settings), ...settings, output }));
			const from = host.comms.events.length;
			await host.inject('go');
			const error = JSON.parse(String((await host.debugOf('caught', from)).msg)) as Row;
			expect(error).toMatchObject({ code, cause: { field: expect.any(String), hint: expect.any(String) } });
		});
	});
});
