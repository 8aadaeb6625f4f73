import { readCells, type Cell, type RowPlan } from './columns';
import type { Entry } from './model';
import { phpFloat } from './text';
import type { LocationValue, ValueContext } from './values';

const LOCATION_PARTS: (keyof LocationValue)[] = [
	'latitude',
	'longitude',
	'accuracy',
	'UTM_Northing',
	'UTM_Easting',
	'UTM_Zone',
];
const LOCATION_PREFIXES = ['lat_', 'long_', 'accuracy_', 'UTM_Northing_', 'UTM_Easting_', 'UTM_Zone_'];

/** One CSV field as fputcsv writes it (contract 9): a quote after a backslash is not doubled. */
export function csvField(text: string): string {
	if (!/[,"\\\n\r\t ]/.test(text)) return text;
	let out = '"';
	let escaped = false;
	for (const unit of text) {
		if (unit === '\\') {
			escaped = true;
		} else if (!escaped && unit === '"') {
			out += '"';
		} else {
			escaped = false;
		}
		out += unit;
	}
	return `${out}"`;
}

/** A line with its `\n`. */
export function csvLine(fields: string[]): string {
	return `${fields.map(csvField).join(',')}\n`;
}

/** The header line of a plan. */
export function csvHeader(plan: RowPlan): string {
	const names = plan.head.map((field) => field.name);
	for (const column of plan.columns) {
		if (column.input.type === 'location')
			names.push(...LOCATION_PREFIXES.map((prefix) => prefix + column.name));
		else names.push(column.name);
	}
	return csvLine(names);
}

/** A writer of data lines for one plan. */
export function csvRowWriter(plan: RowPlan, context: ValueContext): (entry: Entry) => string {
	return (entry) => {
		const fields = plan.head.map((field) => field.read(entry));
		for (const cell of readCells(plan, entry, context)) addFields(fields, cell);
		return csvLine(fields);
	};
}

function addFields(fields: string[], cell: Cell): void {
	switch (cell.kind) {
		case 'location':
			for (const part of LOCATION_PARTS) fields.push(csvText(cell.value[part]));
			return;
		case 'list':
			// A choice with a comma gets quotes of its own inside the cell, before the CSV quoting.
			fields.push(cell.value.map((text) => (text.includes(',') ? `"${text}"` : text)).join(', '));
			return;
		case 'float':
			fields.push(cell.value === '' ? '' : phpFloat(cell.value, 14, 'E'));
			return;
		default:
			fields.push(csvText(cell.value));
	}
}

/** PHP's cast to text: doubles with 14 digits, whole numbers in full. */
function csvText(value: unknown): string {
	if (typeof value === 'number' && !Number.isInteger(value)) return phpFloat(value, 14, 'E');
	if (typeof value === 'boolean') return value ? '1' : '';
	if (Array.isArray(value)) return 'Array';
	return value === null || value === undefined ? '' : String(value);
}
