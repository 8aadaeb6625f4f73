import { Choice } from './choice';
import { chosenValue, flagField, listField, propertyField, sendField } from './fields';
import { fromProject, postForProject } from './project';
import { showWith, type Dialog } from './section';

/** The settings of the rows in output.html, for the `defaults` of a node. */
export const OUTPUT_DEFAULTS = {
	output: { value: 'array' },
	outputType: { value: 'list' },
	property: { value: 'payload', required: true },
	location: { value: '' },
	locationType: { value: 'list' },
	locationName: { value: '' },
	separator: { value: 'comma' },
	separatorType: { value: 'list' },
	bom: { value: 'false' },
	bomType: { value: 'bool' },
	neutralise: { value: 'false' },
	neutraliseType: { value: 'bool' },
};

export type OutputProperties = Record<keyof typeof OUTPUT_DEFAULTS, string>;

/** The rows of output.html in an open dialog. */
export class OutputRows {
	private readonly locations: Choice;

	constructor(dialog: Dialog & Partial<OutputProperties>) {
		const say = (key: string): string => dialog._(`shared.dialog.${key}`);
		sendField(dialog, [
			{ value: 'array', label: say('outputArray') },
			{ value: 'each', label: say('outputEach') },
			{ value: 'page', label: say('outputPage') },
			{ value: 'geojson', label: say('outputGeojson') },
			{ value: 'csv', label: say('outputCsv') },
		]);
		listField('separator', say('separator'), [
			{ value: 'comma', label: say('separatorComma') },
			{ value: 'semicolon', label: say('separatorSemicolon') },
			{ value: 'tab', label: say('separatorTab') },
		]);
		for (const name of ['bom', 'neutralise']) flagField(name);
		propertyField();
		this.locations = new Choice({
			...fromProject(dialog),
			name: 'location',
			none: { value: '', label: say('locationFirst') },
			savedLabels: [dialog.locationName],
			dependsOn: ['form', 'branch'],
			load: (project) =>
				postForProject('locations', project, {
					form: chosenValue('form') ?? '*',
					branch: chosenValue('branch') ?? '',
				}),
		});
		for (const kind of ['geojson', 'csv']) showWith('output', kind, kind);
	}

	/** What is saved beside the fields themselves. */
	get saved(): Pick<OutputProperties, 'locationName'> {
		return { locationName: this.locations.chosenLabels[0] ?? '' };
	}
}
