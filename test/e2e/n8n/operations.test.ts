import { say } from '../shared/say';
import { errorOf, itemsOf, runOf, type Credential, type Execution, type Item } from './driver';
import { byId, Expected } from './expected';
import { items as inputItems, located, manualTrigger, ours, type NodeSpec } from './workflows';
import { startSandbox } from '../../../sandbox/src';
import { FIRST_START_MS, startWorld, type World } from './world';

const PUBLIC = 'sandbox-public';
const PRIVATE = 'sandbox-private';
const NOWHERE = '00000000-0000-4000-8000-000000000000';

type Json = Record<string, unknown>;

let world: World;
let held: Expected;
let heldPrivate: Expected;
let credential: Credential;

beforeAll(async () => {
	world = await startWorld({ limits: 'off', entries: 40 });
	held = new Expected(world.sandbox, PUBLIC);
	heldPrivate = new Expected(world.sandbox, PRIVATE);
	credential = await world.savedApp(PRIVATE);
}, FIRST_START_MS);
afterAll(async () => await world?.stop());
beforeEach(() => world.sandbox.admin.resetStats());

/** The node for one operation, such as `entry getMany`, on the public project where nothing else is said. */
function node(name: string, more: Json = {}, app?: Credential): NodeSpec {
	const [resource, operation] = name.split(' ');
	const parameters = {
		authentication: app ? 'clientApp' : 'none',
		serverUrl: world.sandbox.addresses.epicollect5,
		...{ resource, operation },
		project: located('slug', app ? PRIVATE : PUBLIC),
		...(operation === 'getMany' ? { returnAll: true } : {}),
		...more,
	};
	return ours('epicollect5', parameters, app);
}

async function execute(spec: NodeSpec, inputs?: readonly Json[]): Promise<Execution> {
	const before = inputs === undefined ? [] : [inputItems(inputs)];
	return await world.n8n.run('operation', [manualTrigger(), ...before, spec]);
}

async function itemsFrom(name: string, more?: Json, app?: Credential): Promise<Item[]> {
	return itemsOf(await execute(node(name, more, app)), 'Node');
}

async function jsonFrom(name: string, more?: Json, app?: Credential): Promise<Json[]> {
	return (await itemsFrom(name, more, app)).map(({ json }) => json);
}

const id = ({ ec5_branch_uuid, ec5_uuid }: Json) => ec5_branch_uuid ?? ec5_uuid;

async function sent(path: string): Promise<Json[]> {
	const answer = await fetch(`${world.sandbox.addresses.epicollect5}/api/export/entries/${PUBLIC}?${path}`);
	return ((await answer.json()) as { data: { entries: Json[] } }).data.entries;
}

describe('Entry: Get', () => {
	it('gives one entry, tidy or as it is sent, of a form by name or ref', async () => {
		const [site] = held.rows('Site');
		const [visit] = held.rows('Visit');
		expect(await jsonFrom('entry get', { entryId: site!.uuid })).toEqual([held.tidy(site!)]);
		expect(world.sandbox.stats().requests).toMatchObject({ entries: 1, project: 1 });
		const byName = { entryId: visit!.uuid, form: located('id', ' visit ') };
		expect(await jsonFrom('entry get', byName)).toEqual([held.tidy(visit!)]);
		const byRef = { entryId: visit!.uuid, form: located('list', visit!.formRef), simplify: false };
		const raw = await jsonFrom('entry get', byRef);
		expect(raw).toEqual(await sent(`form_ref=${visit!.formRef}&uuid=${visit!.uuid}`));
	});

	it('gives one entry for each input item, each paired with its own, and says which one there is not', async () => {
		const ids = [held.rows('Site')[3]!.uuid, NOWHERE, held.rows('Site')[1]!.uuid];
		const spec = node('entry get', { entryId: '={{ $json.id }}' });
		const inputs = ids.map((one) => ({ id: one }));
		const failed = errorOf(await execute(spec, inputs), 'Node');
		expect(failed).toMatchObject({ message: `This form has no entry ${NOWHERE}`, context: { itemIndex: 1 } });
		const execution = await execute({ ...spec, onError: 'continueRegularOutput' }, inputs);
		const items = runOf(execution, 'Node').data?.main[0] ?? [];
		expect(items.map(({ json, pairedItem }) => [json.error ?? json.ec5_uuid, pairedItem])).toEqual([
			[ids[0], { item: 0 }],
			[`This form has no entry ${NOWHERE}`, { item: 1 }],
			[ids[2], { item: 2 }],
		]);
	});

	it('says which forms there are instead of an unknown one', async () => {
		const spec = node('entry get', { entryId: NOWHERE, form: located('id', 'Garden') });
		expect(errorOf(await execute(spec), 'Node')).toMatchObject({
			message: 'There is no form "Garden"',
			description: 'Choose one of: Site, Visit, Sample. (Setting: Form)',
		});
	});
});

describe('Entry: Get Many', () => {
	it('gives every answer of every entry, of each form', async () => {
		for (const form of ['Site', 'Visit', 'Sample']) {
			const entries = await jsonFrom('entry getMany', { form: located('id', form) });
			expect(byId(entries)).toEqual(byId(held.entries(form)));
		}
		const entries = await jsonFrom('entry getMany', {}, credential);
		expect(byId(entries)).toEqual(byId(heldPrivate.entries('Site')));
	});

	/** What each filter has to leave, by what is stored. */
	function filterCases(): Array<[Json, (row: ReturnType<Expected['rows']>[number]) => boolean, string?]> {
		const rows = [...held.rows('Site')].sort((a, b) => a.createdAt - b.createdAt);
		const created = [rows[10]!.createdAt, rows[25]!.createdAt] as const;
		const uploads = rows.map(({ uploadedAt }) => uploadedAt).sort((a, b) => a - b);
		const uploaded = [uploads[12]!, uploads[30]!] as const;
		const iso = (ms: number) => new Date(ms).toISOString();
		const word = rows[0]!.title.slice(0, 5);
		return [
			[{ createdAfter: iso(created[0]) }, ({ createdAt }) => createdAt >= created[0]],
			[{ createdBefore: iso(created[1]) }, ({ createdAt }) => createdAt <= created[1]],
			[
				{ createdAfter: iso(created[0]), createdBefore: iso(created[1]) },
				({ createdAt }) => createdAt >= created[0] && createdAt <= created[1],
			],
			[{ uploadedAfter: iso(uploaded[0]) }, ({ uploadedAt }) => uploadedAt >= uploaded[0]],
			[{ uploadedBefore: iso(uploaded[1]) }, ({ uploadedAt }) => uploadedAt <= uploaded[1]],
			[
				{ uploadedBefore: iso(uploaded[1]), createdAfter: iso(created[0]) },
				({ uploadedAt, createdAt }) => uploadedAt <= uploaded[1] && createdAt >= created[0],
			],
			// The field of the dialog gives no zone: the workflow's is UTC here.
			[{ uploadedAfter: iso(uploaded[0]).slice(0, 19) }, ({ uploadedAt }) => uploadedAt >= uploaded[0]],
			[{ title: word.toUpperCase() }, ({ title }) => title.toLowerCase().includes(word.toLowerCase())],
			[{ uuid: rows[4]!.uuid }, ({ uuid }) => uuid === rows[4]!.uuid],
			[
				{ parentUuid: held.rows('Visit')[0]!.parentUuid },
				({ parentUuid }) => parentUuid === held.rows('Visit')[0]!.parentUuid,
				'Visit',
			],
		];
	}

	it('filters exactly, also by times of day, by title, entry and parent', async () => {
		for (const [filters, fits, form = 'Site'] of filterCases()) {
			const found = await jsonFrom('entry getMany', { form: located('id', form), filters });
			const wanted = held.rows(form).filter(fits);
			expect([filters, wanted.length > 0 && wanted.length < held.rows(form).length]).toEqual([filters, true]);
			expect([filters, byId(found)]).toEqual([filters, byId(wanted.map((row) => held.tidy(row)))]);
		}
	});

	it('sorts by either date and by title, all of them and the first few', async () => {
		const time = (key: 'created_at' | 'uploaded_at') => (entry: Json) => Date.parse(entry[key] as string);
		const size = ({ title }: Json) => Buffer.byteLength(title as string);
		const orders: Array<[string, (entry: Json) => number, 1 | -1]> = [
			['created_at DESC', time('created_at'), -1],
			['created_at ASC', time('created_at'), 1],
			['uploaded_at DESC', time('uploaded_at'), -1],
			['uploaded_at ASC', time('uploaded_at'), 1],
			['title ASC', size, 1],
			['title DESC', size, -1],
		];
		for (const [sort, key, sign] of orders) {
			const wanted = held
				.entries('Site')
				.map(key)
				.sort((a, b) => sign * (a - b));
			const all = await jsonFrom('entry getMany', { sort });
			expect([sort, all.map(key)]).toEqual([sort, wanted]);
			expect(new Set(all.map(id)).size).toBe(40);
			const few = await jsonFrom('entry getMany', { sort, returnAll: false, limit: 6 });
			expect([sort, few.map(key)]).toEqual([sort, wanted.slice(0, 6)]);
		}
	});

	it('says which ones came', async () => {
		const hint = async (more: Json) =>
			runOf(await execute(node('entry getMany', { returnAll: false, limit: 5, ...more })), 'Node').hints?.[0];
		expect((await hint({}))?.message).toMatch(/^The newest 5 of 40 entries were read/);
		expect((await hint({ sort: 'title ASC' }))?.message).toMatch(/^The first 5 of 40 entries were read/);
		expect((await hint({ joined: 'nested' }))?.message).toMatch(/^The newest 5 of 40 entries were read/);
	});
});

describe('Include Child Forms and Branches', () => {
	/** An entry with everything below it, as it is stored. */
	function nested(row: ReturnType<Expected['rows']>[number]): Json {
		const at = held.forms.findIndex(({ ref }) => ref === row.formRef);
		const [form, below] = [held.forms[at]!, held.forms[at + 1]];
		const branches = form.inputs.filter(({ type }) => type === 'branch');
		const names = held.project.mappings.get(0)!.forms[form.ref] as Record<string, { map_to: string }>;
		const rowsOf = (ref: string) => held.project.stream(ref);
		return {
			...held.tidy(row),
			...(below && { children: byId([...rowsOf(below.ref).childrenOf(row.uuid)].map(nested)) }),
			...(branches.length > 0 && {
				branches: Object.fromEntries(
					branches.map(({ ref }) => [
						names[ref]!.map_to,
						byId([...rowsOf(ref).ownedBy(row.uuid)].map((one) => held.tidy(one))),
					]),
				),
			}),
		};
	}

	/** The same without the order that entries are uploaded in. */
	function sorted(entry: Json): Json {
		const { children, branches, ...own } = entry as { children?: Json[]; branches?: Record<string, Json[]> };
		return {
			...own,
			...(children && { children: byId(children.map(sorted)) }),
			...(branches && {
				branches: Object.fromEntries(Object.entries(branches).map(([name, rows]) => [name, byId(rows)])),
			}),
		};
	}

	/** A row for each entry that has none below it. */
	function flat(entry: Json, label = '', above: Json = {}): Json[] {
		const { children = [], branches = {}, ...own } = entry as { children?: Json[]; branches?: Json };
		const isOwn = /^(ec5_\w+|created_at|uploaded_at|title|eventId)$/;
		const row = { ...above };
		for (const [name, value] of Object.entries(own)) row[isOwn.test(name) ? label + name : name] = value;
		const next = label === '' ? 'Visit_' : 'Sample_';
		const below = [
			...Object.entries(branches as Record<string, Json[]>).flatMap(([name, rows]) =>
				rows.flatMap((one) => flat(one, `${name}_`, row)),
			),
			...children.flatMap((one) => flat(one, next, row)),
		];
		return below.length === 0 ? [row] : below;
	}

	const withoutNulls = (row: Json) =>
		JSON.stringify(
			Object.entries(row)
				.filter(([, value]) => value !== null)
				.sort(),
		);

	it('nests them all, whatever their depth', async () => {
		const entries = await jsonFrom('entry getMany', { joined: 'nested' });
		expect(byId(entries.map(sorted))).toEqual(byId(held.rows('Site').map(nested)));
		// Two forms below and a branch in each of two, one page each, and the first form.
		expect(world.sandbox.stats().requests.entries).toBe(5);
	});

	it('counts the entries of the chosen form with a Limit, and brings what belongs to them', async () => {
		const more = { joined: 'nested', returnAll: false, limit: 7, sort: 'created_at DESC' };
		const entries = await jsonFrom('entry getMany', more);
		const newest = [...held.rows('Site')].sort((a, b) => b.createdAt - a.createdAt).slice(0, 7);
		expect(entries.map(sorted)).toEqual(newest.map(nested));
	});

	it('makes one row of each entry that has none below it', async () => {
		const rows = await jsonFrom('entry getMany', { joined: 'flat' });
		const wanted = held.rows('Site').flatMap((row) => flat(nested(row)));
		expect(rows.length).toBeGreaterThan(40);
		expect(rows.map(withoutNulls).sort()).toEqual(wanted.map(withoutNulls).sort());
		expect(new Set(rows.map((row) => Object.keys(row).join('|'))).size).toBe(1);
	});

	it('tells of an entry whose parent is missing', async () => {
		const lost = world.sandbox.admin.addEntry({ project: PUBLIC, form: held.ref('Sample'), parent: NOWHERE });
		try {
			const execution = await execute(node('entry getMany', { joined: 'flat' }));
			expect(runOf(execution, 'Node').hints?.[0]?.message).toMatch(
				/^40 entries were read with 5 requests to Epicollect5\. They make \d+ items\. 1 child or branch entry has no parent and is left out\.$/,
			);
			expect(JSON.stringify(itemsOf(execution, 'Node'))).not.toContain(lost.uuid);
		} finally {
			world.sandbox.admin.deleteEntry({ project: PUBLIC, uuid: lost.uuid });
		}
	});
});

describe('Options', () => {
	it('call the answers by refs, by the text of their questions, or by another mapping', async () => {
		const cases: Array<[Json, Parameters<Expected['tidy']>[1]]> = [
			[{ columnNames: 'ref' }, { names: 'ref' }],
			[{ columnNames: 'question' }, { names: 'question' }],
			[{ mapping: located('list', '1') }, { mapIndex: 1 }],
			[{ mapping: located('name', 'SHORT') }, { mapIndex: 1 }],
			[{ choiceFields: true }, { choices: true }],
			[
				{ choiceFields: true, columnNames: 'ref' },
				{ choices: true, names: 'ref' },
			],
			[
				{ choiceFields: true, columnNames: 'question' },
				{ choices: true, names: 'question' },
			],
		];
		for (const [options, style] of cases) {
			const entries = await jsonFrom('entry getMany', { options });
			expect([options, byId(entries)]).toEqual([options, byId(held.entries('Site', undefined, style))]);
		}
		expect(Object.keys((await jsonFrom('entry getMany', { options: cases[2]![0] }))[0]!)).toContain(
			'site_name',
		);
	});

	it('use another mapping for raw entries too', async () => {
		const [row] = held.rows('Site');
		const more = { entryId: row!.uuid, simplify: false, options: { mapping: located('name', 'short') } };
		expect(await jsonFrom('entry get', more)).toEqual(await sent(`uuid=${row!.uuid}&map_index=1`));
	});

	it('name the mappings that there are', async () => {
		const spec = node('entry getMany', { options: { mapping: located('name', 'long') } });
		expect(errorOf(await execute(spec), 'Node')).toMatchObject({
			message: 'There is no mapping "long"',
			description: 'Choose one of: EC5_AUTO, short. (Setting: Mapping)',
		});
	});

	it('give the dates of another time zone', async () => {
		const entries = await jsonFrom('entry getMany', { options: { timeZone: 'Asia/Kolkata' } });
		const local = (text: unknown) =>
			new Date(Date.parse(text as string) + 5.5 * 3_600_000).toISOString().replace(/(\.000)?Z$/, '+05:30');
		const wanted = held.entries('Site').map((entry) => ({
			...entry,
			created_at: local(entry.created_at),
			uploaded_at: local(entry.uploaded_at),
		}));
		expect(byId(entries)).toEqual(byId(wanted));
	});

	it('add UTM coordinates, as the service has them', async () => {
		const entries = await jsonFrom('entry getMany', { options: { utm: true } });
		const rows = new Map((await sent('per_page=500')).map((row) => [row.ec5_uuid, row]));
		const name = '3_Where_is_it';
		expect(entries).toHaveLength(40);
		for (const entry of entries) {
			const raw = rows.get(entry.ec5_uuid)![name] as Json;
			const { UTM_Zone: zone, UTM_Northing: northing, UTM_Easting: easting, ...place } = raw;
			expect(entry[name]).toEqual(raw.latitude === '' ? null : { ...place, zone, northing, easting });
		}
		expect(entries.some((entry) => entry[name] !== null)).toBe(true);
	});

	it('tell who uploaded an entry of a private project, and otherwise do not', async () => {
		const entries = await jsonFrom('entry getMany', { options: { uploader: true } }, credential);
		const wanted = heldPrivate.rows('Site').map((row) => ({
			...heldPrivate.tidy(row),
			created_by: row.email ?? 'n/a',
		}));
		expect(byId(entries)).toEqual(byId(wanted));
		const silent = await jsonFrom('entry getMany', {}, credential);
		expect(JSON.stringify(silent)).not.toContain('@');
	});

	it('make points of a map, by the first location question or another one', async () => {
		const point = (place: unknown) => {
			const { longitude, latitude } = (place ?? {}) as Record<string, number>;
			return place ? { type: 'Point', coordinates: [longitude, latitude] } : null;
		};
		const names = { first: '3_Where_is_it', other: '26_Sampling_point' };
		const wanted = (name: string) =>
			byId(
				held
					.entries('Site')
					.map((entry) => ({ id: entry.ec5_uuid, geometry: point(entry[name]), type: 'Feature' })),
			);
		const bare = (features: Json[]) =>
			byId(features.map(({ id: own, geometry, type }) => ({ id: own, geometry, type })));
		const features = await jsonFrom('entry getMany', { options: { geoJson: 'features' } });
		expect(bare(features)).toEqual(wanted(names.first));
		const [entry] = held.entries('Site');
		const { properties } = features.find((feature) => feature.id === entry!.ec5_uuid)! as {
			properties: Json;
		};
		const place = entry![names.first] as Json;
		expect(properties).toMatchObject({
			title: entry!.title,
			[`${names.first}_latitude`]: place.latitude,
			[`${names.first}_longitude`]: place.longitude,
			[`${names.first}_accuracy`]: place.accuracy,
			'12_Width_in_cm': entry!['12_Width_in_cm'],
			eventId: entry!.eventId,
		});
		const options = { geoJson: 'collection', location: located('id', names.other) };
		const [collection, ...more] = await jsonFrom('entry getMany', { options });
		expect(more).toEqual([]);
		expect(collection!.type).toBe('FeatureCollection');
		expect(bare(collection!.features as Json[])).toEqual(wanted(names.other));
	});
});

describe("The service's limit", () => {
	it('is waited for, or ends the run with what to do, or is used as far as one says', async () => {
		const strict = await startSandbox({ limits: 'production', entries: 5 });
		try {
			const ids = strict.admin.listEntries({ project: PUBLIC }).map(({ uuid }) => ({ id: uuid }));
			const each = (options: Json) =>
				node('entry get', { serverUrl: strict.addresses.epicollect5, entryId: '={{ $json.id }}', options });
			const fully = await execute(each({ limitPercent: 100 }), ids);
			expect(itemsOf(fully, 'Node').map(({ json }) => json.ec5_uuid)).toEqual(ids.map(({ id: own }) => own));
			expect(runOf(fully, 'Node').hints?.[0]?.message).toBe(
				'5 entries were read with 6 requests to Epicollect5.',
			);
			for (const [options, message] of [
				[{ onLimit: 'stop' }, 'is reached'],
				[{ waitMinutes: 0.02 }, 'would make the node wait longer than it may'],
			] as const) {
				const failure = errorOf(await execute(each(options), ids.slice(0, 1)), 'Node');
				expect(failure.message).toBe(`The service's limit of requests ${message}`);
				expect(failure.description).toMatch(
					/^The next request may be sent in (\d+ s|1 min)\. Run it again then/,
				);
			}
			expect(strict.stats()).toMatchObject({ requests: { project: 1, entries: 5 }, rateLimited: 0 });
		} finally {
			await strict.stop();
		}
	});
});

describe('Branch Entry', () => {
	const trees = { branch: located('id', 'Trees') };

	it('Get Many gives all of a branch, of any form, or those of one entry', async () => {
		expect(byId(await jsonFrom('branchEntry getMany', trees))).toEqual(byId(held.entries('Site', 'Trees')));
		const observations = {
			form: located('id', 'Visit'),
			branch: located('list', held.ref('Visit', 'Observations')),
		};
		expect(byId(await jsonFrom('branchEntry getMany', observations))).toEqual(
			byId(held.entries('Visit', 'Observations')),
		);
		const { ownerUuid } = held.rows('Site', 'Trees')[0]!;
		const own = held.rows('Site', 'Trees').filter((row) => row.ownerUuid === ownerUuid);
		const of = await jsonFrom('branchEntry getMany', { ...trees, filters: { ownerUuid } });
		expect(byId(of)).toEqual(byId(own.map((row) => held.tidy(row))));
		const few = await jsonFrom('branchEntry getMany', { ...trees, returnAll: false, limit: 3 });
		expect(few).toHaveLength(3);
		const raw = await jsonFrom('branchEntry getMany', { ...trees, simplify: false, filters: { ownerUuid } });
		expect(byId(raw)).toEqual(
			byId(
				await sent(
					`form_ref=${held.ref('Site')}&branch_ref=${held.ref('Site', 'Trees')}&branch_owner_uuid=${ownerUuid}`,
				),
			),
		);
	});

	it('Get Many sorts a branch too, and filters it by each date', async () => {
		const rows = [...held.rows('Site', 'Trees')];
		const orders = {
			'created_at DESC': rows.map(({ createdAt }) => createdAt).sort((a, b) => b - a),
			'uploaded_at ASC': rows.map(({ uploadedAt }) => uploadedAt).sort((a, b) => a - b),
		};
		for (const [sort, wanted] of Object.entries(orders)) {
			const [column] = sort.split(' ');
			const times = (await jsonFrom('branchEntry getMany', { ...trees, sort })).map((entry) =>
				Date.parse(entry[column!] as string),
			);
			// The service gives whole seconds of the one, and milliseconds of the other.
			const seconds = (all: number[]) => all.map((ms) => Math.floor(ms / 1_000));
			expect([sort, seconds(times)]).toEqual([sort, seconds(wanted)]);
		}
		const until = rows.map(({ uploadedAt }) => uploadedAt).sort((a, b) => a - b)[rows.length >> 1]!;
		const filters = { uploadedBefore: new Date(until).toISOString() };
		const early = await jsonFrom('branchEntry getMany', { ...trees, filters });
		expect(byId(early)).toEqual(
			byId(rows.filter(({ uploadedAt }) => uploadedAt <= until).map((row) => held.tidy(row))),
		);
	});

	it('Get Many makes points of a branch, and names columns by refs', async () => {
		const options = { geoJson: 'features', columnNames: 'ref' };
		const features = await jsonFrom('branchEntry getMany', { ...trees, options });
		const rows = held.entries('Site', 'Trees', { names: 'ref' });
		expect(features.map((feature) => feature.id).sort()).toEqual(rows.map(id).sort());
		const name = held.forms[0]!.inputs.find(({ question }) => question === 'Trees')!.branch.find(
			({ type }) => type === 'location',
		)!.ref;
		const placed = rows.find((row) => row[name] !== null)!;
		const { longitude, latitude } = placed[name] as Record<string, number>;
		const feature = features.find((one) => one.id === id(placed));
		expect(feature?.geometry).toEqual({ type: 'Point', coordinates: [longitude, latitude] });
	});

	it('Get gives one by its ID', async () => {
		const row = held.rows('Site', 'Trees')[2]!;
		expect(await jsonFrom('branchEntry get', { ...trees, entryId: row.uuid })).toEqual([held.tidy(row)]);
	});
});

describe('Entry: Find Deleted', () => {
	it('gives what is gone of the entries that are known, with one question', async () => {
		const known = held.rows('Visit').map(({ uuid }) => ({ ec5_uuid: uuid }));
		const gone = [known[2]!, known[7]!];
		const backup = gone.map(({ ec5_uuid }) => held.rows('Visit').find(({ uuid }) => uuid === ec5_uuid)!);
		for (const { ec5_uuid: uuid } of gone) world.sandbox.admin.deleteEntry({ project: PUBLIC, uuid });
		const spec = node('entry findDeleted', {
			form: located('id', 'Visit'),
			entryId: '={{ $json.ec5_uuid }}',
		});
		const execution = await execute(spec, known);
		expect(itemsOf(execution, 'Node')).toMatchObject([
			{ json: gone[0], pairedItem: { item: 2 } },
			{ json: gone[1], pairedItem: { item: 7 } },
		]);
		expect(runOf(execution, 'Node').hints?.[0]?.message).toMatch(
			/^2 entries were found to be deleted with \d requests? to Epicollect5\.$/,
		);
		expect(world.sandbox.stats().requests.entries).toBe(1);
		expect(backup).toHaveLength(2);
	});

	it('takes nothing for gone when the server does not answer as it should', async () => {
		world.sandbox.admin.maintenance({ on: true });
		try {
			const spec = node('entry findDeleted', { entryId: NOWHERE, options: { onLimit: 'stop' } });
			const execution = await execute(spec, [{}]);
			expect(errorOf(execution, 'Node').message).toMatch(/maintenance|maintained/i);
		} finally {
			world.sandbox.admin.maintenance({ on: false });
		}
	}, 120_000);
});

describe('Project', () => {
	it('Search finds projects by the beginning of their name, private ones too', async () => {
		const { forms, clients, status, ...found } = world.sandbox.admin
			.listProjects()
			.find(({ slug }) => slug === PRIVATE)!;
		expect([forms, clients, status].every(Boolean)).toBe(true);
		expect(await jsonFrom('project search', { name: 'sandbox pr' })).toEqual([found]);
		expect(await jsonFrom('project search', { name: 'nothing like it' })).toEqual([]);
	});

	it('Get Logo gives a file, and says where there is none', async () => {
		const other = 'sandbox-other';
		world.sandbox.epicollect5.store.bySlug(other)!.mediaResolver = null;
		const without = { project: located('slug', other) };
		expect(await jsonFrom('project getLogo', without, await world.savedApp(other))).toEqual([
			{ slug: other, notUploadedYet: true },
		]);
		const content = Buffer.from('a picture of a bird');
		for (const [project, app] of [
			[PUBLIC, undefined],
			[PRIVATE, credential],
		] as const) {
			world.sandbox.admin.addMedia({
				...{ project, name: 'logo.jpg', format: 'project_thumb', content: content.toString('base64') },
			});
			const [item] = await itemsFrom('project getLogo', { binaryPropertyName: 'logo' }, app);
			expect(item?.json).toEqual({ slug: project, notUploadedYet: false });
			const { logo } = (item as { binary?: Record<string, Json> }).binary ?? {};
			expect(logo).toMatchObject({ fileName: 'logo.jpg', mimeType: 'image/jpeg' });
			expect(await world.n8n.file(logo!)).toEqual(content);
		}
	});

	it('Get Statistics counts forms and branches, and tells when the first and the last entry was made', async () => {
		const counts = (form: string, branch?: string) => {
			const rows = held.rows(form, branch);
			const times = rows.map(({ createdAt }) => Math.floor(createdAt / 1_000) * 1_000).sort((a, b) => a - b);
			const iso = (ms: number | undefined) => (ms === undefined ? null : new Date(ms).toISOString());
			return {
				...{ name: branch ?? form, ref: held.ref(form, branch), entries: rows.length },
				...{ oldestEntry: iso(times[0]), newestEntry: iso(times.at(-1)) },
			};
		};
		const forms = held.forms.map(({ name, inputs }) => ({
			...counts(name),
			branches: inputs.filter(({ type }) => type === 'branch').map(({ question }) => counts(name, question)),
		}));
		const sum = (all: Array<{ entries: number }>) => all.reduce((total, { entries }) => total + entries, 0);
		const [statistics] = await jsonFrom('project getStatistics');
		expect(statistics).toMatchObject({
			...{ name: 'Sandbox Public', slug: PUBLIC, forms },
			totalEntries: sum(forms),
			totalBranchEntries: sum(forms.flatMap(({ branches }) => branches)),
		});
		expect(world.sandbox.stats().requests).toMatchObject({ project: 1 });
	});
});

describe('The lists of the dialog', () => {
	const list = async (method: string, more: Json = {}, filter?: string) =>
		(await world.n8n.locator(node('branchEntry getMany', more, credential), method, filter)).results.map(
			({ name, value }) => [name, value],
		);
	const of = (form: string, branch?: string) => [branch ?? form, heldPrivate.ref(form, branch)];

	it('show forms, branches of the chosen form, mappings and location questions, and ask once for all', async () => {
		expect(await list('searchForms')).toEqual([of('Site'), of('Visit'), of('Sample')]);
		const asked = world.sandbox.stats().total;
		expect(await list('searchForms', {}, 'vis')).toEqual([of('Visit')]);
		expect(await list('searchBranches')).toEqual([of('Site', 'Trees')]);
		expect(await list('searchBranches', { form: located('list', heldPrivate.ref('Visit')) })).toEqual([
			of('Visit', 'Observations'),
		]);
		expect(await list('searchBranches', { form: located('id', 'sample') })).toEqual([]);
		expect(await list('searchMappings')).toEqual([
			['EC5_AUTO', '0'],
			['short', '1'],
		]);
		const locations = await list('searchLocations');
		expect(locations.map(([name]) => name)).toEqual(['Where is it?', 'Sampling point']);
		const ofBranch = await list('searchLocations', { branch: located('id', 'trees') });
		expect(ofBranch.map(([name]) => name)).toEqual(['Tree position']);
		expect(world.sandbox.stats().total).toBe(asked);
		expect(asked).toBeLessThanOrEqual(2);
	});

	it('give values that work when they are chosen', async () => {
		const [form] = await list('searchForms', {}, 'vis');
		const [branch] = await list('searchBranches', { form: located('list', form![1]!) });
		const chosen = { form: located('list', form![1]!), branch: located('list', branch![1]!) };
		const entries = await jsonFrom('branchEntry getMany', chosen, credential);
		expect(byId(entries)).toEqual(byId(heldPrivate.entries('Visit', 'Observations')));
		const [, place] = await list('searchLocations');
		const options = { geoJson: 'collection', location: located('list', place![1]!) };
		const [collection] = await jsonFrom('entry getMany', { options }, credential);
		expect(collection!.features).toHaveLength(40);
	});
});

describe('An agent', () => {
	it('can read entries with the node as its tool', async () => {
		const { type, ...tool } = node('entry getMany', { returnAll: false, limit: 2, sort: 'created_at DESC' });
		const agent = {
			...manualTrigger(),
			name: 'Agent',
			type: '@n8n/n8n-nodes-langchain.agent',
			typeVersion: 2,
		};
		const to = (kind: string) => ({ [kind]: [[{ node: 'Agent', type: kind, index: 0 }]] });
		const { session } = world.host;
		const workflowData = await session.post<{ id: string }>('/workflows', {
			name: 'tool',
			nodes: [manualTrigger(), agent, { ...tool, type: `${type}Tool` }],
			connections: { Start: to('main'), Node: to('ai_tool') },
			settings: {},
		});
		const { executionId } = await session.post<{ executionId: string }>(`/workflows/${workflowData.id}/run`, {
			workflowData,
			triggerToStartFrom: { name: 'Start' },
			destinationNode: { nodeName: 'Node', mode: 'inclusive' },
			agentRequest: { query: { Node: {} }, tool: { name: 'Node' } },
		});
		const execution = await world.n8n.finished(executionId);
		const { data } = runOf(execution, 'Node') as { data?: { ai_tool?: Item[][] } };
		const newest = [...held.rows('Site')].sort((a, b) => b.createdAt - a.createdAt).slice(0, 2);
		expect(data?.ai_tool?.[0]?.[0]?.json.response).toEqual(newest.map((row) => held.tidy(row)));
	});
});

describe('What the editor expects of a result', () => {
	it('is told by a file for each operation', async () => {
		const shown: string[] = [];
		const own = held.entries('Site')[0]!;
		for (const name of [
			...['entry/get', 'entry/getMany', 'entry/findDeleted', 'branchEntry/get', 'branchEntry/getMany'],
			...['project/get', 'project/getLogo', 'project/getStatistics', 'project/search'],
		]) {
			const address = `${world.host.url}/schemas/n8n-nodes-field-data.epicollect5/1.0.0/${name}.json`;
			const answer = await fetch(address);
			expect([name, answer.status]).toEqual([name, 200]);
			const { properties } = (await answer.json()) as { properties: Json };
			shown.push(name);
			if (name === 'entry/getMany')
				expect(Object.keys(own)).toEqual(expect.arrayContaining(Object.keys(properties)));
		}
		say({ shown: 'n8n output schemas', operations: shown.length });
	});
});
