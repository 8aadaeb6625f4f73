import type { IBinaryData, IDataObject, INodeExecutionData } from 'n8n-workflow';
import { branchOf, formOf, type Stream } from '../../../core/epicollect5/columns';
import type { RawEntry } from '../../../core/epicollect5/entry';
import { isMediaType } from '../../../core/epicollect5/mediaAnswer';
import { oneLine } from '../../../core/epicollect5/names';
import type { Project } from '../../../core/epicollect5/project';
import { fits, shapeOf, type GetProject, type Shape } from '../../../core/epicollect5/reading';
import { allStreams, streamRef, type EntryEvent, type MissingMedia } from '../../../core/epicollect5/sync';
import { fieldsOf, type MediaChoice } from '../actions/media/attach';
import type { ShapeChoice } from '../shape';
import type { Downloads } from './downloads';
import { filesOf } from './files';
import type { TriggerEvent } from './follow';

/** What an item has besides the entry; an answer of that name gets another one. */
const RESERVED = ['event', 'form', 'branch', 'redelivered', 'mediaMissing'];

/** Where the question of a file is not known any more. */
const FILE_FIELD = 'data';

interface ItemShape extends Shape {
	/** What files are called in an item, by the ref of their question. */
	fileFields: ReadonlyMap<string, string>;
}

/** Makes the items of a poll. Everything that events become is made here. */
export class Items {
	private readonly shapes = new Map<string, ItemShape>();
	private isFresh = false;

	/** @param getProject is asked for a newer definition where the entries show that the form was changed */
	constructor(
		private project: Project,
		private readonly slug: string,
		private readonly choice: ShapeChoice,
		private readonly getProject: GetProject,
		private readonly media?: { choice: MediaChoice; downloads: Pick<Downloads, 'wants' | 'file'> },
	) {}

	/** Knows the project by a newer definition from now on. @throws FieldDataError */
	async renew(): Promise<Project> {
		this.project = await this.getProject(true);
		this.isFresh = true;
		this.shapes.clear();
		return this.project;
	}

	/** The files that entries name. */
	async files(events: readonly EntryEvent[]): Promise<MissingMedia[]> {
		await this.knowAll(events);
		return events.flatMap((event) => filesOf(event, this.shape(event.stream).columns));
	}

	/** Whether a form or branch has a question for a photo, audio or video. */
	hasFiles(stream: Stream): boolean {
		return this.shape(stream).columns.some(({ type }) => isMediaType(type));
	}

	/** Whether a form or branch had entries when its definition was read. */
	hasEntries({ formRef, branchRef }: Stream): boolean {
		const form = formOf(this.project, formRef);
		return (branchRef === undefined ? form : branchOf(form, branchRef)).entries > 0;
	}

	/** @throws FieldDataError where a newer definition cannot be had: nothing was handed over then */
	async of(events: readonly TriggerEvent[]): Promise<INodeExecutionData[]> {
		await this.knowAll(events.flatMap(({ event }) => ('row' in event ? [event] : [])));
		return events.map((event) => this.item(event));
	}

	private item(event: TriggerEvent): INodeExecutionData {
		const json = this.json(event);
		if (!this.media) return { json };
		const { binary, missing } = this.downloaded(event, this.media.downloads);
		return { json: missing.length > 0 ? { ...json, mediaMissing: missing } : json, binary };
	}

	/** The files of an event that were downloaded, and the names of those that were not. */
	private downloaded({ event, eventId }: TriggerEvent, downloads: Pick<Downloads, 'wants' | 'file'>) {
		const shape = this.shapeAt(eventId);
		const files = 'row' in event ? filesOf(event, shape?.columns ?? []) : [event];
		const binary: Record<string, IBinaryData> = {};
		const missing: string[] = [];
		for (const { type, name, questionRef = '' } of files.filter((file) => downloads.wants(file.type))) {
			const file = downloads.file(type, name);
			if (file) binary[shape?.fileFields.get(questionRef) ?? FILE_FIELD] = file;
			else missing.push(name);
		}
		return { binary, missing };
	}

	private json({ event, eventId, redelivered }: TriggerEvent): IDataObject {
		const again = redelivered ? { redelivered } : {};
		if ('row' in event) {
			const own = { event: event.type, ...again, ...this.named(event.stream) };
			if (!this.choice.simplify) return { ...own, eventId, entry: event.row as IDataObject };
			return { ...own, ...(this.shape(event.stream).tidy(event.row) as IDataObject) };
		}
		const { entryId, name, type, questionRef = null } = event;
		const stream = this.streamAt(eventId);
		const place = stream ? this.named(stream) : { form: null, branch: null };
		return { event: event.event, ...again, ...place, eventId, entryId, name, type, questionRef };
	}

	/** Which form and branch it is of, in people's words: the refs are in the event's ID. */
	private named({ formRef, branchRef }: Stream): { form: string; branch: string | null } {
		const form = formOf(this.project, formRef);
		const branch = form.branches.find(({ ref }) => ref === branchRef);
		return { form: form.name, branch: branch ? oneLine(branch.name) : null };
	}

	/** Gets a newer definition, once, where entries have other answers than the kept one tells of. */
	private async knowAll(events: readonly EntryEvent[]): Promise<void> {
		if (this.isFresh) return;
		const rows = new Map<string, { stream: Stream; rows: RawEntry[] }>();
		for (const { stream, row } of events) {
			const ref = streamRef(stream);
			const known = rows.get(ref);
			if (known) known.rows.push(row);
			else rows.set(ref, { stream, rows: [row] });
		}
		const all = [...rows.values()];
		if (all.every((own) => fits(own.rows, this.shape(own.stream).columns, this.choice, false))) return;
		await this.renew();
	}

	/** The form or branch that an event is of, as long as the project has it. */
	private streamAt(eventId: string): Stream | undefined {
		return allStreams(this.project).find((known) => streamRef(known) === eventId.split('/')[1]);
	}

	private shapeAt(eventId: string): ItemShape | undefined {
		const stream = this.streamAt(eventId);
		return stream && this.shape(stream);
	}

	private shape(stream: Stream): ItemShape {
		const ref = streamRef(stream);
		let shape = this.shapes.get(ref);
		if (!shape) {
			const known = shapeOf(this.project, { slug: this.slug, ...stream, ...this.choice }, RESERVED);
			shape = { ...known, fileFields: this.fileFields(known) };
			this.shapes.set(ref, shape);
		}
		return shape;
	}

	private fileFields({ columns }: Shape): Map<string, string> {
		if (!this.media) return new Map();
		const { simplify } = this.choice;
		const named = columns.map(({ ref, type, name, key }) => ({ ref, type, name: simplify ? name : key }));
		return new Map(fieldsOf(named, this.media.choice).map(({ ref, property }) => [ref, property]));
	}
}
