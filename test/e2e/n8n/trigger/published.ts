import { randomUUID } from 'node:crypto';
import { waitFor } from '../../shared/waitFor';
import type { Credential, N8nDriver } from '../driver';
import type { N8nHost } from '../host';
import { located, PACKAGE, type NodeSpec } from '../workflows';
import type { Sink } from './sink';

interface Listed {
	id: string;
	status: string;
}

/** n8n takes no interval below a minute, but several of a minute each. */
export const OFTEN = {
	pollTimes: {
		item: [5, 15, 25, 35, 45, 55].map((second) => ({
			mode: 'custom',
			cronExpression: `${second} * * * * *`,
		})),
	},
};
/** A published workflow that begins with the trigger and delivers to the sink with one call an execution. */
export class Published {
	private constructor(
		private readonly host: N8nHost,
		readonly id: string,
		private versionId: string,
	) {}

	static async create(
		host: N8nHost,
		n8n: N8nDriver,
		sink: Sink,
		trigger: NodeSpec,
		name = 'follow',
	): Promise<Published> {
		const { id, versionId } = await n8n.createWorkflow(name, [trigger, delivery(sink, trigger.name)]);
		return new Published(host, id, versionId);
	}

	/** Saves the trigger with other settings or another name. It is published with the next {@link poll}. */
	async change(trigger: NodeSpec, sink: Sink): Promise<void> {
		const to = delivery(sink, trigger.name);
		const connections = { [trigger.name]: { main: [[{ node: to.name, type: 'main', index: 0 }]] } };
		const body = { nodes: [trigger, to], connections, versionId: this.versionId };
		const saved = await this.host.session.patch<{ versionId: string }>(`/workflows/${this.id}`, body);
		this.versionId = saved.versionId;
	}

	/** Switches it off and on: n8n polls at once then. @returns when the poll and its execution are over */
	async poll(): Promise<void> {
		await this.switchOff();
		await this.switchOn();
		await this.settled();
	}

	async switchOff(): Promise<void> {
		await this.host.session.post(`/workflows/${this.id}/deactivate`, {});
	}

	/** The poll is over when it is published. @throws what n8n says where the poll fails */
	async switchOn(): Promise<void> {
		await this.begin();
		await waitFor(
			async () => {
				const answer = await this.publication();
				if (answer.status === 'failed') throw new Error(JSON.stringify(answer));
				return answer.status === 'published';
			},
			{ what: 'the workflow to be published', timeoutMs: 60_000, everyMs: 50 },
		);
	}

	/** As {@link switchOn}, without waiting for anything. */
	async begin(): Promise<void> {
		await this.host.session.post(`/workflows/${this.id}/activate`, { versionId: this.versionId });
	}

	async publication(): Promise<{ status: string }> {
		return await this.host.publication(this.id);
	}

	/** Waits until no execution is left running. */
	async settled(): Promise<void> {
		// n8n creates an execution a moment after the poll.
		await new Promise((resolve) => setTimeout(resolve, 300));
		let open: Listed[] = [];
		await waitFor(
			async () => {
				open = (await this.executions()).filter(({ status }) =>
					['new', 'running', 'waiting'].includes(status),
				);
				return open.length === 0;
			},
			{
				what: () => `the executions to end: ${JSON.stringify(open)}\n${this.host.log.slice(-2000)}`,
				timeoutMs: 60_000,
				everyMs: 100,
			},
		);
	}

	/** @returns what n8n says of a poll that fails as the workflow is switched on */
	async failingPoll(): Promise<string> {
		await this.switchOff();
		await this.begin();
		const answer = await waitFor(
			async () => {
				const found = await this.publication();
				return found.status === 'in_progress' ? undefined : found;
			},
			{ what: 'the workflow to be refused', timeoutMs: 60_000 },
		);
		return JSON.stringify(answer);
	}

	/** Executions that n8n was ended in, with what they were to deliver. */
	async crashed(): Promise<Array<{ id: string; eventIds: string[] }>> {
		const all = (await this.executions()).filter(({ status }) => status === 'crashed');
		return await Promise.all(
			all.map(async ({ id }) => {
				const { data } = await this.host.session.get<{ data: string }>(`/executions/${id}`);
				const eventIds = [...data.matchAll(/"([^"/]+\/[^"/]+\/[^"/]{36}\/\d{4}-[^"/]+Z)"/g)].map(
					([, found]) => found ?? '',
				);
				return { id, eventIds: [...new Set(eventIds)] };
			}),
		);
	}

	/** What n8n keeps of executions that failed, as text. */
	async failures(): Promise<string[]> {
		const failed = (await this.executions()).filter(({ status }) => status === 'error');
		return await Promise.all(
			failed.map(async ({ id }) => (await this.host.session.get<{ data: string }>(`/executions/${id}`)).data),
		);
	}

	/** Presses Retry. */
	async retry(id: string): Promise<void> {
		await this.host.session.post(`/executions/${id}/retry`, { loadWorkflow: false });
		await this.settled();
	}

	async executions(): Promise<Listed[]> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId: this.id }));
		const { results } = await this.host.session.get<{ results: Listed[] }>(
			`/executions?filter=${filter}&limit=100`,
		);
		return results;
	}
}

/** All items of an execution in one call. */
function delivery(sink: Sink, trigger: string): NodeSpec {
	const spec = {
		id: randomUUID(),
		name: 'Deliver',
		type: 'n8n-nodes-base.httpRequest',
		typeVersion: 4.2,
		position: [200, 0] as [number, number],
		executeOnce: true,
		parameters: {
			method: 'POST',
			url: sink.url,
			sendBody: true,
			specifyBody: 'json',
			jsonBody: `={{ JSON.stringify($(${JSON.stringify(trigger)}).all().map((item) => item.json)) }}`,
			options: {},
		},
	};
	return spec;
}

/** The trigger as somebody fills it in. */
export function triggerOf(
	serverUrl: string,
	project: string,
	more: Record<string, unknown> = {},
	credential?: Credential,
): NodeSpec {
	return {
		id: randomUUID(),
		name: 'Survey',
		type: `${PACKAGE}.epicollect5Trigger`,
		typeVersion: 1,
		position: [0, 0],
		parameters: {
			// Far away: polls are provoked by switching off and on.
			pollTimes: { item: [{ mode: 'everyX', unit: 'hours', value: 12 }] },
			authentication: credential ? 'clientApp' : 'none',
			serverUrl,
			project: located('slug', project),
			watch: 'form',
			form: located('list', ''),
			events: ['created', 'updated'],
			startFrom: 'now',
			simplify: true,
			options: {},
			...more,
		},
		...(credential && { credentials: { [credential.type]: { id: credential.id, name: credential.name } } }),
	};
}
