import { Choice } from './choice';
import { flagField, listField, OTHER_SOURCES, typedField } from './fields';
import { fromProject, postForProject } from './project';
import { openWhereChanged, type Dialog } from './section';

/** The settings of the section "Shape" (shape.html), for the `defaults` of a node. */
export const SHAPE_DEFAULTS = {
	shape: { value: 'tidy' },
	shapeType: { value: 'list' },
	mapping: { value: '' },
	mappingType: { value: 'list' },
	mappingName: { value: '' },
	names: { value: 'mapping' },
	namesType: { value: 'list' },
	timeZone: { value: '' },
	timeZoneType: { value: 'none' },
	utm: { value: 'false' },
	utmType: { value: 'bool' },
	choiceFields: { value: 'false' },
	choiceFieldsType: { value: 'bool' },
	withUploader: { value: 'false' },
	withUploaderType: { value: 'bool' },
};

export type ShapeProperties = Record<keyof typeof SHAPE_DEFAULTS, string>;

/** The section "Shape" of an open dialog: shape.html, put there by `<!-- include shape -->`. */
export class ShapeSection {
	private readonly mappings: Choice;

	constructor(dialog: Dialog & Partial<ShapeProperties>) {
		const say = (key: string): string => dialog._(`shared.dialog.${key}`);
		openWhereChanged('shape', SHAPE_DEFAULTS);
		listField('shape', say('values'), [
			{ value: 'tidy', label: say('valuesTidy') },
			{ value: 'raw', label: say('valuesRaw') },
		]);
		listField('names', say('names'), [
			{ value: 'mapping', label: say('namesMapping') },
			{ value: 'ref', label: say('namesRef') },
			{ value: 'question', label: say('namesQuestion') },
		]);
		typedField('timeZone', [
			{ value: 'none', label: say('timeZoneNone'), hasValue: false },
			{ value: 'local', label: say('timeZoneLocal'), hasValue: false },
			...OTHER_SOURCES,
		]);
		for (const name of ['utm', 'choiceFields', 'withUploader']) flagField(name);
		this.mappings = new Choice({
			...fromProject(dialog),
			name: 'mapping',
			none: { value: '', label: say('mappingDefault') },
			savedLabels: [dialog.mappingName],
			load: (project) => postForProject('mappings', project),
		});
	}

	/** What is saved beside the fields themselves. */
	get saved(): Pick<ShapeProperties, 'mappingName'> {
		return { mappingName: this.mappings.chosenLabels[0] ?? '' };
	}
}
