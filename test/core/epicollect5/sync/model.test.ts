import { entryId } from '../../../../core/epicollect5/entry';
import { BRANCH, CHILD, FORM, NAME } from '../support/definition';
import { randomOf } from '../support/random';
import { SECOND, uuid } from '../support/world';
import { datedWorld, Follower, MINUTE, question } from './support';

const STREAMS = [
	{ formRef: FORM, counts: ['5_Trees'] },
	{ formRef: CHILD },
	{ formRef: FORM, branchRef: BRANCH },
];
const STARTS = [0, 1, 3, 499, 500, 501, 1300];

/** A server where anything may happen between two requests, and a host that may lose what it had not saved. */
class Story {
	readonly random: (below: number) => number;
	readonly world;
	readonly follower: Follower;
	private rows = 0;
	private busy = true;

	constructor(seed: number) {
		this.random = randomOf(seed);
		this.world = datedWorld({ limits: this.random(3) === 0 ? 'production' : 'off', seed });
		if (this.random(3) === 0) this.world.service.settings.ties = 'shuffled';
		if (this.random(4) === 0) this.world.service.settings.perPageCap = 20 + this.random(300);
		this.follower = new Follower(this.world, question({ streams: STREAMS.slice(0, 1 + this.random(3)) }));
		const density = [0, 1, 30, 2000][this.random(4)] ?? 1;
		const rows = STARTS[this.random(STARTS.length)] ?? 0;
		const begun = this.now - 4 * 60 * MINUTE;
		for (let i = 0; i < rows; i++) {
			this.insert({
				uploadedAt: density === 0 ? begun - i * MINUTE : begun + Math.floor(i / density) * SECOND,
			});
		}
		this.world.before = () => this.happen(this.random(4));
	}

	get now(): number {
		return Math.floor(this.world.clock.now() / SECOND) * SECOND;
	}

	insert({ uploadedAt = this.now, late = 0 } = {}): void {
		const id = uuid(this.rows++);
		const formRef = this.random(6) === 0 ? CHILD : FORM;
		const branchRef = formRef === FORM && this.random(6) === 0 ? BRANCH : null;
		const parts = {
			...{ uuid: id, title: id, formRef, branchRef, parentUuid: '', ownerUuid: '', uploadedAt },
			...{ createdAt: uploadedAt - this.random(1000) * MINUTE, documentCreatedAt: null, email: null },
			...{ branchCounts: null, answers: { [NAME]: { answer: `of ${id}` } } },
		};
		if (late > 0) this.world.project.insertLater(parts, this.world.clock.now() + late * SECOND);
		else this.world.project.insert(parts);
	}

	happen(acts: number): void {
		for (let act = 0; this.busy && act < acts; act++) {
			this.world.clock.advance(this.random(3) * 700);
			const stream = this.world.project.stream([FORM, CHILD, BRANCH][this.random(3)] ?? FORM);
			const row = stream.all()[this.random(Math.max(1, stream.size))];
			const what = this.random(10);
			if (what < 3) this.insert();
			else if (what < 5) this.insert({ late: 1 + this.random(300) });
			else if (what === 5 && row) this.world.project.remove(row.uuid);
			else if (what === 6) for (let i = this.random(60); i > 0; i--) this.insert();
			else if (row) {
				row.answers = { [NAME]: { answer: `edited ${this.random(1e9)}` } };
				row.uploadedAt = this.now;
				stream.forget();
			}
		}
	}

	/** One poll of a host with its moods: little time, small batches, a death before saving. */
	async poll(): Promise<string> {
		const mood = this.random(6);
		const deadline = this.world.clock.now() + 36 * SECOND;
		const { stoppedBy, error } = await this.follower.poll({
			...(mood === 0 && { maxRequests: 1 + this.random(4) }),
			...(mood === 1 && { batchSize: 1 + this.random(400) }),
			...(mood === 2 && { save: false }),
			limits: { deadline },
		});
		if (error && error.kind !== 'incomplete') throw error;
		return stoppedBy;
	}

	async play(): Promise<void> {
		for (let polls = 6 + this.random(10); polls > 0; polls--) {
			this.happen(this.random(12));
			await this.poll();
			this.world.clock.advance(this.random(7) * MINUTE);
		}
		// Everything late has come, and nobody touches anything any more.
		this.busy = false;
		this.world.clock.advance(6 * MINUTE);
		await this.follower.toEnd({}, 20);
		this.world.clock.advance(6 * MINUTE);
		await this.follower.toEnd({}, 20);
	}

	get lost(): string[] {
		const refs = this.follower.question_.streams.map(({ formRef, branchRef }) => branchRef ?? formRef);
		return refs.flatMap((ref) => this.follower.missing(ref));
	}
}

describe('a story in which anything happens at any time', () => {
	it.each(Array.from({ length: 60 }, (_, i) => i + 1))(
		'loses no version and delivers none twice while the state survives (seed %i)',
		async (seed) => {
			const story = new Story(seed);
			await story.play();
			expect(story.lost).toEqual([]);
			expect(story.follower.repeated()).toEqual([]);
			const { delivered } = story.follower;
			const created = delivered.filter(({ type }) => type === 'created').map(({ row }) => entryId(row));
			expect(new Set(created).size).toBe(created.length);
			expect(new Set(delivered.map(({ row }) => entryId(row))).size).toBe(created.length);
			expect(Buffer.byteLength(story.follower.saved)).toBeLessThan(100_000);
		},
	);
});
