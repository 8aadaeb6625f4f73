import { streamRef, syncOnce, type SyncResult } from '../../../core/epicollect5/sync';
import { Run } from '../../../core/run';
import { Consumer } from './consumer';
import { Files } from './files';
import { judgeDelivery, judgeSync, type Synced } from './judgeSync';
import { errorFaults, missingAfter } from './oracle';
import type { Act, ReadAct, Story, SyncAct } from './plan';
import { Readings } from './readings';
import { SLUG } from './server';
import { MINUTE, SECOND, Stage, type Trace } from './stage';
import type { Violation } from './violations';

const MOST_POLLS = 30;
const MOST_CALLS = 400;

/** Plays one story, and holds what came of it against what the server held. */
export async function play(story: Story): Promise<Violation[]> {
	const stage = new Stage(story);
	await new Player(stage).play();
	return stage.violations;
}

class Player {
	private readonly consumers: Consumer[] = [];
	private readonly files: Files;
	private readonly readings: Readings;

	constructor(private readonly stage: Stage) {
		this.files = new Files(stage);
		this.readings = new Readings(stage);
	}

	async play(): Promise<void> {
		await this.meet();
		this.stage.isCalm = false;
		for (const act of this.stage.story.use) await this.act(act);
		this.stage.isCalm = true;
		this.stage.server.calm();
		for (const consumer of this.consumers) await this.finish(consumer);
		this.stage.judgeWire();
	}

	/** Before anything happens: who follows what. */
	private async meet(): Promise<void> {
		for (const plan of this.stage.story.consumers) {
			const trace = this.stage.begin(this.stage.processes[plan.process]!);
			const project = await trace.process.client(trace.wire).project(SLUG, new Run(trace.process.clock));
			const question = this.stage.questionOf(plan, project);
			this.consumers.push(new Consumer(plan, question, this.stage.server.ledger));
			this.stage.end(trace);
		}
	}

	private async act(act: Act): Promise<void> {
		switch (act.type) {
			case 'sync':
				await this.sync(act);
				return;
			case 'read':
				return await this.readings.read(act);
			case 'syncMedia':
				await this.files.askForMedia(this.consumer(act.consumer), act.most);
				return;
			case 'download':
				return await this.files.download(act);
			case 'findDeleted':
				return await this.readings.look(act);
			case 'rollBack':
				return this.consumer(act.consumer).rollBack(act.saves);
			case 'restart':
				return this.stage.restart(this.stage.processes[act.process]!, act.keepsTokens);
			case 'pause':
				return this.stage.clock.advance(act.seconds * SECOND);
			case 'happen':
				this.stage.clock.advance(SECOND);
				return this.stage.server.happen(act.what);
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

	private async sync(act: SyncAct): Promise<SyncResult | undefined> {
		const follower = this.consumer(act.consumer);
		follower.hasFailed = false;
		if (this.stage.server.isGrown) await this.askForQuestion(follower);
		if (!act.byPage) return await this.syncOnce(act);
		const refs = this.consumer(act.consumer).question.streams.map(streamRef);
		let left: readonly string[] = refs;
		for (let calls = 0; left.length > 0 && calls < MOST_CALLS; calls++) {
			const result = await this.syncOnce({ ...act, maxRequests: 1 }, left);
			if (!result || act.crash || (result.error && result.stoppedBy !== 'budget')) return result;
			if (result.stoppedBy === 'deadline') return result;
			left = result.left;
		}
		const rows = this.stage.server.places.reduce(
			(sum, { ref }) => sum + this.stage.server.ledger.ids(ref).length,
			0,
		);
		const needed = rows / (act.batchSize ?? Infinity) + MOST_CALLS / 2;
		if (left.length > 0 && needed < MOST_CALLS) {
			this.stage.blame('requests', `${left.join(' ')} left after ${MOST_CALLS} calls`);
		}
		return undefined;
	}

	/** Who follows the whole project follows what it gets later, too. */
	private async askForQuestion(consumer: Consumer): Promise<void> {
		const trace = this.stage.begin(this.stage.processes[consumer.process]!, { deadlineSeconds: 100 });
		try {
			const project = await trace.process.client(trace.wire).project(SLUG, trace.run());
			consumer.question = this.stage.questionOf(consumer.plan, project);
		} catch (error) {
			this.stage.blame('error', errorFaults(error));
		}
		this.stage.end(trace);
	}

	private async syncOnce(act: SyncAct, only?: readonly string[]): Promise<SyncResult | undefined> {
		const consumer = this.consumer(act.consumer);
		const { batchSize, maxRequests } = act;
		consumer.backUp();
		const trace = this.stage.begin(this.stage.processes[consumer.process]!, act);
		const client = trace.process.client(trace.wire);
		const { question } = consumer;
		try {
			const run = trace.run();
			const state: unknown = JSON.parse(consumer.saved);
			const newer = async () => this.stage.questionOf(consumer.plan, await client.project(SLUG, run));
			const result = await syncOnce({
				...{ client, question, state, run, batchSize, maxRequests, only, newer },
			});
			this.stage.end(trace);
			await this.keep(consumer, act, result, trace);
			return result;
		} catch (error) {
			this.stage.end(trace);
			trace.said.push(error);
			this.stage.blame('error', [...errorFaults(error), `syncOnce threw: ${String(error)}`]);
			return undefined;
		}
	}

	/** What a host does with a result: hand over, then save. It may die at any time. */
	private async keep(consumer: Consumer, act: SyncAct, result: SyncResult, trace: Trace): Promise<void> {
		const { ledger } = this.stage.server;
		const synced: Synced = {
			...{ act, consumer, result, period: trace.period, sent: trace.wire.sent },
			...{
				meanwhile: this.stage.meanwhile(trace),
				world: this.stage.story.world,
				secrets: this.stage.secrets,
			},
		};
		this.stage.violations.push(...judgeSync(synced, ledger));
		if (act.crash === 'before') return this.stage.restart(trace.process, true);
		const state = await this.files.withMedia(consumer, result);
		this.stage.violations.push(...consumer.handOver(result.events));
		if (act.crash === 'between') {
			consumer.forget(result.events);
			return this.stage.restart(trace.process, true);
		}
		consumer.save(state.state, result.events);
		consumer.noteContacts(trace.wire.sent, trace.period.to);
		consumer.miss(state.missing);
		this.stage.violations.push(...judgeDelivery(synced, ledger));
	}

	/** Once nothing goes wrong any more, everything comes. */
	private async finish(consumer: Consumer): Promise<void> {
		await this.pollToEnd(consumer, 2);
		await this.finishSweep(consumer);
		const now = { from: this.stage.server.ledger.tick, to: this.stage.server.ledger.tick };
		const lost = missingAfter(consumer, this.stage.server.ledger, now).slice(0, 5);
		this.stage.blame(
			'lost',
			lost.map((key) => `never delivered: ${key}`),
		);
		await this.finishMedia(consumer);
	}

	private async pollToEnd(consumer: Consumer, times: number): Promise<void> {
		let ends = 0;
		for (let polls = 0; ends < times && polls < MOST_POLLS; polls++) {
			this.stage.clock.advance(6 * MINUTE + 3 * MINUTE * polls);
			const result = await this.sync({ type: 'sync', consumer: this.consumers.indexOf(consumer) });
			ends += Number(result?.stoppedBy === 'end');
		}
		if (ends < times) this.stage.blame('lost', `no end after ${MOST_POLLS} polls`);
	}

	/** Everybody from before the start is met in the end, and known from then on. */
	private async finishSweep(consumer: Consumer): Promise<void> {
		for (let polls = 0; consumer.isSweeping && polls < MOST_POLLS; polls++) {
			await this.pollToEnd(consumer, 1);
		}
		if (consumer.isSweeping) {
			this.stage.blame('type', `entries from before the start are unmet after ${MOST_POLLS} polls`);
		}
		const [followed] = consumer.question.streams;
		const ref = followed?.branchRef ?? followed?.formRef;
		const stream = this.stage.server.places.findIndex((place) => place.ref === ref);
		this.stage.server.happen({ type: 'edit', stream, row: this.stage.story.seed % 9999, count: 3 });
		await this.pollToEnd(consumer, 1);
	}

	private async finishMedia(consumer: Consumer): Promise<void> {
		this.stage.clock.advance(17 * 60 * MINUTE);
		await this.files.askForMedia(consumer);
		this.stage.server.bringMedia([...consumer.missing.keys()]);
		let isDone = false;
		for (let tries = 0; !isDone && tries < MOST_POLLS; tries++) {
			this.stage.clock.advance(17 * 60 * MINUTE);
			isDone = await this.files.askForMedia(consumer);
		}
		const never = [...consumer.missing].filter(([, { arrived }]) => arrived === 0).map(([name]) => name);
		this.stage.blame(
			'lost',
			never.map((name) => `the file ${name} arrived and nobody was told`),
		);
	}
}
