import type {
	EntryEvent,
	MediaArrived,
	MissingMedia,
	SyncQuestion,
	SyncState,
} from '../../../core/epicollect5/sync';
import { SLUG } from './server';
import type { Sent } from './wire';

/** What names a version, by what the server sent of it. */
export function versionKey(stream: string, id: string, uploadedAt: string, title: string): string {
	return `${stream} ${id} ${uploadedAt} ${title}`;
}

function keyOf({ row, stream }: EntryEvent): string {
	return versionKey(
		stream.branchRef ?? stream.formRef,
		idOf({ row }),
		String(row.uploaded_at),
		String(row.title),
	);
}

function idOf({ row }: Pick<EntryEvent, 'row'>): string {
	return String(row.ec5_branch_uuid ?? row.ec5_uuid);
}

/** Whoever follows a project: what it was handed, and what it has saved. */
export class Consumer {
	/** The state as a file holds it. */
	saved = 'null';
	readonly delivered = new Set<string>();
	/** Handed over, but the state was not saved after it: they come again. */
	private readonly uncertain = new Set<string>();
	private readonly created = new Set<string>();
	/** Per stream, the ledger's tick and the server's time at first contact. */
	readonly contacts = new Map<string, { tick: number; at: number }>();
	/**
	 * The ledger's tick when the reading began that is under way. It goes on from where it was put aside: what is committed
	 * late, behind its place, is owed by the next one (contract 13.4), as where both fit into one call.
	 */
	since: number | undefined;
	/** Files that were missing, how often that was said and how often their arrival. */
	readonly missing = new Map<string, { missed: number; arrived: number }>();

	constructor(
		readonly process: number,
		readonly question: SyncQuestion,
	) {}

	get state(): SyncState {
		return JSON.parse(this.saved) as SyncState;
	}

	/** @returns what is wrong with these events */
	handOver(events: readonly EntryEvent[]): string[] {
		const wrong: string[] = [];
		for (const event of events) {
			const key = keyOf(event);
			const id = idOf(event);
			const ref = event.stream.branchRef ?? event.stream.formRef;
			if (event.eventId !== `${SLUG}/${ref}/${id}/${String(event.row.uploaded_at)}`) {
				wrong.push(`eventId: ${event.eventId} names ${key}`);
			}
			if (this.delivered.has(key) && !this.uncertain.has(key)) wrong.push(`duplicated: ${key}`);
			this.delivered.add(key);
		}
		return wrong;
	}

	/** The process died before it could save. */
	forget(events: readonly EntryEvent[]): void {
		for (const event of events) this.uncertain.add(keyOf(event));
	}

	/** Whether the last call went on with a second that is read by number, or put one aside. */
	wasCrowded = false;

	/** @returns what is wrong with the events that were handed over before */
	save(state: SyncState, events: readonly EntryEvent[]): string[] {
		this.wasCrowded = [this.state, state].some((one) =>
			Object.values(one?.streams ?? {}).some(({ round }) => round?.crowd),
		);
		this.saved = JSON.stringify(state);
		const wrong: string[] = [];
		for (const event of events) {
			this.uncertain.delete(keyOf(event));
			if (event.type !== 'created') continue;
			if (this.created.has(idOf(event))) wrong.push(`duplicated: ${keyOf(event)} was created twice`);
			this.created.add(idOf(event));
		}
		return wrong;
	}

	/** What was asked before the state was saved is the first contact. */
	noteContacts(sent: readonly Sent[]): void {
		for (const { shown, tick, query, answeredAt = 0 } of sent) {
			const stream = String(query.branch_ref ?? query.form_ref);
			if (shown && !this.contacts.has(stream)) this.contacts.set(stream, { tick, at: answeredAt });
		}
	}

	miss(media: readonly MissingMedia[]): void {
		for (const { name } of media) {
			const known = this.missing.get(name) ?? { missed: 0, arrived: 0 };
			this.missing.set(name, { ...known, missed: known.missed + 1 });
		}
	}

	/** @returns what is wrong with these arrivals */
	arrive(media: readonly MediaArrived[]): string[] {
		const wrong: string[] = [];
		for (const { name } of media) {
			const known = this.missing.get(name) ?? { missed: 0, arrived: 0 };
			this.missing.set(name, { ...known, arrived: known.arrived + 1 });
			if (known.arrived >= known.missed) wrong.push(`duplicated: the file ${name} arrived again`);
		}
		return wrong;
	}
}
