import { violations, type Violation } from './violations';
import type { Sent } from './wire';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** Of one client app in one process (`TOKENS_PER_HOUR`): the service allows 10 for the whole address (contract 4). */
const CEILING = 6;
/** A token is renewed this long before its end, one of short life in its last quarter (contract 2.3). */
const EARLY = 2 * MINUTE;
/** A request for a token waits for its place in the limit no longer than this, after it was found that one is needed. */
const LONGEST_WAIT = 10 * SECOND;

/** A token that a process could have used, and when it ends by the clock of whoever got it. */
interface Known {
	accessToken: string;
	expiresAt?: number;
}

/** More tokens than an hour has places for, or one where another was at hand. @param sent in its order */
export function tokenFaults(sent: readonly Sent[]): Violation[] {
	const asked = sent.filter(({ bucket }) => bucket === 'token');
	const needless = asked.filter((one) => knownTo(one, sent).some((token) => isUsable(token, one, sent)));
	return [
		...violations('tokens', overCeiling(asked), 1),
		...violations(
			'tokens',
			needless.map(({ process, number }) => `process ${process} had a token at event ${number}`),
			1,
		),
	];
}

/** By each process's own steady time: where its clock is set forward, an hour passes, and nothing else makes it shorter. */
function overCeiling(asked: readonly Sent[]): string[] {
	return [...new Set(asked.map(({ process }) => process))].flatMap((process) => {
		// What got no answer is left to the pause after a failure.
		const answered = asked.filter((one) => one.process === process && one.status !== undefined);
		return answered.flatMap((one, index) => {
			const first = answered[index - CEILING];
			const isOver = first && one.steadyAt - (first.steadyAnsweredAt ?? Infinity) < HOUR;
			return isOver ? [`more than ${CEILING} tokens in an hour of process ${process}`] : [];
		});
	});
}

/** In memory the one that the process got or used last, and what its store held all the time. */
function knownTo(one: Sent, sent: readonly Sent[]): Known[] {
	const known: Known[] = [];
	const last = sent
		.filter(({ process, number }) => process === one.process && number < one.number)
		.filter(({ token, issued, answeredNumber }) => (issued ? answeredNumber < one.number : token))
		.at(-1);
	const inMemory = last && (last.issued?.accessToken ?? last.token);
	const issuer = sent.find(({ issued }) => issued && issued.accessToken === inMemory);
	if (inMemory !== undefined) known.push({ accessToken: inMemory, expiresAt: endOf(issuer) });
	const [before, now] = one.stored;
	if (before && now?.accessToken === before.accessToken) known.push(now);
	return known;
}

function endOf(issuer: Sent | undefined): number | undefined {
	return issuer?.issued && issuer.machineAt + issuer.issued.expiresIn * SECOND;
}

/** Neither refused to this process before, nor near its end by the clock of this process. */
function isUsable({ accessToken, expiresAt = Infinity }: Known, one: Sent, sent: readonly Sent[]): boolean {
	const own = sent.filter(({ process }) => process === one.process);
	const isRefused = own.some(
		({ token, codes, answeredNumber }) =>
			token === accessToken && codes.includes('ec5_256') && answeredNumber < one.number,
	);
	const life = own.find(({ issued, answeredNumber }) => issued && answeredNumber < one.number)?.issued
		?.expiresIn;
	const early = Math.min(EARLY, ((life ?? Infinity) * SECOND) / 4);
	return !isRefused && one.machineAt < expiresAt - early - LONGEST_WAIT;
}
