import type { EditorRED } from 'node-red';
import { chosenValue, listField, OTHER_SOURCES, typedField } from '../../shared/editor/fields';
import { READING_DEFAULTS, ReadingDialog, type ReadingProperties } from '../../shared/editor/reading';
import { fillMissing } from '../../shared/editor/section';
import { MIGRATIONS, SCHEMA } from './migrations';

declare const RED: EditorRED;

const FILTERS = {
	parentId: { value: '' },
	parentIdType: { value: 'str' },
};

interface EntriesProperties extends ReadingProperties {
	joined: string;
	joinedType: string;
	joinedWhat: string;
	joinedWhatType: string;
	parentId: string;
	parentIdType: string;
}

let dialog: ReadingDialog | undefined;

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
		joined: { value: 'none' },
		joinedType: { value: 'list' },
		joinedWhat: { value: 'both' },
		joinedWhatType: { value: 'list' },
		...READING_DEFAULTS,
		...FILTERS,
	},
	label() {
		return this.name || this.formName || 'epicollect5 entries';
	},
	labelStyle() {
		return this.name ? 'node_label_italic' : '';
	},
	oneditprepare() {
		const say = (key: string): string => this._(`epicollect5-entries.${key}`);
		fillMissing(this, MIGRATIONS);
		dialog = new ReadingDialog(this, FILTERS);
		typedField('parentId', OTHER_SOURCES);
		listField('joined', say('label.joined'), [
			{ value: 'none', label: say('joined.none') },
			{ value: 'nested', label: say('joined.nested') },
			{ value: 'flat', label: say('joined.flat') },
		]);
		listField('joinedWhat', say('label.joinedWhat'), [
			{ value: 'both', label: say('joinedWhat.both') },
			{ value: 'children', label: say('joinedWhat.children') },
			{ value: 'branches', label: say('joinedWhat.branches') },
		]);
		const joined = $('#node-input-joined');
		const show = (): void => void $('.field-data-only-joined').toggle(chosenValue('joined') !== 'none');
		joined.on('change', show);
		show();
	},
	oneditsave() {
		Object.assign(this, dialog?.saved, { schema: SCHEMA });
		dialog = undefined;
	},
	oneditcancel() {
		dialog = undefined;
	},
});
