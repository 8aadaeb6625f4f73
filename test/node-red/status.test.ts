import { StatusLine } from '../../node-red/shared/status';
import { FakeNode, fakeRed } from './fakes';

const AT = Date.UTC(2026, 4, 31, 12, 0, 0);
const shownBy = (show: (status: StatusLine) => void) => {
	const node = new FakeNode();
	show(new StatusLine(node, fakeRed()));
	return node.shown.at(-1);
};

describe('The status of a reading node', () => {
	it('says how far it is and when the next page comes, once it is known how much there is', () => {
		const wait = { reason: 'limit', ms: 11_200, until: AT } as const;
		const text = shownBy((status) => status.waiting(wait, 1_500, 12_000))?.text ?? '';
		expect(text).toMatch(/nextPage .*"fetched":"1,500".*"total":"12,000","seconds":"12"/);
		expect(shownBy((status) => status.waiting(wait, 0))?.text).toMatch(/waitingForLimit/);
		const retry = { ...wait, reason: 'retry' } as const;
		expect(shownBy((status) => status.waiting(retry, 500, 12_000))?.text).toMatch(/waitingToRetry/);
	});

	it.each([
		['entries', 'status.entries '],
		['newest', 'status.newestEntries '],
		['first', 'status.firstEntries '],
		['rows', 'status.rows '],
	] as const)('names what was read: %s', (kind, key) => {
		const shown = shownBy((status) => status.entriesRead({ count: 3, kind }, AT));
		expect(shown).toMatchObject({ fill: 'green', text: expect.stringContaining(key) });
	});

	it('is not green where entries were left out because the one above them is missing', () => {
		const shown = shownBy((status) => status.entriesRead({ count: 3, orphans: 2 }, AT));
		expect(shown).toMatchObject({ fill: 'yellow', text: expect.stringMatching(/entries .*orphans .*"2"/) });
	});

	it.each([
		['es-MX', 'fr', '1,500'],
		[undefined, 'de', '1.500'],
		['de_DE', 'de', '1.500'],
		['de_DE', 'shared.language', '1,500'],
	])('writes numbers as the settings (%s) or else the words (%s) are: %s', (lang, words, number) => {
		const node = new FakeNode();
		const settings = { lang };
		const _ = (_key: string, values?: { fetched: string }) => values?.fetched ?? words;
		new StatusLine(node, fakeRed({ settings, _ })).progress({ fetched: 1_500 });
		expect(node.shown.at(-1)?.text).toBe(number);
	});
});
