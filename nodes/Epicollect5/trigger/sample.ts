import type { INodeExecutionData } from 'n8n-workflow';
import type { Epicollect5Client } from '../../../core/epicollect5/client';
import { eventId, type RawEntry } from '../../../core/epicollect5/entry';
import type { EntryEvent } from '../../../core/epicollect5/sync';
import { NotFoundError } from '../../../core/http/errors';
import type { TriggerEvent } from './follow';
import type { Visit } from './poll';

/** Items of a test run. */
const ITEMS = 3;
/** Requests of a test run: some forms may have no entries yet. */
const REQUESTS = 3;

const NEWEST = { sortBy: 'uploaded_at', sortOrder: 'DESC' } as const;

/** The newest real entries, as the events would be, for a look at their fields. Nothing is kept of it. */
export async function sample({
	settings,
	connection,
	run,
	question,
	items,
	downloads,
}: Visit): Promise<INodeExecutionData[]> {
	const { slug, mapIndex } = question;
	const type = settings.events.has('created') ? 'created' : 'updated';
	const events: EntryEvent[] = [];
	for (const stream of question.streams.slice(0, REQUESTS)) {
		const rows = await newest(
			connection.client.entries(slug, { ...stream, mapIndex, limit: ITEMS, ...NEWEST }, run),
		);
		events.push(...rows.map((row) => ({ type, eventId: eventId(slug, stream, row), row, stream }) as const));
		if (events.length >= ITEMS) break;
	}
	const files = await items.files(events);
	await downloads?.fetch(files);
	const shown: TriggerEvent[] = [];
	if (settings.events.has('created') || settings.events.has('updated')) {
		shown.push(...events.map((event) => ({ event, eventId: event.eventId, redelivered: false })));
	}
	if (settings.events.has('mediaArrived')) {
		const [file] = files;
		if (file) {
			const event = { event: 'mediaArrived', ...file } as const;
			shown.push({ event, eventId: `${file.eventId}/${file.name}`, redelivered: false });
		}
	}
	if (shown.length > 0) return await items.of(shown);
	throw new NotFoundError(
		events.length > 0 ? 'The newest entries have no files' : 'There are no entries yet',
		{
			code: 'no_sample',
			hint: 'Upload one with the app, then test again. The trigger can be activated all the same.',
		},
	);
}

async function newest(pages: ReturnType<Epicollect5Client['entries']>): Promise<RawEntry[]> {
	const rows: RawEntry[] = [];
	for await (const page of pages) rows.push(...page);
	return rows;
}
