import { adding, type Migration } from '../../shared/schema';

const ANY_TIME = { value: '', type: 'none' };
const NO_TEXT = { value: '', type: 'str' };
const NO = { value: 'false', type: 'bool' };
const chosen = (value: string) => ({ value, type: 'list' });

/** What schema 2 has and schema 1 had not, as it is in a new node: an older one reads what it always did. */
const ADDED = {
	...{ joined: chosen('none'), joinedWhat: chosen('both') },
	...{ location: chosen(''), separator: chosen('comma'), bom: NO, neutralise: NO },
	...{ sortBy: chosen(''), sortOrder: chosen('') },
	...{ createdFrom: ANY_TIME, createdTo: ANY_TIME, uploadedFrom: ANY_TIME, uploadedTo: ANY_TIME },
	...{ titleContains: NO_TEXT, entryId: NO_TEXT, parentId: NO_TEXT },
	...{ mapping: chosen(''), names: chosen('mapping'), timeZone: { value: '', type: 'none' } },
	...{ utm: NO, choiceFields: NO, withUploader: NO },
	...{ share: { value: '50', type: 'num' }, maxWait: { value: '', type: 'none' } },
};

/** From schema 1, which knew form, number, kind of values and kind of output, to 2. */
export const MIGRATIONS: readonly Migration[] = [
	adding({
		...{ shapeType: 'list', locationName: '', mappingName: '' },
		...Object.fromEntries(
			Object.entries(ADDED).flatMap(([name, { value, type }]) => [
				[name, value],
				[`${name}Type`, type],
			]),
		),
	}),
];

export const SCHEMA = MIGRATIONS.length + 1;
