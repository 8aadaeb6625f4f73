import { MINUTE, SECOND } from '../../core/clock';
import type { Summary } from '../../core/run';

/** One sentence on what a run did, such as "1,000 entries read with 3 requests to Epicollect5." */
export function summaryText(summaries: readonly Summary[], noun: string, service: string): string {
	const sum = (part: 'fetched' | 'requests' | 'waitedMs') =>
		summaries.reduce((total, summary) => total + summary[part], 0);
	const parts = [`${amount(sum('fetched'), noun)} with ${amount(sum('requests'), 'request')} to ${service}`];
	if (sum('waitedMs') >= SECOND) parts.push(`waited ${duration(sum('waitedMs'))} for its limit`);
	return `${parts.join('; ')}.`;
}

/** `1 entry`, `1,000 entries`, `2 users`. */
function amount(count: number, noun: string): string {
	const many = noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : `${noun}s`;
	return `${count.toLocaleString('en-GB')} ${count === 1 ? noun : many}`;
}

function duration(ms: number): string {
	return ms < MINUTE ? `${Math.round(ms / SECOND)} s` : `${Math.round(ms / MINUTE)} min`;
}
