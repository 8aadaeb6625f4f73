import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { MINUTE } from '../../core/clock';
import { InputError } from '../../core/http/errors';
import { collection } from '../shared/parameter';
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
			'How much of the limit to use. Epicollect5 answers five requests a minute for the entries of a project, counted for all its readers in the world together, and asks everybody to stay at half of that.',
	},
	{
		displayName: 'Wait at Most (Minutes)',
		name: 'waitMinutes',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 10,
		description: 'How long to wait for the limit in all. Without this option there is no end to it.',
		displayOptions: { hide: { onLimit: ['stop'] } },
	},
	{
		displayName: 'When the Limit Is Reached',
		name: 'onLimit',
		type: 'options',
		options: [
			{ name: 'Stop', value: 'stop', description: 'Say when the next request may be sent, and give nothing' },
			{ name: 'Wait', value: 'wait', description: 'Wait until the next request may be sent, and go on' },
		],
		default: 'wait',
		description: 'What to do when Epicollect5 answers no more requests for the moment',
	},
];

/** Reads the options of `limitOptions`. @throws InputError */
export function budgetOf(context: IExecuteFunctions, itemIndex: number): Budget {
	const { onLimit, waitMinutes, limitPercent } = collection(context, 'options', itemIndex);
	const percent = limitPercent === undefined ? SHARE * 100 : Number(limitPercent);
	if (!(percent > 0 && percent <= 100)) throw noNumber('Use at Most (Percent)', 'from 1 to 100');
	const minutes = waitMinutes === undefined ? Infinity : Number(waitMinutes);
	if (!(minutes >= 0)) throw noNumber('Wait at Most (Minutes)', 'not below 0');
	return { share: percent / 100, longestWaitMs: onLimit === 'stop' ? 0 : minutes * MINUTE };
}

function noNumber(field: string, range: string): InputError {
	return new InputError(`"${field}" is not a number ${range}`, {
		...{ code: 'limit', field },
		hint: 'Enter another number, or remove the option.',
	});
}
