import { isDeepStrictEqual } from 'node:util';
import { entryId } from '../../../../core/epicollect5/entry';
import {
	syncOnce,
	type EntryEvent,
	type SyncOptions,
	type SyncQuestion,
	type SyncResult,
	type SyncState,
} from '../../../../core/epicollect5/sync';
import type { RunOptions } from '../../../../core/run';
import { FORM, PROJECT_REF } from '../support/definition';
import { SECOND, SERVER, SLUG, World } from '../support/world';

export const MINUTE = 60 * SECOND;

/** A world whose answers say how late it is on the server, as every web server's do. */
export function datedWorld(options: ConstructorParameters<typeof World>[0] = {}): World {
	const world = new World(options);
	const { transport } = world;
	const send = transport.request.bind(transport);
	transport.request = async (request) => {
		const response = await send(request);
		const date = new Date(world.clock.now()).toUTCString();
		return { ...response, headers: { date, ...response.headers } };
	};
	return world;
}

export const question = (more: Partial<SyncQuestion> = {}): SyncQuestion => ({
	...{ server: SERVER, slug: SLUG, projectRef: PROJECT_REF, mapIndex: 0, whole: false, start: 'beginning' },
	...{ streams: [{ formRef: FORM, counts: ['5_Trees'] }] },
	...more,
});

type PollOptions = Partial<SyncOptions> & { run?: never } & Partial<{ limits: RunOptions; save: boolean }>;

/** A host that polls, hands over, and saves the state as JSON text. */
export class Follower {
	saved = 'null';
	/** Everything that was handed over, in order. */
	readonly delivered: EntryEvent[] = [];

	constructor(
		readonly world: World,
		public question_ = question(),
	) {}

	get state(): SyncState {
		return JSON.parse(this.saved) as SyncState;
	}

	async poll({ limits, save = true, ...options }: PollOptions = {}): Promise<SyncResult> {
		const { world } = this;
		const client = world.client();
		const run = world.run(limits);
		const state: unknown = JSON.parse(this.saved);
		const result = await syncOnce({ client, question: this.question_, state, run, ...options });
		if (save) {
			this.delivered.push(...result.events);
			this.saved = JSON.stringify(result.state);
		}
		return result;
	}

	/** Polls until the end, a minute of pause in between. @returns how many polls it took */
	async toEnd(options: PollOptions = {}, most = 100): Promise<number> {
		for (let polls = 1; polls <= most; polls++) {
			if ((await this.poll(options)).stoppedBy === 'end') return polls;
			this.world.clock.advance(MINUTE);
		}
		throw new Error(`Not at the end after ${most} polls`);
	}

	/** The rows whose present version was not delivered. */
	missing(ref = FORM): string[] {
		const last = new Map(this.delivered.map((event) => [entryId(event.row), event.row]));
		return this.world.project
			.stream(ref)
			.all()
			.filter((row) => {
				const got = last.get(row.uuid);
				return !got || Date.parse(String(got.uploaded_at)) !== row.uploadedAt;
			})
			.map(({ uuid }) => uuid);
	}

	/** Versions that were delivered twice with the same content. */
	repeated(): string[] {
		const seen = new Map<string, EntryEvent[]>();
		return this.delivered
			.filter((event) => {
				const before = seen.get(event.eventId) ?? [];
				seen.set(event.eventId, [...before, event]);
				return before.some(({ row }) => isDeepStrictEqual(row, event.row));
			})
			.map(({ eventId }) => eventId);
	}
}

export const typesOf = (events: readonly EntryEvent[]) => events.map(({ type }) => type);
export const namesOf = (events: readonly EntryEvent[]) =>
	events.map(({ type, row }) => `${type} ${String(row['1_Site_name'])}`);
