import {
	findDeleted,
	syncMedia,
	syncOnce,
	streamRef,
	syncQuestion,
	withMissingMedia,
} from '../../../core/epicollect5/sync';
import type { MissingMedia, SyncQuestion, SyncResult } from '../../../core/epicollect5/sync';
import { NotUploadedError } from '../../../core/http/errors';
import type { Project } from '../../../core/epicollect5/project';
import { Run, type RunOptions } from '../../../core/run';
import { SERVER } from '../epicollect5/support/world';
import type { SandboxRequest } from '../../../sandbox/src/shared/types';
import { VirtualClock } from '../support/clock';
import { SandboxTransport } from '../support/sandboxTransport';
import { Consumer } from './consumer';
import { MachineClock, Process, Store } from './host';
import { judgeReading } from './judgeReading';
import { hasReason, judgeDelivery, judgeSync, type Failure, type Synced } from './judgeSync';
import type { Period } from './ledger';
import { errorFaults, leaks, missingAfter } from './oracle';
import type { Act, ConsumerPlan, ReadAct, Story, SyncAct } from './plan';
import { questionOf } from './queries';
import { nothingYet, readInto } from './reads';
import { budgetFaults, impatience, lateRequests, needlessRefusals } from './requests';
import { EMAIL, Server, SLUG } from './server';
import { tokenFaults } from './tokens';
import { violations, type Violation, type ViolationKind } from './violations';
import { Wire, type Sent } from './wire';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
/** More than any act of any story needs. */
const MOST_REQUESTS = 1500;
const MOST_POLLS = 30;
const MOST_CALLS = 400;

/** What an act leaves behind. */
interface Trace {
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

/** Plays one story, and holds what came of it against what the server held. */
export async function play(story: Story): Promise<Violation[]> {
	const player = new Player(story);
	await player.play();
	return player.violations;
}

class Player {
	readonly violations: Violation[] = [];
	private readonly clock = new VirtualClock();
	private readonly server: Server;
	private readonly transport: SandboxTransport;
	private readonly processes: Process[];
	private consumers: Consumer[] = [];
	private readonly wires: Wire[] = [];
	private readonly plan: Story['happenings'];
	private requests = 0;
	private faults = 0;
	private events = 0;
	private isCalm = true;
	private readonly bornAt = this.clock.now();
	/** Whether a clock was set. */
	private isJumpy = false;

	constructor(private readonly story: Story) {
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

	async play(): Promise<void> {
		await this.meet();
		this.isCalm = false;
		for (const act of this.story.use) await this.act(act);
		this.isCalm = true;
		this.server.calm();
		for (const consumer of this.consumers) await this.finish(consumer);
		this.judgeWire();
	}

	/** Files of public projects may be asked for at either address. */
	private get isOpen(): boolean {
		return this.story.world.access === 'public' && this.story.seed % 2 === 0;
	}

	private get secrets(): string[] {
		return [this.server.secret, EMAIL, 'another secret'];
	}

	private blame(kind: ViolationKind, what: string | readonly string[]): void {
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

	/** Before anything happens: who follows what. */
	private async meet(): Promise<void> {
		for (const plan of this.story.consumers) {
			const trace = this.begin(this.processes[plan.process]!);
			const project = await trace.process.client(trace.wire).project(SLUG, new Run(trace.process.clock));
			const question = this.questionOf(plan, project);
			this.consumers.push(new Consumer(plan, question, this.server.ledger));
			this.end(trace);
		}
	}

	private questionOf(plan: ConsumerPlan, project: Project): SyncQuestion {
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

	private begin(process: Process, { deadlineSeconds, share, abortAfter }: Limits = {}): Trace {
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

	private end({ period, said }: Trace): void {
		period.to = this.server.ledger.tick;
		this.blame('secret', leaks(said, this.secrets));
	}

	/** What was answered since then, to whomever. */
	private meanwhile({ since }: Trace): Sent[] {
		return this.wires.flatMap(({ sent }) => sent).filter(({ answeredNumber }) => answeredNumber > since);
	}

	private async act(act: Act): Promise<void> {
		switch (act.type) {
			case 'sync':
				await this.sync(act);
				return;
			case 'read':
				return await this.read(act);
			case 'syncMedia':
				await this.askForMedia(this.consumer(act.consumer), act.most);
				return;
			case 'download':
				return await this.download(act);
			case 'findDeleted':
				return await this.look(act);
			case 'rollBack':
				return this.consumer(act.consumer).rollBack(act.saves);
			case 'restart':
				return this.restart(this.processes[act.process]!, act.keepsTokens);
			case 'pause':
				return this.clock.advance(act.seconds * SECOND);
			case 'happen':
				this.clock.advance(SECOND);
				return this.server.happen(act.what);
			case 'together':
				return await this.together(act.acts);
		}
	}

	private async together([first, second]: [SyncAct, SyncAct | ReadAct]): Promise<void> {
		const isSame = second.type === 'sync' && this.consumer(first.consumer) === this.consumer(second.consumer);
		if (!isSame) await Promise.all([this.act(first), this.act(second)]);
		else for (const one of [first, second]) await this.act(one);
	}

	private consumer(number: number): Consumer {
		return this.consumers[number % this.consumers.length]!;
	}

	private restart(process: Process, keepsTokens: boolean): void {
		if (!keepsTokens) process.store.clear();
		process.start();
	}

	private async sync(act: SyncAct): Promise<SyncResult | undefined> {
		const follower = this.consumer(act.consumer);
		follower.hasFailed = false;
		if (this.server.isGrown) await this.askForQuestion(follower);
		if (!act.byPage) return await this.syncOnce(act);
		const refs = this.consumer(act.consumer).question.streams.map(streamRef);
		let left: readonly string[] = refs;
		for (let calls = 0; left.length > 0 && calls < MOST_CALLS; calls++) {
			const result = await this.syncOnce({ ...act, maxRequests: 1 }, left);
			if (!result || act.crash || (result.error && result.stoppedBy !== 'budget')) return result;
			if (result.stoppedBy === 'deadline') return result;
			left = result.left;
		}
		const rows = this.server.places.reduce((sum, { ref }) => sum + this.server.ledger.ids(ref).length, 0);
		const needed = rows / (act.batchSize ?? Infinity) + MOST_CALLS / 2;
		if (left.length > 0 && needed < MOST_CALLS) {
			this.blame('requests', `${left.join(' ')} left after ${MOST_CALLS} calls`);
		}
		return undefined;
	}

	/** Who follows the whole project follows what it gets later, too. */
	private async askForQuestion(consumer: Consumer): Promise<void> {
		const trace = this.begin(this.processes[consumer.process]!, { deadlineSeconds: 100 });
		try {
			const project = await trace.process.client(trace.wire).project(SLUG, trace.run());
			consumer.question = this.questionOf(consumer.plan, project);
		} catch (error) {
			this.blame('error', errorFaults(error));
		}
		this.end(trace);
	}

	private async syncOnce(act: SyncAct, only?: readonly string[]): Promise<SyncResult | undefined> {
		const consumer = this.consumer(act.consumer);
		const { batchSize, maxRequests } = act;
		consumer.backUp();
		const trace = this.begin(this.processes[consumer.process]!, act);
		const client = trace.process.client(trace.wire);
		const { question } = consumer;
		try {
			const run = trace.run();
			const state: unknown = JSON.parse(consumer.saved);
			const newer = async () => this.questionOf(consumer.plan, await client.project(SLUG, run));
			const result = await syncOnce({
				...{ client, question, state, run, batchSize, maxRequests, only, newer },
			});
			this.end(trace);
			await this.keep(consumer, act, result, trace);
			return result;
		} catch (error) {
			this.end(trace);
			trace.said.push(error);
			this.blame('error', [...errorFaults(error), `syncOnce threw: ${String(error)}`]);
			return undefined;
		}
	}

	/** What a host does with a result: hand over, then save. It may die at any time. */
	private async keep(consumer: Consumer, act: SyncAct, result: SyncResult, trace: Trace): Promise<void> {
		const { ledger } = this.server;
		const synced: Synced = {
			...{ act, consumer, result, period: trace.period, sent: trace.wire.sent },
			...{ meanwhile: this.meanwhile(trace), world: this.story.world, secrets: this.secrets },
		};
		this.violations.push(...judgeSync(synced, ledger));
		if (act.crash === 'before') return this.restart(trace.process, true);
		const state = await this.withMedia(consumer, result);
		this.violations.push(...consumer.handOver(result.events));
		if (act.crash === 'between') {
			consumer.forget(result.events);
			return this.restart(trace.process, true);
		}
		consumer.save(state.state, result.events);
		consumer.noteContacts(trace.wire.sent, trace.period.to);
		consumer.miss(state.missing);
		this.violations.push(...judgeDelivery(synced, ledger));
	}

	/** A host downloads the files that new entries name; what is not there is asked for again later. */
	private async withMedia(consumer: Consumer, { events, state }: SyncResult) {
		const named = events.flatMap((event): MissingMedia[] => {
			const entryId = String(event.row.ec5_branch_uuid ?? event.row.ec5_uuid);
			const name = this.server.photoOf(entryId);
			return name === undefined ? [] : [{ name, type: 'photo', entryId, eventId: event.eventId }];
		});
		const missing: MissingMedia[] = [];
		const trace = this.begin(this.processes[consumer.process]!, { deadlineSeconds: 100 });
		const client = trace.process.client(trace.wire);
		for (const media of named.slice(0, 4)) {
			try {
				const file = { name: media.name, type: 'photo', publicProject: this.isOpen } as const;
				if (!(await client.media.has(SLUG, file, trace.run()))) missing.push(media);
			} catch (error) {
				trace.said.push(error);
				this.blame('error', errorFaults(error));
				missing.push(media);
			}
		}
		this.end(trace);
		const noted = withMissingMedia(state, missing, trace.process.clock.now());
		for (const { name } of noted.dropped) consumer.missing.delete(name);
		const isDropped = ({ name }: MissingMedia) => noted.dropped.some((media) => media.name === name);
		return { state: noted.state, missing: missing.filter((media) => !isDropped(media)) };
	}

	private async askForMedia(consumer: Consumer, most?: number): Promise<boolean> {
		if (consumer.saved === 'null') return true;
		consumer.backUp();
		const trace = this.begin(this.processes[consumer.process]!);
		const { clock } = trace.process;
		const client = trace.process.client(trace.wire);
		const { question, state } = consumer;
		const result = await syncMedia({
			...{ client, question, state, run: trace.run(), clock, most, publicProject: this.isOpen },
		});
		const early = result.events.filter(({ name }) => !this.server.hasPhoto(name));
		this.blame(
			'falseSuccess',
			early.map(({ name }) => `the file ${name} is said to have arrived`),
		);
		trace.said.push(result);
		this.end(trace);
		if (result.error) this.blame('error', errorFaults(result.error));
		this.blame(
			'lost',
			result.givenUp.map(({ name }) => `given up: ${name}`),
		);
		this.violations.push(...consumer.arrive(result.events));
		consumer.save(result.state, []);
		return result.state.pendingMedia.length === 0;
	}

	/** A photo as bytes: the one that is there, or word that it is not. */
	private async download({ process, row }: Extract<Act, { type: 'download' }>): Promise<void> {
		const ids = this.server.ledger.ids(this.server.places[0]!.ref);
		const name = this.server.photoOf(ids[row % Math.max(1, ids.length)] ?? '');
		if (name === undefined) return;
		const trace = this.begin(this.processes[process]!);
		const client = trace.process.client(trace.wire);
		const wasThere = this.server.hasPhoto(name);
		try {
			const query = { type: 'photo', format: 'entry_original', name, publicProject: this.isOpen } as const;
			const { bytes } = await client.media.photo(SLUG, query, trace.run());
			if (!wasThere && !this.server.hasPhoto(name))
				this.blame('falseSuccess', `a photo of ${bytes.length} bytes that is not there`);
		} catch (error) {
			trace.said.push(error);
			this.blame('error', errorFaults(error));
			const isMissing = error instanceof NotUploadedError;
			if (isMissing && wasThere && this.server.hasPhoto(name))
				this.blame('lost', `the photo ${name} is there`);
		}
		this.end(trace);
	}

	private async look({ process, stream }: Extract<Act, { type: 'findDeleted' }>): Promise<void> {
		const trace = this.begin(this.processes[process]!);
		const { formRef, branchRef, ref } = this.server.place(stream);
		const client = trace.process.client(trace.wire);
		const knownIds = this.server.ledger.ids(ref);
		try {
			const gone = await findDeleted({
				...{ client, slug: SLUG, stream: { formRef, branchRef }, mapIndex: 0 },
				...{ knownIds, run: trace.run() },
			});
			this.end(trace);
			const there = this.server.ledger.throughout(ref, trace.period).map(([version]) => version!.id);
			const wrong = there.filter((id) => gone.includes(id));
			this.blame(
				'falseSuccess',
				wrong.map((id) => `said to be deleted, and there: ${id}`),
			);
			const before = knownIds.filter((id) =>
				this.server.ledger.versions(id).every(({ until }) => until <= trace.period.from),
			);
			this.blame(
				'falseSuccess',
				before.filter((id) => !gone.includes(id)).map((id) => `deleted, and not said: ${id}`),
			);
		} catch (error) {
			trace.said.push(error);
			this.end(trace);
			this.blame('error', errorFaults(error));
		}
	}

	private async read(act: ReadAct): Promise<void> {
		const { world } = this.story;
		const process = this.processes[act.process]!;
		const trace = this.begin(process, act);
		const isJoined = act.shape === 'nested' || act.shape === 'flat';
		const chosen = this.server.place(act.stream);
		const place = isJoined ? this.server.formOf(chosen) : chosen;
		const all = this.server.ledger.ids(place.above && act.query === 'below one' ? place.above : place.ref);
		const some = all[(act.stream * 31) % Math.max(1, all.length)];
		const aRow = some === undefined ? undefined : this.server.ledger.versions(some)[0];
		const question = questionOf(act, place, this.clock.now(), aRow);
		const mappings = [...this.server.project.mappings.keys()];
		const { formRef, branchRef } = place;
		const request = {
			...{ slug: SLUG, formRef, mapIndex: mappings[act.mapping % mappings.length], ...question.filters },
			...(branchRef && { branchRef }),
		};
		const got = nothingYet();
		const run = trace.run();
		const client = process.client(trace.wire);
		let error: unknown;
		try {
			await readInto(got, act, client, request, process.project(client, run), run);
		} catch (thrown) {
			error = thrown;
			this.blame('error', errorFaults(thrown));
			const { stoppedBy } = run.summary;
			if (stoppedBy !== 'failure' && stoppedBy !== 'deadline')
				this.blame('falseSuccess', `stopped by "${stoppedBy}", with an error: ${String(thrown)}`);
		}
		trace.said.push(error, run.summary);
		this.end(trace);
		const { period, wire } = trace;
		const { ledger } = this.server;
		const judged = {
			act,
			place,
			question,
			got,
			period,
			summary: run.summary,
			sent: wire.sent,
			world,
			isGrown: this.server.isGrown,
		};
		if (error === undefined) return void this.violations.push(...judgeReading(judged, ledger));
		const refs = isJoined ? this.server.places.map(({ ref }) => ref) : [place.ref];
		const circumstances = { meanwhile: this.meanwhile(trace), period, world, refs };
		// A definition of some minutes ago does not name it.
		const isNew = !this.server.firstStreams.some((stream) => streamRef(stream) === place.ref);
		if (isNew && (error as { code?: string }).code === 'ec5_99') return;
		if (!hasReason(error as Failure, circumstances, ledger)) {
			this.blame('error', `a reading (${act.query}) failed without a reason: ${String(error)}`);
		}
	}

	/** Once nothing goes wrong any more, everything comes. */
	private async finish(consumer: Consumer): Promise<void> {
		await this.pollToEnd(consumer, 2);
		await this.finishSweep(consumer);
		const now = { from: this.server.ledger.tick, to: this.server.ledger.tick };
		const lost = missingAfter(consumer, this.server.ledger, now).slice(0, 5);
		this.blame(
			'lost',
			lost.map((key) => `never delivered: ${key}`),
		);
		await this.finishMedia(consumer);
	}

	private async pollToEnd(consumer: Consumer, times: number): Promise<void> {
		let ends = 0;
		for (let polls = 0; ends < times && polls < MOST_POLLS; polls++) {
			this.clock.advance(6 * MINUTE + 3 * MINUTE * polls);
			const result = await this.sync({ type: 'sync', consumer: this.consumers.indexOf(consumer) });
			ends += Number(result?.stoppedBy === 'end');
		}
		if (ends < times) this.blame('lost', `no end after ${MOST_POLLS} polls`);
	}

	/** Everybody from before the start is met in the end, and known from then on. */
	private async finishSweep(consumer: Consumer): Promise<void> {
		for (let polls = 0; consumer.isSweeping && polls < MOST_POLLS; polls++) {
			await this.pollToEnd(consumer, 1);
		}
		if (consumer.isSweeping) {
			this.blame('type', `entries from before the start are unmet after ${MOST_POLLS} polls`);
		}
		const [followed] = consumer.question.streams;
		const ref = followed?.branchRef ?? followed?.formRef;
		const stream = this.server.places.findIndex((place) => place.ref === ref);
		this.server.happen({ type: 'edit', stream, row: this.story.seed % 9999, count: 3 });
		await this.pollToEnd(consumer, 1);
	}

	private async finishMedia(consumer: Consumer): Promise<void> {
		this.clock.advance(17 * 60 * MINUTE);
		await this.askForMedia(consumer);
		this.server.bringMedia([...consumer.missing.keys()]);
		let isDone = false;
		for (let tries = 0; !isDone && tries < MOST_POLLS; tries++) {
			this.clock.advance(17 * 60 * MINUTE);
			isDone = await this.askForMedia(consumer);
		}
		const never = [...consumer.missing].filter(([, { arrived }]) => arrived === 0).map(([name]) => name);
		this.blame(
			'lost',
			never.map((name) => `the file ${name} arrived and nobody was told`),
		);
	}

	private judgeWire(): void {
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
