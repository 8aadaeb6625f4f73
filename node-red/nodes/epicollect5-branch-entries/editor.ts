import type { EditorRED } from 'node-red';
import { Choice } from '../../shared/editor/choice';
import { chosenValue, OTHER_SOURCES, typedField } from '../../shared/editor/fields';
import { fromProject, postForProject } from '../../shared/editor/project';
import { READING_DEFAULTS, ReadingDialog, type ReadingProperties } from '../../shared/editor/reading';
import { fillMissing } from '../../shared/editor/section';

declare const RED: EditorRED;

const FILTERS = {
	ownerId: { value: '' },
	ownerIdType: { value: 'str' },
};

interface BranchEntriesProperties extends ReadingProperties {
	branch: string;
	branchType: string;
	/** The branch's name as it was in the list, for the label on the canvas. */
	branchName: string;
	ownerId: string;
	ownerIdType: string;
}

let dialog: ReadingDialog | undefined;
let branches: Choice | undefined;

RED.nodes.registerType<BranchEntriesProperties>('epicollect5-branch-entries', {
	category: 'field data',
	color: '#C5DFA8',
	icon: 'epicollect5.svg',
	inputs: 1,
	outputs: 1,
	paletteLabel: 'epicollect5 branch entries',
	defaults: {
		name: { value: '' },
		schema: { value: 1 },
		project: { value: '', type: 'epicollect5-project', required: true },
		branch: { value: '' },
		branchType: { value: 'list' },
		branchName: { value: '' },
		...READING_DEFAULTS,
		...FILTERS,
	},
	label() {
		return this.name || this.branchName || 'epicollect5 branch entries';
	},
	labelStyle() {
		return this.name ? 'node_label_italic' : '';
	},
	oneditprepare() {
		fillMissing(this);
		dialog = new ReadingDialog(this, FILTERS);
		typedField('ownerId', OTHER_SOURCES);
		branches = new Choice({
			...fromProject(this),
			name: 'branch',
			none: { value: '', label: this._('epicollect5-branch-entries.branch.first') },
			savedLabels: [this.branchName],
			dependsOn: ['form'],
			load: (project) => postForProject('branches', project, { form: formWanted() }),
		});
	},
	oneditsave() {
		Object.assign(this, dialog?.saved, { branchName: branches?.chosenLabels[0] ?? '' });
		dialog = branches = undefined;
	},
	oneditcancel() {
		dialog = branches = undefined;
	},
});

/** Without a form the branch tells it: those of all forms are listed. */
function formWanted(): string {
	return chosenValue('form') || '*';
}
