import { randomUUID } from 'node:crypto';
import type { Credential } from './driver';

export interface NodeSpec {
	id: string;
	name: string;
	type: string;
	typeVersion: number;
	position: [number, number];
	parameters: Record<string, unknown>;
	credentials?: Record<string, { id: string; name: string }>;
	webhookId?: string;
	onError?: 'continueRegularOutput';
}

export const PACKAGE = 'n8n-nodes-field-data';

function node(
	name: string,
	type: string,
	typeVersion: number,
	parameters: Record<string, unknown>,
): NodeSpec {
	return { id: randomUUID(), name, type, typeVersion, position: [0, 0], parameters };
}

export function manualTrigger(): NodeSpec {
	return node('Start', 'n8n-nodes-base.manualTrigger', 1, {});
}

/** A production webhook that answers when the whole workflow is done. */
export function webhook(path: string): NodeSpec {
	const parameters = {
		path,
		httpMethod: 'GET',
		responseMode: 'lastNode',
		responseData: 'noData',
		options: {},
	};
	return { ...node('Start', 'n8n-nodes-base.webhook', 2, parameters), webhookId: path };
}

/** Items to work on, one for each value. */
export function items(values: readonly Record<string, unknown>[]): NodeSpec {
	return node('Items', 'n8n-nodes-base.code', 2, {
		jsCode: `return ${JSON.stringify(values.map((json) => ({ json })))};`,
	});
}

/** One of ours, with its credential if it has one. */
export function ours(
	type: 'epicollect5' | 'workfloPlus',
	parameters: Record<string, unknown>,
	credential?: Credential,
): NodeSpec {
	const spec = node('Node', `${PACKAGE}.${type}`, 1, parameters);
	if (!credential) return spec;
	return { ...spec, credentials: { [credential.type]: { id: credential.id, name: credential.name } } };
}

/** A resource locator's value. */
export function located(
	mode: 'list' | 'url' | 'slug' | 'id' | 'name',
	value: string,
): Record<string, unknown> {
	return { __rl: true, mode, value };
}
