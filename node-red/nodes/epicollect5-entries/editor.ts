import type { EditorRED } from 'node-red';
import { Choice } from '../../shared/editor/choice';
import { propertyField, typedField } from '../../shared/editor/fields';
import type { Item } from '../../shared/editor/items';
import { credentialOf, postForList, settingOf, type ConfigNode } from '../../shared/editor/lists';

declare const RED: EditorRED;

interface EntriesProperties {
	name: string;
	schema: number;
	project: string;
	form: string;
	formType: string;
	/** The form's name as it was in the list, for the label on the canvas. */
	formName: string;
	limit: string;
	limitType: string;
	shape: string;
	output: string;
	property: string;
}

let forms: Choice | undefined;

RED.nodes.registerType<EntriesProperties>('epicollect5-entries', {
	category: 'field data',
	color: '#C5DFA8',
	icon: 'epicollect5.svg',
	inputs: 1,
	outputs: 1,
	paletteLabel: 'epicollect5 entries',
	defaults: {
		name: { value: '' },
		schema: { value: 1 },
		project: { value: '', type: 'epicollect5-project', required: true },
		form: { value: '' },
		formType: { value: 'list' },
		formName: { value: '' },
		limit: { value: '' },
		limitType: { value: 'all' },
		shape: { value: 'tidy' },
		output: { value: 'array' },
		property: { value: 'payload', required: true },
	},
	label() {
		return this.name || this.formName || 'epicollect5 entries';
	},
	labelStyle() {
		return this.name ? 'node_label_italic' : '';
	},
	oneditprepare() {
		const say = (key: string): string => this._(`epicollect5-entries.${key}`);
		const all = { value: 'all', label: say('limit.all'), hasValue: false };
		const first = { value: 'num', label: say('limit.first'), icon: 'red/images/typedInput/09.svg' };
		const number = { ...first, validate: /^[1-9]\d*$/ };
		typedField('limit', [all, number, 'msg', 'flow', 'global', 'jsonata', 'env']);
		propertyField();
		forms = new Choice({
			name: 'form',
			label: say('form.list'),
			refreshLabel: say('label.refresh'),
			none: { value: '', label: say('form.first') },
			savedLabels: [this.formName],
			config: 'project',
			load: formsOf,
		});
	},
	oneditsave() {
		this.formName = forms?.chosenLabels[0] ?? '';
		forms = undefined;
	},
	oneditcancel() {
		forms = undefined;
	},
});

async function formsOf(config: ConfigNode): Promise<Item[]> {
	return postForList<Item[]>('field-data/epicollect5/forms', {
		id: config.id,
		baseUrl: settingOf(config, 'baseUrl'),
		project: settingOf(config, 'project'),
		clientId: credentialOf(config, 'clientId'),
		clientSecret: credentialOf(config, 'clientSecret'),
	});
}
