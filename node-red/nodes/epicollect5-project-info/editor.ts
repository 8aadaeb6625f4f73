import type { EditorRED } from 'node-red';
import { listField, propertyField } from '../../shared/editor/fields';
import { fillMissing } from '../../shared/editor/section';

declare const RED: EditorRED;

interface ProjectInfoProperties {
	name: string;
	schema: number;
	project: string;
	part: string;
	partType: string;
	property: string;
}

RED.nodes.registerType<ProjectInfoProperties>('epicollect5-project-info', {
	category: 'field data',
	color: '#C5DFA8',
	icon: 'epicollect5.svg',
	inputs: 1,
	outputs: 1,
	paletteLabel: 'epicollect5 project',
	defaults: {
		name: { value: '' },
		schema: { value: 1 },
		project: { value: '', type: 'epicollect5-project', required: true },
		part: { value: 'definition' },
		partType: { value: 'list' },
		property: { value: 'payload', required: true },
	},
	label() {
		const known = this.partType === 'list' && this.part !== 'definition';
		return this.name || (known ? `epicollect5 ${this.part}` : 'epicollect5 project');
	},
	labelStyle() {
		return this.name ? 'node_label_italic' : '';
	},
	oneditprepare() {
		const say = (key: string): string => this._(`epicollect5-project-info.${key}`);
		fillMissing(this);
		listField('part', this._('shared.dialog.fromProject'), [
			{ value: 'definition', label: say('part.definition') },
			{ value: 'statistics', label: say('part.statistics') },
			{ value: 'forms', label: say('part.forms') },
			{ value: 'branches', label: say('part.branches') },
			{ value: 'mappings', label: say('part.mappings') },
			{ value: 'logo', label: say('part.logo') },
		]);
		propertyField();
	},
});
