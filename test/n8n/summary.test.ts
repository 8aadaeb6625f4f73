import { ItemRun, summaryText, type ItemReport, type Outcome } from '../../nodes/shared/summary';

const ENTRIES = { noun: 'entry', done: 'read', first: 'newest' };

function report(parts: Partial<ItemReport> = {}): ItemReport {
	return { results: 1_000, requests: 4, waitedForLimitMs: 0, waitedToRetryMs: 0, ...parts };
}

function outcome(count: number): Outcome {
	return { items: Array.from({ length: count }, () => ({ json: {} })) };
}

const FAILED = report({ results: undefined, requests: 1 });

function text(...reports: ItemReport[]): string {
	return summaryText(reports, ENTRIES, 'Epicollect5');
}

describe('The sentence under the results', () => {
	it('says how much came with how many requests', () => {
		expect(text(report())).toBe('1,000 entries were read with 4 requests to Epicollect5.');
	});

	it('knows one from many, and from none', () => {
		const one = report({ results: 1, requests: 1 });
		expect(text(one)).toBe('1 entry was read with 1 request to Epicollect5.');
		expect(text(report({ results: 0 }))).toBe('No entries were read with 4 requests to Epicollect5.');
		expect(summaryText([one], { noun: 'scheduled job', done: 'created' }, 'WorkfloPlus')).toBe(
			'1 scheduled job was created with 1 request to WorkfloPlus.',
		);
	});

	it('says how many there are when not all were wanted', () => {
		expect(text(report({ results: 50, total: 1_255, requests: 2 }))).toBe(
			'The newest 50 of 1,255 entries were read with 2 requests to Epicollect5.',
		);
		expect(text(report({ results: 1, total: 1_255, requests: 2 }))).toBe(
			'The newest of 1,255 entries was read with 2 requests to Epicollect5.',
		);
		expect(text(report({ results: 50, total: 50, requests: 1 }))).toBe(
			'50 entries were read with 1 request to Epicollect5.',
		);
	});

	it('adds up the items of the input, but not their totals: they may have read the same form', () => {
		const cut = report({ results: 50, total: 1_255, requests: 1 });
		expect(text(cut, cut)).toBe(
			"100 entries were read with 2 requests to Epicollect5. There are more: the node's Limit was reached.",
		);
	});

	it('counts entries, and says how many items they make', () => {
		expect(text(report({ results: 12, items: 40, requests: 3 }))).toBe(
			'12 entries were read with 3 requests to Epicollect5. They make 40 items.',
		);
		expect(text(report({ results: 0, items: 1, requests: 1 }))).toBe(
			'No entries were read with 1 request to Epicollect5.',
		);
	});

	it('says which entries came by the order that was asked for', () => {
		expect(text(report({ results: 5, total: 20, first: 'first', requests: 1 }))).toBe(
			'The first 5 of 20 entries were read with 1 request to Epicollect5.',
		);
	});

	it('tells of entries without a parent', () => {
		expect(text(report({ orphans: 1 }))).toMatch(/ 1 child or branch entry has no parent and is left out\.$/);
		expect(text(report({ orphans: 2 }), report({ orphans: 1 }))).toMatch(
			/ 3 child or branch entries have no parent and are left out\.$/,
		);
	});

	it('says how many items failed', () => {
		expect(text(report(), FAILED, report())).toBe(
			'2,000 entries were read with 9 requests to Epicollect5. 1 of 3 items failed.',
		);
		expect(text(report({ results: undefined, requests: 0 }))).toBe(
			'No entries were read. 1 of 1 item failed.',
		);
	});

	it('tells waiting for the limit from waiting after a fault', () => {
		expect(text(report({ waitedForLimitMs: 24_200 }))).toBe(
			'1,000 entries were read with 4 requests to Epicollect5. Waited 24 s because Epicollect5 limits how often it may be asked.',
		);
		const both = text(report({ waitedForLimitMs: 60_000, waitedToRetryMs: 3_100 }), report(), {
			...FAILED,
			waitedForLimitMs: 36_000,
		});
		expect(both).toContain('Waited 1 min 36 s because');
		expect(both).toMatch(/Waited 3 s to try again after a fault\.$/);
	});
});

describe('The account of an item', () => {
	it('uses half of the limit, as Epicollect5 asks', () => {
		expect(new ItemRun(undefined).run.options.share).toBe(0.5);
	});

	it('separates the two reasons to wait', () => {
		const work = new ItemRun(undefined);
		work.run.announceWait('limit', 30_000);
		work.run.announceWait('limit', 24_000);
		work.run.announceWait('retry', 1_000);
		work.run.summary.waitedMs = 25_000;
		expect(work.report(outcome(3))).toMatchObject({
			results: 3,
			waitedForLimitMs: 24_000,
			waitedToRetryMs: 1_000,
		});
	});

	it('has a total only where the limit ended the run', () => {
		const work = new ItemRun(undefined);
		work.run.progress(1_255);
		expect(work.report(outcome(50)).total).toBeUndefined();
		work.run.summary.stoppedBy = 'limit';
		expect(work.report(outcome(50)).total).toBe(1_255);
	});

	it('keeps the total of the entries that are counted, not of those that are joined to them', () => {
		const work = new ItemRun(undefined);
		work.run.progress(20);
		work.run.progress(75);
		work.run.summary.stoppedBy = 'limit';
		expect(work.report(outcome(5)).total).toBe(20);
	});

	it('lets a run wait for the limit no longer than allowed, all waits together', () => {
		const work = new ItemRun(undefined);
		work.keepTo({ share: 0.2, longestWaitMs: 60_000 });
		expect(work.run.options.share).toBe(0.2);
		work.run.announceWait('limit', 48_000);
		work.run.announceWait('limit', 49_000);
		work.run.summary.requests += 1;
		work.run.summary.waitedMs = 48_000;
		work.run.announceWait('retry', 90_000);
		work.run.summary.waitedMs += 90_000;
		work.run.announceWait('limit', 12_000);
		work.run.summary.requests += 1;
		expect(() => work.run.announceWait('limit', 13_000)).toThrow(
			expect.objectContaining({ code: 'limit_reached', hint: expect.stringContaining('in 13 s') as string }),
		);
	});

	it('stops a run that is to stop where the service answers no more, and says when it will', () => {
		const work = new ItemRun(undefined);
		work.keepTo({ share: 0.5, longestWaitMs: 0 });
		for (const [ms, time] of [
			[1_001, '2 s'],
			[23_400, '24 s'],
			[60_000, '1 min'],
			[83_000, '1 min 23 s'],
		] as const) {
			expect(() => work.run.announceWait('limit', ms)).toThrow(
				expect.objectContaining({
					message: "The service's limit of requests is reached",
					field: 'When the Limit Is Reached',
					hint: `The next request may be sent in ${time}. Run it again then, or let the node wait.`,
				}),
			);
		}
	});

	it('does not stop it at the pauses that keep to the share, nor at those of a second between files', () => {
		const work = new ItemRun(undefined);
		work.keepTo({ share: 0.5, longestWaitMs: 0 });
		work.run.announceWait('limit', 400);
		work.run.announceWait('limit', 1_000);
		work.run.announceWait('limit', 24_000, true);
		work.run.summary.waitedMs = 25_400;
		work.run.announceWait('limit', 24_000, true);
		expect(work.report(outcome(1)).waitedForLimitMs).toBe(25_400);
	});

	it('counts those pauses where only so much may be waited in all', () => {
		const work = new ItemRun(undefined);
		work.keepTo({ share: 0.5, longestWaitMs: 30_000 });
		work.run.announceWait('limit', 24_000, true);
		work.run.summary.requests += 1;
		work.run.summary.waitedMs = 24_000;
		expect(() => work.run.announceWait('limit', 24_000, true)).toThrow(
			expect.objectContaining({
				message: "The service's limit of requests would make the node wait longer than it may",
				field: 'Wait at Most (Minutes)',
				hint: expect.stringMatching(/^The next request may be sent in 24 s\. /) as string,
			}),
		);
	});
});
