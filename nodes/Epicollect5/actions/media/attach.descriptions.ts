import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';
import type { MediaType } from '../../../../core/epicollect5/media';

/** Only where such files are wanted: otherwise it would do nothing, and look as if it did. */
const where = (...downloadMedia: MediaType[]): IDisplayOptions => ({ show: { downloadMedia } });

/** Members of `Options`: the files of entries. Read them with `mediaChoiceOf`. */
export const mediaOptions: INodeProperties[] = [
	{
		displayName: 'Download Media',
		name: 'downloadMedia',
		type: 'multiOptions',
		options: [
			{ name: 'Audios', value: 'audio' },
			{ name: 'Photos', value: 'photo' },
			{ name: 'Videos', value: 'video' },
		],
		default: ['photo'],
		description:
			'Which files to add to the entries. Where one has not arrived on the server, the entry has notUploadedYet: true instead. The limit allows for 5 files a minute of a private project, and for 150 of a public one.',
	},
	{
		displayName: 'Media Field Names',
		name: 'mediaFields',
		type: 'options',
		options: [
			{
				name: 'Column Name',
				value: 'column',
				description: 'As the answer is called; signs that are no letters or digits become _',
			},
			{
				name: 'Number',
				value: 'number',
				description: 'Data, data_2, data_3 … in the order of the questions: data is what most nodes look for',
			},
			{ name: 'Question Ref', value: 'ref', description: 'The internal name, which never changes' },
		],
		default: 'column',
		description: 'What the binary fields with the files of Download Media are called',
		displayOptions: where('audio', 'photo', 'video'),
	},
	{
		displayName: 'Photo Format',
		name: 'photoFormat',
		type: 'options',
		options: [
			{ name: 'Original', value: 'original' },
			{ name: 'Thumbnail', value: 'thumbnail', description: 'Small squares of 100 × 100 pixels' },
		],
		default: 'original',
		description: 'How large the photos of Download Media are to be',
		displayOptions: where('photo'),
	},
];

/** Only where an item is an entry, or a row of several. */
const hide: IDisplayOptions['hide'] = { '/joined': ['nested'], geoJson: ['features', 'collection'] };

/**
 * The same where an item may be something else. Not elsewhere: n8n 1 neither runs nor activates a workflow with a field
 * that depends on one which is not beside it.
 */
export const mediaOptionsOfMany = mediaOptions.map((option) => ({
	...option,
	displayOptions: { ...option.displayOptions, hide },
}));
