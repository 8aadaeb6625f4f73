import { EventEmitter } from 'node:events';
import { TokenKeepers } from '../../core/auth/tokenKeeper';
import { ProjectCache } from '../../core/epicollect5/projectCache';
import register from '../../node-red/nodes/epicollect5-in/runtime';
import type { Cursor } from '../../node-red/nodes/epicollect5-in/cursor';
import type { InDef } from '../../node-red/nodes/epicollect5-in/settings';
import { Epicollect5Connection } from '../../node-red/shared/epicollect5';
import type { Message, Red } from '../../node-red/shared/red';
import { runtime } from '../../node-red/shared/runtime';
import { SERVER, SLUG, type World } from '../core/epicollect5/support/world';
import { FakeNode, fakeRed } from './fakes';

type Callback = (error?: unknown, value?: unknown) => void;

/** A context store that outlives its nodes: in memory, or one that answers later, or one that refuses. */
export class FakeStore {
	readonly values = new Map<string, unknown>();
	writes = 0;
	fault: Error | undefined;
	/** Called before a value is written. */
	before: () => void = () => undefined;

	constructor(private readonly later: (act: () => void) => void = (act) => act()) {}

	get cursor(): Cursor {
		return this.values.get('cursor') as Cursor;
	}

	get(key: string, _store: string | undefined, done: Callback): void {
		this.later(() => done(this.fault, this.fault ? undefined : structuredClone(this.values.get(key))));
	}

	set(key: string, value: unknown, _store: string | undefined, done: Callback): void {
		this.before();
		this.writes += 1;
		this.later(() => {
			if (this.fault) return done(this.fault);
			// As a file does.
			if (value === undefined) this.values.delete(key);
			else this.values.set(key, JSON.parse(JSON.stringify(value)));
			done();
		});
	}
}

class InNode extends FakeNode {
	readonly sent: Message[] = [];
	readonly errors: Error[] = [];
	readonly logged: string[] = [];
	id = 'n1';
	/** Called with each message, as what the next node does. */
	onSend: (message: Message) => void = () => undefined;

	constructor(private readonly store: FakeStore) {
		super();
	}
	context(): FakeStore {
		return this.store;
	}
	send(message: Message): void {
		this.sent.push(message);
		this.onSend(message);
	}
	override error(failure: unknown): void {
		this.errors.push(failure as Error);
	}
	log(text: string): void {
		this.logged.push(text);
	}
}

interface Answer {
	json(answer: unknown): void;
	status(code: number): Answer;
}
type Guard = (request: object, response: Answer, next: () => void) => void;
type Handler = (request: { body: object }, response: Answer) => void;

/** A Node-RED with one node that follows the project of a world, in its time. */
export class InBench {
	node!: InNode;
	/** What whoever is at the editor may do. */
	permissions = ['field-data.read', 'field-data.write'];
	private readonly events = new EventEmitter();
	private readonly red: Red;
	private readonly routes = new Map<string, Handler>();
	private make: ((this: InNode, def: InDef) => void) | undefined;

	constructor(
		readonly world: World,
		readonly store = new FakeStore(),
	) {
		const { clock, transport, limiters, placeholders } = world;
		Object.assign(runtime, { clock, transport, limiters, placeholders });
		Object.assign(runtime, { keepers: new TokenKeepers(clock), projects: new ProjectCache(clock) });
		const guard = (permission: string) => (_request: object, response: Answer, next: () => void) =>
			this.permissions.includes(permission) ? next() : response.json({ refused: permission });
		this.red = fakeRed({
			events: this.events,
			auth: { needsPermission: guard },
			httpAdmin: {
				post: (path: string, before: Guard, handler: Handler) =>
					this.routes.set(path, (request, response) =>
						before(request, response, () => handler(request, response)),
					),
			},
			nodes: {
				createNode: () => undefined,
				registerType: (_type: string, make: (this: InNode, def: InDef) => void) => (this.make = make),
				getNode: (id: string) => (id === 'p' ? { connection: () => connection } : null),
			},
		});
		const settings = { baseUrl: SERVER, project: SLUG, clientId: '', clientSecret: '' };
		const connection = new Epicollect5Connection(this.red, settings);
		register(this.red);
	}

	/** Deploys the node anew, as it is stored: everything is a text there. */
	async deploy(settings: Partial<InDef> = {}): Promise<void> {
		if (this.node) await this.node.close();
		this.node = new InNode(this.store);
		const def = { project: 'p', start: 'beginning', poll: 'message', batchSize: '1000', ...settings };
		this.make?.call(this.node, def as InDef);
		this.events.emit('flows:started');
	}

	/** Starts a node without saying yet that all others are there. */
	deploySilently(settings: Partial<InDef>): () => void {
		this.node = new InNode(this.store);
		this.make?.call(this.node, { project: 'p', start: 'beginning', ...settings } as InDef);
		return () => void this.events.emit('flows:started');
	}

	/** Sends a message in. @returns what `done` is given */
	async ask(message: object = {}): Promise<Error | undefined> {
		return await this.node.receive(message as Message);
	}

	async pass(ms: number): Promise<void> {
		await this.world.clock.sleep(ms);
	}

	/** What was sent since the last call. */
	taken(): Message[] {
		return this.node.sent.splice(0);
	}

	post(path: string, body: object): Promise<unknown> {
		return new Promise((resolve) => {
			const response: Answer = { json: resolve, status: () => response };
			this.routes.get(`/field-data/epicollect5/${path}`)?.({ body }, response);
		});
	}

	get status(): string {
		return this.node.shown.at(-1)?.text ?? '';
	}
}

export const eventsOf = (messages: readonly Message[]) =>
	messages.map((message) => `${String(message.event)} ${(message.payload as { title: string }).title}`);
export const idsOf = (messages: readonly Message[]) => messages.map(({ eventId }) => String(eventId));
