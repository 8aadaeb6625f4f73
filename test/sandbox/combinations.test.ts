import fc from 'fast-check';
import type { SandboxCore } from '../../sandbox/src';
import type { Entry, Form } from '../../sandbox/src/epicollect5/model';
import { ask, entries, json, smallSandbox } from './ask';

/**
 * Every parameter of the entries export in any combination, against a second reading of contract 7 and 13: lists that
 * are filtered, sorted and cut in the plainest way.
 */

const SLUG = 'sandbox-public';
const DAY = 86_400_000;

interface Asked {
	stream: number;
	uuid: 'none' | 'own' | 'other';
	parent: 'none' | 'named' | 'formMissing' | 'unknown';
	owner: 'none' | 'known' | 'unknown';
	title: string;
	filterBy: '' | 'created_at' | 'uploaded_at';
	from: Bound;
	to: Bound;
	sortBy: '' | 'created_at' | 'uploaded_at' | 'title';
	order: '' | 'asc' | 'desc' | 'ASC' | 'DESC';
	page: '' | '-1' | '0' | '1' | '2' | '3';
	perPage: '' | '0' | '1' | '7' | '500';
	mapIndex: '' | '0' | '1';
	pick: number;
}

/** A row's own time, off by some milliseconds, in one of the spellings; or none. */
interface Bound {
	spelling: 'none' | 'z' | 'blank' | 'offset' | 'day';
	row: number;
	shift: number;
}

const bound = fc.record<Bound>({
	spelling: fc.constantFrom('none', 'none', 'z', 'blank', 'offset', 'day'),
	row: fc.nat(200),
	shift: fc.constantFrom(-1000, 0, 0, 1000),
});

const asked = fc.record<Asked>({
	stream: fc.nat(4),
	uuid: fc.constantFrom('none', 'none', 'none', 'none', 'own', 'other'),
	parent: fc.constantFrom('none', 'none', 'none', 'named', 'formMissing', 'unknown'),
	owner: fc.constantFrom('none', 'none', 'known', 'unknown'),
	title: fc.constantFrom('', '', '', 'o', 'A', '_', '%', 'a%e', 'no such title'),
	filterBy: fc.constantFrom('', 'created_at', 'uploaded_at'),
	from: bound,
	to: bound,
	sortBy: fc.constantFrom('', 'created_at', 'uploaded_at', 'title'),
	order: fc.constantFrom('', 'asc', 'desc', 'ASC', 'DESC'),
	page: fc.constantFrom('', '-1', '0', '1', '2', '3'),
	perPage: fc.constantFrom('', '0', '1', '7', '500'),
	mapIndex: fc.constantFrom('', '0', '1'),
	pick: fc.nat(1000),
});

/** A form or branch with what is needed to ask for it. */
interface Place {
	form: Form;
	parentForm: Form | undefined;
	branchRef: string | undefined;
	rows: Entry[];
}

function placesOf(sandbox: SandboxCore): Place[] {
	const project = sandbox.epicollect5.store.projects[0];
	if (!project) throw new Error('no project');
	const { forms } = project.definition.project;
	return forms.flatMap((form, i): Place[] => {
		const branches = form.inputs.filter(({ type }) => type === 'branch').map(({ ref }) => ref);
		return [undefined, ...branches].map((branchRef) => ({
			form,
			parentForm: forms[i - 1],
			branchRef,
			rows: [...project.stream(branchRef ?? form.ref).all()].sort((a, b) => a.seq - b.seq),
		}));
	});
}

const column = (row: Entry, by: string): number => (by === 'created_at' ? row.createdAt : row.uploadedAt);
const plain = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** Where a bound lies, as the request spells it. */
function bounded(
	{ spelling, row, shift }: Bound,
	rows: Entry[],
	by: string,
): { text: string; at: number } | undefined {
	const chosen = rows[row % Math.max(1, rows.length)];
	if (spelling === 'none' || !chosen) return undefined;
	const at = column(chosen, by || 'created_at') + shift;
	const iso = new Date(at).toISOString();
	if (spelling === 'z') return { text: iso, at };
	if (spelling === 'blank')
		return { text: iso.slice(0, 19).replace('T', ' '), at: Math.floor(at / 1000) * 1000 };
	if (spelling === 'day') return { text: iso.slice(0, 10), at: Date.parse(iso.slice(0, 10)) };
	const local = new Date(at + 2 * 3_600_000).toISOString();
	return { text: `${local.slice(0, 19)}+02:00`, at: Math.floor(at / 1000) * 1000 };
}

/** The literal date of a text, at midnight UTC: what is left of a bound when there are two. */
const dayOf = (text: string): number => Date.parse(text.slice(0, 10));

function expectedRows(one: Asked, place: Place, parameters: Record<string, string>): Entry[] {
	let { rows } = place;
	if (parameters.uuid !== undefined) rows = rows.filter(({ uuid }) => uuid === parameters.uuid);
	else if (place.branchRef !== undefined) {
		if (one.owner !== 'none') rows = rows.filter((row) => row.ownerUuid === parameters.branch_owner_uuid);
	} else if (one.parent !== 'none') {
		const isNamed = one.parent !== 'formMissing' && place.parentForm !== undefined;
		rows = rows.filter((row) => isNamed && row.parentUuid === parameters.parent_uuid);
	}
	const { filter_by: by, filter_from: from, filter_to: to } = parameters;
	if (by !== undefined) {
		const low = bounded(one.from, place.rows, by);
		const high = bounded(one.to, place.rows, by);
		if (from !== undefined && to !== undefined) {
			rows = rows.filter(
				(row) => column(row, by) >= dayOf(from) && column(row, by) <= dayOf(to) + DAY - 1000,
			);
		} else {
			rows = rows.filter((row) => !low || column(row, by) >= low.at);
			rows = rows.filter((row) => !high || column(row, by) <= high.at);
		}
	}
	if (one.title !== '') {
		const like = new RegExp(plain(one.title).replace(/_/g, '.').replace(/%/g, '.*'), 'su');
		rows = rows.filter(({ title }) => like.test(plain(title)));
	}
	return rows;
}

function sorted(rows: Entry[], one: Asked): Entry[] {
	const by = one.sortBy || 'created_at';
	const sign = one.order.toLowerCase() === 'asc' ? 1 : -1;
	const compare = (a: Entry, b: Entry): number => {
		if (by !== 'title') return column(a, by) - column(b, by);
		const bytes = Buffer.byteLength(a.title) - Buffer.byteLength(b.title);
		return bytes || plain(a.title).localeCompare(plain(b.title), 'en');
	};
	return [...rows].sort((a, b) => sign * (compare(a, b) || a.seq - b.seq));
}

function parametersOf(one: Asked, place: Place, places: Place[]): Record<string, string> {
	const at = <T>(list: readonly T[]): T | undefined => list[one.pick % Math.max(1, list.length)];
	const foreign = at(places.find(({ rows }) => rows !== place.rows)?.rows ?? []);
	const unknown = '00000000-0000-4000-8000-00000000dead';
	const parameters: Record<string, string | undefined> = {
		form_ref: place.form.ref,
		branch_ref: place.branchRef,
		uuid: { none: undefined, own: at(place.rows)?.uuid, other: foreign?.uuid }[one.uuid],
		title: one.title,
		filter_by: one.filterBy,
		filter_from: bounded(one.from, place.rows, one.filterBy)?.text,
		filter_to: bounded(one.to, place.rows, one.filterBy)?.text,
		sort_by: one.sortBy,
		sort_order: one.order,
		page: one.page,
		per_page: one.perPage,
		map_index: one.mapIndex,
	};
	if (place.branchRef !== undefined && one.owner !== 'none') {
		parameters.branch_owner_uuid = one.owner === 'known' ? at(place.rows)?.ownerUuid : unknown;
	}
	if (place.branchRef === undefined && one.parent !== 'none') {
		parameters.parent_uuid = one.parent === 'unknown' ? unknown : at(place.rows)?.parentUuid || unknown;
		if (one.parent !== 'formMissing') parameters.parent_form_ref = place.parentForm?.ref;
	}
	const given = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== '');
	return Object.fromEntries(given) as Record<string, string>;
}

const idOf = (row: Record<string, unknown>): unknown => row.ec5_branch_uuid ?? row.ec5_uuid;

interface Answer {
	meta: Record<string, unknown>;
	data: { entries: Record<string, unknown>[]; mapping?: { map_index: number } };
	links: Record<'prev' | 'next', string | null>;
}

describe.each(['insertion', 'shuffled'] as const)('any combination of parameters, ties by %s', (ties) => {
	const sandbox = smallSandbox({ entries: 40, ties: 6 });
	sandbox.admin.configure({ ties });
	const places = placesOf(sandbox);

	it('selects, sorts and pages as the contract says', async () => {
		expect(places).toHaveLength(5);
		await fc.assert(
			fc.asyncProperty(asked, async (one) => {
				const place = places[one.stream] as Place;
				const parameters = parametersOf(one, place, places);
				const rows = sorted(expectedRows(one, place, parameters), one);
				const size = Number(one.perPage) || 50;
				const page = Math.max(1, Number(one.page) || 1);
				const wanted = rows.slice((page - 1) * size, page * size);
				const { meta, data, links } = json(await ask(sandbox, entries(SLUG, parameters))) as Answer;

				const lastPage = Math.max(1, Math.ceil(rows.length / size));
				expect(meta).toMatchObject({ total: rows.length, per_page: size, current_page: page });
				expect(meta).toMatchObject({ last_page: lastPage, from: page, to: lastPage });
				expect([links.prev === null, links.next === null]).toEqual([page === 1, page >= lastPage]);
				expect(data.mapping?.map_index).toBe(wanted.length > 0 ? Number(one.mapIndex || 0) : undefined);
				if (rows.length > 0) {
					const times = rows.map(({ createdAt }) => Math.floor(createdAt / 1000) * 1000);
					expect(meta.newest).toBe(new Date(Math.max(...times)).toISOString());
					expect(meta.oldest).toBe(new Date(Math.min(...times)).toISOString());
				}
				const ids = data.entries.map(idOf);
				if (ties === 'insertion') expect(ids).toEqual(wanted.map(({ uuid }) => uuid));
				else {
					// Which rows of a tie stand on the page is anybody's guess; their values are not.
					const known = new Map(rows.map((row) => [row.uuid, row]));
					const met = ids.map((id) => known.get(String(id)));
					const key = (row: Entry | undefined) =>
						row && (one.sortBy === 'title' ? plain(row.title) : column(row, one.sortBy || 'created_at'));
					expect(met.map(key)).toEqual(wanted.map(key));
					expect(new Set(ids).size).toBe(ids.length);
				}
			}),
			{ numRuns: 600, seed: 20_261_122 },
		);
	});

	it('gives the same rows as CSV, without any of the meta data', async () => {
		await fc.assert(
			fc.asyncProperty(asked, async (one) => {
				const parameters = parametersOf(one, places[one.stream] as Place, places);
				const { data } = json(await ask(sandbox, entries(SLUG, parameters))) as Answer;
				const csv = await ask(sandbox, entries(SLUG, { ...parameters, format: 'csv', headers: 'false' }));
				const found = csv.body.toString('utf8').match(/^(?:[0-9a-f-]{36},){1,2}\d{4}-/gm) ?? [];
				expect(found).toHaveLength(data.entries.length);
				if (ties === 'insertion')
					data.entries.forEach((row, i) => expect(found[i]).toContain(String(idOf(row))));
			}),
			{ numRuns: 150, seed: 20_261_122 },
		);
	});
});
