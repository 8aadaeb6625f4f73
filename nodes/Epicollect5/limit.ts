import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { MINUTE } from '../../core/clock';
import { checkedCollection } from '../shared/parameter';
import { SHARE } from '../shared/process';
import type { Budget } from '../shared/summary';

/** Members of `Options`: how to go about the service's limit. Read them with {@link budgetOf}. */
export const limitOptions: INodeProperties[] = [
	{
		displayName: 'Use at Most (Percent)',
		name: 'limitPercent',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 100 },
		default: 50,
		description:
			'How much of the limits to use. For one project and all its readers in the world together, Epicollect5 answers 5 requests a minute for entries and 10 for files (300 if the project is public), and asks everybody to stay at half of that. The node makes pauses to keep to it.',
	},
	{
		displayName: 'Wait at Most (Minutes)',
		name: 'waitMinutes',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 10,
		description:
			'How long to wait in all for the limit, the pauses that keep to the percentage included. Without this option there is no end to it; 0 is the same as Stop.',
		displayOptions: { hide: { onLimit: ['stop'] } },
	},
	{
		displayName: 'When the Limit Is Reached',
		name: 'onLimit',
		type: 'options',
		options: [
			{
				name: 'Stop',
				value: 'stop',
				description:
					'Say when the next request may be sent, and give nothing. Pauses that keep to the percentage are made all the same.',
			},
			{ name: 'Wait', value: 'wait', description: 'Wait until the next request may be sent, and go on' },
		],
		default: 'wait',
		description: 'What to do when Epicollect5 answers no more requests for the moment',
	},
];

/** The members of `limitOptions`, as they are checked. */
interface LimitChoice {
	limitPercent: number;
	waitMinutes: number;
	onLimit: 'stop' | 'wait';
}

/** Reads the options of `limitOptions`. @throws InputError */
export function budgetOf(context: IExecuteFunctions, itemIndex: number): Budget {
	const options = checkedCollection<LimitChoice>(context, 'options', itemIndex, limitOptions);
	const { limitPercent = SHARE * 100, waitMinutes = Infinity, onLimit = 'wait' } = options;
	return { share: limitPercent / 100, longestWaitMs: onLimit === 'stop' ? 0 : waitMinutes * MINUTE };
}
