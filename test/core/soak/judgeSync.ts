import type { SyncResult } from '../../../core/epicollect5/sync';
import type { Consumer } from './consumer';
import type { Ledger, Period } from './ledger';
import { errorFaults, leaks, missingAfter, shownInVain, stateFaults } from './oracle';
import type { SyncAct, WorldPlan } from './plan';
import { budgetFaults } from './requests';
import { violations, type Violation } from './violations';
import type { Sent } from './wire';

/** A call that came back, and what may be held against it. */
export interface Synced {
	act: SyncAct;
	consumer: Consumer;
	result: SyncResult;
	period: Period;
	/** By this call alone. */
	sent: readonly Sent[];
	/** By everybody since it began. */
	meanwhile: readonly Sent[];
	world: WorldPlan;
	secrets: readonly string[];
}

/** What the result says of itself. */
export function judgeSync(synced: Synced, ledger: Ledger): Violation[] {
	const { act, consumer, result, sent, secrets } = synced;
	const { state, error, stoppedBy, notes, summary, events } = result;
	const refs = consumer.question.streams.map(({ formRef, branchRef }) => branchRef ?? formRef);
	const entries = refs.reduce((sum, ref) => sum + ledger.ids(ref).length, 0);
	const found = [
		...violations('state', stateFaults(state, entries, refs.length, consumer.missing.size)),
		...violations('secret', leaks([state, notes, summary, error], secrets)),
		...violations('requests', budgetFaults(sent, act.maxRequests)),
	];
	// Where a redirect leads is not the service.
	const reading = sent.filter(({ bucket }) => bucket !== 'token' && bucket !== 'other');
	if (summary.requests !== reading.length) {
		found.push({
			kind: 'requests',
			what: `${reading.length} requests, and ${summary.requests} in the summary`,
		});
	}
	if (act.batchSize !== undefined && events.length > act.batchSize) {
		found.push({ kind: 'answer', what: `${events.length} events in a batch of ${act.batchSize}` });
	}
	if (!error) return found;
	found.push(...violations('error', errorFaults(error)));
	if (stoppedBy === 'end')
		found.push({ kind: 'falseSuccess', what: `an end with an error: ${String(error)}` });
	if (result.stoppedBy === 'aborted' && act.abortAfter !== undefined) return found;
	if (!hasReason(error, { ...synced, refs }, ledger)) {
		found.push({ kind: 'error', what: `a sync failed without a reason: ${String(error)}` });
	}
	return found;
}

/** What was handed over by now. */
export function judgeDelivery({ act, consumer, result, sent, period }: Synced, ledger: Ledger): Violation[] {
	const found: Violation[] = [];
	consumer.hasFailed ||= result.error !== undefined;
	if (result.stoppedBy !== 'end' || consumer.hasFailed) consumer.since ??= period.from;
	else {
		const since = { from: Math.min(period.from, consumer.since ?? Infinity), to: period.to };
		const missing = missingAfter(consumer, ledger, since);
		found.push(
			...violations(
				'falseSuccess',
				missing.map((key) => `a sync came to its end without ${key}`),
			),
		);
		consumer.since = undefined;
	}
	const isUndefined = lacksDefinition(result, sent, ledger);
	if (act.batchSize !== undefined || isUndefined) return found;
	const vain = shownInVain(consumer, ledger, sent).map((key) => `shown and not delivered: ${key}`);
	return [...found, ...violations('lost', vain)];
}

/** Without a definition that fits it a page is not taken: it comes again. */
function lacksDefinition({ stoppedBy }: SyncResult, sent: readonly Sent[], ledger: Ledger): boolean {
	const asked = sent.filter(({ bucket }) => bucket === 'project');
	if (asked.length > 0) return asked.some(({ status }) => status !== 200);
	// It may have had to wait longer than there was time.
	return ledger.formChanges.length > 0 && (stoppedBy === 'deadline' || stoppedBy === 'aborted');
}

/** An error of the core, as far as it is looked at. */
export interface Failure {
	kind?: string;
	code?: string;
	retryAfterMs?: number;
}

interface Circumstances extends Pick<Synced, 'meanwhile' | 'period' | 'world'> {
	/** Of the forms and branches that were read. */
	refs: readonly string[];
}

/** A failure needs a reason that stood on the wire, or an earlier one that is still waited for. */
export function hasReason(
	error: Failure,
	{ meanwhile, period, world, refs }: Circumstances,
	ledger: Ledger,
): boolean {
	// A token is asked for once for all acts of a process: another one's wire may tell.
	const isRefused = ({ status, codes, isWhole }: Sent) =>
		!isWhole || (status !== 200 && status !== 206 && !codes.includes('ec5_335'));
	if (error.kind !== 'incomplete') return meanwhile.some(isRefused) || error.retryAfterMs !== undefined;
	// What was refused is asked for again: rows are missing only where they move, or come in another order each time.
	const moved = refs.map((ref) => ledger.changes(ref, period));
	// A joined reading may begin with a definition of some minutes ago.
	const from = error.code === 'form_changed' ? 0 : period.from;
	const isChanged = ledger.formChanges.some((tick) => tick >= from && tick <= period.to);
	return (
		isChanged || world.ties === 'shuffled' || moved.some(({ came, went, edited }) => came || went || edited)
	);
}
