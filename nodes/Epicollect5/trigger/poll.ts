import { randomUUID } from 'crypto';
import type { INodeExecutionData, IPollFunctions } from 'n8n-workflow';
import { HOUR, MINUTE, SECOND } from '../../../core/clock';
import type { Project } from '../../../core/epicollect5/project';
import type { GetProject } from '../../../core/epicollect5/reading';
import { reasonOf } from '../../../core/epicollect5/stopped';
import { syncQuestion, type SyncQuestion } from '../../../core/epicollect5/sync';
import { InputError } from '../../../core/http/errors';
import { Run } from '../../../core/run';
import { clock } from '../../shared/clock';
import { toNodeError } from '../../shared/errors';
import { projects, SHARE } from '../../shared/process';
import { connect, type Connection } from '../connection';
import { Downloads } from './downloads';
import { follow, type Followed } from './follow';
import { Items } from './items';
import { Store } from './kept';
import { polled, underWay } from './progress';
import { sample } from './sample';
import { settingsOf, type Settings } from './settings';

/** A window of the service's limit is a minute: what has to wait longer than this is left for the next poll. */
const PATIENCE_MS = 20 * SECOND;
/** For files. n8n gives more than that where it does not throw away what is late. */
const LONGEST_POLL_MS = MINUTE;
/** New forms of a followed project are noticed within this time. It costs one of five project requests a minute. */
const DEFINITION_FRESH_MS = HOUR;

/** Everything a poll works with. */
export interface Visit {
	settings: Settings;
	connection: Connection;
	run: Run;
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
		if (this.getMode() === 'manual') return [await sample(await visit(this, 1))];
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
		throw toNodeError(this.getNode(), withWayOut(error));
	}
}

async function pollOnce(context: IPollFunctions, store: Store): Promise<INodeExecutionData[][] | null> {
	const { settings, connection, run, project, question, newer, items, downloads } = await visit(
		context,
		SHARE,
	);
	const { anew, repeats } = settings;
	const followed = await follow({
		...{ client: connection.client, question, newer, run, clock, kept: store.read(anew) },
		repeats: repeats && !polled.has(store.name),
		wanted: settings.events,
		batchSize: settings.batchSize,
		filesOf: async (events) => await items.files(events),
		downloads,
		publicProject: project.access === 'public',
	});
	const output = await items.of(followed.events);
	if (output.length === 0 && followed.error) throw followed.error;
	tell(context, followed);
	polled.add(store.name);
	const kept = { id: randomUUID(), workflow: store.workflow, anew, ...followed.kept };
	if (output.length === 0 && !followed.mustSave) {
		store.remember(kept);
		return null;
	}
	store.write(kept);
	// Where it is empty: an execution without items, as n8n saves nothing otherwise.
	return [output];
}

async function visit(context: IPollFunctions, share: number): Promise<Visit> {
	const settings = settingsOf(context);
	const connection = await connect(context);
	// Not there in older versions of n8n.
	const budgetMs = (context as Partial<IPollFunctions>).getPollBudgetMs?.() ?? LONGEST_POLL_MS;
	const begun = clock.now();
	const deadline = begun + Math.min(budgetMs, PATIENCE_MS);
	const run = new Run(clock, { deadline, share });
	const { slug, shape, stream, start } = settings;
	const getProject: GetProject = async (newer) => {
		const newerThan = newer ? clock.now() : clock.now() - DEFINITION_FRESH_MS;
		return await projects.get(connection.key, connection.client, slug, run, newerThan);
	};
	const project = await getProject(false);
	const source = { client: connection.client, slug, publicProject: project.access === 'public' };
	const media = settings.media && {
		choice: settings.media,
		downloads: new Downloads(context, source, settings.media, downloadRun(begun, budgetMs, share)),
	};
	const items = new Items(project, slug, shape, getProject, media);
	const questionOf = (known: Project) =>
		syncQuestion({
			...{ server: connection.server, slug, project: known, mapIndex: shape.mapIndex, start },
			streams: stream && [stream],
		});
	const newer = async () => questionOf(await items.renew());
	return {
		settings,
		connection,
		run,
		project,
		question: questionOf(project),
		newer,
		items,
		downloads: media?.downloads,
	};
}

/** A file is begun while there is half of the poll's time for it, and ends with the poll: n8n throws away what is late. */
function downloadRun(begun: number, budgetMs: number, share: number): Run {
	const mostMs = Math.min(budgetMs, LONGEST_POLL_MS);
	const deadline = begun + Math.min(mostMs / 2, PATIENCE_MS);
	const leftMs = Math.max(0, Math.floor(begun + mostMs - clock.now()));
	return new Run(clock, { deadline, share, signal: AbortSignal.timeout(leftMs) });
}

/** What happened beside the events, for n8n's log: a trigger has no other place for it. */
function tell(context: IPollFunctions, { events, notes, dropped, error }: Followed): void {
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
