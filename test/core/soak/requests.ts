import type { Server } from './server';
import { violations, type Violation } from './violations';
import type { Sent } from './wire';

/** Tries at one request: while a fault may pass, while others take every place in the limit, and with a dead token. */
const MOST_FAULTS = 4;
const MOST_REFUSALS = 10;
const MOST_DEAD_TOKENS = 2;

type Ending = 'final' | 'fault' | 'refusal' | 'dead token';

/** What an answer leads to (contract 3, "Classify for retry"). */
function endingOf({ status, codes, isWhole }: Sent): Ending {
	if (codes.includes('ec5_256')) return 'dead token';
	if (status === 429 || codes.includes('ec5_255')) return 'refusal';
	const isPassing = status === undefined || status >= 500 || codes.includes('ec5_252') || !isWhole;
	return isPassing ? 'fault' : 'final';
}

/**
 * The requests for entries of one call.
 * @param sent by this call alone
 * @param budget how many requests it was allowed; the tries at one count for one, as do those that look for the page's size
 */
export function budgetFaults(sent: readonly Sent[], budget = Infinity): string[] {
	const pages = sent.filter(({ bucket }) => bucket === 'entries');
	const wrong: string[] = [];
	let asked = 0;
	let tries = { fault: 0, refusal: 0, 'dead token': 0 };
	let pending: string | undefined;
	for (const page of pages) {
		const ending = endingOf(page);
		const question = JSON.stringify(page.query);
		if (question !== pending) {
			// One that was given up on counts, too.
			asked += Number(pending !== undefined);
			tries = { fault: 0, refusal: 0, 'dead token': 0 };
		}
		pending = ending === 'final' ? undefined : question;
		if (ending === 'final') {
			asked += Number(!page.codes.includes('ec5_335'));
			continue;
		}
		tries[ending] += 1;
		const isTooMany =
			tries.fault > MOST_FAULTS || tries.refusal > MOST_REFUSALS || tries['dead token'] > MOST_DEAD_TOKENS;
		if (isTooMany) wrong.push(`a request is sent again and again after a ${ending}`);
	}
	asked += Number(pending !== undefined);
	return asked > budget ? [...wrong, `${asked} requests where ${budget} were allowed`] : wrong;
}

/**
 * Nothing is begun after the deadline. Only a token that was needed for it may have come too late.
 * @param sent by everybody, in its order
 */
export function lateRequests(sent: readonly Sent[]): string[] {
	return sent
		.filter(({ deadline, machineAt }) => deadline !== undefined && machineAt > deadline)
		.filter(({ bucket }) => bucket === 'entries' || bucket === 'project' || bucket === 'media')
		.filter((late) => !sent.some((one) => isTokenFor(late, one)))
		.map(({ bucket, machineAt, deadline = 0 }) => `${bucket}: ${machineAt - deadline} ms after the deadline`);
}

function isTokenFor(late: Sent, one: Sent): boolean {
	return (
		one.bucket === 'token' &&
		one.process === late.process &&
		one.number < late.number &&
		one.machineAt <= (late.deadline ?? 0) &&
		(one.machineAnsweredAt ?? Infinity) > (late.deadline ?? 0)
	);
}

/**
 * No request while a refusal told to wait, by the steady time of who was refused: where its clock is set forward, that time
 * passes.
 */
export function impatience(sent: readonly Sent[]): string[] {
	const wrong: string[] = [];
	for (const refused of sent) {
		const { retryAfterMs, answeredAt = 0, steadyAnsweredAt = 0, process, bucket } = refused;
		if (retryAfterMs === undefined) continue;
		const until = steadyAnsweredAt + retryAfterMs;
		const early = sent.find(
			(one) =>
				one.process === process &&
				one.bucket === bucket &&
				one.number > refused.answeredNumber &&
				// What another act sends at the same moment was on its way before anybody could be told.
				(one.at > answeredAt || one.act === refused.act) &&
				one.steadyAt < until,
		);
		if (early) wrong.push(`a request for ${bucket} ${until - early.steadyAt} ms before it was allowed`);
	}
	return wrong;
}

/** Who keeps to a limit that nobody else touches is never refused by it. */
export function needlessRefusals(sent: readonly Sent[], server: Server, isAlone: boolean): Violation[] {
	if (!isAlone || server.isLimitTouched) return [];
	const refused = sent.filter(({ status, isPlanned, bucket, number }) => {
		// A made-up refusal tells of a window's end that is none: whoever believes it comes too early.
		const isMisled = sent.some(
			(one) => one.isPlanned && one.status === 429 && one.bucket === bucket && one.number < number,
		);
		return status === 429 && !isPlanned && !isMisled;
	});
	const what = refused.map(({ bucket }) => `refused by the limit of ${bucket} that nobody else used`);
	return violations('requests', what, 1);
}
