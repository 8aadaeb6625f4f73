import { syncQuestion, type SyncQuestion } from '../../../core/epicollect5/sync';
import type { Project } from '../../../core/epicollect5/project';
import { Run, type RunOptions } from '../../../core/run';
import { SERVER } from '../epicollect5/support/world';
import type { SandboxRequest } from '../../../sandbox/src/shared/types';
import { VirtualClock } from '../support/clock';
import { SandboxTransport } from '../support/sandboxTransport';
import { MachineClock, Process, Store } from './host';
import type { Period } from './ledger';
import { leaks } from './oracle';
import type { ConsumerPlan, ReadAct, Story, SyncAct } from './plan';
import { budgetFaults, impatience, lateRequests, needlessRefusals } from './requests';
import { EMAIL, Server, SLUG } from './server';
import { tokenFaults } from './tokens';
import { violations, type Violation, type ViolationKind } from './violations';
import { Wire, type Sent } from './wire';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
/** More than any act of any story needs. */
const MOST_REQUESTS = 1500;

/** What an act leaves behind. */
export interface Trace {
	wire: Wire;
	period: Period;
	/** What had been sent and answered before. */
	since: number;
	process: Process;
	said: unknown[];
	/** A new one at each call. */
	run: () => Run;
}

type Limits = Pick<ReadAct, 'deadlineSeconds' | 'share'> & Pick<SyncAct, 'abortAfter'>;

/** Where a story is played: a server, machines on which it is used, what goes over the wire, and what was wrong so far. */
export class Stage {
	readonly violations: Violation[] = [];
	readonly clock = new VirtualClock();
	readonly server: Server;
	private readonly transport: SandboxTransport;
	readonly processes: Process[];
	private readonly wires: Wire[] = [];
	private readonly plan: Story['happenings'];
	private requests = 0;
	private faults = 0;
	private events = 0;
	/** Whether nothing happens for now. */
	isCalm = true;
	private readonly bornAt = this.clock.now();
	/** Whether a clock was set. */
	private isJumpy = false;

	constructor(readonly story: Story) {
		const { world } = story;
		const clocks = world.skewsMs.map((skew) => new MachineClock(this.clock, skew));
		this.server = new Server(story, this.clock, (process, ms) => {
			clocks[process]!.jump(ms);
			this.isJumpy = true;
		});
		const shared = new Store();
		this.processes = clocks.map((clock, number) => {
			const store = world.sharesTokens ? shared : new Store();
			return new Process(number, clock, store, world.access === 'private' ? this.server.secret : undefined);
		});
		this.plan = [...story.happenings];
		const { service } = this.server;
		const handle: typeof service.handle = async (request) => {
			this.clip(request);
			this.disturb(request);
			this.server.before(request);
			const before = service.faults.pending();
			const answer = service.handle(request);
			if (service.faults.pending() < before) this.faults += 1;
			return await answer;
		};
		const services = { [SERVER]: { handle }, 'https://storage.test': service.storage };
		this.transport = new SandboxTransport(this.clock, services, { takesMs: world.takesMs });
	}

	/** Files of public projects may be asked for at either address. */
	get isOpen(): boolean {
		return this.story.world.access === 'public' && this.story.seed % 2 === 0;
	}

	get secrets(): string[] {
		return [this.server.secret, EMAIL, 'another secret'];
	}

	blame(kind: ViolationKind, what: string | readonly string[]): void {
		this.violations.push(...violations(kind, typeof what === 'string' ? [what] : what));
	}

	private clip({ query }: SandboxRequest): void {
		const { perPageCap } = this.server.service.settings;
		if (this.story.world.isQuietCap && Number(query.get('per_page')) > perPageCap) {
			query.set('per_page', String(perPageCap));
		}
	}

	/** Requests for too large a page do not count: they only look for its size, and nothing can move between them. */
	private disturb({ query }: SandboxRequest): void {
		if (this.isCalm || Number(query.get('per_page')) > this.server.service.settings.perPageCap) return;
		this.requests += 1;
		const [next] = this.plan;
		if (!next || this.requests < next.afterRequests) return;
		this.plan.shift();
		this.requests = 0;
		this.server.happen(next.what);
	}

	questionOf(plan: ConsumerPlan, project: Project): SyncQuestion {
		const known = this.server.firstStreams;
		const streams = plan.streams.map((number) => known[number % known.length]!);
		const mapping = project.mappings[plan.mapping % project.mappings.length];
		const minutes = { date: -90, soon: 3, now: undefined, beginning: undefined }[plan.start];
		const start = minutes === undefined ? plan.start : new Date(this.bornAt + minutes * MINUTE).toISOString();
		return syncQuestion({
			...{ server: SERVER, slug: SLUG, project, mapIndex: mapping?.index, start },
			...(streams.length > 0 && { streams: [...new Set(streams)] }),
		});
	}

	begin(process: Process, { deadlineSeconds, share, abortAfter }: Limits = {}): Trace {
		this.server.commit();
		const { ledger } = this.server;
		const { clock } = process;
		const deadline = deadlineSeconds === undefined ? undefined : clock.now() + deadlineSeconds * SECOND;
		const controller = new AbortController();
		const wire = new Wire({
			onRequest: (number) => number === abortAfter && controller.abort(),
			...{ inner: this.transport, process, origin: SERVER, deadline, act: this.wires.length },
			...{
				isDated: this.story.world.isDated,
				dateSkewSeconds: this.story.world.dateSkewSeconds,
				now: () => this.clock.now(),
				tick: () => ledger.tick,
			},
			...{ next: () => (this.events += 1), faults: () => this.faults, most: MOST_REQUESTS },
		});
		this.wires.push(wire);
		const said: unknown[] = [];
		const options: RunOptions = {
			...(deadline !== undefined && { deadline }),
			...(share !== undefined && { share }),
			...(abortAfter !== undefined && { signal: controller.signal }),
			onWait: (wait) => said.push(wait),
			onProgress: (progress) => said.push(progress),
		};
		const period = { from: ledger.tick, to: ledger.tick };
		return { wire, process, since: this.events, said, period, run: () => new Run(clock, options) };
	}

	end({ period, said }: Trace): void {
		period.to = this.server.ledger.tick;
		this.blame('secret', leaks(said, this.secrets));
	}

	/** What was answered since then, to whomever. */
	meanwhile({ since }: Trace): Sent[] {
		return this.wires.flatMap(({ sent }) => sent).filter(({ answeredNumber }) => answeredNumber > since);
	}

	restart(process: Process, keepsTokens: boolean): void {
		if (!keepsTokens) process.store.clear();
		process.start();
	}

	judgeWire(): void {
		const sent = this.wires.flatMap((wire) => wire.sent).sort((a, b) => a.number - b.number);
		this.violations.push(...sent.flatMap(({ wrong }) => wrong ?? []));
		for (const wire of this.wires) this.blame('requests', budgetFaults(wire.sent));
		this.blame('requests', lateRequests(sent));
		if (this.story.world.isDated) this.blame('requests', impatience(sent));
		this.violations.push(...tokenFaults(sent));
		const { starts } = this.processes[0]!;
		const isAlone = !this.isJumpy && new Set(sent.map(({ process }) => process)).size === 1 && starts === 1;
		this.violations.push(...needlessRefusals(sent, this.server, isAlone));
	}
}
