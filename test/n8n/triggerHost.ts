import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import {
	ObservableObject,
	type IDataObject,
	type IHttpRequestOptions,
	type INode,
	type INodeExecutionData,
	type IPollFunctions,
} from 'n8n-workflow';
import type { Epicollect5Trigger } from '../../nodes/Epicollect5/Epicollect5Trigger.node';
import { BRANCH, FORM } from '../core/epicollect5/support/definition';
import { SERVER, SLUG, World } from '../core/epicollect5/support/world';

/**
 * How an n8n polls. `plain`: as it does out of the box. `scheduled`: with its scheduler, which takes the stored data anew
 * for every poll. `durable`: with durable cursors, which are stored for polls without items too.
 */
export type Mode = 'plain' | 'scheduled' | 'durable';
export const MODES: readonly Mode[] = ['plain', 'scheduled', 'durable'];

export type Json = Record<string, unknown>;

export interface Poll {
	/** Undefined: null was returned. */
	items: Json[] | undefined;
	error: (Error & { description?: string | null }) | undefined;
	/** Requests that it sent. */
	requests: number;
}

export const locator = (value: string, mode = 'id') => ({ __rl: true, mode, value });

export const parametersOf = (more: Json = {}): Json => ({
	...{
		authentication: 'none',
		serverUrl: SERVER,
		project: locator(SLUG, 'slug'),
		watch: 'form',
		form: locator(''),
	},
	...{ events: ['created', 'updated'], startFrom: 'beginning', simplify: true, options: {} },
	...more,
});

/** A server on a virtual clock whose answers say how late it is, as every web server's do. */
export function serverWorld(): World {
	const world = new World();
	world.clock.set(Date.UTC(2026, 4, 1, 12, 0, 0));
	return world;
}

/** The part of n8n that polls a trigger: what it stores, when it stores it, and what dies with the process. */
export class TriggerHost {
	/** What is in the database. */
	staticData = '{}';
	cursor: string | undefined;
	readonly delivered: Json[] = [];
	/** The files of what was delivered, item by item: sizes by the names of the binary fields. */
	readonly files: Array<Record<string, number>> = [];
	readonly log: string[] = [];
	node: INode = {
		...{ id: 'node-1', name: 'Epicollect5 Trigger', type: 'n8n-nodes-field-data.epicollect5Trigger' },
		...{ typeVersion: 1, position: [0, 0], parameters: {} },
	};
	workflowId = 'workflow-1';
	budgetMs: number | undefined = 36_000;
	credential: IDataObject | undefined;
	private trigger!: Epicollect5Trigger;
	/** What an activated workflow has in the memory. */
	private live: IDataObject | undefined;

	constructor(
		readonly world: World,
		public parameters = parametersOf(),
		readonly mode: Mode = 'plain',
	) {
		this.startProcess();
	}

	/** A new process: what was only in the memory is gone. */
	startProcess(): void {
		this.live = undefined;
		const { clock } = this.world;
		jest.resetModules();
		jest.doMock('n8n-workflow', () => host);
		jest.doMock('../../nodes/shared/clock', () => ({ clock }));
		const module = jest.requireActual<{ Epicollect5Trigger: new () => Epicollect5Trigger }>(
			'../../nodes/Epicollect5/Epicollect5Trigger.node',
		);
		this.trigger = new module.Epicollect5Trigger();
	}

	/** Saved and activated again in the same process: the stored data is read anew. */
	redeploy(): void {
		this.live = undefined;
	}

	/**
	 * @param outcome `killed`: n8n is ended after it has saved, before the execution begins; `discarded`: n8n throws away
	 *   what the poll gives, as its scheduler does with what comes too late
	 */
	async poll(outcome: 'executed' | 'killed' | 'discarded' = 'executed'): Promise<Poll> {
		const before = this.world.transport.sent.length;
		const requests = () => this.world.transport.sent.length - before;
		const data = this.workflowData();
		const own = this.cursor === undefined ? undefined : (JSON.parse(this.cursor) as IDataObject);
		try {
			const output = await this.trigger.poll.call(this.context(data, own));
			if (outcome === 'discarded') return { items: undefined, error: undefined, requests: requests() };
			if (own && (output !== null || this.mode === 'durable')) this.cursor = JSON.stringify(own);
			if (output === null) return { items: undefined, error: undefined, requests: requests() };
			if (data.__dataChanged) this.staticData = JSON.stringify(data);
			const items = (output[0] as INodeExecutionData[]).map(({ json }) => json as Json);
			if (outcome === 'executed') {
				this.delivered.push(...items);
				this.files.push(...output[0]!.map(sizesOf));
			}
			return { items, error: undefined, requests: requests() };
		} catch (error) {
			return { items: undefined, error: error as Error, requests: requests() };
		}
	}

	/** Polls every minute until there was nothing new `quiet` times in a row. @returns items of each poll */
	async toRest(quiet = 2, most = 60): Promise<Json[][]> {
		const all: Json[][] = [];
		for (let idle = 0; idle < quiet && all.length < most;) {
			const { items, error } = await this.poll();
			if (error) throw error;
			all.push(items ?? []);
			idle = items?.length ? 0 : idle + 1;
			this.world.clock.advance(60_000);
		}
		return all.filter(({ length }) => length > 0);
	}

	/** A test run from the editor. */
	async test(): Promise<Poll> {
		const before = this.staticData;
		const data = this.workflowData();
		try {
			const output = await this.trigger.poll.call(this.context(data, undefined, 'manual'));
			const items = (output?.[0] ?? []).map(({ json }) => json as Json);
			if (JSON.stringify(data) !== before) throw new Error('A test run has touched the state');
			return { items, error: undefined, requests: 0 };
		} catch (error) {
			return { items: undefined, error: error as Error, requests: 0 };
		}
	}

	private workflowData(): IDataObject {
		if (this.mode === 'durable') this.cursor ??= '{}';
		if (this.live && this.mode === 'plain') return this.live;
		this.live = ObservableObject.create(JSON.parse(this.staticData) as IDataObject, undefined, {
			ignoreEmptyOnFirstChild: true,
		}) as IDataObject;
		return this.live;
	}

	private context(
		data: IDataObject,
		own: IDataObject | undefined,
		mode: 'trigger' | 'manual' = 'trigger',
	): IPollFunctions {
		const part = (key: string) =>
			(data[key] ??= ObservableObject.create({}, data as never) as IDataObject) as IDataObject;
		const note = (text: string) => this.log.push(text);
		return {
			getNode: () => this.node,
			getWorkflow: () => ({ id: this.workflowId, name: 'Workflow', active: true }),
			getMode: () => mode,
			getTimezone: () => 'Europe/Berlin',
			getCredentials: async () => await Promise.resolve(this.credential),
			// What is there may be null all the same: an expression came to that.
			getNodeParameter: (name: string, fallback?: unknown) =>
				name in this.parameters ? this.parameters[name] : fallback,
			getWorkflowStaticData: (type: string) =>
				type === 'node' ? (own ?? part(`node:${this.node.name}`)) : part('global'),
			...(this.budgetMs === undefined ? {} : { getPollBudgetMs: () => this.budgetMs }),
			logger: { info: note, warn: note, error: note, debug: note },
			helpers: {
				httpRequest: async (options: IHttpRequestOptions) => await this.send(options),
				refreshOAuth2Token: async () => await Promise.resolve({ access_token: 'token', expires_in: 7_200 }),
				prepareBinaryData: async (content: Buffer | Readable, fileName: string, mimeType: string) => {
					const bytes = Buffer.isBuffer(content) ? content : await buffer(content);
					return { data: '', bytes: bytes.length, fileName, mimeType };
				},
			},
		} as unknown as IPollFunctions;
	}

	private async send({ method = 'GET', url, headers, abortSignal }: IHttpRequestOptions): Promise<unknown> {
		const {
			status,
			headers: answered,
			body,
		} = await this.world.transport.request({
			...{ method: method as 'GET', url, headers: headers as Record<string, string> },
			...{ responseType: 'bytes' as const, timeoutMs: 100_000, signal: abortSignal as AbortSignal },
		});
		const date = new Date(this.world.clock.now()).toUTCString();
		const stream = body instanceof Readable ? body : Readable.from([Buffer.from(body)]);
		return { statusCode: status, headers: { date, ...answered }, body: stream };
	}
}

function sizesOf({ binary = {} }: INodeExecutionData): Record<string, number> {
	return Object.fromEntries(Object.entries(binary).map(([field, { bytes }]) => [field, bytes ?? 0]));
}

/** One for all processes: it takes long to load, and keeps nothing of ours. */
const host = jest.requireActual<object>('n8n-workflow');

/** Each item's event, and the number of its entry. */
export const namesOf = (items: readonly Json[] | undefined) =>
	items?.map(({ event, ec5_uuid }) => `${String(event)} ${Number(String(ec5_uuid).slice(-12))}`);
export const idsOf = (items: readonly Json[]) => items.map(({ eventId }) => String(eventId));
export { BRANCH, FORM };
