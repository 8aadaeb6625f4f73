import { summaryText } from '../../nodes/shared/summary';

const summary = { fetched: 1_000, skipped: 0, requests: 3, waitedMs: 0 };

describe('The sentence under the results', () => {
	it('says how much came with how many requests', () => {
		expect(summaryText([summary], 'entry', 'Epicollect5')).toBe(
			'1,000 entries with 3 requests to Epicollect5.',
		);
	});

	it('knows one from many', () => {
		const one = { ...summary, fetched: 1, requests: 1 };
		expect(summaryText([one], 'entry', 'Epicollect5')).toBe('1 entry with 1 request to Epicollect5.');
	});

	it('adds up the items of the input, and says how long it waited', () => {
		const second = { fetched: 255, skipped: 2, requests: 1, waitedMs: 61_000 };
		expect(summaryText([summary, second], 'entry', 'Epicollect5')).toBe(
			'1,255 entries with 4 requests to Epicollect5; waited 1 min for its limit.',
		);
	});
});
