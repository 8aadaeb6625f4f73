import {
	NodeOperationError,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
} from 'n8n-workflow';
import { AbortedError, throwIfAborted } from '../../core/http/errors';
import type { Run } from '../../core/run';
import { toNodeError } from './errors';
import { ItemRun, summaryText, type Budget, type ItemReport, type Outcome, type Wording } from './summary';

/** What came out for one input item: the JSON of the output items, or more than that. */
export type Results = IDataObject[] | Outcome;

/** What a node does for one input item. */
export interface Operation extends Wording {
	execute: (this: IExecuteFunctions, itemIndex: number, run: Run) => Promise<Results>;
	/** How much of the service's limit it may use, and how long it may wait for it. @throws InputError */
	budget?: (context: IExecuteFunctions, itemIndex: number) => Budget;
	/** Takes all input items as one question, and itself says which output belongs to which. */
	together?: boolean;
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
	const all = context.getInputData().map((_item, index) => ({ item: index }));
	for (const pairedItem of operation.together ? [all] : all) {
		const index = 'item' in pairedItem ? pairedItem.item : 0;
		const work = new ItemRun(signal);
		try {
			throwIfAborted(signal);
			work.keepTo(operation.budget?.(context, index));
			const outcome = asOutcome(await operation.execute.call(context, index, work.run));
			for (const item of outcome.items) output.push({ pairedItem, ...item });
			reports.push(work.report(outcome));
		} catch (error) {
			const nodeError = toNodeError(context.getNode(), error, operation.together ? undefined : index);
			// Whatever a cancelled execution fails with, there is nothing to go on with.
			const isCancelled = error instanceof AbortedError || signal?.aborted === true;
			if (isCancelled || !context.continueOnFail()) throw nodeError;
			const json = { error: nodeError.message, description: nodeError.description ?? null };
			output.push({ json, error: nodeError, pairedItem });
			reports.push(work.report());
		}
	}
	const message = summaryText(reports, operation, service);
	const type = reports.some(({ results }) => results === undefined) ? 'warning' : 'info';
	context.addExecutionHints({ message, type, location: 'outputPane' });
	return [output];
}

function asOutcome(results: Results): Outcome {
	return Array.isArray(results) ? { items: results.map((json) => ({ json })) } : results;
}

function chosenOperation(context: IExecuteFunctions, operations: Operations): Operation {
	const name = ['resource', 'operation'].map((part) => context.getNodeParameter(part, 0) as string).join(' ');
	const operation = operations.get(name);
	if (operation) return operation;
	throw new NodeOperationError(context.getNode(), `This node does not know the operation "${name}"`, {
		description: 'Choose resource and operation from the lists again.',
	});
}
