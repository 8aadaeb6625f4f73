import { migrated, type Migration } from '../schema';

/** A node while its dialog is open. */
export interface Dialog {
	/** A text by its key, such as `shared.dialog.shape`. */
	_(key: string): string;
}

/** The `defaults` of a part of a node. */
export type Defaults = Readonly<Record<string, { value: unknown }>>;

/**
 * Fills in what an older node, or one of a flow made by hand, has not got, before any widget is made of it. The node itself
 * is changed when the dialog is left with *Done* only.
 */
export function fillMissing(node: object, defaults: Defaults, migrations: readonly Migration[] = []): void {
	const saved = node as Readonly<Record<string, unknown>>;
	const asNew = Object.fromEntries(Object.entries(defaults).map(([name, { value }]) => [name, value]));
	const filled = { ...asNew, ...migrated({ schema: saved.schema }, migrations) };
	for (const [name, value] of Object.entries(filled)) {
		if (saved[name] === undefined) $(`#node-input-${name}`).val(String(value));
	}
}

/** Fills in what a node made by hand has not got, as it is in a new node: a widget would show its first line for it. */
export function fillDefaults(node: object, defaults: Defaults): void {
	const saved = node as Readonly<Record<string, unknown>>;
	for (const [name, { value }] of Object.entries(defaults)) {
		if (saved[name] === undefined) $(`#node-input-${name}`).val(String(value));
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

/** Shows rows that make sense for one choice only: those of the class `field-data-only-<name>`. */
export function showOnly(name: string, shown: boolean): void {
	$(`.field-data-only-${name}`).toggle(shown);
}
