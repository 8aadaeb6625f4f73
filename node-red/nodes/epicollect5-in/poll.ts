import type { Clock } from '../../../core/clock';
import { mappingOf } from '../../../core/epicollect5/columns';
import type { Project } from '../../../core/epicollect5/project';
import {
	streamRef,
	syncOnce,
	type EntryEvent,
	type MissingMedia,
	type PendingMedia,
	type SyncNote,
	type SyncQuestion,
	type SyncState,
} from '../../../core/epicollect5/sync';
import { type FieldDataError } from '../../../core/http/errors';
import { Run } from '../../../core/run';
import type { Epicollect5Connection } from '../../shared/epicollect5';
import type { Message, Red, RedNode } from '../../shared/red';
import type { ShapeChoices } from '../../shared/shape';
import { lookForFiles } from './arrivals';
import type { Cursor } from './cursor';
import { MOST_WAITING, NO_FILES, withFilesOf } from './files';
import type { HandOver } from './handOver';
import type { CursorKeeper } from './keeper';
import type { News } from './outbox';
import type { InSettings } from './settings';
import { Shaper } from './shaper';
import type { Counts, InStatus } from './status';
import { labelOf, namesOf, questionOf } from '../../shared/streams';

export interface PollParts {
	red: Red;
	node: RedNode;
	clock: Clock;
	status: InStatus;
	settings: InSettings;
	keeper: CursorKeeper;
	handOver: HandOver;
	connection: Epicollect5Connection;
	choices: ShapeChoices;
	/** The form or branch that is followed; undefined for all. */
	stream: string | undefined;
	/** The part of the service's limit to use. */
	share: number;
	/** The message that asked for it; without one its time has come. */
	asked: Message;
	signal: AbortSignal;
	/** Milliseconds since the epoch: until then files may be asked for, when all entries have been read. */
	filesUntil: number;
}

/** One poll: reads page by page, hands each page over and stores how far it has come, then the files. */
export class Poll {
	readonly counts: Counts = { created: 0, updated: 0, files: 0 };
	private readonly run: Run;
	private failure: FieldDataError | undefined;
	/** Whether there are entries from before the start that have not been met. */
	private isOlderLeft = false;

	constructor(private readonly parts: PollParts) {
		const { clock, status, signal, share } = parts;
		this.run = new Run(clock, { signal, share, onWait: (wait) => status.waiting(wait, this.sent) });
	}

	/** @throws FieldDataError; what was read until then has been handed over and stored */
	async go(): Promise<Counts> {
		const { keeper, status, settings, signal } = this.parts;
		status.busy();
		const stored = await keeper.read(signal);
		const { cursor, shaper } = await this.readEntries(stored, await this.shaper(false));
		const after = settings.events.media ? await this.askForFiles(cursor, shaper) : cursor;
		if (this.failure) throw this.failure;
		if (this.isOlderLeft) await this.meetOlder(after, shaper);
		return this.counts;
	}

	/** @param newer whether the definition that is kept is out of date */
	private async shaper(newer: boolean): Promise<Shaper> {
		const { connection, choices, stream, settings } = this.parts;
		const { slug, server } = connection;
		const project = await connection.project(this.run.options, newer);
		const mapIndex = mappingOf(project, choices.request.mapIndex).index;
		const question = questionOf(project, { server, slug, stream, start: settings.start, mapIndex });
		return new Shaper(project, question, choices);
	}

	private get sent(): number {
		const { created, updated, files } = this.counts;
		return created + updated + files;
	}

	private async readEntries(stored: Cursor, kept: Shaper): Promise<{ cursor: Cursor; shaper: Shaper }> {
		const { client } = this.parts.connection;
		const { run } = this;
		let [cursor, shaper] = [stored, kept];
		let left: string[] | undefined;
		while (left?.length !== 0 && (cursor.files?.waiting.length ?? 0) < MOST_WAITING) {
			const { state } = cursor;
			const { question } = shaper;
			const newer = async () => (shaper = await this.shaper(true)).question;
			const asked = { client, question, state, run, maxRequests: 1, only: left };
			const result = await syncOnce({ ...asked, ...(shaper === kept && { newer }) });
			if (shaper === kept && !shaper.fits(result.events)) shaper = await this.shaper(true);
			cursor = await this.handOver(cursor, result.state, result.events, shaper);
			this.tell(result.notes, shaper.project);
			this.failure ??= result.error;
			// A form that is gone or cannot be read whole keeps no other waiting.
			if (result.error && result.stoppedBy !== 'budget') break;
			left = result.left;
			this.isOlderLeft = result.older.left.length > 0;
		}
		return { cursor, shaper };
	}

	/** Last of all, and some pages a poll: nothing is sent of it, but the first edit of such an entry is told from a new one. */
	private async meetOlder(before: Cursor, { question }: Shaper): Promise<void> {
		const { connection, asked, signal } = this.parts;
		const { state, older } = await syncOnce({
			...{ client: connection.client, question, state: before.state, run: this.run, only: [] },
		});
		signal.throwIfAborted();
		if (older.pages > 0 || older.error) {
			await this.parts.handOver.send([], { before, after: { ...before, state }, asked, signal });
		}
	}

	private async handOver(
		before: Cursor,
		state: SyncState,
		events: readonly EntryEvent[],
		shaper: Shaper,
	): Promise<Cursor> {
		const { settings, asked, signal } = this.parts;
		const all = shaper.news(events);
		const files = settings.events.media
			? { files: withFilesOf(before.files ?? NO_FILES, events, (event) => shaper.columnsOf(event)) }
			: {};
		const after: Cursor = { schema: 1, upTo: upTo(state, shaper.project), state, ...files };
		const news = all.filter(({ event }) => event !== 'mediaArrived' && settings.events[event]);
		await this.parts.handOver.send(news, { before, after, asked, signal });
		for (const { event } of news) if (event !== 'mediaArrived') this.counts[event] += 1;
		return after;
	}

	/** Asks for the files that may have come meanwhile, until there is no time left. */
	private async askForFiles(first: Cursor, { question, project }: Shaper): Promise<Cursor> {
		const { clock, connection, asked, signal, filesUntil } = this.parts;
		const search = {
			...{ client: connection.client, question, publicProject: project.access === 'public', clock },
			run: new Run(clock, { ...this.run.options, deadline: filesUntil }),
		};
		let before = first;
		while (before.state && !this.failure) {
			const found = await lookForFiles(before.state, before.files ?? NO_FILES, search);
			const after: Cursor = { schema: 1, upTo: before.upTo, state: found.state, files: found.queue };
			const news = found.arrived.map((file) => newsOf(file, question, project));
			await this.parts.handOver.send(news, { before, after, asked, signal });
			this.counts.files += news.length;
			this.giveUp(found.givenUp);
			before = after;
			this.failure = found.error;
			if (found.isDone) break;
		}
		return before;
	}

	private giveUp(files: readonly PendingMedia[]): void {
		const { red, node } = this.parts;
		if (files.length === 0) return;
		const names = files.map(({ name }) => name).join(', ');
		node.warn(red._('shared.in.givenUp', { count: files.length, number: files.length, names }));
	}

	private tell(notes: readonly SyncNote[], project: Project): void {
		const { red, node } = this.parts;
		for (const { stream } of notes) {
			node.log(red._('shared.in.shapeChanged', { form: labelOf(namesOf(project, stream)) }));
		}
	}
}

function newsOf(
	{ name, type, questionRef, entryId, eventId }: MissingMedia,
	{ streams }: SyncQuestion,
	project: Project,
): News {
	// `<slug>/<form or branch ref>/<uuid>/<uploaded_at>`
	const [, ref = ''] = eventId.split('/');
	const stream = streams.find((one) => streamRef(one) === ref) ?? { formRef: ref };
	return {
		...{ event: 'mediaArrived', eventId: `${eventId}/${name}`, stream: namesOf(project, stream) },
		payload: { name, type, questionRef, entryId, entryEventId: eventId },
	};
}

/** Up to which upload each form and branch has been sent, for people. */
function upTo({ streams }: SyncState, project: Project): Record<string, string> {
	const named = Object.entries(streams).map(([ref, { watermark }]) => {
		const form = project.forms.find(
			(one) => one.ref === ref || one.branches.some((branch) => branch.ref === ref),
		);
		const branchRef = form && form.ref !== ref ? ref : undefined;
		return [labelOf(namesOf(project, { formRef: form?.ref ?? ref, branchRef })), watermark ?? '-'] as const;
	});
	return Object.fromEntries(named);
}
