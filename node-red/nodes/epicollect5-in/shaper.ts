import type { Column } from '../../../core/epicollect5/columns';
import type { Project } from '../../../core/epicollect5/project';
import { fits, shapeOf, type GetProject, type Shape } from '../../../core/epicollect5/reading';
import { streamRef, type EntryEvent } from '../../../core/epicollect5/sync';
import type { ShapeChoices } from '../../shared/shape';
import type { News } from './outbox';
import { namesOf } from '../../shared/streams';

/** Turns what was found into what is sent: tidy, or as it came. */
export class Shaper {
	private readonly shapes = new Map<string, Shape>();
	private isFresh = false;

	constructor(
		private current: Project,
		private readonly getProject: GetProject,
		private readonly slug: string,
		private readonly choices: ShapeChoices,
	) {}

	/** The definition that the last events were read by. */
	get project(): Project {
		return this.current;
	}

	/** @param events of one page: all of one form or branch. @throws FieldDataError */
	async news(events: readonly EntryEvent[]): Promise<News[]> {
		const [first] = events;
		if (!first) return [];
		await this.refresh(first, events);
		const stream = namesOf(this.current, first.stream);
		const { tidy } = this.shapeOf(first);
		return events.map(({ type, eventId, row }) => ({
			...{ event: type, eventId, stream },
			payload: this.choices.raw ? row : tidy(row),
		}));
	}

	/** The columns of an event's form or branch. */
	columnsOf(event: EntryEvent): readonly Column[] {
		return this.shapeOf(event).columns;
	}

	/** The form may have been changed since its definition was kept: names are numbered anew (contract 10). */
	private async refresh(first: EntryEvent, events: readonly EntryEvent[]): Promise<void> {
		if (this.isFresh) return;
		const { columns } = this.shapeOf(first);
		const rows = events.map(({ row }) => row);
		if (fits(rows, columns, this.choices.request, false)) return;
		this.current = await this.getProject(true);
		this.isFresh = true;
		this.shapes.clear();
	}

	private shapeOf({ stream }: EntryEvent): Shape {
		const ref = streamRef(stream);
		let shape = this.shapes.get(ref);
		if (!shape) {
			const { formRef, branchRef } = stream;
			shape = shapeOf(this.current, { slug: this.slug, formRef, branchRef, ...this.choices.request });
			this.shapes.set(ref, shape);
		}
		return shape;
	}
}
