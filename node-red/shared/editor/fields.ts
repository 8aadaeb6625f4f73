import type { EditorRED } from 'node-red';
import type { Item } from './items';
import type { ConfigNode } from './lists';
import type { Dialog } from './section';

declare const RED: EditorRED;

/** Where a value may come from, besides a list. */
export const OTHER_SOURCES = ['str', 'msg', 'flow', 'global', 'jsonata', 'env'] as const;

/** The same without what is typed. */
export const FROM_ELSEWHERE = OTHER_SOURCES.filter((source) => source !== 'str');

/** As wide as the plain fields of dialog.css. */
const WIDTH = 'calc(100% - 155px)';

/**
 * Makes Node-RED's widget of an input. The widget hides the input, and with it what the label is for: a click on the label
 * leads to the widget, and each of its parts is read out with the label.
 */
export function makeTyped(name: string, options: TypedOptions, width = WIDTH): void {
	const id = `field-data-label-${name}`;
	const label = $(`label[for="node-input-${name}"]`).attr('id', id);
	const input = $(`#node-input-${name}`).attr('aria-labelledby', id);
	input.typedInput({ ...options, types: options.types as never }).typedInput('width', width);
	const widget = input.next();
	widget.find('button').each((i, button) => {
		$(button).attr({ id: `${id}-${i}`, 'aria-labelledby': `${id} ${id}-${i}` });
	});
	label.on('click', () => {
		const parts = ['input', '.red-ui-typedInput-option-trigger', 'button'];
		const shown = parts.map((part) => widget.find(part).filter(':visible').first());
		shown.find(({ length }) => length > 0)?.trigger('focus');
	});
}

type TypedOptions = { types: readonly unknown[]; typeField?: string; default?: string };

/** A field with a menu of sources. Its kind is kept in `#node-input-<name>Type`. */
export function typedField(name: string, types: readonly unknown[]): void {
	makeTyped(name, { types, typeField: `#node-input-${name}Type` });
}

/** A field with a few lines of its own to choose from; the message may name one of their values as well. */
export function listField(name: string, label: string, options: readonly Item[]): void {
	typedField(name, [
		{ value: 'list', label, icon: 'fa fa-list', showLabel: false, options },
		...FROM_ELSEWHERE,
	]);
}

/** How many messages are made of what was got. */
export function sendField(dialog: Dialog, options: readonly Item[]): void {
	listField('output', dialog._('shared.dialog.output'), options);
}

/** Yes or no. */
export function flagField(name: string): void {
	typedField(name, ['bool', ...FROM_ELSEWHERE]);
}

/** The field that names the property of the message which is set. */
export function propertyField(): void {
	makeTyped('property', { default: 'msg', types: ['msg'] });
}

/** The config node that is chosen in the dialog. */
export function chosenConfig(name: string): ConfigNode | null {
	return RED.nodes.node(String($(`#node-input-${name}`).val() ?? '')) as unknown as ConfigNode | null;
}

/** What is picked from the list of a field; undefined where it comes from elsewhere when the flow runs. */
export function chosenValue(name: string): string | undefined {
	const type = String($(`#node-input-${name}Type`).val() ?? '');
	return type === 'list' || type === '' ? String($(`#node-input-${name}`).val() ?? '') : undefined;
}
