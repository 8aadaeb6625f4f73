import type { SandboxCore } from '../../sandbox/src';
import { ask, entries, json, outcome, smallSandbox } from './ask';

const SLUG = 'sandbox-public';

/** A project with rows whose times are known: one a minute from noon, the last three in one second. */
function timedSandbox(): { sandbox: SandboxCore; forms: string[] } {
	const sandbox = smallSandbox({ entries: 0 });
	for (let minute = 0; minute < 5; minute += 1) {
		const uploadedAt = Date.UTC(2025, 0, 10, 12, Math.min(minute, 2), 0);
		sandbox.admin.addEntry({
			project: SLUG,
			title: `row ${minute}`,
			uploadedAt,
			createdAt: uploadedAt - 86_400_000,
		});
	}
	return { sandbox, forms: sandbox.admin.listProjects()[0]?.forms.map((form) => form.ref) ?? [] };
}

async function titles(sandbox: SandboxCore, parameters: Record<string, string | number>): Promise<string[]> {
	const body = json(await ask(sandbox, entries(SLUG, parameters)));
	return body.data.entries.map((row: { title: string }) => row.title);
}

describe('an entries page', () => {
	it('tells totals, page numbers and times of the whole filtered set', async () => {
		const { sandbox } = timedSandbox();
		const body = json(await ask(sandbox, entries(SLUG, { per_page: 2, page: 2 })));
		expect(body.meta).toEqual({
			total: 5,
			per_page: 2,
			current_page: 2,
			last_page: 3,
			from: 2,
			to: 3,
			newest: '2025-01-09T12:02:00.000Z',
			oldest: '2025-01-09T12:00:00.000Z',
		});
		expect(body.data).toMatchObject({
			id: SLUG,
			type: 'entries',
			mapping: { map_name: 'EC5_AUTO', map_index: 0 },
		});
	});

	it('beyond the last one is empty, has no mapping, and the server time when nothing matches', async () => {
		const { sandbox } = timedSandbox();
		const beyond = json(await ask(sandbox, entries(SLUG, { per_page: 2, page: 9 })));
		expect(beyond.data.entries).toEqual([]);
		expect(beyond.data.mapping).toBeUndefined();
		expect(beyond.links.next).toBeNull();
		expect(beyond.links.prev).toContain('&page=8');
		const none = json(await ask(sandbox, entries(SLUG, { title: 'nothing like it' })));
		expect(none.meta).toMatchObject({ total: 0, last_page: 1, newest: '2026-11-22T12:00:00.000Z' });
	});

	it('has links with every parameter in its place, as typed', async () => {
		const { sandbox, forms } = timedSandbox();
		const { links } = json(
			await ask(sandbox, `/api/export/entries/Sandbox%20Public?per_page=%2B2&title=row&map_index=01`),
		);
		expect(links.self).toBe(
			`http://sandbox.test/api/export/entries/Sandbox%20Public?form_ref=${forms[0]}&parent_form_ref=&branch=&branch_ref=&branch_owner_uuid=&parent_uuid=&uuid=&input_ref=&per_page=%2B2&sort_by=created_at&sort_order=DESC&map_index=01&filter_by=&filter_from=&filter_to=&format=json&headers=true&title=row&page=1`,
		);
	});

	it('orders ties by insertion in the direction of the sort, or shuffles them when told to', async () => {
		const { sandbox } = timedSandbox();
		expect(await titles(sandbox, { sort_by: 'uploaded_at', sort_order: 'ASC' })).toEqual([
			'row 0',
			'row 1',
			'row 2',
			'row 3',
			'row 4',
		]);
		expect(await titles(sandbox, {})).toEqual(['row 4', 'row 3', 'row 2', 'row 1', 'row 0']);
		sandbox.admin.configure({ ties: 'shuffled' });
		const orders = new Set<string>();
		for (let n = 0; n < 30; n += 1) {
			const order = await titles(sandbox, { sort_by: 'uploaded_at', sort_order: 'ASC' });
			expect(order.slice(0, 2)).toEqual(['row 0', 'row 1']);
			orders.add(order.join());
		}
		expect(orders.size).toBeGreaterThan(1);
	});

	it('sorts titles by bytes first', async () => {
		const { sandbox } = timedSandbox();
		sandbox.admin.addEntry({ project: SLUG, title: 'z' });
		sandbox.admin.addEntry({ project: SLUG, title: 'ä' });
		sandbox.admin.addEntry({ project: SLUG, title: 'AB' });
		expect((await titles(sandbox, { sort_by: 'title', sort_order: 'ASC' })).slice(0, 3)).toEqual([
			'z',
			'ä',
			'AB',
		]);
	});
});

describe('a filter', () => {
	const by = (from?: string, to?: string) => ({
		filter_by: 'uploaded_at',
		...(from === undefined ? {} : { filter_from: from }),
		...(to === undefined ? {} : { filter_to: to }),
	});

	it('with one bound is inclusive and exact', async () => {
		const { sandbox } = timedSandbox();
		expect(await titles(sandbox, by('2025-01-10T12:01:00.000Z'))).toHaveLength(4);
		expect(await titles(sandbox, by('2025-01-10T12:01:00.001Z'))).toHaveLength(3);
		expect(await titles(sandbox, by('2025-01-10T13:01:00+01:00'))).toHaveLength(4);
		expect(await titles(sandbox, by(undefined, '2025-01-10T12:01:00.000Z'))).toHaveLength(2);
		expect(await titles(sandbox, by(undefined, '2025-01-10'))).toHaveLength(0);
	});

	it('with both bounds is widened to whole days, zones thrown away', async () => {
		const { sandbox } = timedSandbox();
		expect(await titles(sandbox, by('2025-01-10T23:00:00-05:00', '2025-01-10T00:00:00.000Z'))).toHaveLength(
			5,
		);
		expect(await titles(sandbox, by('2025-01-11', '2025-01-11'))).toHaveLength(0);
		expect(await titles(sandbox, by('2025-01-11', '2025-01-10'))).toHaveLength(0);
	});

	it('without filter_by does nothing, and in a spelling MySQL cannot read matches nothing', async () => {
		const { sandbox } = timedSandbox();
		expect(await titles(sandbox, { filter_from: '2030-01-01' })).toHaveLength(5);
		expect(await titles(sandbox, by('01/10/2020'))).toHaveLength(0);
	});

	it('on one column keeps the order of another', async () => {
		const { sandbox } = timedSandbox();
		const parameters = { ...by('2025-01-10T12:01:00.000Z'), sort_by: 'created_at', sort_order: 'ASC' };
		expect(await titles(sandbox, parameters)).toEqual(['row 1', 'row 2', 'row 3', 'row 4']);
	});
});

describe('parameters', () => {
	it('are checked all together, then refs, then the mapping, then the cap', async () => {
		const { sandbox, forms } = timedSandbox();
		const check = async (parameters: Record<string, string>): Promise<string> =>
			outcome(await ask(sandbox, entries(SLUG, parameters)));
		expect(
			await check({
				headers: 'x',
				page: 'x',
				sort_by: 'x',
				uuid: 'x',
				map_index: '-1',
				form_ref: 'nope',
				filter_to: 'x',
			}),
		).toBe('400 ec5_27 page ec5_43 uuid ec5_43 map_index ec5_29 sort_by ec5_79 filter_to ec5_29 headers');
		expect(await check({ form_ref: 'nope', map_index: '7', per_page: '5000' })).toBe('400 ec5_15 nope');
		expect(await check({ parent_form_ref: 'nope', branch_ref: 'x' })).toBe('400 ec5_15 nope');
		expect(await check({ input_ref: 'nope', branch_ref: 'x' })).toBe('400 ec5_84 nope');
		expect(await check({ branch_ref: forms[0] ?? '' })).toBe(`400 ec5_99 ${forms[0]}`);
		expect(await check({ map_index: '7', per_page: '5000' })).toBe('400 ec5_322 map_index: 7');
		expect(await check({ per_page: '1001' })).toBe('400 ec5_335 api');
		expect(await check({ 'form_ref[]': 'x', page: '1.0' })).toBe('400 ec5_27 page ec5_87 form_ref');
		expect(await check({ page: ' +1 ', per_page: '0', foo: 'bar' })).toBe('200');
		expect(await check({ page: '05' })).toBe('400 ec5_27 page');
	});

	it('that the server stumbles over make it a 500: HTML, or JSON for those who accept that first', async () => {
		const { sandbox } = timedSandbox();
		const url = entries(SLUG, { per_page: -1 });
		expect((await ask(sandbox, url)).headers['content-type']).toBe('text/html; charset=utf-8');
		const accept = 'application/json, text/plain, */*';
		expect(json(await ask(sandbox, url, { headers: { accept } }))).toEqual({ message: 'Server Error' });
		expect((await ask(sandbox, entries(SLUG, { per_page: -1, title: 'none' }))).status).toBe(200);
	});

	it('come after rate limit, slug, project and token', async () => {
		const { sandbox } = timedSandbox();
		expect(outcome(await ask(sandbox, entries('%E2%9C%93', { page: 'x' })))).toBe('404 ec5_21 middleware');
		expect(outcome(await ask(sandbox, entries('no-such', { page: 'x' })))).toBe('404 ec5_11 middleware');
		expect(outcome(await ask(sandbox, entries('sandbox-private', { page: 'x' })))).toBe(
			'404 ec5_256 middleware',
		);
		expect(outcome(await ask(sandbox, '/api/export/entries/'))).toBe('422 ec5_219 page not found exception');
		expect(outcome(await ask(sandbox, '/api/export/entries/no-such', { method: 'PUT' }))).toBe(
			'422 ec5_219 method not allowed exception',
		);
	});

	it('are capped at 500 rows a page in production', async () => {
		const sandbox = smallSandbox({ limits: 'production' });
		expect(outcome(await ask(sandbox, entries(SLUG, { per_page: 501 })))).toBe('400 ec5_335 api');
		expect(outcome(await ask(sandbox, entries(SLUG, { per_page: 500, format: 'csv' })))).toBe('200');
		sandbox.admin.configure({ perPageCap: 100 });
		expect(outcome(await ask(sandbox, entries(SLUG, { per_page: 500 })))).toBe('400 ec5_335 api');
	});
});

describe('hierarchy and branches', () => {
	it('need the forms named: children by parent, branches by owner', async () => {
		const sandbox = smallSandbox({ entries: 30 });
		const [site, visit] = sandbox.admin.listProjects()[0]?.forms.map((form) => form.ref) ?? [];
		const child = sandbox.admin.listEntries({ project: SLUG, form: visit })[0];
		const ask1 = async (parameters: Record<string, string>) =>
			json(await ask(sandbox, entries(SLUG, parameters)));
		const named = { form_ref: visit ?? '', parent_form_ref: site ?? '', parent_uuid: child?.parent ?? '' };
		const children = await ask1(named);
		expect(children.data.entries.map((row: { ec5_parent_uuid: string }) => row.ec5_parent_uuid)).toContain(
			child?.parent,
		);
		expect((await ask1({ form_ref: visit ?? '', parent_uuid: child?.parent ?? '' })).meta.total).toBe(0);
		const definition = sandbox.epicollect5.store.projects[0]?.definition.project.forms;
		const branch = definition?.[0]?.inputs.find((input) => input.type === 'branch')?.ref ?? '';
		const rows = await ask1({ branch_ref: branch });
		const [first] = rows.data.entries;
		expect(Object.keys(first).slice(0, 5)).toEqual([
			'ec5_branch_owner_uuid',
			'ec5_branch_uuid',
			'created_at',
			'uploaded_at',
			'title',
		]);
		const owned = await ask1({ branch_ref: branch, branch_owner_uuid: first.ec5_branch_owner_uuid });
		const owner = (await ask1({ uuid: first.ec5_branch_owner_uuid })).data.entries[0];
		expect(owner['27_Trees']).toBe(owned.meta.total);
		const second = definition?.[1]?.inputs.find((input) => input.type === 'branch')?.ref ?? '';
		expect((await ask(sandbox, entries(SLUG, { branch_ref: second }))).status).toBe(400);
		expect((await ask1({ branch_ref: second, form_ref: visit ?? '' })).meta.total).toBeGreaterThan(0);
	});

	it('tell who uploaded in private projects only, and give bare media names there', async () => {
		const sandbox = smallSandbox({ entries: 30 });
		const rows = json(await ask(sandbox, entries(SLUG))).data.entries;
		expect(rows[0].created_by).toBeUndefined();
		const photo = rows.map((row: Record<string, string>) => row['16_Photo_of_the_site']).find(Boolean);
		expect(photo).toMatch(
			/^http:\/\/sandbox\.test\/api\/media\/sandbox-public\?type=photo&format=entry_original&name=[0-9a-f-]{36}_\d+\.jpg&v=\d+$/,
		);
		sandbox.admin.setProject({ project: SLUG, access: 'private' });
		const headers = { authorization: `Bearer ${sandbox.admin.issueToken({ client: 1 })}` };
		const closed = json(await ask(sandbox, entries(SLUG), { headers })).data.entries;
		expect(closed.every((row: { created_by: string }) => /@example\.org$|^n\/a$/.test(row.created_by))).toBe(
			true,
		);
		expect(closed.map((row: Record<string, string>) => row['16_Photo_of_the_site']).find(Boolean)).toMatch(
			/^[0-9a-f-]{36}_\d+\.jpg$/,
		);
	});
});

describe('a mapping', () => {
	it('renames and hides; a question named like a built-in key takes its place', async () => {
		const sandbox = smallSandbox({ entries: 3 });
		const inputs = sandbox.epicollect5.store.projects[0]?.definition.project.forms[0]?.inputs ?? [];
		const [name, region] = [inputs[1]?.ref ?? '', inputs[4]?.ref ?? ''];
		const index = sandbox.admin.addMapping({
			project: SLUG,
			name: 'mine',
			names: { [name]: 'uploaded_at', [region]: '7' },
		});
		const answer = await ask(sandbox, entries(SLUG, { map_index: index, per_page: 1 }));
		const text = answer.body.toString('utf8');
		expect(text.match(/"uploaded_at":/g)).toHaveLength(1);
		expect(text.indexOf('"uploaded_at":')).toBeLessThan(text.indexOf('"title":'));
		expect(text).toContain('"7":');
		const short = json(await ask(sandbox, entries(SLUG, { map_index: 1, per_page: 1 }))).data.entries[0];
		expect(short).toHaveProperty('site_name');
		expect(short).not.toHaveProperty('old_site_code');
	});

	it('that is deleted leaves a gap, and the list becomes an object', async () => {
		const sandbox = smallSandbox({ entries: 1 });
		sandbox.admin.addMapping({ project: SLUG, name: 'third' });
		sandbox.admin.deleteMapping({ project: SLUG, index: 1 });
		const { meta } = json(await ask(sandbox, '/api/export/project/sandbox-public'));
		expect(Object.keys(meta.project_mapping)).toEqual(['0', '2']);
		expect(Array.isArray(meta.project_mapping)).toBe(false);
		expect(outcome(await ask(sandbox, entries(SLUG, { map_index: 1 })))).toBe('400 ec5_322 map_index: 1');
		sandbox.admin.setDefaultMapping({ project: SLUG, index: 2 });
		expect(json(await ask(sandbox, entries(SLUG))).data.mapping).toEqual({ map_name: 'third', map_index: 2 });
	});
});

describe('CSV', () => {
	it('has no type of its own, a header on each page, and no more than a header beyond the end', async () => {
		const sandbox = smallSandbox({ entries: 3 });
		const csv = async (parameters: Record<string, string | number>) =>
			ask(sandbox, entries(SLUG, { format: 'csv', ...parameters }));
		const page = await csv({ per_page: 2 });
		expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
		const head = (await csv({ page: 9 })).body.toString('utf8');
		expect(head).toMatch(
			/^ec5_uuid,created_at,uploaded_at,title,1_Site_name,2_Kind_of_water,lat_3_Where_is_it,long_3_/,
		);
		expect(page.body.toString('utf8').startsWith(head)).toBe(true);
		expect((await csv({ page: 9, headers: 'false' })).body).toHaveLength(0);
		expect((await csv({ per_page: 2, headers: 'false' })).body.toString('utf8')).not.toContain('ec5_uuid');
	});

	it('joins choices in one cell, those with a comma in quotes of their own', async () => {
		const sandbox = smallSandbox({ entries: 0 });
		const input = sandbox.epicollect5.store.projects[0]?.definition.project.forms[0]?.inputs[9];
		const answers = {
			[input?.ref ?? '']: input?.possible_answers.slice(0, 3).map((item) => item.answer_ref),
		};
		sandbox.admin.addEntry({ project: SLUG, title: 'x', answers });
		const text = (await ask(sandbox, entries(SLUG, { format: 'csv' }))).body.toString('utf8');
		expect(text).toContain(',"Otter, Kingfisher, ""Heron, grey""",');
	});
});
