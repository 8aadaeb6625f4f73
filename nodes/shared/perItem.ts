import {
	NodeOperationError,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
} from 'n8n-workflow';
import { AbortedError } from '../../core/http/errors';
import type { Run } from '../../core/run';
import { toNodeError } from './errors';
import { ItemRun, summaryText, type ItemReport, type Wording } from './summary';

/** What a node does for one input item. */
export interface Operation extends Wording {
	/** @returns the JSON of the output items */
	execute: (this: IExecuteFunctions, itemIndex: number, run: Run) => Promise<IDataObject[]>;
}

/** By resource and operation, such as `entry getMany`. */
export type Operations = ReadonlyMap<string, Operation>;

/**
 * Does the chosen operation for every input item: pairs what comes out with its item, turns failures into n8n's, stops
 * when the execution is cancelled, and shows one summary of the whole run.
 */
export async function perItem(
	context: IExecuteFunctions,
	service: string,
	operations: Operations,
): Promise<INodeExecutionData[][]> {
	const output: INodeExecutionData[] = [];
	const reports: ItemReport[] = [];
	const operation = chosenOperation(context, operations);
	const signal = context.getExecutionCancelSignal();
	const count = context.getInputData().length;
	for (let item = 0; item < count; item++) {
		const work = new ItemRun(signal);
		try {
			const results = await operation.execute.call(context, item, work.run);
			for (const json of results) output.push({ json, pairedItem: { item } });
			reports.push(work.report(results.length));
		} catch (error) {
			const nodeError = toNodeError(context.getNode(), error, item);
			if (error instanceof AbortedError || !context.continueOnFail()) throw nodeError;
			const json = { error: nodeError.message, description: nodeError.description ?? null };
			output.push({ json, error: nodeError, pairedItem: { item } });
			reports.push(work.report());
		}
	}
	const message = summaryText(reports, operation, service);
	const type = reports.some(({ results }) => results === undefined) ? 'warning' : 'info';
	context.addExecutionHints({ message, type, location: 'outputPane' });
	return [output];
}

function chosenOperation(context: IExecuteFunctions, operations: Operations): Operation {
	const name = ['resource', 'operation'].map((part) => context.getNodeParameter(part, 0) as string).join(' ');
	const operation = operations.get(name);
	if (operation) return operation;
	throw new NodeOperationError(context.getNode(), `This node does not know the operation "${name}"`, {
		description: 'Choose resource and operation from the lists again.',
	});
}
