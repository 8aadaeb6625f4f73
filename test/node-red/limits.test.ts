import { MINUTE, SECOND } from '../../core/clock';
import { limitsFrom, Patience, type LimitsDef } from '../../node-red/shared/limits';
import type { Message } from '../../node-red/shared/red';
import { Settings } from '../../node-red/shared/values';
import { VirtualClock } from '../core/support/clock';
import { FakeNode, fakeRed } from './fakes';

const limitsOf = (def: LimitsDef, message: Message = {}) =>
	limitsFrom(new Settings({ red: fakeRed(), node: new FakeNode().asNode, def, message }));

const wait = (ms: number, reason: 'limit' | 'retry' = 'limit') => ({ reason, ms, until: 0 });

describe("A node's part of the limit", () => {
	it('is half of it, waited for as long as it takes, where nothing else is chosen', async () => {
		expect(await limitsOf({})).toEqual({ share: 0.5, maxWaitMs: undefined });
		expect(await limitsOf({ maxWait: '5', maxWaitType: 'none' })).toMatchObject({ maxWaitMs: undefined });
	});

	it('comes from the dialog or the message', async () => {
		const def = { share: '80', shareType: 'num', maxWait: 'wait', maxWaitType: 'msg' };
		expect(await limitsOf(def, { wait: '1.5' } as Message)).toEqual({ share: 0.8, maxWaitMs: 90_000 });
	});

	it.each(['0', '101', 'half', '-5'])('is never %s per cent', async (share) => {
		await expect(limitsOf({ share, shareType: 'str' })).rejects.toMatchObject({
			field: 'Share of the limit',
		});
	});
});

describe('The patience of one run', () => {
	it('ends before a wait that would be too long, and says when to come again', () => {
		const patience = new Patience(new VirtualClock(), 2 * MINUTE);
		expect(() => patience.told(wait(2 * MINUTE), 0)).not.toThrow();
		const hint = expect.stringContaining('in 50 s') as string;
		expect(() => patience.told(wait(50 * SECOND), 80 * SECOND)).toThrow(
			expect.objectContaining({ code: 'deadline', retryAfterMs: 50 * SECOND, hint }),
		);
	});

	it('counts what has been waited when it is told that the wait takes longer', () => {
		const clock = new VirtualClock();
		const patience = new Patience(clock, MINUTE);
		patience.told(wait(40 * SECOND), 0);
		clock.advance(30 * SECOND);
		expect(() => patience.told(wait(30 * SECOND), 0)).not.toThrow();
		expect(() => patience.told(wait(31 * SECOND), 0)).toThrow(/longest wait of 1 min/);
	});

	it('does not wait at all where nothing is to be waited for', () => {
		const patience = new Patience(new VirtualClock(), 0);
		expect(() => patience.told(wait(1), 0)).toThrow(/not to be waited for/);
	});

	it('does not count the pauses between two tries', () => {
		const patience = new Patience(new VirtualClock(), 0);
		expect(() => patience.told(wait(MINUTE, 'retry'), 0)).not.toThrow();
	});
});
