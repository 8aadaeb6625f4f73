import type { EditorRED } from 'node-red';
import { Choice } from '../../shared/editor/choice';
import {
	chosenValue,
	FROM_ELSEWHERE,
	propertyField,
	sendField,
	typedField,
} from '../../shared/editor/fields';
import { LIMIT_DEFAULTS, limitSection, type LimitProperties } from '../../shared/editor/limits';
import { fromProject, postForProject } from '../../shared/editor/project';
import { fillMissing } from '../../shared/editor/section';

declare const RED: EditorRED;

interface DeletedProperties extends LimitProperties {
	name: string;
	schema: number;
	project: string;
	form: string;
	formType: string;
	/** The form's name as it was in the list, for the label on the canvas. */
	formName: string;
	branch: string;
	branchType: string;
	branchName: string;
	known: string;
	knownType: string;
	output: string;
	outputType: string;
	property: string;
}

let forms: Choice | undefined;
let branches: Choice | undefined;

RED.nodes.registerType<DeletedProperties>('epicollect5-deleted', {
	category: 'field data',
	color: '#C5DFA8',
	icon: 'epicollect5.svg',
	inputs: 1,
	outputs: 1,
	paletteLabel: 'epicollect5 deleted',
	defaults: {
		name: { value: '' },
		schema: { value: 1 },
		project: { value: '', type: 'epicollect5-project', required: true },
		form: { value: '' },
		formType: { value: 'list' },
		formName: { value: '' },
		branch: { value: '' },
		branchType: { value: 'list' },
		branchName: { value: '' },
		known: { value: 'payload', required: true },
		knownType: { value: 'msg' },
		output: { value: 'array' },
		outputType: { value: 'list' },
		property: { value: 'payload', required: true },
		...LIMIT_DEFAULTS,
	},
	label() {
		const where = this.branchName || this.formName;
		return this.name || (where ? `deleted: ${where}` : 'epicollect5 deleted');
	},
	labelStyle() {
		return this.name ? 'node_label_italic' : '';
	},
	oneditprepare() {
		const say = (key: string): string => this._(`epicollect5-deleted.${key}`);
		fillMissing(this);
		forms = new Choice({
			...fromProject(this),
			name: 'form',
			none: { value: '', label: this._('shared.dialog.formFirst') },
			savedLabels: [this.formName],
			load: (project) => postForProject('forms', project),
		});
		branches = new Choice({
			...fromProject(this),
			name: 'branch',
			none: { value: '', label: say('branch.none') },
			savedLabels: [this.branchName],
			// Of a form that only the message names all branches are listed.
			load: (project) => postForProject('branches', project, { form: chosenValue('form') ?? '*' }),
			dependsOn: ['form'],
		});
		typedField('known', FROM_ELSEWHERE);
		sendField(this, [
			{ value: 'array', label: say('output.array') },
			{ value: 'each', label: say('output.each') },
		]);
		propertyField();
		limitSection(this);
	},
	oneditsave() {
		this.formName = forms?.chosenLabels[0] ?? '';
		this.branchName = branches?.chosenLabels[0] ?? '';
		forms = branches = undefined;
	},
	oneditcancel() {
		forms = branches = undefined;
	},
});
