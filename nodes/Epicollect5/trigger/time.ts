import type { IPollFunctions } from 'n8n-workflow';
import { MINUTE, SECOND } from '../../../core/clock';
import { AbortedError, NetworkError } from '../../../core/http/errors';
import { Run } from '../../../core/run';
import { clock } from '../../shared/clock';

/** A window of the service's limit is a minute: what has to wait longer than this is left for the next poll. */
const PATIENCE_MS = 20 * SECOND;
/** n8n gives more than that where it does not throw away what is late. */
const LONGEST_POLL_MS = MINUTE;
/** The part of the time for asking. What is left is for making items of what was read. */
const ASKING = 0.9;

/**
 * The time of one poll. n8n throws away a poll that comes too late, and whatever was read in it (n8n 2.41.1,
 * poll-trigger-task-handler.js): nothing is waited for longer than that, not even an answer that has begun.
 */
export class PollTime {
	private readonly begun = clock.now();
	private readonly mostMs: number;
	private readonly signal: AbortSignal;

	/** @param share the part of the service's limit to use */
	constructor(
		context: IPollFunctions,
		private readonly share: number,
	) {
		// Not there in older versions of n8n.
		const budgetMs = (context as Partial<IPollFunctions>).getPollBudgetMs?.() ?? LONGEST_POLL_MS;
		this.mostMs = Math.floor(Math.min(budgetMs, LONGEST_POLL_MS) * ASKING);
		this.signal = AbortSignal.timeout(this.mostMs);
	}

	/** To read entries: they are not waited for through a window of the limit. */
	reading(): Run {
		return this.run(Math.min(this.mostMs, PATIENCE_MS));
	}

	/** For what the others are of no use without. */
	needed(): Run {
		return this.run(this.mostMs);
	}

	/** To download files: one is begun while there is half of the time for it. */
	files(): Run {
		return this.run(Math.min(this.mostMs / 2, PATIENCE_MS));
	}

	private run(patienceMs: number): Run {
		return new Run(clock, { deadline: this.begun + patienceMs, share: this.share, signal: this.signal });
	}
}

/** Nobody but the poll's own time stops it: what the error of a stopped run says would help nobody. */
export function outOfTime<T>(error: T): T | NetworkError {
	if (!(error instanceof AbortedError)) return error;
	return new NetworkError('The server gave no complete answer within the time of a poll', {
		code: 'poll_time',
		request: error.request,
		hint: 'Nothing is lost: the next poll asks again. If it comes again and again, check the connection of the machine that n8n runs on.',
	});
}
