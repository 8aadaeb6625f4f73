import { connectionOf } from '../../shared/epicollect5';
import { Run } from '../../../core/run';
import type { Work } from '../../shared/input';
import { limitsFrom, Patience, type Limits } from '../../shared/limits';
import { isEach } from '../../shared/output';
import type { Red } from '../../shared/red';
import { runtime } from '../../shared/runtime';
import type { StatusLine } from '../../shared/status';
import { Settings } from '../../shared/values';
import { registerWorker, type Worker } from '../../shared/worker';
import { again } from './again';
import { Downloads, isOfOneFile } from './download';
import { MediaFolder } from './folder';
import { Results } from './results';
import { choicesFrom, type Choices, type MediaDef } from './settings';
import type { WantedFile } from './wanted';

export default function register(red: Red): void {
	registerWorker<MediaDef>(red, 'epicollect5-media', getMedia, { cancellable: true });
}

async function getMedia(parts: Worker<MediaDef>, work: Work): Promise<void> {
	const { red, def, status } = parts;
	const connection = connectionOf(red, def.project);
	const settings = new Settings({ ...parts, message: work.message });
	status.busy();
	const limits = await limitsFrom(settings);
	const each = await isEach(settings);
	const results = new Results(red, def, work, each);
	const run = runOf(status, results, work.signal, limits);
	const project = await connection.project(run.options);
	const choices = await choicesFrom(settings, project);
	results.total = choices.files.length;
	const folder = await folderOf(red, choices);
	const { client, slug } = connection;
	const source = { client, slug, publicProject: project.access === 'public', run, signal: work.signal };
	const downloads = new Downloads(source, choices, folder, !each);
	for (const file of choices.files) {
		status.files(results.done, results.total);
		await one(file, downloads, results);
	}
	const { givenUp } = results;
	if (each && givenUp.length > 0) {
		const [count, names] = [givenUp.length, givenUp.join(', ')];
		parts.node.warn(red._('shared.in.givenUp', { count, number: count, names }));
	}
	const refusal = results.finish();
	status.filesDone(results.counts, runtime.clock.now());
	if (refusal) throw refusal;
}

/** What is refused of one file keeps no other back; the message fails for it at its end. */
async function one(file: WantedFile, downloads: Downloads, results: Results): Promise<void> {
	try {
		const got = await downloads.get(file);
		if (got) return results.got(file, got);
		const [type = 'photo'] = file.types;
		results.missing(file, type, again(file, type, runtime.clock.now()));
	} catch (error) {
		if (!isOfOneFile(error)) throw error;
		results.refused(file, error);
	}
}

async function folderOf(red: Red, { folder, create }: Choices): Promise<MediaFolder | undefined> {
	if (folder === undefined) return undefined;
	const { fileWorkingDirectory } = red.settings as { fileWorkingDirectory?: unknown };
	const base = typeof fileWorkingDirectory === 'string' ? fileWorkingDirectory : '.';
	return await MediaFolder.open(folder, { create, base });
}

/** A run that shows in the status what it waits for. */
function runOf(status: StatusLine, results: Results, signal: AbortSignal, limits: Limits): Run {
	const { share, maxWaitMs } = limits;
	const patience = new Patience(runtime.clock, maxWaitMs);
	const run: Run = new Run(runtime.clock, {
		signal,
		share,
		onWait: (wait) => {
			patience.told(wait, run.summary.waitedMs);
			status.waitingForFile(wait, results.done, results.total);
		},
	});
	return run;
}
