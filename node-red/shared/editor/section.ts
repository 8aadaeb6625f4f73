import { chosenValue } from './fields';
import { migrated, type Migration } from '../schema';

/** A node while its dialog is open. */
export interface Dialog {
	/** A text by its key, such as `shared.dialog.shape`. */
	_(key: string): string;
}

/** The `defaults` of a part of a node. */
export type Defaults = Readonly<Record<string, { value: unknown; type?: string }>>;

/**
 * Fills in what an older node, or one of an example or a flow made by hand, has not got, as it is in a new node, before any
 * widget is made of it: a widget would show its first line. The node itself is changed when the dialog is left with *Done*
 * only.
 */
export function fillMissing(node: object, migrations: readonly Migration[] = []): void {
	const { _def, ...saved } = node as Readonly<Record<string, unknown>> & { _def: { defaults: Defaults } };
	// The choice of a config node is Node-RED's own.
	const own = Object.entries(_def.defaults).filter(([, { type }]) => type === undefined);
	const asNew = Object.fromEntries(own.map(([name, { value }]) => [name, value]));
	const filled = { ...asNew, ...migrated({ schema: saved.schema }, migrations) };
	for (const [name, value] of Object.entries(filled)) {
		if (saved[name] !== undefined) continue;
		const input = $(`#node-input-${name}`);
		if (input.is(':checkbox')) input.prop('checked', value === true);
		else input.val(String(value));
	}
}

/** Opens a folded section of the dialog where something in it is not as it is in a new node. */
export function openWhereChanged(section: string, defaults: Defaults): void {
	const changed = Object.entries(defaults).some(([name, { value }]) => {
		const input = $(`#field-data-section-${section} #node-input-${name}`);
		return input.length > 0 && String(input.val() ?? '') !== String(value);
	});
	$(`#field-data-section-${section}`).prop('open', changed);
}

/**
 * Shows rows, those of the class `field-data-only-<rows>`, where they make sense: where a field has a value, or will get one
 * that the dialog cannot know.
 */
export function showWith(field: string, value: string, rows: string): void {
	const input = $(`#node-input-${field}`);
	const show = (): void => void $(`.field-data-only-${rows}`).toggle((chosenValue(field) ?? value) === value);
	input.on('change', show);
	show();
}
