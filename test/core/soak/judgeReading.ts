import type { Summary } from '../../../core/run';
import type { ReadAct, WorldPlan } from './plan';
import type { Place } from './definitions';
import type { Ledger, Period, Version } from './ledger';
import type { Question } from './queries';
import type { Got } from './reads';
import { violations, type Violation, type ViolationKind } from './violations';
import type { Sent } from './wire';

/** A reading that reported success, and what may be held against it. */
export interface Reading {
	act: ReadAct;
	place: Place;
	question: Question;
	got: Got;
	period: Period;
	summary: Summary;
	sent: readonly Sent[];
	world: WorldPlan;
	/** Whether there are branches that a definition of some minutes ago does not name. */
	isGrown: boolean;
}

/** What a reading that reported success must have handed over, in whatever shape. */
export function judgeReading(reading: Reading, ledger: Ledger): Violation[] {
	const { act, question, world, isGrown } = reading;
	const label = `${act.shape}, ${act.query}${act.limit ? `, first ${act.limit}` : ''}`;
	const found: Violation[] = [];
	const blame = (kind: ViolationKind, what: readonly string[]) =>
		found.push(
			...violations(
				kind,
				what.map((one) => `a reading (${label}): ${one}`),
			),
		);
	const isJoined = act.shape === 'nested' || act.shape === 'flat';
	blame('falseSuccess', unknownEnd(reading));
	blame('duplicated', repeated(reading));
	blame('answer', unwanted(reading, ledger));
	blame('falseSuccess', missing(reading, ledger));
	blame('lost', shownInVain(reading, ledger));
	if (isJoined && !isGrown) blame('falseSuccess', notJoined(reading, ledger));
	if (isStill(reading, ledger) && !isJoined) {
		// What only a second walk by number shows comes after the rest.
		const isTwice = isNumbered(reading) && world.ties === 'shuffled';
		if (question.order && !isTwice) blame('answer', outOfOrder(reading, ledger));
		blame('requests', tooManyPages(reading, ledger));
	}
	return found;
}

/** Those that need more than one order by value: rows that move between two pages can be missed (contract 13.3). */
function isNumbered({ act }: Reading): boolean {
	return act.limit !== undefined || act.query === 'by title' || act.query === 'one';
}

/** Nothing has changed in the form or branch that was read. */
function isStill({ place, period }: Reading, ledger: Ledger): boolean {
	const { came, went, edited } = ledger.changes(place.ref, period);
	return !came && !went && !edited;
}

function unknownEnd({ summary, act, got }: Reading): string[] {
	const { stoppedBy } = summary;
	if (stoppedBy !== 'end' && stoppedBy !== 'limit') return [`without an error, stopped by ${stoppedBy}`];
	if (act.limit !== undefined && got.rows.length > act.limit) return ['more than the limit'];
	return stoppedBy === 'limit' && act.limit === undefined ? ['stopped by a limit that nobody set'] : [];
}

function repeated({ got }: Reading): string[] {
	const seen = new Set<string>();
	const twice = got.rows.flatMap(({ id, uploadedAt }) => {
		const key = `${id} ${uploadedAt}`;
		const again = seen.has(key);
		seen.add(key);
		return again ? [`twice: ${key}`] : [];
	});
	return [...twice, ...got.notLeaves.map((id) => `alone, and with those below it: ${id}`)];
}

function unwanted({ got, question }: Reading, ledger: Ledger): string[] {
	return got.rows
		.filter(({ id, uploadedAt }) => {
			const named = ledger.versions(id).filter((version) => version.uploadedAt === Date.parse(uploadedAt));
			return !named.some(question.isWanted);
		})
		.map(({ id }) => `not asked for: ${id}`);
}

/** The rows that were there and wanted all the time. */
function expected({ place, period, question }: Reading, ledger: Ledger): Version[][] {
	return ledger.throughout(place.ref, period).filter((versions) => versions.every(question.isWanted));
}

function missing(reading: Reading, ledger: Ledger): string[] {
	const { summary, got, place, period } = reading;
	const { came, went } = ledger.changes(place.ref, period);
	if (summary.stoppedBy === 'limit') return isStill(reading, ledger) ? notTheFirst(reading, ledger) : [];
	// An upload and a deletion between the same two pages cancel each other out in the count (contract 13.3).
	if (isNumbered(reading) && came && went) return [];
	const ids = new Set(got.rows.map(({ id }) => id));
	return expected(reading, ledger).flatMap(([row]) => (row && !ids.has(row.id) ? [`without ${row.id}`] : []));
}

/**
 * The first N of an order are those: told by their values, as rows of one second have no order. Where the server gives
 * them another one at each request, one may show on neither of two pages: the first N are read by number, and no count
 * tells that it is missing (contract 13.3, 2).
 */
function notTheFirst({ got, question, world, ...reading }: Reading, ledger: Ledger): string[] {
	const { order } = question;
	if (!order || world.ties === 'shuffled') return [];
	const rows = expected({ got, question, world, ...reading }, ledger).map(([row]) => row!);
	const wanted = rows.map((row) => row[order.by]).sort((a, b) => order.sign * (a - b));
	const byId = new Map(rows.map((row) => [row.id, row[order.by]]));
	return got.rows.flatMap(({ id }, index) =>
		byId.get(id) === wanted[index] ? [] : [`${id} is not number ${index}`],
	);
}

/**
 * The newest version of each row that came over the wire is the one that was handed over. Left out is what is gone at the
 * end: a page that is read for one second shows rows of the next, whose turn comes later.
 */
function shownInVain(
	{ act, place, sent, got, question, summary, period }: Reading,
	ledger: Ledger,
): string[] {
	if (summary.stoppedBy === 'limit' || act.shape === 'nested' || act.shape === 'flat') return [];
	const newest = new Map(got.rows.map(({ id, uploadedAt }) => [id, uploadedAt]));
	const pages = sent.filter(
		({ query }) => Number(query.per_page) > 1 && !(query.filter_from && query.filter_to),
	);
	const rows = pages.flatMap(({ shown = [] }) => shown).filter(({ stream }) => stream === place.ref);
	const vain = rows.filter(({ id, uploadedAt }) => {
		const named = ledger.versions(id).find((version) => version.uploadedAt === Date.parse(uploadedAt));
		return (
			named !== undefined &&
			named.until > period.to &&
			question.isWanted(named) &&
			!((newest.get(id) ?? '') >= uploadedAt)
		);
	});
	return vain.map(({ id, uploadedAt }) => `shown and not delivered: ${id} ${uploadedAt}`);
}

function outOfOrder({ got, question, place }: Reading, ledger: Ledger): string[] {
	const { by, sign } = question.order!;
	const times = got.rows.map(({ id }) => ledger.versions(id).at(-1)?.[by] ?? NaN);
	const at = times.findIndex((time, index) => index > 0 && sign * (time - (times[index - 1] ?? NaN)) < 0);
	return at < 0 ? [] : [`number ${at} of ${place.ref} is out of order`];
}

function notJoined({ got, period }: Reading, ledger: Ledger): string[] {
	const ids = new Set([...got.rows.map(({ id }) => id), ...got.below.keys()]);
	const there = [...ids].filter((id) =>
		ledger.versions(id).some(({ from, until }) => from <= period.from && until > period.to),
	);
	const parents = new Set(there);
	const streams = new Set(ledger.streams);
	return [...streams].flatMap((stream) =>
		ledger
			.throughout(stream, period)
			.map(([row]) => row!)
			.filter(({ above }) => parents.has(above))
			.filter(({ id, above }) => got.below.get(id) !== above)
			.map(({ id, above }) => `${id} is not below ${above}`),
	);
}

/** Pages follow each other without going in circles: twice what is needed, and some to find the size and to count. */
function tooManyPages({ sent, place, world, ...reading }: Reading, ledger: Ledger): string[] {
	const pages = sent.filter(({ shown }) => shown);
	const size = Math.min(...pages.map(({ query }) => Number(query.per_page)).filter((rows) => rows > 1));
	const bySecond = new Map<number, number>();
	const rows = ledger.throughout(place.ref, reading.period);
	for (const [row] of rows) bySecond.set(row!.uploadedAt, (bySecond.get(row!.uploadedAt) ?? 0) + 1);
	const tie = Math.max(0, ...bySecond.values());
	if (tie * 2 > size || world.ties === 'shuffled') return [];
	const most = 2 * Math.ceil(rows.length / (size - tie)) + 6;
	return pages.length > most ? [`${pages.length} pages where ${most} are plenty`] : [];
}
