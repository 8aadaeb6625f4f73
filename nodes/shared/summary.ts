import type { INodeExecutionData } from 'n8n-workflow';
import { SECOND } from '../../core/clock';
import { RateLimitError } from '../../core/http/errors';
import { Run, type RunOptions, type Wait } from '../../core/run';
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

/** What came out for one input item. */
export interface Outcome {
	items: INodeExecutionData[];
	/** What is counted, where an output item holds several of them or several make one. */
	count?: number;
	/** Which of them come when there are more than wanted, where that depends on the settings. */
	first?: string;
	/** What came with them, and what the service has not got yet. */
	files?: { downloaded: number; missing: number };
}

/** How much of a service's limit may be used, and how long may be waited for it. */
export interface Budget {
	/** Above 0 and at most 1. */
	share: number;
	/** For one input item, all waits together. 0: to stop when the service answers no more, but to keep to the share. */
	longestWaitMs: number;
}

/** What was done for one input item. */
export interface ItemReport {
	/** What is counted; absent where it failed. */
	results?: number;
	/** Output items, where these are not the same. */
	items?: number;
	/** Of how many, where the limit kept the others away. */
	total?: number;
	first?: string;
	/** Child and branch entries whose parent is missing. */
	orphans?: number;
	files?: Outcome['files'];
	requests: number;
	waitedForLimitMs: number;
	waitedToRetryMs: number;
}

/** The run for one input item, and the account of it. */
export class ItemRun {
	readonly run: Run;
	private readonly options: RunOptions;
	private longestWaitMs = Infinity;
	private total: number | undefined;
	private waitedToRetryMs = 0;
	/** The wait for the limit that goes on. */
	private wait = { requests: -1, since: 0 };

	constructor(signal: AbortSignal | undefined) {
		this.options = {
			signal,
			share: SHARE,
			// What is joined to them is read after the entries that are counted.
			onProgress: ({ total }) => (this.total ??= total),
			onWait: (wait) => {
				// Told once and kept to, while the time to wait for a limit changes with every answer.
				if (wait.reason === 'retry') this.waitedToRetryMs += wait.ms;
				else this.checkWait(wait);
			},
		};
		this.run = new Run(clock, this.options);
	}

	keepTo(budget: Budget | undefined): void {
		if (!budget) return;
		this.options.share = budget.share;
		this.longestWaitMs = budget.longestWaitMs;
	}

	/** @param outcome left out where it failed: what was read before was thrown away */
	report(outcome?: Outcome): ItemReport {
		const { requests, stoppedBy, orphans } = this.run.summary;
		return {
			results: outcome && (outcome.count ?? outcome.items.length),
			items: outcome?.items.length,
			total: stoppedBy === 'limit' ? this.total : undefined,
			first: outcome?.first,
			orphans,
			files: outcome?.files,
			requests,
			waitedForLimitMs: this.waitedForLimitMs,
			waitedToRetryMs: this.waitedToRetryMs,
		};
	}

	private get waitedForLimitMs(): number {
		return Math.max(0, this.run.summary.waitedMs - this.waitedToRetryMs);
	}

	/** @throws RateLimitError where it would take longer than allowed; who announced the wait ends with it */
	private checkWait({ ms, pacing }: Wait): void {
		if (this.longestWaitMs === 0) {
			// A run that stopped at its own pauses could never read more than its share; those of a second are the pace of files.
			if (!pacing && ms > SECOND) throw limitReached(ms);
			return;
		}
		const { requests } = this.run.summary;
		// Announced again while it goes on: it has become longer or shorter.
		if (requests !== this.wait.requests) this.wait = { requests, since: clock.now() };
		const soFar = this.waitedForLimitMs + clock.now() - this.wait.since;
		if (soFar + ms > this.longestWaitMs) throw waitTooLong(ms);
	}
}

function limitReached(ms: number): RateLimitError {
	return new RateLimitError("The service's limit of requests is reached", {
		code: 'limit_reached',
		field: 'When the Limit Is Reached',
		retryAfterMs: ms,
		hint: `${comingIn(ms)} Run it again then, or let the node wait.`,
	});
}

function waitTooLong(ms: number): RateLimitError {
	return new RateLimitError("The service's limit of requests would make the node wait longer than it may", {
		code: 'limit_reached',
		field: 'Wait at Most (Minutes)',
		retryAfterMs: ms,
		hint: `${comingIn(ms)} Run it again then, ask for less, or let the node wait longer.`,
	});
}

/** When to come again: never a moment too early. */
function comingIn(ms: number): string {
	return `The next request may be sent in ${duration(Math.ceil(ms / SECOND) * SECOND)}.`;
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
	const items = sum(({ items, results = 0 }) => items ?? results);
	const orphans = sum((report) => report.orphans ?? 0);
	const sentences = [`${whatCame(reports, wording)}${asked}.`];
	const results = sum((report) => report.results ?? 0);
	if (results > 0 && items !== results) sentences.push(`They make ${amount(items, 'item')}.`);
	if (reports.some(({ files }) => files)) {
		const downloaded = sum(({ files }) => files?.downloaded ?? 0);
		sentences.push(
			filesText(
				downloaded,
				sum(({ files }) => files?.missing ?? 0),
			),
		);
	}
	if (orphans > 0) {
		const are = orphans === 1 ? 'has no parent and is' : 'have no parent and are';
		sentences.push(`${amount(orphans, 'child or branch entry')} ${are} left out.`);
	}
	if (reports.length > 1 && reports.some(isCut))
		sentences.push("There are more: the node's Limit was reached.");
	if (failed > 0) sentences.push(`${failed} of ${amount(reports.length, 'item')} failed.`);
	if (forLimit >= SECOND) {
		sentences.push(`Waited ${duration(forLimit)} because ${service} limits how often it may be asked.`);
	}
	if (toRetry >= SECOND) sentences.push(`Waited ${duration(toRetry)} to try again after a fault.`);
	return sentences.join(' ');
}

/** `12 files were downloaded, 1 has not been uploaded yet.` */
function filesText(downloaded: number, missing: number): string {
	const came = `${amount(downloaded, 'file')} ${downloaded === 1 ? 'was' : 'were'} downloaded`;
	if (missing === 0) return `${came}.`;
	return `${came}, ${number(missing)} ${missing === 1 ? 'has' : 'have'} not been uploaded yet.`;
}

/** `1,000 entries were read`, `The newest 50 of 1,255 entries were read`. */
function whatCame(reports: readonly ItemReport[], wording: Wording): string {
	const { noun, done } = wording;
	const count = reports.reduce((total, { results = 0 }) => total + results, 0);
	const wasDone = `${count === 1 ? 'was' : 'were'} ${done}`;
	const [only] = reports;
	// Several items may have read the same: their totals do not add up.
	if (reports.length !== 1 || only === undefined || !isCut(only)) return `${amount(count, noun)} ${wasDone}`;
	const first = only.first ?? wording.first ?? 'first';
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
	const seconds = Math.max(1, Math.round(ms / SECOND));
	const parts = [`${Math.floor(seconds / 60)} min`, `${seconds % 60} s`];
	return parts.filter((part) => !part.startsWith('0 ')).join(' ');
}
