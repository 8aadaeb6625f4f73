import type { EditorRED } from 'node-red';
import { Choice } from '../../shared/editor/choice';
import { propertyField, typedField } from '../../shared/editor/fields';
import { postForProject } from '../../shared/editor/project';
import { fillMissing } from '../../shared/editor/section';
import { SHAPE_DEFAULTS, ShapeSection, type ShapeProperties } from '../../shared/editor/shape';
import { MIGRATIONS, SCHEMA } from './migrations';

declare const RED: EditorRED;

interface EntriesProperties extends ShapeProperties {
	name: string;
	schema: number;
	project: string;
	form: string;
	formType: string;
	/** The form's name as it was in the list, for the label on the canvas. */
	formName: string;
	limit: string;
	limitType: string;
	output: string;
	property: string;
}

let forms: Choice | undefined;
let shape: ShapeSection | undefined;

RED.nodes.registerType<EntriesProperties>('epicollect5-entries', {
	category: 'field data',
	color: '#C5DFA8',
	icon: 'epicollect5.svg',
	inputs: 1,
	outputs: 1,
	paletteLabel: 'epicollect5 entries',
	defaults: {
		name: { value: '' },
		schema: { value: SCHEMA },
		project: { value: '', type: 'epicollect5-project', required: true },
		form: { value: '' },
		formType: { value: 'list' },
		formName: { value: '' },
		limit: { value: '' },
		limitType: { value: 'all' },
		output: { value: 'array' },
		property: { value: 'payload', required: true },
		...SHAPE_DEFAULTS,
	},
	label() {
		return this.name || this.formName || 'epicollect5 entries';
	},
	labelStyle() {
		return this.name ? 'node_label_italic' : '';
	},
	oneditprepare() {
		fillMissing(this, MIGRATIONS);
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
			load: (project) => postForProject('forms', project),
		});
		shape = new ShapeSection(this);
	},
	oneditsave() {
		this.schema = SCHEMA;
		this.formName = forms?.chosenLabels[0] ?? '';
		Object.assign(this, shape?.saved);
		forms = shape = undefined;
	},
	oneditcancel() {
		forms = shape = undefined;
	},
});
