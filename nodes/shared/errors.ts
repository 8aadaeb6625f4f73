import { NodeApiError, NodeOperationError, type INode, type JsonObject } from 'n8n-workflow';
import { FieldDataError, InputError } from '../../core/http/errors';

/** Turns what the core throws into what n8n shows: what happened, and under it what to do. */
export function toNodeError(
	node: INode,
	error: unknown,
	itemIndex?: number,
): NodeApiError | NodeOperationError {
	if (error instanceof NodeApiError || error instanceof NodeOperationError) return error;
	if (!(error instanceof FieldDataError)) {
		return new NodeOperationError(node, error instanceof Error ? error : String(error), { itemIndex });
	}
	const description =
		error.field === undefined ? error.hint : `${error.hint} (Setting: ${setting(error.field)})`;
	if (error instanceof InputError) {
		return new NodeOperationError(node, error.message, { description, itemIndex, level: 'warning' });
	}
	// Only these parts go on: n8n stores what it is given, and a cause may hold the request.
	const parts: JsonObject = { message: error.message, description };
	if (error.code !== undefined) parts.serviceCode = error.code;
	if (error.request !== undefined) parts.request = error.request;
	return new NodeApiError(node, parts, {
		message: error.message,
		description,
		httpCode: error.status === undefined ? 'none' : String(error.status),
		itemIndex,
	});
}

/** The core names settings as dialogs do; the client ID is a part of n8n's credential. */
function setting(field: string): string {
	return field === 'Client ID' ? 'Authentication and Credential' : field;
}
