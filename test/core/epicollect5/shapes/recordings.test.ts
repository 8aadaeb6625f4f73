import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { columnsOf, mappingOf } from '../../../../core/epicollect5/columns';
import { CsvTable } from '../../../../core/epicollect5/csv';
import type { RawEntry } from '../../../../core/epicollect5/entry';
import { fieldsOf } from '../../../../core/epicollect5/fields';
import { featureMaker } from '../../../../core/epicollect5/geojson';
import { parseProject } from '../../../../core/epicollect5/project';
import { tidier } from '../../../../core/epicollect5/tidy';
import { isObject, parseJson } from '../../../../core/http/json';

const folder = path.join(__dirname, '../../../../../shared/recordings/epicollect5/responses');
const present = existsSync(folder);
if (!present) {
	process.stdout.write(
		'shapes/recordings.test.ts is skipped: there are no recordings beside this repository\n',
	);
	it.skip('there are no recordings beside this repository', () => undefined);
}

const read = (name: string): unknown => parseJson(readFileSync(path.join(folder, name), 'utf8'), name);
const rowsOf = (name: string): RawEntry[] => {
	const body = read(name);
	const data = isObject(body) && isObject(body.data) ? body.data : {};
	return Array.isArray(data.entries) ? data.entries.filter(isObject) : [];
};

(present ? describe : describe.skip)('the rows of the real server', () => {
	if (!present) return;
	const project = parseProject(read('project-export.json'));
	const streams = project.forms.flatMap((form) => [
		{ formRef: form.ref },
		...form.branches.map((branch) => ({ formRef: form.ref, branchRef: branch.ref })),
	]);
	const names = readdirSync(folder).filter((name) =>
		/^(entries|legacy-row|branch|filter|page)-?.*\.json$/.test(name),
	);

	it.each(['mapping', 'ref', 'question'] as const)('make complete tables and maps, named by %s', (style) => {
		const choices = { withUploader: true, choiceFields: true, utm: true, timeZone: 'Europe/Athens' };
		let tried = 0;
		for (const row of names.flatMap(rowsOf)) {
			for (const stream of streams) {
				const columns = columnsOf(project, stream, mappingOf(project, 0), style);
				if (columns.length < 3 || !columns.every(({ key }) => Object.hasOwn(row, key))) continue;
				tried++;
				const fields = fieldsOf(project, stream, columns, choices);
				const entry = tidier({ ...choices, slug: project.slug, stream, columns })(row);
				expect(Object.keys(entry).filter((name) => name !== 'created_by')).toEqual(
					fields.map(({ name }) => name).filter((name) => name !== 'created_by'),
				);
				expect(entry.uploaded_at).toMatch(/\+0[23]:00$/);
				const table = new CsvTable(fields, choices);
				expect(new Set(table.header).size).toBe(table.header.length);
				expect(table.rows([entry], fields)[0]).toHaveLength(table.header.length);
				const { geometry } = featureMaker(fields, choices)(entry);
				if (geometry) expect(Math.abs(geometry.coordinates[1])).toBeLessThanOrEqual(90);
			}
		}
		expect(tried).toBeGreaterThan(20);
	});
});
