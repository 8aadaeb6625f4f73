import type {
	EntryEvent,
	MediaArrived,
	MissingMedia,
	SyncQuestion,
	SyncState,
} from '../../../core/epicollect5/sync';
import type { ConsumerPlan } from './plan';
import type { Ledger, Version } from './ledger';
import { SLUG } from './server';
import type { Violation } from './violations';
import type { Sent } from './wire';

const SECOND = 1000;

/** What names a version, by what the server sent of it. */
export function versionKey(stream: string, id: string, uploadedAt: string, title: string): string {
	return `${stream} ${id} ${uploadedAt} ${title}`;
}

const refOf = ({ stream }: EntryEvent) => stream.branchRef ?? stream.formRef;
const idOf = ({ row }: EntryEvent) => String(row.ec5_branch_uuid ?? row.ec5_uuid);

function keyOf(event: EntryEvent): string {
	const { uploaded_at: uploadedAt, title } = event.row;
	return versionKey(refOf(event), idOf(event), String(uploadedAt), String(title));
}

/** When a stream was asked for first. */
interface Contact {
	/** The ledger's. */
	tick: number;
	/** The server's time. */
	at: number;
}

interface Backup {
	saved: string;
	since: number | undefined;
	/** How many versions had been delivered. */
	delivered: number;
	uncertain: Set<string>;
	met: Set<string>;
	contacts: Map<string, Contact>;
	sweptAt: Map<string, number>;
	missing: Map<string, { missed: number; arrived: number }>;
}

/** Whoever follows a project: what it was handed, and what it has saved. */
export class Consumer {
	/** The state as a file holds it. */
	saved = 'null';
	readonly delivered = new Set<string>();
	/** Handed over, but the state was not saved after it: they come again. */
	private readonly uncertain = new Set<string>();
	/** Entries of which the saved state knows that a version was delivered. */
	private readonly met = new Set<string>();
	readonly contacts = new Map<string, Contact>();
	/** Per stream, the ledger's tick when everything had been met that was there before the start. */
	private readonly sweptAt = new Map<string, number>();
	/**
	 * The ledger's tick when the reading began that is under way. It goes on from where it was put aside: what is committed
	 * late, behind its place, is owed by the next one (contract 13.4), as where both fit into one call.
	 */
	since: number | undefined;
	/** Files that were missing, how often that was said and how often their arrival. */
	readonly missing = new Map<string, { missed: number; arrived: number }>();

	/** What could be gone back to, the newest last. */
	private readonly backups: Backup[] = [];
	/** What was followed when the state was saved first. */
	private firstStreams: ReadonlySet<string> | undefined;
	/** Since the last reading of all streams, one of them has failed. */
	hasFailed = false;

	constructor(
		readonly plan: ConsumerPlan,
		public question: SyncQuestion,
		private readonly ledger: Ledger,
	) {}

	get process(): number {
		return this.plan.process;
	}

	get state(): SyncState {
		return JSON.parse(this.saved) as SyncState;
	}

	/** Whether entries from before the start are still to be met. */
	get isSweeping(): boolean {
		return Object.keys(this.state.streams).some((ref) => !this.sweptAt.has(ref));
	}

	/**
	 * Whether it is promised this version. "From now" promises what was uploaded after the first contact, and the server
	 * tells no more than the second; "from a date" what was uploaded since then.
	 */
	isPromised(version: Version): boolean {
		const { start } = this.question;
		if (this.ledger.isBlurred(version)) return false;
		if (start === 'beginning') return true;
		if (start === 'now' && this.firstStreams?.has(version.stream) === false) return true;
		if (start !== 'now') return version.uploadedAt >= Math.floor(Date.parse(start) / SECOND) * SECOND;
		const contact = this.contacts.get(version.stream);
		if (!contact) return false;
		return version.from > contact.tick && version.uploadedAt > contact.at;
	}

	/** @returns what is wrong with these events */
	handOver(events: readonly EntryEvent[]): Violation[] {
		const found: Violation[] = [];
		const met = new Set<string>();
		for (const event of events) {
			const key = keyOf(event);
			const id = idOf(event);
			if (event.eventId !== `${SLUG}/${refOf(event)}/${id}/${String(event.row.uploaded_at)}`) {
				found.push({ kind: 'answer', what: `${event.eventId} names ${key}` });
			}
			if (this.delivered.has(key) && !this.uncertain.has(key)) found.push({ kind: 'duplicated', what: key });
			if (!this.mayBe(event.type, id, this.met.has(id) || met.has(id))) {
				found.push({ kind: 'type', what: `${event.type}: ${key}` });
			}
			met.add(id);
			this.delivered.add(key);
		}
		return found;
	}

	/**
	 * The first version that is delivered of an entry is "created", and all later ones are "updated". So are all of an entry
	 * that was there before the start. As these are met quietly, over many calls, it may be either until all have been met,
	 * and of one that was edited before that.
	 */
	private mayBe(type: EntryEvent['type'], id: string, isMet: boolean): boolean {
		if (isMet) return type === 'updated';
		const versions = this.ledger.versions(id);
		const [first] = versions;
		if (!first || this.isPromised(first)) return type === 'created';
		const { tick = NaN } = this.contacts.get(first.stream) ?? {};
		const swept = this.sweptAt.get(first.stream) ?? Infinity;
		const old = versions.find(({ from, until }) => from <= tick && until > swept);
		return !old || this.isPromised(old) || type === 'updated';
	}

	/** The process died before it could save. */
	forget(events: readonly EntryEvent[]): void {
		for (const event of events) this.uncertain.add(keyOf(event));
	}

	/** Whether the last call went on with a second that is read by number, or put one aside. */
	wasCrowded = false;

	/** What was handed over since then may come again. */
	rollBack(saves: number): void {
		const backup = this.backups.at(-saves);
		if (!backup) return;
		for (const key of [...this.delivered].slice(backup.delivered)) this.uncertain.add(key);
		for (const key of backup.uncertain) this.uncertain.add(key);
		this.saved = backup.saved;
		this.since = backup.since;
		this.wasCrowded = true;
		replace(this.met, backup.met);
		replace(this.contacts, backup.contacts);
		replace(this.sweptAt, backup.sweptAt);
		replace(this.missing, backup.missing);
		this.backups.length = this.backups.indexOf(backup);
	}

	/** To be called before a call that may save. */
	backUp(): void {
		const { saved, since, delivered, uncertain, met, contacts, sweptAt, missing } = this;
		if (saved === 'null' || saved === this.backups.at(-1)?.saved) return;
		this.backups.push({
			...{ saved, since, delivered: delivered.size, uncertain: new Set(uncertain), met: new Set(met) },
			...{ contacts: new Map(contacts), sweptAt: new Map(sweptAt), missing: new Map(missing) },
		});
	}

	/** @param events that were handed over before */
	save(state: SyncState, events: readonly EntryEvent[]): void {
		this.wasCrowded = [this.state, state].some((one) =>
			Object.values(one?.streams ?? {}).some(({ round }) => round?.crowd),
		);
		this.saved = JSON.stringify(state);
		for (const event of events) {
			this.uncertain.delete(keyOf(event));
			this.met.add(idOf(event));
		}
	}

	/** What was asked before the state was saved is the first contact. @param tick the ledger's, when the call ended */
	noteContacts(sent: readonly Sent[], tick: number): void {
		this.firstStreams ??= new Set(Object.keys(this.state.streams));
		for (const [ref, { begun, older, quietUntil }] of Object.entries(this.state.streams)) {
			const isSwept = begun && !older && quietUntil === undefined;
			if (isSwept && !this.sweptAt.has(ref)) this.sweptAt.set(ref, tick);
		}
		for (const { shown, tick: shownAt, query, answeredAt = 0 } of sent) {
			const stream = String(query.branch_ref ?? query.form_ref);
			// A page that was not taken, as no definition fits it, is none.
			const isTaken = this.state.streams[stream]?.begun;
			if (shown && isTaken && !this.contacts.has(stream))
				this.contacts.set(stream, { tick: shownAt, at: answeredAt });
		}
	}

	miss(media: readonly MissingMedia[]): void {
		for (const { name } of media) {
			const known = this.missing.get(name) ?? { missed: 0, arrived: 0 };
			this.missing.set(name, { ...known, missed: known.missed + 1 });
		}
	}

	/** @returns what is wrong with these arrivals */
	arrive(media: readonly MediaArrived[]): Violation[] {
		const found: Violation[] = [];
		for (const { name } of media) {
			const known = this.missing.get(name) ?? { missed: 0, arrived: 0 };
			this.missing.set(name, { ...known, arrived: known.arrived + 1 });
			if (known.arrived >= known.missed) {
				found.push({ kind: 'duplicated', what: `the file ${name} arrived again` });
			}
		}
		return found;
	}
}

function replace<T>(set: Set<T>, by: ReadonlySet<T>): void;
function replace<K, V>(map: Map<K, V>, by: ReadonlyMap<K, V>): void;
function replace(one: Set<unknown> | Map<unknown, unknown>, by: Iterable<unknown>): void {
	one.clear();
	if (one instanceof Set) for (const item of by) one.add(item);
	else for (const [key, value] of by as Iterable<[unknown, unknown]>) one.set(key, value);
}
