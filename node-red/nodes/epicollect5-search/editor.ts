import type { EditorRED } from 'node-red';
import { OTHER_SOURCES, propertyField, sendField, typedField } from '../../shared/editor/fields';
import { fillMissing } from '../../shared/editor/section';

declare const RED: EditorRED;

interface SearchProperties {
	name: string;
	schema: number;
	baseUrl: string;
	search: string;
	searchType: string;
	output: string;
	outputType: string;
	property: string;
}

RED.nodes.registerType<SearchProperties>('epicollect5-search', {
	category: 'field data',
	color: '#C5DFA8',
	icon: 'epicollect5.svg',
	inputs: 1,
	outputs: 1,
	paletteLabel: 'epicollect5 search',
	defaults: {
		name: { value: '' },
		schema: { value: 1 },
		baseUrl: { value: 'https://five.epicollect.net', required: true },
		search: { value: 'payload', required: true },
		searchType: { value: 'msg' },
		output: { value: 'array' },
		outputType: { value: 'list' },
		property: { value: 'payload', required: true },
	},
	label() {
		return this.name || 'epicollect5 search';
	},
	labelStyle() {
		return this.name ? 'node_label_italic' : '';
	},
	oneditprepare() {
		const say = (key: string): string => this._(`epicollect5-search.${key}`);
		fillMissing(this);
		typedField('search', OTHER_SOURCES);
		sendField(this, [
			{ value: 'array', label: say('output.array') },
			{ value: 'each', label: say('output.each') },
		]);
		propertyField();
	},
});
