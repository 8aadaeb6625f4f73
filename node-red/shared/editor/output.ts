import { Choice } from './choice';
import { chosenValue, flagField, listField, propertyField } from './fields';
import { postForProject } from './project';
import { showOnly, type Dialog } from './section';

/** The settings of the rows in output.html, for the `defaults` of a node. */
export const OUTPUT_DEFAULTS = {
	output: { value: 'array' },
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
		listField('separator', say('separator'), [
			{ value: 'comma', label: say('separatorComma') },
			{ value: 'semicolon', label: say('separatorSemicolon') },
			{ value: 'tab', label: say('separatorTab') },
		]);
		for (const name of ['bom', 'neutralise']) flagField(name);
		propertyField();
		this.locations = new Choice({
			name: 'location',
			label: say('fromProject'),
			refreshLabel: say('refresh'),
			none: { value: '', label: say('locationFirst') },
			savedLabels: [dialog.locationName],
			config: 'project',
			dependsOn: ['form', 'branch'],
			load: (project) =>
				postForProject('locations', project, {
					form: chosenValue('form') ?? '*',
					branch: chosenValue('branch') ?? '',
				}),
		});
		const kind = $('#node-input-output');
		const show = (): void => {
			showOnly('geojson', kind.val() === 'geojson');
			showOnly('csv', kind.val() === 'csv');
		};
		kind.on('change', show);
		show();
	}

	/** What is saved beside the fields themselves. */
	get saved(): Pick<OutputProperties, 'locationName'> {
		return { locationName: this.locations.chosenLabels[0] ?? '' };
	}
}
