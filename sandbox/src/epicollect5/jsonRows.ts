import { readCells, type Cell, type RowPlan } from './columns';
import type { Entry } from './model';
import { jsonString, phpFloat, phpJson } from './text';
import type { ValueContext } from './values';

/** Writes rows as JSON text, keys in the server's order. */
export type RowWriter = (entry: Entry) => string;

/**
 * A writer for one plan. Two questions under one name, or one named like a built-in key, share a key: it keeps
 * the first place and the last value, as a PHP array does (contract 10).
 */
export function jsonRowWriter(plan: RowPlan, context: ValueContext): RowWriter {
	const names = [...plan.head.map((field) => field.name), ...plan.columns.map((column) => column.name)];
	const place = new Map<string, number>();
	const source: number[] = [];
	names.forEach((name, index) => {
		const known = place.get(name);
		if (known === undefined) {
			place.set(name, source.length);
			source.push(index);
		} else {
			source[known] = index;
		}
	});
	const keys = [...place.keys()].map((name) => `${jsonString(name)}:`);
	return (entry) => {
		const head = plan.head.map((field) => jsonString(field.read(entry)));
		const cells = readCells(plan, entry, context);
		let text = '{';
		source.forEach((index, at) => {
			const value = index < head.length ? head[index] : jsonCell(cells[index - head.length] as Cell);
			text += `${at === 0 ? '' : ','}${keys[at]}${value}`;
		});
		return `${text}}`;
	};
}

function jsonCell(cell: Cell): string {
	switch (cell.kind) {
		case 'float':
			return cell.value === '' ? '""' : phpFloat(cell.value, 17, 'e');
		case 'list':
			return `[${cell.value.map(jsonString).join(',')}]`;
		case 'location':
			return phpJson(cell.value);
		default:
			return phpJson(cell.value);
	}
}
