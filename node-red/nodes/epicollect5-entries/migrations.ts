import { adding, type Migration } from '../../shared/schema';

/** From schema 1, which knew form, number, kind of values and kind of output, to 2. */
export const MIGRATIONS: readonly Migration[] = [
	adding({
		...{
			shapeType: 'list',
			mapping: '',
			mappingType: 'list',
			mappingName: '',
			names: 'mapping',
			namesType: 'list',
		},
		...{ timeZone: '', timeZoneType: 'none', utm: 'false', utmType: 'bool' },
		...{ choiceFields: 'false', choiceFieldsType: 'bool', withUploader: 'false', withUploaderType: 'bool' },
	}),
];

export const SCHEMA = MIGRATIONS.length + 1;
