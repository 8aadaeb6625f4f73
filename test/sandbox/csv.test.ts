import { ask, entries, json, smallSandbox } from './ask';
import type { Input } from '../../sandbox/src/epicollect5/model';

/** The CSV export of every question type, cell by cell against the JSON of the same rows (contract 9). */

const SLUG = 'sandbox-public';

type Row = Record<string, unknown>;

/** Reads what PHP's fputcsv writes: a quote after a backslash is not doubled. */
function parse(text: string): string[][] {
	const rows: string[][] = [];
	const row: string[] = [];
	let at = 0;
	while (at < text.length) {
		let cell = '';
		if (text[at] === '"') {
			for (at += 1; ; at += 1) {
				if (text[at] === '\\') cell += text[at++];
				else if (text[at] === '"') {
					if (text[at + 1] !== '"') break;
					at += 1;
				}
				cell += text[at];
			}
			at += 1;
		} else {
			while (text[at] !== ',' && text[at] !== '\n') cell += text[at++];
		}
		row.push(cell);
		if (text[at] === '\n') rows.push(row.splice(0));
		at += 1;
	}
	return rows;
}

/** PHP's text of a number: 14 significant digits. */
const number = (value: number): string =>
	Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(14)));
const text = (value: unknown): string => (typeof value === 'number' ? number(value) : String(value));
const quoted = (value: unknown): string =>
	String(value).includes(',') ? `"${String(value)}"` : String(value);

/** The cells of one answer by its JSON value. */
function cells(type: string, value: unknown): string[] {
	if (type === 'location') {
		const { latitude, longitude, accuracy, UTM_Northing, UTM_Easting, UTM_Zone } = value as Row;
		return [latitude, longitude, accuracy, UTM_Northing, UTM_Easting, UTM_Zone].map(text);
	}
	if (Array.isArray(value)) return [value.map(quoted).join(', ')];
	return [text(value)];
}

/** The questions that have a column, in their order. */
function asked(inputs: Input[]): Input[] {
	return inputs.flatMap((input) => {
		if (input.type === 'readme') return [];
		return input.type === 'group' ? asked(input.group) : [input];
	});
}

const LOCATION = ['lat_', 'long_', 'accuracy_', 'UTM_Northing_', 'UTM_Easting_', 'UTM_Zone_'];

describe.each(['public', 'private'] as const)('the CSV of a %s project', (access) => {
	const sandbox = smallSandbox({ entries: 60 });
	if (access === 'private') sandbox.admin.setProject({ project: SLUG, access });
	const headers = { authorization: `Bearer ${sandbox.admin.issueToken({ client: 1 })}` };
	const forms = sandbox.epicollect5.store.projects[0]?.definition.project.forms ?? [];
	const branches = forms.flatMap((form) =>
		form.inputs.filter(({ type }) => type === 'branch').map((branch) => ({ form, branch })),
	);
	const streams = [
		...forms.map((form) => ({ parameters: { form_ref: form.ref }, inputs: form.inputs })),
		...branches.map(({ form, branch }) => ({
			parameters: { form_ref: form.ref, branch_ref: branch.ref },
			inputs: branch.branch,
		})),
	];
	const seen = new Set<string>();

	it.each(streams)('has the answers of its JSON: %#', async ({ parameters, inputs }) => {
		const get = async (format: string) =>
			await ask(sandbox, entries(SLUG, { ...parameters, format, per_page: 100 }), { headers });
		const rows = json(await get('json')).data.entries as Row[];
		const [head = [], ...lines] = parse((await get('csv')).body.toString('utf8'));
		const questions = asked(inputs);
		const own = Object.keys(rows[0] ?? {}).slice(0, Object.keys(rows[0] ?? {}).indexOf('title') + 1);
		const names = Object.keys(rows[0] ?? {}).slice(own.length);
		expect(own.includes('created_by')).toBe(access === 'private');
		expect(names).toHaveLength(questions.length);
		const titles = questions.flatMap(({ type }, i) =>
			type === 'location' ? LOCATION.map((prefix) => prefix + names[i]) : [names[i]],
		);
		expect(head).toEqual([...own, ...titles]);
		expect(lines).toHaveLength(rows.length);
		rows.forEach((row, i) => {
			const answers = questions.flatMap(({ type }, n) => cells(type, row[names[n] ?? '']));
			expect(lines[i]).toEqual([...own.map((name) => String(row[name])), ...answers]);
		});
		for (const { type } of questions) seen.add(type);
	});

	it('was tried with every type of question', () => {
		const types = 'audio barcode branch checkbox date decimal dropdown integer location phone photo radio';
		expect([...seen].sort()).toEqual(
			`${types} searchmultiple searchsingle text textarea time video`.split(' '),
		);
	});
});
