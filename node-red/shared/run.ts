import { Run } from '../../core/run';
import { runOptions } from './epicollect5';
import { runtime } from './runtime';
import type { StatusLine } from './status';

/** The run of a node for one message: its status tells how far it is, and what it waits for. */
export function shownRun(status: StatusLine, signal: AbortSignal): Run {
	const run: Run = new Run(
		runtime.clock,
		runOptions({
			signal,
			onWait: (wait) => status.waiting(wait, run.summary.fetched),
			onProgress: (progress) => status.progress(progress),
		}),
	);
	return run;
}
