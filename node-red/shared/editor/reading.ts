import { Choice } from './choice';
import { FROM_ELSEWHERE, typedField } from './fields';
import { filterRows, FILTER_DEFAULTS, type FilterProperties } from './filters';
import { limitSection, LIMIT_DEFAULTS, type LimitProperties } from './limits';
import { OutputRows, OUTPUT_DEFAULTS, type OutputProperties } from './output';
import { fromProject, postForProject } from './project';
import { openWhereChanged, type Defaults, type Dialog } from './section';
import { ShapeSection, SHAPE_DEFAULTS, type ShapeProperties } from './shape';

/** The settings that nodes which read entries have in common, for their `defaults`. */
export const READING_DEFAULTS = {
	form: { value: '' },
	formType: { value: 'list' },
	formName: { value: '' },
	limit: { value: '' },
	limitType: { value: 'all' },
	...OUTPUT_DEFAULTS,
	...FILTER_DEFAULTS,
	...SHAPE_DEFAULTS,
	...LIMIT_DEFAULTS,
};

export interface ReadingProperties
	extends OutputProperties, FilterProperties, ShapeProperties, LimitProperties {
	name: string;
	schema: number;
	project: string;
	form: string;
	formType: string;
	/** The form's name as it was in the list, for the label on the canvas. */
	formName: string;
	limit: string;
	limitType: string;
}

/** The open dialog of a node that reads entries. */
export class ReadingDialog {
	private readonly forms: Choice;
	private readonly output: OutputRows;
	private readonly shape: ShapeSection;

	/** @param filters the node's own among the filters, which are folded with the others */
	constructor(dialog: Dialog & ReadingProperties, filters: Defaults) {
		const say = (key: string): string => dialog._(`shared.dialog.${key}`);
		const all = { value: 'all', label: say('limitAll'), hasValue: false };
		const first = { value: 'num', label: say('limitFirst') };
		const number = { ...first, validate: /^[1-9]\d*$/ };
		typedField('limit', [all, number, ...FROM_ELSEWHERE]);
		this.forms = new Choice({
			...fromProject(dialog),
			name: 'form',
			none: { value: '', label: say('formFirst') },
			savedLabels: [dialog.formName],
			load: (project) => postForProject('forms', project),
		});
		openWhereChanged('filters', { ...FILTER_DEFAULTS, ...filters });
		filterRows(dialog);
		this.output = new OutputRows(dialog);
		this.shape = new ShapeSection(dialog);
		limitSection(dialog);
	}

	/** What is saved beside the fields themselves. */
	get saved(): Partial<ReadingProperties> {
		const formName = this.forms.chosenLabels[0] ?? '';
		return { formName, ...this.output.saved, ...this.shape.saved };
	}
}
