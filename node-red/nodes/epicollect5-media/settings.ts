import type { NodeDef } from 'node-red';
import type { MediaType } from '../../../core/epicollect5/media';
import { mediaQuestionOf, mediaQuestionsOf } from '../../../core/epicollect5/mediaQuestions';
import { isMediaType } from '../../../core/epicollect5/mediaAnswer';
import type { Project } from '../../../core/epicollect5/project';
import { InputError } from '../../../core/http/errors';
import type { LimitsDef } from '../../shared/limits';
import { textsOf, type Settings } from '../../shared/values';
import { checkPattern, DEFAULT_PATTERN } from './names';
import { filesIn, type WantedFile } from './wanted';

export interface MediaDef extends NodeDef, LimitsDef {
	project: string;
	/** What names the files: see `filesIn`. */
	files?: string;
	filesType?: string;
	/** Ref or text; empty for all. */
	question?: string;
	questionType?: string;
	/** The media question as it was in the list. */
	questionName?: string;
	/** `photo`, `audio`, `video`, with commas. */
	types?: string;
	typesType?: string;
	/** `original` or `thumbnail`. */
	photoFormat?: string;
	photoFormatType?: string;
	/** `buffer` or `folder`. */
	target?: string;
	targetType?: string;
	folder?: string;
	folderType?: string;
	/** Whether a missing folder is made. */
	create?: boolean | string;
	createType?: string;
	/** Whether each entry has a sub-folder of its own. */
	perEntry?: boolean | string;
	perEntryType?: string;
	pattern?: string;
	patternType?: string;
	/** `array` or `each`. */
	output?: string;
	outputType?: string;
	property?: string;
}

/** What a message asks for. */
export interface Choices {
	files: WantedFile[];
	thumbnail: boolean;
	/** Undefined where files go into the message. */
	folder: string | undefined;
	create: boolean;
	perEntry: boolean;
	pattern: string;
}

const ALL = 'photo,audio,video';

/** @throws InputError naming the field */
export async function choicesFrom(settings: Settings, project: Project): Promise<Choices> {
	const question = await settings.narrowingText('question', 'Media question');
	const types = typesFrom((await settings.value('types', 'Kinds')) ?? ALL);
	const format = await settings.choice('photoFormat', 'Photos', ['original', 'thumbnail']);
	const questions = question === undefined ? mediaQuestionsOf(project) : [mediaQuestionOf(project, question)];
	const selection = { questions, types, isOne: question !== undefined };
	const target = await settings.choice('target', 'Put files', ['buffer', 'folder']);
	return {
		files: filesIn(await settings.value('files', 'Files'), selection),
		thumbnail: format === 'thumbnail',
		folder: target === 'folder' ? await folderFrom(settings) : undefined,
		create: await settings.flag('create', 'Make the folder'),
		perEntry: await settings.flag('perEntry', 'Sub-folders'),
		pattern: checkPattern((await settings.text('pattern', 'File name')) ?? DEFAULT_PATTERN),
	};
}

function typesFrom(value: unknown): MediaType[] {
	const texts = textsOf(value, 'Kinds').map((text) => text.toLowerCase());
	const types = texts.filter(isMediaType);
	if (types.length > 0 && types.length === texts.length) return types;
	throw new InputError('"Kinds" names something else than photo, audio or video, or nothing', {
		code: 'value',
		field: 'Kinds',
		hint: 'Tick one or more in the dialog, or give photo, audio and video in the message.',
	});
}

async function folderFrom(settings: Settings): Promise<string> {
	const folder = await settings.text('folder', 'Folder');
	if (folder !== undefined) return folder;
	throw new InputError('No folder is given', {
		code: 'folder',
		field: 'Folder',
		hint: 'Give one in the dialog or in the message, such as /home/pi/photos.',
	});
}
