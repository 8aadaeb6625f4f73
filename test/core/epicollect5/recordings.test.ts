import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { collectEntries, readEntries } from '../../../core/epicollect5/entries';
import { columnsOf, mappingOf, type Stream } from '../../../core/epicollect5/columns';
import { entryId, type RawEntry } from '../../../core/epicollect5/entry';
import { isObject } from '../../../core/http/json';
import { parseProject } from '../../../core/epicollect5/project';
import { tidyEntry, type TidyEntry } from '../../../core/epicollect5/tidy';
import { Run } from '../../../core/run';
import { loadDataset } from '../../../sandbox/src/epicollect5/dataset';
import { Epicollect5Service } from '../../../sandbox/src/epicollect5/service';
import { makeRequest } from '../../../sandbox/src/shared/types';
import { VirtualClock } from '../support/clock';

const folder = path.join(__dirname, '../../../../shared/recordings/epicollect5');
const present = existsSync(path.join(folder, 'responses'));
if (!present) {
	process.stdout.write('recordings.test.ts is skipped: there are no recordings beside this repository\n');
	it.skip('there are no recordings beside this repository', () => undefined);
}

const json = (name: string): unknown =>
	JSON.parse(readFileSync(path.join(folder, 'responses', name), 'utf8'));
const names = present ? readdirSync(path.join(folder, 'responses')).sort() : [];

function rowsOf(name: string): RawEntry[] {
	const body = json(name);
	const data = isObject(body) && isObject(body.data) ? body.data : {};
	return Array.isArray(data.entries) ? data.entries.filter(isObject) : [];
}

(present ? describe : describe.skip)('the recordings of the real server', () => {
	const project = present ? parseProject(json('project-export.json')) : undefined;
	if (!project) return;
	const forms = project.forms;
	const tidy = (row: RawEntry, stream: Stream, mapIndex?: number) => {
		const columns = columnsOf(project, stream, mappingOf(project, mapIndex));
		return { columns, tidy: tidyEntry(row, { slug: project.slug, stream, columns }) };
	};
	/** The stream whose columns the row has, key for key. */
	const streamOf = (row: RawEntry): { stream: Stream; mapIndex: number } | undefined => {
		for (const { index } of project.mappings) {
			for (const form of forms) {
				for (const branch of [undefined, ...form.branches]) {
					const stream = { formRef: form.ref, branchRef: branch?.ref };
					const keys = columnsOf(project, stream, mappingOf(project, index)).map(({ key }) => key);
					const found = Object.keys(row).filter(
						(key) => !/^(ec5_\w*uuid|created_at|uploaded_at|created_by|title)$/.test(key),
					);
					if (keys.length === found.length && keys.every((key) => Object.hasOwn(row, key)))
						return { stream, mapIndex: index };
				}
			}
		}
		return undefined;
	};

	it('the definition has forms in a hierarchy, questions, branches and mappings', () => {
		expect(forms.length).toBeGreaterThan(1);
		expect(forms.map(({ parentRef }) => parentRef)).toEqual([
			undefined,
			...forms.slice(0, -1).map(({ ref }) => ref),
		]);
		expect(forms.some(({ branches }) => branches.length > 0)).toBe(true);
		expect(project.mappings.length).toBeGreaterThan(1);
		expect(project.mappings.filter(({ isDefault }) => isDefault)).toHaveLength(1);
		expect(forms[0]?.entries).toBeGreaterThan(1000);
	});

	it.each(names.filter((name) => /project.*(export|ok|uppercase|empty)\.json$/.test(name)))(
		'%s is read as a project',
		(name) => {
			const body = json(name);
			if (!isObject(body) || !isObject(body.data) || !isObject(body.data.project)) return;
			expect(parseProject(body).forms.length).toBeGreaterThan(0);
		},
	);

	const files = names.filter(
		(name) =>
			/^(entries|legacy-row|branch|filter|edit|page|sort|title)-?.*\.json$/.test(name) &&
			rowsOf(name).length > 0,
	);

	it('there are rows to try', () => {
		expect(files.filter((name) => /^entries-/.test(name)).length).toBeGreaterThan(5);
		expect(files.filter((name) => /^legacy-row-/.test(name)).length).toBeGreaterThan(3);
	});

	it.each(files)('%s: every row keeps its ID and has a value of the right kind in every column', (name) => {
		for (const row of rowsOf(name)) {
			const found = streamOf(row);
			// Some rows are of other projects.
			if (!found) {
				expect(name).not.toMatch(/^(entries|legacy-row)-/);
				continue;
			}
			const { columns, tidy: entry } = tidy(row, found.stream, found.mapIndex);
			expect(entry.ec5_branch_uuid ?? entry.ec5_uuid).toBe(entryId(row));
			expect(entry.eventId).toContain(entryId(row));
			for (const column of columns) expectKind(entry, column.name, column.type);
			expect(JSON.stringify(entry)).not.toContain('undefined');
		}
	});

	it('the real form is read completely through the sandbox, each ID once, in every order', async () => {
		const clock = new VirtualClock();
		const service = new Epicollect5Service({ clock, limits: 'off' });
		loadDataset(service, path.join(folder, 'dataset'));
		const formRef = forms[0]?.ref ?? '';
		const ask = async (parameters: Record<string, string | number>) => {
			const query = new URLSearchParams(parameters as Record<string, string>);
			const response = await service.handle(
				makeRequest({ url: `/api/export/entries/${project.slug}?form_ref=${formRef}&${query}` }),
			);
			return JSON.parse(response.body.toString()) as unknown;
		};
		const wanted = service.store
			.bySlug(project.slug)
			?.stream(formRef)
			.all()
			.map(({ uuid }) => uuid)
			.sort();
		expect(wanted?.length).toBeGreaterThan(1200);
		for (const order of [
			{},
			{ sortBy: 'created_at' },
			{ sortBy: 'created_at', sortOrder: 'ASC' },
			{ sortBy: 'uploaded_at' },
			{ sortBy: 'title' },
		] as const) {
			for (const ties of ['insertion', 'shuffled'] as const) {
				if ('sortBy' in order && order.sortBy === 'title' && ties === 'shuffled') continue;
				service.settings.ties = ties;
				const run = new Run(clock);
				const rows = await collectEntries(readEntries(ask, { formRef, mapIndex: 0, ...order }, run));
				expect(rows.map(entryId).sort()).toEqual(wanted);
				expect(run.summary).toMatchObject({ fetched: wanted?.length, stoppedBy: 'end' });
			}
		}
	});
});

function expectKind(entry: TidyEntry, name: string, type: string): void {
	const value = Object.getOwnPropertyDescriptor(entry, name)?.value as unknown;
	expect(value).not.toBeUndefined();
	if (type === 'checkbox' || type === 'searchmultiple') {
		expect(Array.isArray(value) && value.every((one) => typeof one === 'string')).toBe(true);
	} else if (value !== null) {
		expect([type, typeof value]).toEqual([type, kindOf(type)]);
	}
	if (typeof value === 'string' && type === 'date') expect(value).toMatch(/^(\d{4}-)?\d{2}(-\d{2})?$/);
	if (typeof value === 'string' && type === 'time') expect(value).toMatch(/^\d{2}:\d{2}:\d{2}$/);
}

function kindOf(type: string): string {
	if (['integer', 'decimal', 'branch'].includes(type)) return 'number';
	return ['location', 'photo', 'audio', 'video'].includes(type) ? 'object' : 'string';
}
