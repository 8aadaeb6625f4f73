import { IncompleteError } from '../http/errors';
import type { Field } from './fields';
import { flatColumns, type FlatColumn, type FlatOptions, type FlatValue } from './flat';
import type { TidyEntry, TidyPage } from './tidy';

export interface CsvOptions extends FlatOptions {
	/**
	 * Puts an apostrophe before texts that a spreadsheet would run as a formula: those that begin with = + - @, a tab or
	 * a carriage return (OWASP, "CSV Injection"). Numbers stay numbers.
	 */
	neutraliseFormulas?: boolean;
}

/**
 * Turns tidy entries into rows of text cells, under one header from the first row to the last. How cells are quoted is
 * the writer's business.
 */
export class CsvTable {
	readonly header: string[];
	private readonly columns: readonly FlatColumn[];

	constructor(
		fields: readonly Field[],
		private readonly options: CsvOptions = {},
	) {
		this.columns = flatColumns(fields, options);
		this.header = this.columns.map(({ name }) => this.text(name));
	}

	/**
	 * @param fields properties of these entries, where the form may have been changed since the header was made
	 * @throws IncompleteError where there are other questions now: they have no place under the header
	 */
	rows(entries: readonly TidyEntry[], fields: readonly Field[]): string[][] {
		const columns = flatColumns(fields, this.options);
		const isSame =
			columns.length === this.columns.length &&
			columns.every(({ field }, i) => {
				const first = this.columns[i]?.field;
				return field.ref === first?.ref && field.type === first.type;
			});
		if (!isSame) throw changed();
		return entries.map((entry) => columns.map(({ read }) => this.cell(read(entry))));
	}

	private cell(value: FlatValue): string {
		if (value === null) return '';
		if (Array.isArray(value)) return this.text(value.join(', '));
		return typeof value === 'string' ? this.text(value) : String(value);
	}

	private text(text: string): string {
		return this.options.neutraliseFormulas && /^[=+\-@\t\r]/.test(text) && !NUMBER.test(text)
			? `'${text}`
			: text;
	}
}

/**
 * @param pages at least one, which may be empty
 * @returns first the header, then the rows, page by page
 * @throws IncompleteError where the form gets other questions meanwhile
 */
export async function* csvRows(
	pages: AsyncIterable<TidyPage>,
	options: CsvOptions = {},
): AsyncGenerator<string[][]> {
	let table: CsvTable | undefined;
	for await (const { entries, fields } of pages) {
		if (!table) yield [(table = new CsvTable(fields, options)).header];
		yield table.rows(entries, fields);
	}
}

/** Also a whole number that is kept as a text because JavaScript would round it. */
const NUMBER = /^-?\d+$/;

function changed(): IncompleteError {
	return new IncompleteError('The form was changed while it was read, and the table has another header now', {
		code: 'form_changed',
		hint: 'Run it again: all rows come under the new header.',
	});
}
