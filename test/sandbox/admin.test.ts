import type { SandboxCore } from '../../sandbox/src';
import { ask, entries, json, outcome, smallSandbox } from './ask';

const SLUG = 'sandbox-public';

async function rows(
	sandbox: SandboxCore,
	parameters: Record<string, string | number> = {},
): Promise<Record<string, unknown>[]> {
	return json(await ask(sandbox, entries(SLUG, { per_page: 500, ...parameters }))).data.entries;
}

describe('somebody else', () => {
	it('uploads an entry: stamped by the clock, in whole seconds', async () => {
		const sandbox = smallSandbox({ entries: 3 });
		sandbox.clock.set(Date.UTC(2026, 4, 5, 6, 7, 8, 999));
		const { uuid } = sandbox.admin.addEntry({
			project: SLUG,
			title: 'New pond',
			createdAt: '2026-03-01T10:00:00Z',
		});
		const [row] = await rows(sandbox, { uuid });
		expect(row).toMatchObject({
			ec5_uuid: uuid,
			title: 'New pond',
			created_at: '2026-03-01T10:00:00.000Z',
			uploaded_at: '2026-05-05T06:07:08.000Z',
		});
	});

	it('edits an entry: uploaded_at moves, created_at stays', async () => {
		const sandbox = smallSandbox({ entries: 3 });
		const { uuid, createdAt } = sandbox.admin.addEntry({ project: SLUG });
		sandbox.clock.advance(60_000);
		const ref = sandbox.epicollect5.store.projects[0]?.definition.project.forms[0]?.inputs[1]?.ref ?? '';
		sandbox.admin.editEntry({ project: SLUG, uuid, answers: { [ref]: 'Renamed' } });
		const [row] = await rows(sandbox, { uuid });
		expect(row).toMatchObject({
			created_at: createdAt,
			uploaded_at: '2026-11-22T12:01:00.000Z',
			'1_Site_name': 'Renamed',
		});
		expect((await rows(sandbox, { sort_by: 'uploaded_at' }))[0]).toMatchObject({ ec5_uuid: uuid });
	});

	it('adds a branch entry: the owner counts one more, without a new uploaded_at', async () => {
		const sandbox = smallSandbox({ entries: 3 });
		const { uuid } = sandbox.admin.addEntry({ project: SLUG });
		const branch = sandbox.epicollect5.store.projects[0]?.definition.project.forms[0]?.inputs.find(
			(input) => input.type === 'branch',
		)?.ref;
		const [before] = await rows(sandbox, { uuid });
		sandbox.clock.advance(60_000);
		const tree = sandbox.admin.addBranchEntry({ project: SLUG, branch: branch ?? '', owner: uuid });
		const [after] = await rows(sandbox, { uuid });
		expect(after).toEqual({ ...before, '27_Trees': 1 });
		sandbox.admin.deleteEntry({ project: SLUG, uuid: tree.uuid });
		expect((await rows(sandbox, { uuid }))[0]).toEqual(before);
	});

	it('deletes an entry: children, their branch entries and media go with it', async () => {
		const sandbox = smallSandbox({ entries: 0 });
		const [site, visit, sample] = sandbox.admin.listProjects()[0]?.forms.map((form) => form.ref) ?? [];
		const definition = sandbox.epicollect5.store.projects[0]?.definition.project.forms;
		const branch = definition?.[1]?.inputs.find((input) => input.type === 'branch')?.ref ?? '';
		const { uuid } = sandbox.admin.addEntry({ project: SLUG });
		const child = sandbox.admin.addEntry({ project: SLUG, form: visit, parent: uuid });
		sandbox.admin.addEntry({ project: SLUG, form: sample, parent: child.uuid });
		sandbox.admin.addBranchEntry({ project: SLUG, branch, owner: child.uuid });
		sandbox.admin.addMedia({ project: SLUG, name: `${uuid}_1.jpg`, bytes: 9_000 });
		const photo = `/api/export/media/${SLUG}?type=photo&format=entry_original&name=${uuid}_1.jpg`;
		expect((await ask(sandbox, photo)).body).toHaveLength(9_000);
		expect(sandbox.admin.deleteEntry({ project: SLUG, uuid })).toHaveLength(4);
		expect((await ask(sandbox, photo)).body).toHaveLength(40_073);
		const stats = json(await ask(sandbox, `/api/export/project/${SLUG}`)).meta.project_stats;
		expect(stats).toMatchObject({ total_entries: 0, form_counts: [], branch_counts: [] });
		expect(site).toBeDefined();
	});

	it('commits late: a row with an older stamp appears after newer ones', async () => {
		const sandbox = smallSandbox({ entries: 0 });
		const late = sandbox.admin.addEntry({ project: SLUG, visibleInSeconds: 90 });
		sandbox.clock.advance(30_000);
		sandbox.admin.addEntry({ project: SLUG });
		expect(await rows(sandbox)).toHaveLength(1);
		sandbox.clock.advance(60_000);
		const [first] = await rows(sandbox, { sort_by: 'uploaded_at', sort_order: 'ASC' });
		expect(first).toMatchObject({ ec5_uuid: late.uuid, uploaded_at: '2026-11-22T12:00:00.000Z' });
	});

	it('uploads between two requests: the indexes say the same as if they were made anew', async () => {
		const sandbox = smallSandbox({ entries: 40 });
		const asked: Record<string, string>[] = [
			{ sort_by: 'created_at' },
			{ sort_by: 'uploaded_at', sort_order: 'ASC' },
			{ sort_by: 'title' },
		];
		const look = async () =>
			Promise.all(
				asked.map(async (parameters) => (await rows(sandbox, parameters)).map((row) => row['ec5_uuid'])),
			);
		await look();
		const { uuid } = sandbox.admin.addEntry({
			project: SLUG,
			createdAt: '2024-08-01T00:00:00Z',
			uploadedAt: '2024-08-02T00:00:00Z',
		});
		const incremental = await look();
		sandbox.epicollect5.store.projects[0]
			?.stream(sandbox.admin.listProjects()[0]?.forms[0]?.ref ?? '')
			.forget();
		expect(incremental).toEqual(await look());
		expect(incremental.every((list) => list.length === 41 && list.includes(uuid))).toBe(true);
	});

	it('uploads a backlog: many rows in one second', async () => {
		const sandbox = smallSandbox({ entries: 0 });
		sandbox.admin.addEntries({ project: SLUG, count: 1200 });
		expect(new Set((await rows(sandbox)).map((row) => row['uploaded_at'])).size).toBe(1);
		sandbox.admin.addEntries({ project: SLUG, count: 10, perSecond: 2 });
		expect(sandbox.admin.listEntries({ project: SLUG })).toHaveLength(1210);
	});
});

describe('the owner', () => {
	it('inserts a question: EC5_AUTO renumbers all later ones, custom mappings keep their names', async () => {
		const sandbox = smallSandbox({ entries: 2 });
		const before = json(await ask(sandbox, `/api/project-version/${SLUG}`));
		sandbox.admin.addQuestion({ project: SLUG, position: 2, type: 'text', question: 'Grid reference' });
		const [row] = await rows(sandbox);
		expect(Object.keys(row ?? {})).toEqual(
			expect.arrayContaining(['2_Grid_reference', '3_Kind_of_water', '39_Old_site_code']),
		);
		const [short] = await rows(sandbox, { map_index: 1 });
		expect(Object.keys(short ?? {})).toEqual(expect.arrayContaining(['kind_of_water', '2_Grid_reference']));
		const after = json(await ask(sandbox, `/api/project-version/${SLUG}`));
		expect(after.data.attributes.structure_last_updated).toBe('2026-11-22 12:00:00');
		expect(Number(after.data.attributes.version)).toBeGreaterThan(Number(before.data.attributes.version));
	});

	it('switches access and status, and everybody sees it at once', async () => {
		const sandbox = smallSandbox({ entries: 2 });
		const see = async (url: string): Promise<string> => outcome(await ask(sandbox, url));
		sandbox.admin.setProject({ project: SLUG, status: 'locked' });
		expect(await see(entries(SLUG))).toBe('200');
		sandbox.admin.setProject({ project: SLUG, access: 'private' });
		expect(await see(entries(SLUG))).toBe('404 ec5_256 middleware');
		sandbox.admin.setProject({ project: SLUG, access: 'public', status: 'trashed' });
		expect(await see(`/api/export/project/${SLUG}`)).toBe('404 ec5_11 middleware');
		expect(await see(`/api/project-version/${SLUG}`)).toBe('400 ec5_11 version');
		expect(await see(`/api/media/${SLUG}?type=photo&format=entry_original&name=x.jpg`)).toBe('200');
		sandbox.admin.setProject({ project: SLUG, status: 'archived' });
		const { ref } = sandbox.admin.addProject({ name: 'Sandbox Public', slug: SLUG, entries: 4 });
		const fresh = json(await ask(sandbox, `/api/export/project/${SLUG}`));
		expect([fresh.data.id, fresh.meta.project_stats.total_entries]).toEqual([ref, 7]);
		expect(ref).not.toBe(sandbox.admin.listProjects()[0]?.ref);
	});

	it('puts up maintenance: a 404 on the API, a 503 page elsewhere', async () => {
		const sandbox = smallSandbox();
		sandbox.admin.maintenance({ on: true, retryAfter: 60 });
		for (const url of [entries(SLUG), '/api/projects/sand', '/api/nowhere']) {
			const answer = await ask(sandbox, url);
			expect(outcome(answer)).toBe('404 ec5_252 maintenance.mode');
			expect(answer.headers['retry-after']).toBeUndefined();
		}
		expect((await ask(sandbox, entries(SLUG), { method: 'OPTIONS' })).body.toString()).toBe('[]');
		const page = await ask(sandbox, '/');
		expect([page.status, page.headers['retry-after']]).toEqual([503, '60']);
	});

	it('runs it behind a proxy: links name another origin', async () => {
		const sandbox = smallSandbox();
		sandbox.admin.configure({ linkOrigin: 'http://internal.example' });
		const body = json(await ask(sandbox, entries(SLUG, { per_page: 1 }), { origin: 'https://ec5.example' }));
		expect(body.links.next).toMatch(/^http:\/\/internal\.example\/api\/export\/entries\//);
	});
});

describe('a project', () => {
	it('is exported with counts per form and branch, and homes at the address asked', async () => {
		const sandbox = smallSandbox({ entries: 10 });
		const { meta, data } = json(await ask(sandbox, `/api/export/project/${SLUG}`));
		expect(data).toMatchObject({
			type: 'project',
			project: { slug: SLUG, homepage: `http://sandbox.test/project/${SLUG}` },
		});
		expect(
			Object.values(meta.project_stats.form_counts).map((item) => (item as { count: number }).count),
		).toEqual([10, 5, 3]);
		expect(Object.keys(meta.project_stats.branch_counts)).toHaveLength(2);
		expect(meta.project_mapping).toHaveLength(2);
		const types = new Set<string>(JSON.stringify(data.project.forms).match(/(?<="type":")[a-z]+/g));
		expect([...types].sort()).toEqual([
			'audio',
			'barcode',
			'branch',
			'checkbox',
			'date',
			'decimal',
			'dropdown',
			'group',
			'hierarchy',
			'integer',
			'location',
			'phone',
			'photo',
			'radio',
			'readme',
			'searchmultiple',
			'searchsingle',
			'text',
			'textarea',
			'time',
			'video',
		]);
	});

	it('is found by the start of its name, wildcards included, or exactly', async () => {
		const sandbox = smallSandbox({ entries: 1 });
		const names = async (path: string): Promise<string[]> =>
			json(await ask(sandbox, `/api/projects${path}`)).data.map(
				(item: { project: { slug: string } }) => item.project.slug,
			);
		expect(await names('/SAND')).toEqual(['sandbox-public', 'sandbox-private', 'sandbox-other']);
		expect(await names('/public')).toEqual([]);
		expect(await names('/%25public')).toEqual(['sandbox-public']);
		expect(await names('/Sandbox%20Private')).toEqual(['sandbox-private']);
		expect(await names('/sandbox?exact=false')).toEqual([]);
		expect(await names('/sandbox%20other?exact=true')).toEqual(['sandbox-other']);
		expect(await names('')).toEqual([]);
		expect(json(await ask(sandbox, '/api/json/project-version/SANDBOX-PRIVATE')).data.id).toBe(
			'SANDBOX-PRIVATE',
		);
	});

	it('has the same demo rows for the same seed, others for another', async () => {
		const body = async (seed: number): Promise<string> =>
			(await ask(smallSandbox({ seed }), entries(SLUG))).body.toString('utf8');
		expect(await body(5)).toBe(await body(5));
		expect(await body(5)).not.toBe(await body(6));
	});
});
