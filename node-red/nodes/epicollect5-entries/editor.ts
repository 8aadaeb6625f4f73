import type { EditorRED } from 'node-red';
import { Choice } from '../../shared/editor/choice';
import { credentialOf, postForList, settingOf, type ConfigNode, type Item } from '../../shared/editor/lists';

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
		$('#node-input-limit').typedInput({
			default: 'all',
			typeField: '#node-input-limitType',
			types: [all, { ...first, validate: /^[1-9]\d*$/ }, 'msg', 'flow', 'global', 'jsonata', 'env'] as never,
		});
		$('#node-input-property').typedInput({ default: 'msg', types: ['msg'] });
		for (const id of ['limit', 'property']) $(`#node-input-${id}`).typedInput('width', 'calc(100% - 155px)');
		forms = new Choice({
			name: 'form',
			label: say('form.list'),
			none: { value: '', label: say('form.first') },
			savedLabel: this.formName,
			config: () => RED.nodes.node($('#node-input-project').val() as string) as unknown as ConfigNode | null,
			load: formsOf,
		});
		$('#node-input-project').on('change', () => void forms?.refresh(false));
	},
	oneditsave() {
		this.formName = forms?.chosenLabel ?? '';
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
