import type { INodeProperties, INodePropertyCollection } from 'n8n-workflow';
import { Epicollect5 } from '../../nodes/Epicollect5/Epicollect5.node';
import { Epicollect5Trigger } from '../../nodes/Epicollect5/Epicollect5Trigger.node';
import { WorkfloPlus } from '../../nodes/WorkfloPlus/WorkfloPlus.node';

const fieldsOf = ({ options = [] }: INodeProperties): INodeProperties[][] => [
	options.filter((option): option is INodeProperties => 'type' in option),
	...options
		.filter((option): option is INodePropertyCollection => 'values' in option)
		.map(({ values }) => values),
];

/** Fields that are shown or hidden by one which is not beside them, nor at the top where they say so. */
const lostIn = (fields: INodeProperties[], top: INodeProperties[]): string[] =>
	fields.flatMap((field) => {
		const { show = {}, hide = {} } = field.displayOptions ?? {};
		const lost = Object.keys({ ...show, ...hide }).filter((key) => {
			const [among, wanted] = key.startsWith('/') ? [top, key.slice(1)] : [fields, key];
			return !key.startsWith('@') && !among.some(({ name }) => name === wanted);
		});
		return [
			...lost.map((key) => `${field.name} by ${key}`),
			...fieldsOf(field).flatMap((within) => lostIn(within, top)),
		];
	});

describe('The dialog of each node', () => {
	it.each([new Epicollect5(), new Epicollect5Trigger(), new WorkfloPlus()])(
		'has every field that another one depends on, or n8n 1 would run no workflow with it: %#',
		({ description: { properties } }) => {
			expect(lostIn(properties, properties)).toEqual([]);
		},
	);
});
