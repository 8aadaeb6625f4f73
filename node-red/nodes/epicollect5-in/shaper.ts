import type { Column } from '../../../core/epicollect5/columns';
import type { Project } from '../../../core/epicollect5/project';
import { fits, shapeOf, type Shape } from '../../../core/epicollect5/reading';
import { streamRef, type EntryEvent, type SyncQuestion } from '../../../core/epicollect5/sync';
import type { ShapeChoices } from '../../shared/shape';
import type { News } from './outbox';
import { namesOf } from '../../shared/streams';

/** What a project's definition says of what is followed, and how it is sent: tidy, or as it came. */
export class Shaper {
	private readonly shapes = new Map<string, Shape>();

	constructor(
		readonly project: Project,
		readonly question: SyncQuestion,
		private readonly choices: ShapeChoices,
	) {}

	/** Whether the definition tells of the columns that these entries have. @param events all of one form or branch */
	fits(events: readonly EntryEvent[]): boolean {
		const [first] = events;
		if (!first) return true;
		const rows = events.map(({ row }) => row);
		return fits(rows, this.shapeOf(first).columns, this.choices.request, false);
	}

	/** @param events all of one form or branch */
	news(events: readonly EntryEvent[]): News[] {
		const [first] = events;
		if (!first) return [];
		const stream = namesOf(this.project, first.stream);
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

	private shapeOf({ stream }: EntryEvent): Shape {
		const ref = streamRef(stream);
		let shape = this.shapes.get(ref);
		if (!shape) {
			const { formRef, branchRef } = stream;
			const { slug } = this.question;
			shape = shapeOf(this.project, { slug, formRef, branchRef, ...this.choices.request });
			this.shapes.set(ref, shape);
		}
		return shape;
	}
}
