import { showFailure, withSpinner, type ConfigNode, type Item, type ListFailure } from './lists';

/** Where the value may come from, besides the list. */
export const OTHER_SOURCES = ['str', 'msg', 'flow', 'global', 'jsonata', 'env'] as const;

export interface ChoiceField {
	/** Name of the property: the inputs are `#node-input-<name>` and `#node-input-<name>Type`. */
	name: string;
	/** Label of the kind of source in the menu. */
	label: string;
	/** The first line, for "nothing chosen"; left out where something has to be chosen. */
	none?: Item;
	multiple?: boolean;
	/** Shown for a saved value while the list is not there, or does not hold it any more. A flow made by hand has none. */
	savedLabel: string | undefined;
	/** Reads the list for the connection that is chosen in the dialog. */
	load: (config: ConfigNode) => Promise<Item[]>;
	config: () => ConfigNode | null | undefined;
}

/**
 * A field that is picked from the service's list, or given by the message, a context, an expression.
 * Expects beside the inputs a button `#field-data-refresh-<name>` and a line `#field-data-failure-<name>`.
 */
export class Choice {
	private items: Item[] = [];
	private loadedFor: string | undefined;
	private readonly input: JQuery;
	/** What was chosen when the dialog opened. */
	private readonly chosen: string[];

	constructor(private readonly field: ChoiceField) {
		this.input = $(`#node-input-${field.name}`);
		const listed = [undefined, '', 'list'].includes(String($(`#node-input-${field.name}Type`).val() ?? ''));
		const value = String(this.input.val() ?? '');
		this.chosen = !listed || value === '' ? [] : field.multiple ? value.split(',') : [value];
		this.input.typedInput({
			default: 'list',
			typeField: `#node-input-${field.name}Type`,
			types: this.types() as never,
		});
		this.input.typedInput('width', 'calc(100% - 195px)');
		$(`#field-data-refresh-${field.name}`).on('click', (event) => {
			event.preventDefault();
			void this.refresh(true);
		});
		void this.refresh(false);
	}

	/** The label of the chosen line. */
	get chosenLabel(): string {
		const chosen = this.value();
		if (this.input.typedInput('type') !== 'list' || chosen === '') return '';
		const labels = chosen.split(',').map((value) => this.items.find((item) => item.value === value)?.label);
		return labels.every((label) => label !== undefined) ? labels.join(', ') : (this.field.savedLabel ?? '');
	}

	/** Reads the list anew when the connection is another one, or when it is asked for. */
	async refresh(asked: boolean): Promise<void> {
		const { field } = this;
		const config = field.config();
		const failureLine = $(`#field-data-failure-${field.name}`);
		if (!config || (!asked && this.loadedFor === config.id)) return;
		this.loadedFor = config.id;
		try {
			const items = await withSpinner($(`#field-data-refresh-${field.name}`), () => field.load(config));
			if (this.loadedFor !== config.id) return;
			this.items = items;
			showFailure(failureLine, undefined);
			this.offer();
		} catch (failure) {
			showFailure(failureLine, failure as ListFailure);
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

	/** What was chosen and is not in the list (any more): kept, so that opening a dialog changes nothing. */
	private get saved(): Item[] {
		const { savedLabel = '' } = this.field;
		const labels = savedLabel.split(', ');
		return this.chosen
			.map((value, i) => ({ value, label: (this.field.multiple ? labels[i] : savedLabel) || value }))
			.filter(({ value }) => !this.items.some((item) => item.value === value));
	}

	private types(): unknown[] {
		const { label, none, multiple } = this.field;
		const options = [...(none ? [none] : []), ...this.items, ...this.saved];
		return [
			{ value: 'list', label, icon: 'fa fa-list', showLabel: false, multiple, options },
			...OTHER_SOURCES,
		];
	}
}
