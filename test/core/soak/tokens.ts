import type { Server } from './server';
import type { Process } from './host';
import type { Sent } from './wire';

const HOUR = 3_600_000;
/** Of one client app in one process (`TOKENS_PER_HOUR`): the service allows 10 for the whole address (contract 4). */
const CEILING = 6;
/** The least part of its life for which a token is used: one of five minutes is renewed two minutes before its end. */
const USED = 0.55;

/**
 * More tokens than there were reasons, or than an hour has places for.
 * @param isAgreed each process finds the other's tokens in the store: a refused one need not cost a token each
 */
export function tokenFaults(
	sent: readonly Sent[],
	server: Server,
	processes: readonly Process[],
	isAgreed: boolean,
): string[] {
	const asked = sent.filter(({ bucket, status }) => bucket === 'token' && status !== undefined);
	const wrong: string[] = [];
	const { tokenDeaths, service } = server;
	for (const one of asked) {
		const before = asked.filter(
			({ at, process }) => process === one.process && at <= one.at && at > one.at - HOUR,
		);
		// Whoever sets a clock forward makes an hour pass.
		if (before.length > CEILING * (1 + tokenDeaths)) wrong.push(`${before.length} tokens in an hour`);
	}
	const life = service.tokens.lifetimeSeconds * 1000 * USED;
	const early = asked.filter((one, index) => {
		const before = asked.slice(0, index).filter(({ status }) => status === 200);
		const last = before.filter(({ process }) => isAgreed || process % 10 === one.process % 10).at(-1);
		return !last || one.at - last.at < life;
	});
	const refused = sent.filter(({ codes }) => codes.includes('ec5_256')).length;
	const failed = asked.filter(({ status, isWhole }) => status !== 200 || !isWhole).length;
	const lost = sent.filter(({ bucket, status }) => bucket === 'token' && status === undefined).length;
	const starts = isAgreed
		? [...new Set(processes.map(({ store }) => store))].reduce((sum, { blanks }) => sum + blanks, 0)
		: processes.reduce((sum, one) => sum + one.starts, 0);
	const explained = starts + (isAgreed ? 0 : refused) + failed + lost + tokenDeaths;
	if (early.length > explained) wrong.push(`${early.length} tokens, and reasons for ${explained}`);
	return wrong.slice(0, 2);
}

/** Who keeps to a limit that nobody else touches is never refused by it. */
export function needlessRefusals(sent: readonly Sent[], server: Server, isAlone: boolean): string[] {
	if (!isAlone || server.isLimitTouched) return [];
	const refused = sent.filter(({ status, isPlanned, bucket, number }) => {
		// A made-up refusal tells of a window's end that is none: whoever believes it comes too early.
		const isMisled = sent.some(
			(one) => one.isPlanned && one.status === 429 && one.bucket === bucket && one.number < number,
		);
		return status === 429 && !isPlanned && !isMisled;
	});
	return refused.slice(0, 1).map(({ bucket }) => `refused by the limit of ${bucket} that nobody else used`);
}
