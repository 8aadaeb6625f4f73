import type { EditorRED } from 'node-red';
import { Choice } from '../../shared/editor/choice';
import { listField, propertyField, typedField } from '../../shared/editor/fields';
import { LIMIT_DEFAULTS, limitSection, type LimitProperties } from '../../shared/editor/limits';
import { postForProject } from '../../shared/editor/project';
import { fillDefaults, showOnly } from '../../shared/editor/section';

declare const RED: EditorRED;

interface MediaProperties extends LimitProperties {
	name: string;
	schema: number;
	project: string;
	files: string;
	filesType: string;
	question: string;
	questionType: string;
	/** The question as it was in the list. */
	questionName: string;
	types: string;
	typesType: string;
	photoFormat: string;
	photoFormatType: string;
	target: string;
	folder: string;
	folderType: string;
	create: boolean;
	perEntry: boolean;
	pattern: string;
	output: string;
	property: string;
}

/** What the widgets are made of. */
const FIELDS = {
	files: { value: 'payload', required: true },
	filesType: { value: 'msg' },
	question: { value: '' },
	questionType: { value: 'list' },
	types: { value: 'photo,audio,video' },
	typesType: { value: 'list' },
	photoFormat: { value: 'original' },
	photoFormatType: { value: 'list' },
	target: { value: 'buffer' },
	folder: { value: '' },
	folderType: { value: 'str' },
	pattern: { value: '{name}' },
	output: { value: 'each' },
	property: { value: 'payload', required: true },
};

let questions: Choice | undefined;

RED.nodes.registerType<MediaProperties>('epicollect5-media', {
	category: 'field data',
	color: '#C5DFA8',
	icon: 'epicollect5.svg',
	inputs: 1,
	outputs: 2,
	paletteLabel: 'epicollect5 media',
	defaults: {
		name: { value: '' },
		schema: { value: 1 },
		project: { value: '', type: 'epicollect5-project', required: true },
		questionName: { value: '' },
		create: { value: true },
		perEntry: { value: false },
		...FIELDS,
		...LIMIT_DEFAULTS,
	},
	label() {
		return this.name || (this.questionName ? `media: ${this.questionName}` : 'epicollect5 media');
	},
	labelStyle() {
		return this.name ? 'node_label_italic' : '';
	},
	outputLabels(index) {
		return index === 0
			? this._('epicollect5-media.outputs.files')
			: this._('epicollect5-media.outputs.missing');
	},
	oneditprepare() {
		const say = (key: string): string => this._(`epicollect5-media.${key}`);
		fillDefaults(this, FIELDS);
		typedField('files', ['msg', 'str', 'flow', 'global', 'jsonata', 'env']);
		questions = new Choice({
			name: 'question',
			label: this._('shared.dialog.fromProject'),
			refreshLabel: this._('shared.dialog.refresh'),
			none: { value: '', label: say('question.all') },
			savedLabels: [this.questionName],
			config: 'project',
			load: (project) => postForProject('media', project),
		});
		const kinds = [
			{ value: 'photo', label: say('type.photo') },
			{ value: 'audio', label: say('type.audio') },
			{ value: 'video', label: say('type.video') },
		];
		const kindsList = { value: 'list', label: say('label.types'), icon: 'fa fa-list', showLabel: false };
		typedField('types', [{ ...kindsList, multiple: true, options: kinds }, 'msg', 'flow', 'global', 'env']);
		listField('photoFormat', say('label.photoFormat'), [
			{ value: 'original', label: say('photo.original') },
			{ value: 'thumbnail', label: say('photo.thumbnail') },
		]);
		typedField('folder', ['str', 'msg', 'flow', 'global', 'jsonata', 'env']);
		propertyField();
		limitSection(this);
		const target = $('#node-input-target');
		const show = (): void => showOnly('folder', target.val() === 'folder');
		target.on('change', show);
		show();
	},
	oneditsave() {
		this.questionName = questions?.chosenLabels[0] ?? '';
		questions = undefined;
	},
	oneditcancel() {
		questions = undefined;
	},
});
