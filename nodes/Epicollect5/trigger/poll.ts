import { randomUUID } from 'crypto';
import type { INodeExecutionData, IPollFunctions } from 'n8n-workflow';
import { HOUR } from '../../../core/clock';
import type { Project } from '../../../core/epicollect5/project';
import type { GetProject } from '../../../core/epicollect5/reading';
import { reasonOf } from '../../../core/epicollect5/stopped';
import { syncQuestion, type SyncQuestion } from '../../../core/epicollect5/sync';
import { untilAborted } from '../../../core/http/abort';
import { InputError, type FieldDataError } from '../../../core/http/errors';
import { clock } from '../../shared/clock';
import { toNodeError } from '../../shared/errors';
import { projects, SHARE } from '../../shared/process';
import { connect, slugOf, type Connection } from '../connection';
import { Downloads } from './downloads';
import { follow, type Followed } from './follow';
import { Items } from './items';
import { Store } from './kept';
import { polled, underWay } from './progress';
import { sample } from './sample';
import { settingsOf, type Settings } from './settings';
import { outOfTime, PollTime } from './time';

/** New forms of a followed project are noticed within this time. It costs one of five project requests a minute. */
const DEFINITION_FRESH_MS = HOUR;

/** Everything a poll works with. */
export interface Visit {
	settings: Settings;
	connection: Connection;
	time: PollTime;
	project: Project;
	question: SyncQuestion;
	/** The question by a newer definition, by which items are made from then on too. */
	newer: () => Promise<SyncQuestion>;
	items: Items;
	/** Where files are to come with the items. */
	downloads: Downloads | undefined;
}

/**
 * One poll. n8n saves what is kept when there are items, before their execution begins; without items it is saved only
 * with durable cursors; and never where this throws (n8n 2.41.1, poll-trigger-executor.js).
 */
export async function poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
	try {
		if (this.getMode() === 'manual') return [await sample(await visit(this, new PollTime(this, 1)))];
		const store = new Store(this);
		if (underWay.has(store.name)) return null;
		underWay.add(store.name);
		try {
			return await pollOnce(this, store);
		} finally {
			underWay.delete(store.name);
		}
	} catch (error) {
		// Others use the limit up at the moment: no failure, the next poll goes on.
		if (this.getMode() !== 'manual' && reasonOf(error) === 'deadline') return null;
		throw toNodeError(this.getNode(), withWayOut(outOfTime(error)));
	}
}

async function pollOnce(context: IPollFunctions, store: Store): Promise<INodeExecutionData[][] | null> {
	const visited = await visit(context, new PollTime(context, SHARE));
	const { settings, connection, project, question, newer, items, downloads } = visited;
	const { anew, repeats } = settings;
	const before = store.read(anew);
	const isFirst = !polled.has(store.name) || (before !== undefined && before.id === polled.get(store.name));
	const followed = await follow({
		...{ client: connection.client, question, newer, run: visited.time.reading(), clock, kept: before },
		repeats: repeats && isFirst,
		wanted: settings.events,
		batchSize: settings.batchSize,
		filesOf: async (events) => await items.files(events),
		downloads,
		publicProject: project.access === 'public',
	});
	const output = await items.of(followed.events);
	const error = await failureOf(followed, question, newer);
	if (isFirst) polled.set(store.name, before?.id);
	const word = anew === '' ? (before?.anew ?? '') : anew;
	const kept = { id: randomUUID(), workflow: store.workflow, anew: word, ...followed.kept };
	if (output.length > 0) store.write(kept);
	else store.remember(kept);
	// Where it is empty: an execution without items, as n8n saves nothing otherwise.
	const isSaved = output.length > 0 || followed.mustSave;
	if (error && !isSaved) throw error;
	tell(context, { ...followed, error });
	return isSaved ? [output] : null;
}

/**
 * Looks at the project again where a form or branch is not there any more: who follows the whole project goes on without
 * it, and anybody else is told with the next poll which one it was.
 */
async function failureOf(
	{ error }: Followed,
	question: SyncQuestion,
	newer: () => Promise<SyncQuestion>,
): Promise<FieldDataError | undefined> {
	if (error?.code !== 'ec5_15' && error?.code !== 'ec5_99') return error && outOfTime(error);
	const now = await newer().catch(() => question);
	return question.whole && now.streams.length < question.streams.length ? undefined : error;
}

async function visit(context: IPollFunctions, time: PollTime): Promise<Visit> {
	const settings = settingsOf(context);
	const connection = await connect(context);
	const { shape, stream, start } = settings;
	const slug = slugOf(context, 0, connection.server);
	const getProject: GetProject = async (newer) => {
		const newerThan = newer ? clock.now() : clock.now() - DEFINITION_FRESH_MS;
		const run = newer ? time.needed() : time.reading();
		const asked = projects.get(connection.key, connection.client, slug, run, newerThan);
		// Another run may have asked, with more patience than this one.
		return await untilAborted(asked, run.signal);
	};
	const project = await getProject(false);
	const source = { client: connection.client, slug, publicProject: project.access === 'public' };
	const media = settings.media && {
		choice: settings.media,
		downloads: new Downloads(context, source, settings.media, time.files()),
	};
	const items = new Items(project, slug, shape, getProject, media);
	const questionOf = (known: Project) =>
		syncQuestion({
			...{ server: connection.server, slug, project: known, mapIndex: shape.mapIndex, start },
			streams: stream && [stream],
		});
	const newer = async () => questionOf(await items.renew());
	const question = questionOf(project);
	return { settings, connection, time, project, question, newer, items, downloads: media?.downloads };
}

/** What happened beside the events, for n8n's log: a trigger has no other place for it. */
function tell(context: IPollFunctions, { events, notes, dropped, error }: Omit<Followed, 'kept'>): void {
	const { name } = context.getNode();
	if (notes.length > 0) {
		context.logger.info(
			`${name}: a form or its mapping was changed. Entries are not delivered again for it.`,
		);
	}
	if (dropped > 0) {
		context.logger.warn(`${name}: too many files are awaited. ${dropped} of them will not be announced.`);
	}
	if (error) {
		context.logger.warn(`${name}: ${events.length} events were delivered, then: ${error.message}`);
	}
}

const RESET = new Set(['sync_question', 'sync_state', 'sync_version', 'project_replaced']);

/** Nothing begins anew by itself; how to ask for it is a matter of this dialog. */
function withWayOut(error: unknown): unknown {
	if (!(error instanceof InputError) || !RESET.has(error.code ?? '')) return error;
	const undo = error.code === 'sync_question' ? ' To go on where it was, undo the change.' : '';
	return new InputError(error.message, {
		code: error.code,
		field: error.field,
		hint: `Nothing was read.${undo} To begin anew, as Start From says, add the option Begin Anew and enter any word that was not there before.`,
	});
}
