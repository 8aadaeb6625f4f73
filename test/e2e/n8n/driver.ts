import { waitFor } from '../shared/waitFor';
import { decodeFlatted } from './flatted';
import type { N8nHost } from './host';
import type { NodeSpec } from './workflows';

export interface Credential {
	id: string;
	name: string;
	type: string;
}

export interface TestResult {
	status: 'OK' | 'Error';
	message: string;
}

export interface Item {
	json: Record<string, unknown>;
	binary?: Record<string, Binary>;
	pairedItem?: unknown;
	error?: unknown;
}

/** A file of an item. n8n keeps its bytes apart. */
export interface Binary extends Record<string, unknown> {
	fileName: string;
	mimeType: string;
	/** How many it has. */
	bytes: number;
}

export interface NodeError {
	message: string;
	description?: string | null;
	context?: { itemIndex?: number };
	httpCode?: string | null;
}

export interface NodeRun {
	executionStatus: string;
	data?: { main: (Item[] | null)[] };
	error?: NodeError;
	hints?: { message: string; type?: string }[];
}

export interface Execution {
	id: string;
	status: string;
	/** Everything n8n keeps of it, decoded. */
	data: { resultData: { runData: Record<string, NodeRun[]>; error?: NodeError } };
	/** The same as the text that is stored, for looking for secrets in it. */
	stored: string;
}

interface StoredWorkflow {
	id: string;
	name: string;
	versionId: string;
	nodes: { name: string }[];
}

export interface LocatorResult {
	results: { name: string; value: string; url?: string; description?: string }[];
	paginationToken?: unknown;
}

/** What a user does in n8n's editor, through the interface that the editor uses. */
export class N8nDriver {
	constructor(private readonly host: N8nHost) {}

	private get session() {
		return this.host.session;
	}

	async createCredential(type: string, data: Record<string, unknown>, name = type): Promise<Credential> {
		const { id } = await this.session.post<{ id: string }>('/credentials', { name, type, data });
		return { id, name, type };
	}

	async changeCredential(credential: Credential, data: Record<string, unknown>): Promise<void> {
		await this.session.patch(`/credentials/${credential.id}`, { ...credential, data });
	}

	/** The Test button. */
	async testCredential(credential: Credential, data: Record<string, unknown>): Promise<TestResult> {
		return await this.session.post('/credentials/test', { credentials: { ...credential, data } });
	}

	/** A drop-down that a node fills. */
	async options(node: NodeSpec, methodName: string): Promise<{ name: string; value: string }[]> {
		return await this.session.post('/dynamic-node-parameters/options', parameterRequest(node, methodName));
	}

	/** A resource locator's list, with what was typed into its search field. */
	async locator(node: NodeSpec, methodName: string, filter?: string): Promise<LocatorResult> {
		const request = { ...parameterRequest(node, methodName), filter };
		return await this.session.post('/dynamic-node-parameters/resource-locator-results', request);
	}

	async createWorkflow(name: string, nodes: readonly NodeSpec[]): Promise<StoredWorkflow> {
		const connections = Object.fromEntries(
			nodes.slice(0, -1).map((node, index) => {
				const next = { node: nodes[index + 1]?.name, type: 'main', index: 0 };
				return [node.name, { main: [[next]] }];
			}),
		);
		return await this.session.post('/workflows', { name, nodes, connections, settings: {}, active: false });
	}

	/** Creates a chain of nodes, presses Execute, and waits for the end. */
	async run(name: string, nodes: readonly NodeSpec[], timeoutMs?: number): Promise<Execution> {
		return await this.runWorkflow(await this.createWorkflow(name, nodes), timeoutMs);
	}

	async runWorkflow(workflow: StoredWorkflow, timeoutMs?: number): Promise<Execution> {
		return await this.finished(await this.startWorkflow(workflow), timeoutMs);
	}

	/** Presses Execute. @returns the id of the execution. */
	async startWorkflow(workflow: StoredWorkflow): Promise<string> {
		const triggerToStartFrom = { name: workflow.nodes[0]?.name };
		const body = { workflowData: workflow, triggerToStartFrom };
		const { executionId } = await this.session.post<{ executionId: string }>(
			`/workflows/${workflow.id}/run`,
			body,
		);
		return executionId;
	}

	async stopExecution(id: string): Promise<void> {
		await this.session.post(`/executions/${id}/stop`);
	}

	async finished(executionId: string, timeoutMs = 90_000): Promise<Execution> {
		const stored = await waitFor(
			async () => {
				const execution = await this.session.get<Omit<Execution, 'data' | 'stored'> & { data: string }>(
					`/executions/${executionId}`,
				);
				return ['new', 'running', 'waiting'].includes(execution.status) ? undefined : execution;
			},
			{ what: `execution ${executionId}`, timeoutMs, everyMs: 150 },
		);
		const data = decodeFlatted(stored.data) as Execution['data'];
		return { id: executionId, status: stored.status, data, stored: stored.data };
	}

	/** The bytes of a file in an item, wherever n8n keeps them. */
	async file({ id, data }: Record<string, unknown>): Promise<Buffer> {
		if (typeof id !== 'string') return Buffer.from(String(data), 'base64');
		return await this.session.bytes(`/binary-data?id=${encodeURIComponent(id)}&action=download`);
	}

	/** Publishes a workflow. n8n registers its webhooks a moment after it says so (hosts.md). */
	async activate(workflow: StoredWorkflow): Promise<void> {
		const { id, versionId } = workflow;
		await this.session.post(`/workflows/${id}/activate`, { versionId });
		await waitFor(async () => (await this.host.publication(id)).status === 'published', {
			what: `workflow ${id} to be published`,
		});
		await new Promise((resolve) => setTimeout(resolve, 1_500));
	}

	/** Calls a published webhook that many times at once and waits for all executions. */
	async callAtOnce(workflow: StoredWorkflow, webhook: string, times: number): Promise<Execution[]> {
		const before = await this.executionIds(workflow);
		await Promise.all(
			Array.from({ length: times }, async () => await fetch(`${this.host.url}/webhook/${webhook}`)),
		);
		const ids = await waitFor(
			async () => {
				const all = (await this.executionIds(workflow)).filter((id) => !before.includes(id));
				return all.length >= times ? all : undefined;
			},
			{ what: `${times} executions` },
		);
		return await Promise.all(ids.map(async (id) => await this.finished(id)));
	}

	private async executionIds(workflow: StoredWorkflow): Promise<string[]> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId: workflow.id }));
		const answer = await this.session.get<{ results: { id: string }[] }>(
			`/executions?filter=${filter}&limit=100`,
		);
		return answer.results.map(({ id }) => id);
	}
}

function parameterRequest(node: NodeSpec, methodName: string): Record<string, unknown> {
	return {
		path: 'parameters',
		nodeTypeAndVersion: { name: node.type, version: node.typeVersion },
		currentNodeParameters: node.parameters,
		methodName,
		credentials: node.credentials,
	};
}

/** The only run of a node in an execution. */
export function runOf(execution: Execution, node: string): NodeRun {
	const [run] = execution.data.resultData.runData[node] ?? [];
	if (!run) throw new Error(`${node} did not run: ${JSON.stringify(execution.data.resultData.error)}`);
	return run;
}

export function itemsOf(execution: Execution, node: string): Item[] {
	const run = runOf(execution, node);
	if (run.error) throw new Error(`${node}: ${run.error.message} / ${run.error.description ?? ''}`);
	return run.data?.main[0] ?? [];
}

/** What the user reads in the red box. */
export function errorOf(execution: Execution, node: string): NodeError {
	const { error } = runOf(execution, node);
	if (!error) throw new Error(`${node} ran without complaint`);
	return error;
}
