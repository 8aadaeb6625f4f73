import { Run } from '../../core/run';
import { Patience, type Limits } from './limits';
import { runtime, SHARE } from './runtime';
import type { StatusLine } from './status';

const USUAL: Limits = { share: SHARE, maxWaitMs: undefined };

/** The run of a node for one message: its status tells how far it is, and what it waits for. */
export function shownRun(status: StatusLine, signal: AbortSignal, { share, maxWaitMs } = USUAL): Run {
	const patience = new Patience(runtime.clock, maxWaitMs);
	let total: number | undefined;
	const run: Run = new Run(runtime.clock, {
		signal,
		share,
		onWait: (wait) => {
			patience.told(wait, run.summary.waitedMs);
			status.waiting(wait, run.summary.fetched, total);
		},
		onProgress: (progress) => {
			total = progress.total;
			status.progress(progress);
		},
	});
	return run;
}
