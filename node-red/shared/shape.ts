import type { NameStyle } from '../../core/epicollect5/names';
import type { ReadRequest } from '../../core/epicollect5/reading';
import type { Settings } from './values';

/** What a dialog with the section "Shape" saves: see shared/editor/shape.html. */
export interface ShapeDef {
	/** `tidy` or `raw`. */
	shape?: string;
	shapeType?: string;
	/** Position of the mapping as the service counts it, or its name; empty for the project's default. */
	mapping?: string;
	mappingType?: string;
	/** The mapping's name as it was in the list, for the time when the list cannot be read. */
	mappingName?: string;
	/** `mapping`, `ref` or `question`. */
	names?: string;
	namesType?: string;
	/** IANA name; of type `none` for UTC, `local` for the zone of this machine. */
	timeZone?: string;
	timeZoneType?: string;
	utm?: string;
	utmType?: string;
	choiceFields?: string;
	choiceFieldsType?: string;
	withUploader?: string;
	withUploaderType?: string;
}

/** The settings that every reading node has in common, as the core takes them. */
export type ShapeRequest = Pick<
	ReadRequest,
	'mapIndex' | 'names' | 'timeZone' | 'utm' | 'choiceFields' | 'withUploader'
>;

export interface ShapeChoices {
	/** Whether entries are wanted exactly as the server sends them. */
	raw: boolean;
	request: ShapeRequest;
}

const STYLES: readonly NameStyle[] = ['mapping', 'ref', 'question'];

/** @throws InputError naming the field */
export async function shapeFrom(settings: Settings): Promise<ShapeChoices> {
	return {
		raw: (await settings.choice('shape', 'Values', ['tidy', 'raw'])) === 'raw',
		request: {
			mapIndex: await settings.text('mapping', 'Mapping'),
			names: (await settings.choice('names', 'Column names', STYLES)) ?? 'mapping',
			timeZone: await zoneFrom(settings),
			utm: await settings.flag('utm', 'UTM'),
			choiceFields: await settings.flag('choiceFields', 'One field per choice'),
			withUploader: await settings.flag('withUploader', 'Uploader'),
		},
	};
}

async function zoneFrom(settings: Settings): Promise<string | undefined> {
	if (settings.saved('timeZoneType') === 'local') return Intl.DateTimeFormat().resolvedOptions().timeZone;
	return await settings.text('timeZone', 'Time zone');
}
