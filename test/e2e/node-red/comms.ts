/** The editor's own web socket of a running Node-RED: debug messages, node status, notifications. */

export interface CommsEvent {
	topic: string;
	data: unknown;
}

/** What a debug node or a `console`-free runtime error shows in the sidebar. */
export interface DebugMessage {
	id?: string;
	name?: string;
	topic?: string;
	property?: string;
	msg: unknown;
	format?: string;
	level?: number;
}

export interface NodeStatus {
	text?: string;
	fill?: string;
	shape?: string;
}

/**
 * One connection that keeps everything it heard, so that a test may ask for something that has already happened.
 * Protocol: packages/node_modules/@node-red/editor-api/lib/editor/comms.js of Node-RED 4.1 and 5.0.
 */
export class Comms {
	readonly events: CommsEvent[] = [];
	private readonly watchers = new Set<() => void>();

	private constructor(private readonly socket: WebSocket) {
		socket.addEventListener('message', ({ data }) => this.take(String(data)));
	}

	static async connect(baseUrl: string, token?: string): Promise<Comms> {
		const socket = new WebSocket(`${baseUrl.replace(/^http/, 'ws')}/comms`);
		const comms = new Comms(socket);
		await new Promise<void>((resolve, reject) => {
			socket.addEventListener('open', () => resolve());
			socket.addEventListener('error', () => reject(new Error(`No web socket at ${baseUrl}/comms`)));
		});
		if (token) await authenticate(socket, token);
		for (const topic of ['notification/#', 'status/#', 'debug']) {
			socket.send(JSON.stringify({ subscribe: topic }));
		}
		return comms;
	}

	/** The first event from position `from` on that fits, waiting for it if needed. */
	async next(fits: (event: CommsEvent) => boolean, what: string, from = 0, ms = 15_000): Promise<CommsEvent> {
		let timer: NodeJS.Timeout | undefined;
		let look = (): void => undefined;
		try {
			return await new Promise<CommsEvent>((resolve, reject) => {
				look = () => {
					const hit = this.events.slice(from).find(fits);
					if (hit) resolve(hit);
				};
				timer = setTimeout(() => reject(new Error(`Waited ${ms} ms in vain for ${what}`)), ms);
				this.watchers.add(look);
				look();
			});
		} finally {
			clearTimeout(timer);
			this.watchers.delete(look);
		}
	}

	debug(from = 0): DebugMessage[] {
		return this.events
			.slice(from)
			.filter(({ topic }) => topic === 'debug')
			.map(({ data }) => data as DebugMessage);
	}

	/** All status that a node showed, oldest first. */
	statusOf(nodeId: string, from = 0): NodeStatus[] {
		return this.events
			.slice(from)
			.filter(({ topic }) => topic === `status/${nodeId}`)
			.map(({ data }) => data as NodeStatus);
	}

	close(): void {
		this.socket.close();
	}

	private take(text: string): void {
		const parsed: unknown = JSON.parse(text);
		const list = Array.isArray(parsed) ? parsed : [parsed];
		this.events.push(...(list as CommsEvent[]).filter((event) => typeof event.topic === 'string'));
		for (const watcher of [...this.watchers]) watcher();
	}
}

/** What is sent before the answer is taken for an attempt to get round it. */
async function authenticate(socket: WebSocket, token: string): Promise<void> {
	const answered = new Promise<void>((resolve, reject) => {
		socket.addEventListener('close', () => reject(new Error('The web socket refused the token')));
		socket.addEventListener('message', ({ data }) => {
			if (String(data).includes('"auth":"ok"')) resolve();
		});
	});
	socket.send(JSON.stringify({ auth: token }));
	await answered;
}
