import { chosenConfig, chosenValue, makeTyped, OTHER_SOURCES } from './fields';
import { labelsOf, savedItems, type Item } from './items';
import { showFailure, withSpinner, type ConfigNode, type ListFailure } from './lists';

export interface ChoiceField {
	/** Name of the property: the inputs are `#node-input-<name>` and `#node-input-<name>Type`. */
	name: string;
	/** Label of the kind of source in the menu. */
	label: string;
	/** What the button that reads the list again says. */
	refreshLabel: string;
	/** The first line, for "nothing chosen"; left out where something has to be chosen. */
	none?: Item;
	multiple?: boolean;
	/** Shown for saved values while the list is not there, or does not hold them any more: as `chosenLabels` gave them. */
	savedLabels: unknown;
	/** Name of the property with the config node whose list it is. */
	config: string;
	load: (config: ConfigNode) => Promise<Item[]>;
	/** Names of other fields that the list depends on. */
	dependsOn?: readonly string[];
	/** Where else the value may come from: without a message not from it. */
	sources?: readonly string[];
	/** Told each time that the list was read. */
	onItems?: (items: readonly Item[]) => void;
}

/** A field that is picked from the service's list, or given by the message, a context, an expression. */
export class Choice {
	private items: Item[] = [];
	private loadedFor: string | undefined;
	private readonly input: JQuery;
	private readonly button: JQuery;
	private readonly failureLine: JQuery;
	/** What was chosen when the dialog opened. */
	private readonly saved: Item[];

	constructor(private readonly field: ChoiceField) {
		const { name, refreshLabel, config, dependsOn = [] } = field;
		this.input = $(`#node-input-${name}`);
		const listed = [undefined, '', 'list'].includes(String($(`#node-input-${name}Type`).val() ?? ''));
		this.saved = listed ? savedItems(this.split(String(this.input.val() ?? '')), field.savedLabels) : [];
		this.button = refreshButton(name, refreshLabel);
		this.failureLine = $('<div>', { id: `field-data-failure-${name}`, class: 'field-data-failure' }).hide();
		this.input.closest('.form-row').append(this.button, this.failureLine);
		const typeField = `#node-input-${name}Type`;
		makeTyped(name, { default: 'list', typeField, types: this.types() }, 'calc(100% - 195px)');
		this.button.on('click', () => void this.refresh(true));
		for (const other of [config, ...dependsOn]) {
			$(`#node-input-${other}`).on('change', () => void this.refresh(false));
		}
		void this.refresh(false);
	}

	/** The labels of what is chosen from the list, in the order of the value. */
	get chosenLabels(): string[] {
		if (this.input.typedInput('type') !== 'list') return [];
		return labelsOf(this.split(this.value()), [...this.items, ...this.saved]);
	}

	/** Reads the list anew when the connection is another one, or when it is asked for. */
	private async refresh(asked: boolean): Promise<void> {
		const config = chosenConfig(this.field.config);
		if (!config) return;
		const others = (this.field.dependsOn ?? []).map((name) => chosenValue(name) ?? '*');
		const wanted = [config.id, ...others].join(' ');
		if (!asked && this.loadedFor === wanted) return;
		this.loadedFor = wanted;
		try {
			const items = await withSpinner(this.button, () => this.field.load(config));
			if (this.loadedFor !== wanted) return;
			this.items = items;
			this.field.onItems?.(items);
			showFailure(this.failureLine, undefined);
			this.offer();
		} catch (failure) {
			showFailure(this.failureLine, failure as ListFailure);
		}
	}

	/** Puts the new lines into the widget without losing what is chosen. */
	private offer(): void {
		const type = this.input.typedInput('type');
		const value = this.value();
		this.input.typedInput('types', this.types() as never);
		this.input.typedInput('type', type);
		this.input.typedInput('value', value);
	}

	private value(): string {
		return this.input.typedInput('value') ?? '';
	}

	private split(value: string): string[] {
		if (value === '') return [];
		return this.field.multiple ? value.split(',') : [value];
	}

	private types(): unknown[] {
		const { label, none, multiple, sources = OTHER_SOURCES } = this.field;
		// What was chosen and is not in the list (any more) is kept, so that opening a dialog changes nothing.
		const missing = this.saved.filter(({ value }) => !this.items.some((item) => item.value === value));
		const options = [...(none ? [none] : []), ...this.items, ...missing];
		return [{ value: 'list', label, icon: 'fa fa-list', showLabel: false, multiple, options }, ...sources];
	}
}

function refreshButton(name: string, title: string): JQuery {
	return $('<button>', {
		id: `field-data-refresh-${name}`,
		type: 'button',
		class: 'red-ui-button field-data-refresh',
		title,
	}).append($('<i>', { class: 'fa fa-refresh' }));
}
