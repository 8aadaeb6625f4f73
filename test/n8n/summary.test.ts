import { ItemRun, summaryText, type ItemReport } from '../../nodes/shared/summary';

const ENTRIES = { noun: 'entry', done: 'read', first: 'newest' };

function report(parts: Partial<ItemReport> = {}): ItemReport {
	return { results: 1_000, requests: 4, waitedForLimitMs: 0, waitedToRetryMs: 0, ...parts };
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
		expect(work.report(3)).toMatchObject({ results: 3, waitedForLimitMs: 24_000, waitedToRetryMs: 1_000 });
	});

	it('has a total only where the limit ended the run', () => {
		const work = new ItemRun(undefined);
		work.run.progress(1_255);
		expect(work.report(50).total).toBeUndefined();
		work.run.summary.stoppedBy = 'limit';
		expect(work.report(50).total).toBe(1_255);
	});
});
