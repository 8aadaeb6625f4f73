/** One line of a list. */
export interface Item {
	value: string;
	label: string;
}

/**
 * What was chosen when a dialog opened, with the labels that were saved for it: each at the place of its value, since a
 * label may hold any sign. A flow made by hand has none.
 */
export function savedItems(values: readonly string[], labels: unknown): Item[] {
	const known: unknown[] = Array.isArray(labels) ? labels : [];
	return values.map((value, i) => ({ value, label: String(known[i] ?? '') || value }));
}

/** @returns a label for each value; an empty one where the value was never seen in a list */
export function labelsOf(values: readonly string[], items: readonly Item[]): string[] {
	return values.map((value) => {
		const label = items.find((item) => item.value === value)?.label ?? '';
		return label === value ? '' : label;
	});
}

/** Saved labels as one text for the canvas. */
export function joined(labels: unknown): string {
	return Array.isArray(labels) ? labels.filter(Boolean).join(', ') : '';
}
