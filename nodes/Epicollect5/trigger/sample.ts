import type { INodeExecutionData } from 'n8n-workflow';
import { eventId, type RawEntry } from '../../../core/epicollect5/entry';
import { reasonOf } from '../../../core/epicollect5/stopped';
import type { EntryEvent, MissingMedia, SyncQuestion, SyncStream } from '../../../core/epicollect5/sync';
import { NotFoundError } from '../../../core/http/errors';
import { eventIdOf, type TriggerEvent } from './follow';
import type { Visit } from './poll';

/** Items of a test run that show entries. */
const ITEMS = 3;
/** Newest entries of a form or branch in which a file is looked for. They come with one request. */
const LOOKED_THROUGH = 100;

const NEWEST = { sortBy: 'uploaded_at', sortOrder: 'DESC' } as const;

/** What there is to show. */
interface Found {
	events: EntryEvent[];
	file?: MissingMedia;
	/** Forms and branches that were looked through, of those where it could be. */
	looked: number;
	of: number;
}

/**
 * The newest real entries, as the events would be, for a look at their fields. Nothing is kept of it. Looks through one
 * form or branch after the other until there is something of each chosen event, or no time is left.
 */
export async function sample(visit: Visit): Promise<INodeExecutionData[]> {
	const { settings, items, downloads } = visit;
	const wantsFile = settings.events.has('mediaArrived');
	const wantsEntries = settings.events.has('created') || settings.events.has('updated');
	const found = await look(visit, wantsEntries, wantsFile);
	const entries = wantsEntries ? found.events.slice(0, ITEMS) : [];
	const files = await items.files(entries);
	const shown: TriggerEvent[] = entries.map((event) => ({
		...{ event, eventId: event.eventId, redelivered: false },
	}));
	if (found.file) {
		const event = { event: 'mediaArrived', ...found.file } as const;
		shown.push({ event, eventId: eventIdOf(found.file), redelivered: false });
		files.push(found.file);
	}
	if (shown.length === 0) throw nothingToShow(found);
	await downloads?.fetch(files);
	return await items.of(shown);
}

async function look(visit: Visit, wantsEntries: boolean, wantsFile: boolean): Promise<Found> {
	const { settings, items } = visit;
	const streams = await candidates(visit, wantsEntries);
	const type = settings.events.has('created') ? 'created' : 'updated';
	const found: Found = { events: [], looked: 0, of: streams.length };
	for (const stream of streams) {
		const needsEntries = wantsEntries && found.events.length < ITEMS;
		const needsFile = wantsFile && !found.file && items.hasFiles(stream);
		if (!needsEntries && !needsFile) continue;
		const limit = needsFile ? LOOKED_THROUGH : ITEMS;
		const events = await newest(visit, stream, limit, type).catch((error) => unlessEnough(found, error));
		if (!events) return found;
		if (needsFile) [found.file] = await items.files(events);
		found.events.push(...events);
		found.looked += 1;
	}
	return { ...found, looked: found.of };
}

/** What there is by now is a sample too; without any it is said that there was no time, which is no fault. */
function unlessEnough({ events, looked }: Found, error: unknown): undefined {
	const isOver = reasonOf(error) !== 'failure' && looked > 0;
	if (events.length === 0 && !isOver) throw error;
}

/** Where a sample could be, the likeliest first. By the kept numbers of entries, which may be old: they decide no more. */
async function candidates(visit: Visit, wantsEntries: boolean): Promise<readonly SyncStream[]> {
	const { items, question, newer } = visit;
	const ordered = ({ streams }: SyncQuestion) =>
		[...streams].sort((a, b) => Number(items.hasEntries(b)) - Number(items.hasEntries(a)));
	if (wantsEntries) return ordered(question);
	const withFiles = ordered(question).filter((stream) => items.hasFiles(stream));
	if (withFiles.length > 0) return withFiles;
	return ordered(await newer()).filter((stream) => items.hasFiles(stream));
}

async function newest(
	{ connection, time, question: { slug, mapIndex } }: Visit,
	stream: SyncStream,
	limit: number,
	type: EntryEvent['type'],
): Promise<EntryEvent[]> {
	const rows: RawEntry[] = [];
	const query = { ...stream, mapIndex, limit, ...NEWEST };
	for await (const page of connection.client.entries(slug, query, time.needed())) rows.push(...page);
	return rows.map((row) => ({ type, eventId: eventId(slug, stream, row), row, stream }));
}

function nothingToShow({ events, looked, of }: Found): NotFoundError {
	const anyway = 'The trigger can be activated all the same.';
	if (of === 0) {
		return new NotFoundError('What is watched has no question for a photo, audio or video', {
			code: 'no_sample',
			field: 'Events',
			hint: 'Choose another event, or watch a form or branch that has one.',
		});
	}
	if (looked < of) {
		return new NotFoundError(
			`The newest entries of ${looked} of ${of} forms and branches have nothing to show, and Epicollect5's limit left no time for the others`,
			{ code: 'no_sample', field: 'Watch', hint: `Watch one form or branch to test with. ${anyway}` },
		);
	}
	return new NotFoundError(
		events.length > 0 ? 'The newest entries have no files' : 'There are no entries yet',
		{ code: 'no_sample', hint: `Upload one with the app, then test again. ${anyway}` },
	);
}
