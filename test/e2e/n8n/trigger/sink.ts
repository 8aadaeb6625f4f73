import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a workflow has handed over. */
export interface Received {
	eventId: string;
	event: string;
	redelivered?: boolean;
	uploaded_at?: string;
	ec5_uuid?: string;
	ec5_branch_uuid?: string;
}

/**
 * Where a workflow delivers to: a server of its own, outside n8n, so that it is known what has really left n8n, also when
 * n8n is ended in the middle of an execution. What it was sent it has, whatever becomes of its answer.
 */
export class Sink {
	readonly items: Received[] = [];
	/** Items of each call. */
	readonly calls: Received[][] = [];
	/** Called when something comes, before it is answered. */
	onCall: () => void = () => undefined;

	private constructor(private readonly server: Server) {}

	static async start(): Promise<Sink> {
		const server = createServer((request, response) => {
			const chunks: Buffer[] = [];
			request.on('data', (chunk: Buffer) => chunks.push(chunk));
			request.on('end', () => {
				const items = JSON.parse(Buffer.concat(chunks).toString()) as Received[];
				sink.items.push(...items);
				sink.calls.push(items);
				sink.onCall();
				response.setHeader('content-type', 'application/json').end('{}');
			});
		});
		const sink = new Sink(server);
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		return sink;
	}

	get url(): string {
		return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
	}

	async stop(): Promise<void> {
		this.server.closeAllConnections();
		await new Promise((resolve) => this.server.close(resolve));
	}
}
