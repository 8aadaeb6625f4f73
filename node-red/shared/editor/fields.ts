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

/** A field with a menu of sources. Its kind is kept in `#node-input-<name>Type`. */
export function typedField(name: string, types: readonly unknown[]): void {
	const typeField = `#node-input-${name}Type`;
	$(`#node-input-${name}`)
		.typedInput({ types: types as never, typeField })
		.typedInput('width', WIDTH);
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
	$('#node-input-property')
		.typedInput({ default: 'msg', types: ['msg'] })
		.typedInput('width', WIDTH);
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
