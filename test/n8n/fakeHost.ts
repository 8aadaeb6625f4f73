import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type {
	IExecuteFunctions,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	INode,
	INodeExecutionData,
	NodeExecutionHint,
} from 'n8n-workflow';

/** A stored credential, renewed as n8n does it: one request at a time, the answer kept with the credential. */
export class FakeCredential {
	renewals = 0;
	private pending: Promise<Record<string, unknown>> | undefined;

	constructor(
		readonly data: Record<string, unknown>,
		private readonly tokenUrl: string,
	) {}

	async refresh(): Promise<Record<string, unknown>> {
		this.pending ??= this.ask().finally(() => (this.pending = undefined));
		return await this.pending;
	}

	private async ask(): Promise<Record<string, unknown>> {
		this.renewals += 1;
		const body = new URLSearchParams({
			grant_type: 'client_credentials',
			client_id: String(this.data.clientId),
			client_secret: String(this.data.clientSecret),
		});
		const answer = await fetch(this.tokenUrl, { method: 'POST', body });
		const text = await answer.text();
		// As @n8n/client-oauth2 throws it.
		if (!answer.ok)
			throw Object.assign(new Error(`HTTP status ${answer.status}`), { status: answer.status, body: text });
		const token = JSON.parse(text) as { expires_in: number };
		const stored = { ...token, n8n_expires_at: String(Date.now() + token.expires_in * 1000) };
		this.data.oauthTokenData = stored;
		return stored;
	}
}

export interface FakeOptions {
	parameters: Record<string, unknown>;
	/** What stands in the dialog, where that matters: expressions and cleared fields. */
	entered?: INode['parameters'];
	/** What differs from item to item, as expressions give it. */
	itemParameters?: (item: number) => Record<string, unknown>;
	credential?: FakeCredential;
	items?: INodeExecutionData[];
	continueOnFail?: boolean;
	signal?: AbortSignal;
}

export const fakeNode: INode = {
	id: '1',
	name: 'Node',
	type: 'n8n-nodes-field-data.test',
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
};

function valueOf(parameters: Record<string, unknown>, name: string): unknown {
	return name
		.split('.')
		.reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], parameters);
}

async function httpRequest(options: IHttpRequestOptions): Promise<unknown> {
	const answer = await fetch(options.url, {
		method: options.method ?? 'GET',
		headers: options.headers as Record<string, string>,
		redirect: options.disableFollowRedirect ? 'manual' : 'follow',
		...(options.body === undefined ? {} : { body: options.body as string }),
		...(options.abortSignal === undefined ? {} : { signal: options.abortSignal as AbortSignal }),
	});
	const headers: Record<string, string> = {};
	answer.headers.forEach((value, name) => (headers[name] = value));
	return {
		statusCode: answer.status,
		headers,
		body: answer.body ? Readable.fromWeb(answer.body as never) : Readable.from([]),
	};
}

function common({ parameters, entered = {}, itemParameters, credential }: FakeOptions) {
	return {
		getNode: () => ({ ...fakeNode, parameters: entered }),
		getCredentials: async () => {
			if (!credential) throw new Error('Node does not have any credentials set');
			return await Promise.resolve({ oauthTokenData: {}, ...credential.data });
		},
		getNodeParameter: (name: string, item: number, fallback?: unknown) => {
			const given = { ...parameters, ...itemParameters?.(item) };
			// What is there may be undefined all the same: an expression came to that.
			return name in given ? valueOf(given, name) : fallback;
		},
		getTimezone: () => 'Europe/Berlin',
		helpers: {
			httpRequest,
			prepareBinaryData: async (content: Buffer | Readable, fileName: string, mimeType: string) => {
				const bytes = Buffer.isBuffer(content) ? content : await buffer(content);
				return { data: bytes.toString('base64'), fileName, mimeType };
			},
			refreshOAuth2Token: async () => await credential?.refresh(),
		},
	};
}

export interface FakeExecution {
	context: IExecuteFunctions;
	hints: NodeExecutionHint[];
}

/** The part of n8n that a node meets when it runs. The real n8n is met in test/e2e/n8n. */
export function fakeExecution(options: FakeOptions): FakeExecution {
	const hints: NodeExecutionHint[] = [];
	const context = {
		...common(options),
		getInputData: () => options.items ?? [{ json: {} }],
		continueOnFail: () => options.continueOnFail ?? false,
		getExecutionCancelSignal: () => options.signal,
		addExecutionHints: (...added: NodeExecutionHint[]) => hints.push(...added),
	};
	return { context: context as unknown as IExecuteFunctions, hints };
}

/** The part of n8n that a node meets when a list of its dialog is opened. */
export function fakeDialog(options: FakeOptions): ILoadOptionsFunctions {
	const getCurrentNodeParameter = (name: string) => valueOf(options.parameters, name);
	return { ...common(options), getCurrentNodeParameter } as unknown as ILoadOptionsFunctions;
}
