import type { MediaType } from '../../../core/epicollect5/media';
import { ApiError, type FieldDataError } from '../../../core/http/errors';
import type { Work } from '../../shared/input';
import { Sequence } from '../../shared/output';
import type { Message, Red } from '../../shared/red';
import type { Again } from './again';
import type { GotFile } from './download';
import type { MediaDef } from './settings';
import type { WantedFile } from './wanted';

/** What a message says of a file. */
interface Told {
	name: string;
	type: MediaType;
	question?: string;
	entryId?: string;
	title?: string;
	[more: string]: unknown;
}

/** Sends what became of the files: what has come to the first output, what has not been uploaded to the second. */
export class Results {
	total = 0;
	/** Names of files that are not asked for again. */
	readonly givenUp: string[] = [];
	readonly counts = { got: 0, existed: 0, missing: 0, refused: 0 };
	private readonly property: string;
	private readonly sequence: Sequence;
	private readonly all: Told[] = [];
	private readonly later: Told[] = [];
	private waitMs = Infinity;
	/** One file is held back: the last message has to say how many there were. */
	private held: { told: Told; value: unknown } | undefined;
	private refusal: FieldDataError | undefined;

	constructor(
		private readonly red: Red,
		def: MediaDef,
		private readonly work: Work,
		private readonly isEach: boolean,
	) {
		this.property = def.property || 'payload';
		this.sequence = new Sequence(red, work.message, this.property);
	}

	get done(): number {
		const { got, existed, missing, refused } = this.counts;
		return got + existed + missing + refused;
	}

	got(file: WantedFile, { data, type, ...rest }: GotFile): void {
		this.counts[rest.existed ? 'existed' : 'got'] += 1;
		const told = { ...toldOf(file, type), ...rest };
		if (!this.isEach) return void this.all.push(data ? { ...told, data } : told);
		if (this.held) this.work.send(this.filled(this.sequence.next(this.held.value), this.held.told));
		this.held = { told, value: data ?? rest.path };
	}

	/** @param next undefined for a file that is given up */
	missing(file: WantedFile, type: MediaType, next: Again | undefined): void {
		this.counts.missing += 1;
		const told: Told = { ...toldOf(file, type), notUploadedYet: true };
		if (!next) {
			this.givenUp.push(file.name);
			return void this.all.push({ ...told, givenUp: true });
		}
		const { waitMs, ...times } = next;
		this.all.push({ ...told, ...times });
		this.later.push({ ...told, ...times });
		this.waitMs = Math.min(this.waitMs, waitMs);
	}

	refused(file: WantedFile, error: FieldDataError): void {
		this.counts.refused += 1;
		this.refusal ??= error;
		const { code, message, hint } = error;
		this.all.push({ ...toldOf(file, file.types[0] ?? 'photo'), error: { code, message, hint } });
	}

	/** Sends what is left. @returns what the message is to fail with */
	finish(): FieldDataError | undefined {
		// Before the message itself is changed.
		const later = this.later.length > 0 ? this.askAgain() : undefined;
		if (!this.isEach) this.work.send(this.sequence.whole(this.all));
		else if (this.held) this.work.send(this.filled(this.sequence.last(this.held.value), this.held.told));
		if (later) this.work.send([null, later]);
		return this.refusal && refusedSome(this.counts.refused, this.total, this.refusal);
	}

	/** For this node itself, after a Delay node that takes `msg.delay`. */
	private askAgain(): Message {
		const copy = this.red.util.cloneMessage({ ...this.work.message } as never) as Message;
		const message = new Sequence(this.red, copy, this.property).whole(this.later);
		return Object.assign(message, { delay: this.waitMs });
	}

	private filled(message: Message, told: Told): Message {
		const more = { media: told, filename: told.path ?? told.name };
		const others = Object.entries(more).filter(([name]) => name !== this.property);
		return Object.assign(message, Object.fromEntries(others));
	}
}

function toldOf({ name, question, entryId, title }: WantedFile, type: MediaType): Told {
	const from = Object.entries({ question, entryId, title }).filter(([, value]) => value !== undefined);
	return { name, type, ...Object.fromEntries(from) };
}

function refusedSome(refused: number, total: number, first: FieldDataError): FieldDataError {
	if (total === 1) return first;
	const { code, status, field, hint } = first;
	return new ApiError(
		`${refused} of ${total} files could not be had, of which the first: ${first.message}`,
		// The others have been sent.
		{ code, status, field, hint, cause: first },
	);
}
