import { SECOND } from '../../core/clock';
import { Run } from '../../core/run';
import { clock } from './clock';
import { SHARE } from './process';

/** What an operation did, in words for its summary. */
export interface Wording {
	/** What is counted, such as `entry`. */
	noun: string;
	/** What became of it, such as `read`. */
	done: string;
	/** Which of them come when there are more than wanted, such as `newest`. */
	first?: string;
}

/** What was done for one input item. */
export interface ItemReport {
	/** Output items; absent where it failed. */
	results?: number;
	/** Of how many, where the limit kept the others away. */
	total?: number;
	requests: number;
	waitedForLimitMs: number;
	waitedToRetryMs: number;
}

/** The run for one input item, and the account of it. */
export class ItemRun {
	readonly run: Run;
	private total: number | undefined;
	private waitedToRetryMs = 0;

	constructor(signal: AbortSignal | undefined) {
		this.run = new Run(clock, {
			signal,
			share: SHARE,
			onProgress: ({ total }) => (this.total = total),
			onWait: ({ reason, ms }) => {
				// Told once and kept to, while the time to wait for a limit changes with every answer.
				if (reason === 'retry') this.waitedToRetryMs += ms;
			},
		});
	}

	/** @param results output items; left out where it failed: what was read before was thrown away */
	report(results?: number): ItemReport {
		const { requests, waitedMs, stoppedBy } = this.run.summary;
		return {
			results,
			total: stoppedBy === 'limit' ? this.total : undefined,
			requests,
			waitedForLimitMs: Math.max(0, waitedMs - this.waitedToRetryMs),
			waitedToRetryMs: this.waitedToRetryMs,
		};
	}
}

/** What a run did, such as "1,000 entries were read with 4 requests to Epicollect5." */
export function summaryText(reports: readonly ItemReport[], wording: Wording, service: string): string {
	const sum = (part: (report: ItemReport) => number) =>
		reports.reduce((total, report) => total + part(report), 0);
	const requests = sum((report) => report.requests);
	const asked = requests > 0 ? ` with ${amount(requests, 'request')} to ${service}` : '';
	const failed = reports.filter(({ results }) => results === undefined).length;
	const forLimit = sum((report) => report.waitedForLimitMs);
	const toRetry = sum((report) => report.waitedToRetryMs);
	const sentences = [`${whatCame(reports, wording)}${asked}.`];
	if (reports.length > 1 && reports.some(isCut))
		sentences.push("There are more: the node's Limit was reached.");
	if (failed > 0) sentences.push(`${failed} of ${amount(reports.length, 'item')} failed.`);
	if (forLimit >= SECOND) {
		sentences.push(`Waited ${duration(forLimit)} because ${service} limits how often it may be asked.`);
	}
	if (toRetry >= SECOND) sentences.push(`Waited ${duration(toRetry)} to try again after a fault.`);
	return sentences.join(' ');
}

/** `1,000 entries were read`, `The newest 50 of 1,255 entries were read`. */
function whatCame(reports: readonly ItemReport[], { noun, done, first = 'first' }: Wording): string {
	const count = reports.reduce((total, { results = 0 }) => total + results, 0);
	const wasDone = `${count === 1 ? 'was' : 'were'} ${done}`;
	const [only] = reports;
	// Several items may have read the same: their totals do not add up.
	if (reports.length !== 1 || only === undefined || !isCut(only)) return `${amount(count, noun)} ${wasDone}`;
	const those = count === 1 ? `The ${first}` : `The ${first} ${number(count)}`;
	return `${those} of ${amount(only.total ?? count, noun)} ${wasDone}`;
}

function isCut({ results, total }: ItemReport): boolean {
	return results !== undefined && total !== undefined && results < total;
}

/** `1 entry`, `1,000 entries`, `No users`. */
function amount(count: number, noun: string): string {
	const many = noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : `${noun}s`;
	return `${count === 0 ? 'No' : number(count)} ${count === 1 ? noun : many}`;
}

function number(count: number): string {
	return count.toLocaleString('en-GB');
}

/** `24 s`, `1 min 36 s`, `2 min`. */
function duration(ms: number): string {
	const seconds = Math.round(ms / SECOND);
	const parts = [`${Math.floor(seconds / 60)} min`, `${seconds % 60} s`];
	return parts.filter((part) => !part.startsWith('0 ')).join(' ');
}
