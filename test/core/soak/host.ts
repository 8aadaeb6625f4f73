import { clientKey } from '../../../core/auth/clientKey';
import type { Token, TokenStore } from '../../../core/auth/token';
import { TokenKeepers } from '../../../core/auth/tokenKeeper';
import type { Clock } from '../../../core/clock';
import { Epicollect5Client } from '../../../core/epicollect5/client';
import { Placeholders } from '../../../core/epicollect5/media';
import { ProjectCache } from '../../../core/epicollect5/projectCache';
import type { GetProject } from '../../../core/epicollect5/reading';
import { issueEpicollect5Token } from '../../../core/epicollect5/token';
import type { Tokens } from '../../../core/http/caller';
import { LimiterRegistry } from '../../../core/http/limiter';
import type { Transport } from '../../../core/http/transport';
import type { Run } from '../../../core/run';
import { APP, SERVER } from '../epicollect5/support/world';
import type { VirtualClock } from '../support/clock';
import { SLUG } from './server';

const MOST_SLEEPS = 20_000;

/** The clock of a machine: it may be wrong, and be set. */
export class MachineClock implements Clock {
	private sleeps = 0;
	private forwardMs = 0;

	constructor(
		private readonly time: VirtualClock,
		private skewMs: number,
	) {}

	/** Somebody sets it. */
	jump(ms: number): void {
		this.skewMs += ms;
		this.forwardMs += Math.max(0, ms);
	}

	now(): number {
		return this.time.now() + this.skewMs;
	}

	/** The most that can have passed for who never believes it when the clock goes back. */
	steady(): number {
		return this.time.now() + this.forwardMs;
	}

	/** @throws where more is slept than any story takes: somebody waits for ever, and virtual time makes that busy */
	sleep(ms: number, signal?: AbortSignal): Promise<void> {
		if (++this.sleeps > MOST_SLEEPS) throw new Error('somebody waits for ever');
		return this.time.sleep(ms, signal);
	}
}

/** Where a host keeps its token; as text, as a file would. */
export class Store implements TokenStore {
	private text: string | undefined;

	get token(): Token | undefined {
		return this.text === undefined ? undefined : (JSON.parse(this.text) as Token);
	}

	async read(): Promise<Token | undefined> {
		return this.token;
	}

	async write(token: Token): Promise<void> {
		this.text = JSON.stringify(token);
	}

	clear(): void {
		this.text = undefined;
	}
}

/** A process of a host: what it keeps in memory is gone when it is started again. */
export class Process {
	private limiters!: LimiterRegistry;
	private keepers!: TokenKeepers;
	private placeholders!: Placeholders;
	private projects!: ProjectCache;
	/** How often it was started. */
	starts = 0;

	constructor(
		readonly number: number,
		readonly clock: MachineClock,
		readonly store: Store,
		private readonly secret: string | undefined,
	) {
		this.start();
	}

	start(): void {
		this.starts += 1;
		this.limiters = new LimiterRegistry(this.clock);
		this.keepers = new TokenKeepers(this.clock);
		this.placeholders = new Placeholders();
		this.projects = new ProjectCache(this.clock);
	}

	client(transport: Transport): Epicollect5Client {
		const { clock, limiters, placeholders } = this;
		const tokens = this.secret === undefined ? undefined : this.tokens(transport, this.secret);
		return new Epicollect5Client({ clock, transport, limiters, placeholders, baseUrl: SERVER, tokens });
	}

	project(client: Epicollect5Client, run: Run): GetProject {
		return async (newer) =>
			await this.projects.get('owner', client, SLUG, run, newer ? this.clock.now() : undefined);
	}

	private tokens(transport: Transport, clientSecret: string): Tokens {
		const { clock, limiters, store } = this;
		const clientId = String(APP);
		return {
			keeper: this.keepers.get(clientKey(SERVER, clientId, clientSecret)),
			source: {
				store,
				issue: async () =>
					await issueEpicollect5Token({
						transport,
						clock,
						limiters,
						baseUrl: SERVER,
						clientId,
						clientSecret,
					}),
			},
		};
	}
}
