import type { IDataObject, IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { isMediaType, namedMedia, type NamedMedia } from '../../../../core/epicollect5/mediaAnswer';
import { mediaQuestionOf } from '../../../../core/epicollect5/mediaQuestions';
import type { Project } from '../../../../core/epicollect5/project';
import { InputError } from '../../../../core/http/errors';
import { isObject } from '../../../../core/http/json';
import type { Run } from '../../../../core/run';
import { setting, textSetting } from '../../../shared/parameter';
import type { Outcome } from '../../../shared/summary';
import { openProject } from '../../connection';
import { limitOptions } from '../../limit';
import { downloadMedia, isPublic } from '../../media';
import { optionsWith } from '../../shape.descriptions';
import { DEPENDS_ON_PROJECT, outputField, project } from '../common.descriptions';

const show = { resource: ['media'], operation: ['download'] };

const findBy: INodeProperties = {
	displayName: 'Find File By',
	name: 'findBy',
	type: 'options',
	options: [
		{
			name: 'Media Question',
			value: 'question',
			description: 'The answer to a question, in entries that come in from Get Many, Get or the trigger',
		},
		{ name: 'File Name', value: 'name', description: 'The name or the address of a file' },
	],
	default: 'question',
};

const mediaQuestion: INodeProperties = {
	displayName: 'Media Question',
	name: 'mediaQuestion',
	type: 'resourceLocator',
	default: { mode: 'list', value: '' },
	required: true,
	description:
		'The question that is answered with the photo, audio or video. Entries without an answer to it are passed on as they are.',
	typeOptions: { loadOptionsDependsOn: DEPENDS_ON_PROJECT },
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			placeholder: 'Choose a question...',
			typeOptions: {
				searchListMethod: 'searchMediaQuestions',
				searchable: true,
				skipCredentialsCheckInRLC: true,
			},
		},
		{
			displayName: 'By Text or Ref',
			name: 'id',
			type: 'string',
			placeholder: 'e.g. Photo of the site',
			hint: 'The question as people read it, or its internal ref, which never changes',
		},
	],
};

const fileName: INodeProperties = {
	displayName: 'File Name',
	name: 'fileName',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. {{ $json.photo.name }}',
	description:
		'Drag the photo, audio or video answer here from the input. The name alone and the address of a file do as well. Where the answer is null, the item is passed on as it is.',
};

const mediaType: INodeProperties = {
	displayName: 'Type',
	name: 'mediaType',
	type: 'options',
	options: [
		{ name: 'Audio', value: 'audio' },
		{
			name: 'Detect Automatically',
			value: '',
			description:
				'By the answer or the ending of the name. Audio and video may both end in .mp4: where only the name is known, both are looked for.',
		},
		{ name: 'Photo', value: 'photo' },
		{ name: 'Video', value: 'video' },
	],
	default: '',
};

const format: INodeProperties = {
	displayName: 'Format',
	name: 'format',
	type: 'options',
	options: [
		{ name: 'Original', value: 'original' },
		{ name: 'Thumbnail', value: 'thumbnail', description: 'Photos as small squares of 100 × 100 pixels' },
	],
	default: 'original',
	description: 'How large photos are to be',
};

export const description: INodeProperties[] = [
	{ ...project, displayOptions: { show } },
	{ ...findBy, displayOptions: { show } },
	{ ...mediaQuestion, displayOptions: { show: { ...show, findBy: ['question'] } } },
	{ ...fileName, displayOptions: { show: { ...show, findBy: ['name'] } } },
	{ ...mediaType, displayOptions: { show: { ...show, findBy: ['name'] } } },
	{ ...format, displayOptions: { show } },
	{ ...outputField, displayOptions: { show } },
	optionsWith(limitOptions, { show }),
];

/** Adds a file to an item; `notUploadedYet` where it has not arrived, instead of the service's stand-in. */
export async function execute(this: IExecuteFunctions, itemIndex: number, run: Run): Promise<Outcome> {
	const thumbnail = textSetting(this, format, itemIndex) === 'thumbnail';
	const property = textSetting(this, outputField, itemIndex) || 'data';
	const { client, slug, definition } = await openProject(this, itemIndex, run);
	const { json: given, binary = {} }: INodeExecutionData = this.getInputData()[itemIndex] ?? { json: {} };
	const file = await fileOf(this, given, itemIndex, async () => await definition(false));
	if (!file) return { items: [{ json: given, binary }], files: { downloaded: 0, missing: 0 } };
	const publicProject = await isPublic(this, itemIndex, definition);
	const data = await downloadMedia(this, { client, slug, publicProject }, { ...file, thumbnail }, run);
	const json = { ...given };
	delete json.notUploadedYet;
	if (!data) {
		const item = { json: { ...json, notUploadedYet: true }, binary };
		return { items: [item], files: { downloaded: 0, missing: 1 } };
	}
	return {
		items: [{ json, binary: { ...binary, [property]: data } }],
		files: { downloaded: 1, missing: 0 },
	};
}

/** @returns undefined where the question was not answered. @throws FieldDataError */
async function fileOf(
	context: IExecuteFunctions,
	json: IDataObject,
	itemIndex: number,
	getProject: () => Promise<Project>,
): Promise<NamedMedia | undefined> {
	const isByQuestion = (setting(context, findBy, itemIndex) ?? findBy.default) === 'question';
	const type = isByQuestion ? '' : textSetting(context, mediaType, itemIndex);
	const answer = isByQuestion
		? answerTo(json, textSetting(context, mediaQuestion, itemIndex), await getProject())
		: // Not checked as others are: null is an answer, and a photo is an object.
			(context.getNodeParameter(fileName.name, itemIndex) as unknown);
	if (answer === null || answer === '') return undefined;
	const named = namedMedia(answer);
	if (!named) {
		throw new InputError('The item names no photo, audio or video', {
			...{ code: 'media_name', field: isByQuestion ? 'Media Question' : 'File Name' },
			hint: 'Take the answer to a photo, audio or video question, as an entry has it.',
		});
	}
	return isMediaType(type) ? { ...named, types: [type] } : named;
}

/** @throws InputError */
function answerTo(json: IDataObject, wanted: string, project: Project): unknown {
	const { text, names } = mediaQuestionOf(project, wanted);
	// An event of the trigger has an entry inside where it is as the service sends it.
	for (const answers of [json, json.entry]) {
		if (!isObject(answers)) continue;
		const name = [...names].find((one) => Object.hasOwn(answers, one));
		if (name !== undefined) return answers[name];
	}
	throw new InputError(`The item has no answer to "${text}"`, {
		...{ code: 'media_question', field: 'Media Question' },
		hint: 'Connect a node that gives the entries of its form, such as Get Many, or choose Find File By: File Name.',
	});
}
