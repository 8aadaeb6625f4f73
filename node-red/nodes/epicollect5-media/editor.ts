import type { EditorRED } from 'node-red';
import { Choice } from '../../shared/editor/choice';
import {
	flagField,
	FROM_ELSEWHERE,
	listField,
	OTHER_SOURCES,
	propertyField,
	sendField,
	typedField,
} from '../../shared/editor/fields';
import { LIMIT_DEFAULTS, limitSection, type LimitProperties } from '../../shared/editor/limits';
import { fromProject, postForProject } from '../../shared/editor/project';
import { fillMissing, showWith } from '../../shared/editor/section';

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
	targetType: string;
	folder: string;
	folderType: string;
	create: string;
	createType: string;
	perEntry: string;
	perEntryType: string;
	pattern: string;
	patternType: string;
	output: string;
	outputType: string;
	property: string;
}

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
		files: { value: 'payload', required: true },
		filesType: { value: 'msg' },
		question: { value: '' },
		questionType: { value: 'list' },
		types: { value: 'photo,audio,video' },
		typesType: { value: 'list' },
		photoFormat: { value: 'original' },
		photoFormatType: { value: 'list' },
		target: { value: 'buffer' },
		targetType: { value: 'list' },
		folder: { value: '' },
		folderType: { value: 'str' },
		create: { value: 'true' },
		createType: { value: 'bool' },
		perEntry: { value: 'false' },
		perEntryType: { value: 'bool' },
		pattern: { value: '{name}' },
		patternType: { value: 'str' },
		output: { value: 'each' },
		outputType: { value: 'list' },
		property: { value: 'payload', required: true },
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
		fillMissing(this);
		typedField('files', ['msg', 'str', 'flow', 'global', 'jsonata', 'env']);
		questions = new Choice({
			...fromProject(this),
			name: 'question',
			none: { value: '', label: say('question.all') },
			savedLabels: [this.questionName],
			load: (project) => postForProject('media', project),
		});
		const kinds = [
			{ value: 'photo', label: say('type.photo') },
			{ value: 'audio', label: say('type.audio') },
			{ value: 'video', label: say('type.video') },
		];
		const kindsList = { value: 'list', label: say('label.types'), icon: 'fa fa-list', showLabel: false };
		typedField('types', [{ ...kindsList, multiple: true, options: kinds }, ...FROM_ELSEWHERE]);
		listField('photoFormat', say('label.photoFormat'), [
			{ value: 'original', label: say('photo.original') },
			{ value: 'thumbnail', label: say('photo.thumbnail') },
		]);
		listField('target', say('label.target'), [
			{ value: 'buffer', label: say('target.buffer') },
			{ value: 'folder', label: say('target.folder') },
		]);
		for (const name of ['folder', 'pattern']) typedField(name, OTHER_SOURCES);
		for (const name of ['create', 'perEntry']) flagField(name);
		sendField(this, [
			{ value: 'each', label: say('output.each') },
			{ value: 'array', label: say('output.array') },
		]);
		propertyField();
		limitSection(this);
		showWith('target', 'folder', 'folder');
	},
	oneditsave() {
		this.questionName = questions?.chosenLabels[0] ?? '';
		questions = undefined;
	},
	oneditcancel() {
		questions = undefined;
	},
});
