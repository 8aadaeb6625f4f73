import { mixSeed, seededRandom } from '../../shared/random';
import type { Definition, Form, Input } from '../model';

/** A question in short; everything not said has the server's default. */
interface Question {
	type: string;
	text: string;
	title?: boolean;
	required?: boolean;
	format?: string;
	min?: number;
	max?: number;
	answers?: string[];
	group?: Question[];
	branch?: Question[];
}

const SITE: Question[] = [
	{ type: 'readme', text: 'Stay on the path and &lt;b&gt;ask the owner&lt;/b&gt; first.' },
	{ type: 'text', text: 'Site name', title: true, required: true },
	{
		type: 'dropdown',
		text: 'Kind of water',
		answers: ['River', 'Stream', 'Pond, lake', 'Canal', 'Spring "head"'],
	},
	{ type: 'location', text: 'Where is it?' },
	{ type: 'text', text: 'Region' },
	{ type: 'date', text: 'First surveyed', format: 'dd/MM/YYYY' },
	{ type: 'date', text: 'Last surveyed', format: 'MM/dd/YYYY' },
	{ type: 'time', text: 'Time of day', format: 'HH:mm:ss' },
	{ type: 'radio', text: 'Condition', answers: ['Good', 'Fair', 'Poor'] },
	{
		type: 'checkbox',
		text: 'Species seen',
		answers: ['Otter', 'Kingfisher', 'Heron, grey', 'Water vole', 'None'],
	},
	{
		type: 'searchsingle',
		text: 'Survey officer',
		answers: ['Ada Lindqvist', 'Bo Okafor', 'Ruiz, Carmen', 'Dev Patel'],
	},
	{
		type: 'searchmultiple',
		text: 'Hazards',
		answers: ['Deep water', 'Steep bank', 'Cattle', 'Ice, in winter'],
	},
	{ type: 'integer', text: 'Width in cm', min: 40, max: 4000 },
	{ type: 'decimal', text: 'Flow (m³/s)', min: 0, max: 12 },
	{ type: 'phone', text: 'Contact phone' },
	{ type: 'barcode', text: 'Marker tag' },
	{ type: 'photo', text: 'Photo of the site' },
	{ type: 'audio', text: 'Sound' },
	{ type: 'video', text: 'Clip' },
	{
		type: 'group',
		text: 'Water quality',
		group: [
			{ type: 'decimal', text: 'pH', min: 5.5, max: 8.9 },
			{ type: 'decimal', text: 'Temperature °C', min: 1, max: 24 },
			{ type: 'checkbox', text: 'Smell', answers: ['None', 'Earthy', 'Egg, rotten'] },
			{ type: 'date', text: 'Kit expires', format: 'MM/YYYY' },
			{ type: 'time', text: 'Sampled at', format: 'hh:mm' },
			{ type: 'photo', text: 'Sample photo' },
			{ type: 'location', text: 'Sampling point' },
		],
	},
	{
		type: 'branch',
		text: 'Trees',
		branch: [
			{ type: 'text', text: 'Tree species', title: true, required: true },
			{ type: 'integer', text: 'Girth in cm', min: 15, max: 420 },
			{ type: 'radio', text: 'Health', answers: ['Healthy', 'Stressed', 'Dead'] },
			{ type: 'date', text: 'Seen on', format: 'YYYY/MM/dd' },
			{ type: 'location', text: 'Tree position' },
			{ type: 'photo', text: 'Leaf photo' },
			{
				type: 'group',
				text: 'Nest',
				group: [
					{ type: 'text', text: 'Nest material' },
					{ type: 'decimal', text: 'Nest height', min: 0.5, max: 18 },
				],
			},
		],
	},
	{ type: 'textarea', text: 'Notes' },
	{ type: 'text', text: 'Old site code' },
];

const VISIT: Question[] = [
	{ type: 'text', text: 'Visitor', title: true, required: true },
	{ type: 'date', text: 'Visit date', format: 'YYYY/MM/dd' },
	{ type: 'time', text: 'Start', format: 'HH:mm' },
	{ type: 'time', text: 'End', format: 'hh:mm:ss' },
	{ type: 'time', text: 'Net in water', format: 'mm:ss' },
	{ type: 'date', text: 'Birthday of the site', format: 'dd/MM' },
	{ type: 'integer', text: 'Litter bags', min: 0, max: 9 },
	{ type: 'photo', text: 'Visit photo' },
	{
		type: 'branch',
		text: 'Observations',
		branch: [
			{ type: 'text', text: 'Animal', title: true, required: true },
			{ type: 'integer', text: 'How many', min: 1, max: 40 },
			{ type: 'audio', text: 'Call' },
		],
	},
];

const SAMPLE: Question[] = [
	{ type: 'text', text: 'Sample id', title: true, required: true },
	{ type: 'decimal', text: 'Nitrate mg/l', min: 0, max: 50 },
	{ type: 'decimal', text: 'Phosphate mg/l', min: 0, max: 4 },
	{ type: 'radio', text: 'Kept', answers: ['Yes', 'No'] },
];

/** Makes questions and forms of one project; refs are counted, so they are the same each time. */
function formBuilder(projectRef: string): (name: string, questions: Question[]) => Form {
	let counter = 0;
	const uid = (): string => `6630a1f2${(counter += 1).toString(16).padStart(5, '0')}`;
	const build = (parentRef: string, question: Question): Input => {
		const ref = `${parentRef}_${uid()}`;
		return {
			ref,
			type: question.type,
			question: question.text,
			is_title: question.title ?? false,
			is_required: question.required ?? false,
			verify: false,
			set_to_current_datetime: false,
			uniqueness: 'none',
			regex: null,
			default: '',
			min: question.min ?? null,
			max: question.max ?? null,
			datetime_format: question.format ?? null,
			possible_answers: (question.answers ?? []).map((answer) => ({ answer, answer_ref: uid() })),
			jumps: [],
			group: (question.group ?? []).map((item) => build(ref, item)),
			branch: (question.branch ?? []).map((item) => build(ref, item)),
		};
	};
	return (name, questions) => {
		const ref = `${projectRef}_${uid()}`;
		const inputs = questions.map((question) => build(ref, question));
		return { ref, name, slug: name.toLowerCase(), type: 'hierarchy', inputs };
	};
}

/** A definition of three forms (site → visit → sample) with its own refs. */
export function demoDefinition(name: string, slug: string, access: string, description: string): Definition {
	const ref = seededRandom(mixSeed('project', slug)).hex(32);
	const form = formBuilder(ref);
	return {
		id: ref,
		type: 'project',
		project: {
			ref,
			name,
			slug,
			forms: [form('Site', SITE), form('Visit', VISIT), form('Sample', SAMPLE)],
			access,
			status: 'active',
			category: 'environment',
			homepage: '',
			logo_url: '',
			visibility: 'listed',
			description,
			entries_limits: [],
			can_bulk_upload: 'nobody',
			small_description: 'River sites, the visits to them and the water samples',
		},
	};
}
