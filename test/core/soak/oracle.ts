import { isDeepStrictEqual } from 'node:util';
import { FieldDataError } from '../../../core/http/errors';
import { everythingIn } from '../epicollect5/support/world';
import { versionKey, type Consumer } from './consumer';
import type { Ledger, Period, Version } from './ledger';
import type { Sent } from './wire';

const iso = (ms: number) => new Date(ms).toISOString();

export function keyOfVersion({ stream, id, uploadedAt, title }: Version): string {
	return versionKey(stream, id, iso(uploadedAt), title);
}

/** Versions that were there all the time and have not been handed over. */
export function missingAfter(consumer: Consumer, ledger: Ledger, period: Period): string[] {
	return consumer.question.streams
		.flatMap(({ formRef, branchRef }) => ledger.throughout(branchRef ?? formRef, period))
		.filter((versions) => versions.length === 1)
		.flatMap(([version]) => (version && consumer.isPromised(version) ? [keyOfVersion(version)] : []))
		.filter((key) => !consumer.delivered.has(key));
}

/**
 * Versions that came to this consumer over the wire and were not handed over. Left out are calls that read a second
 * by number, and so ask for a page again: such pages show rows of other seconds, whose turn comes later.
 */
export function shownInVain(consumer: Consumer, ledger: Ledger, sent: readonly Sent[]): string[] {
	const pages = sent.filter(({ shown }) => shown);
	const places = pages.map(({ query }) => JSON.stringify({ ...query, per_page: undefined }));
	const isCrowded =
		consumer.wasCrowded ||
		new Set(places).size < places.length ||
		pages.some(({ query }) => Number(query.page) > 1 || (query.filter_from && query.filter_to));
	if (isCrowded) return [];
	return pages
		.flatMap(({ shown = [] }) => shown)
		.map((row) => ({ row, key: versionKey(row.stream, row.id, row.uploadedAt, row.title) }))
		.filter(({ key }) => !consumer.delivered.has(key))
		.filter(({ key, row }) => {
			const version = ledger.versions(row.id).find((one) => keyOfVersion(one) === key);
			return version !== undefined && consumer.isPromised(version);
		})
		.map(({ key }) => key);
}

/** What must stand nowhere in what a person or a file gets to see. */
export function leaks(what: unknown, secrets: readonly string[]): string[] {
	const said = what instanceof Error ? everythingIn(what) + deep(what) : deep(what);
	const found = secrets.filter((secret) => said.includes(secret));
	if (/Bearer\s|eyJ[\w-]+\.eyJ/.test(said)) found.push('a token');
	return found.map((secret) => `leak: ${secret.slice(0, 8)}… in ${said.slice(0, 200)}`);
}

/** As text, with what is hidden in errors and their causes. */
function deep(what: unknown, depth = 0): string {
	if (typeof what !== 'object' || what === null) return String(what);
	if (depth > 6) return '';
	const names = what instanceof Error ? Object.getOwnPropertyNames(what) : Object.keys(what);
	return names
		.map((name) => `${name}: ${deep((what as Record<string, unknown>)[name], depth + 1)}`)
		.join('\n');
}

/** Errors are of the one family, and say what to do. */
export function errorFaults(error: unknown): string[] {
	if (!(error instanceof FieldDataError)) return [`thrown: ${everythingIn(error)}`];
	const words = [error.message, error.hint, error.code ?? ''];
	return words.every((word) => word.trim() !== '') ? [] : [`an error without words: ${everythingIn(error)}`];
}

/** A state survives a file, and does not grow beyond what it has to know. */
export function stateFaults(state: unknown, entries: number, streams: number, pending: number): string[] {
	const text = JSON.stringify(state);
	const wrong = isDeepStrictEqual(JSON.parse(text), state) ? [] : ['the state is no plain JSON'];
	// 6 bytes for an ID ever met, 32 for one that may be sent again, and some for each stream and missing file.
	const most = 1500 + 1000 * streams + 40 * entries + 600 * pending;
	return text.length <= most
		? wrong
		: [...wrong, `the state has ${text.length} bytes for ${entries} entries`];
}
