import { Seen } from '../../../core/epicollect5/seen';
import { SECOND, START, uuid } from './support/world';

const version = (id: string, second: number) => ({
	ec5_uuid: id,
	uploaded_at: new Date(START + second * SECOND).toISOString(),
});

/** An ID of letters that are all alike but for three at most. */
function withThree(i: number): string {
	const letters = Array.from({ length: 36 }, () => 'a');
	for (const place of [i % 36, Math.floor(i / 36) % 36, Math.floor(i / 36 ** 2) % 36]) letters[place] = 'b';
	return letters.join('');
}

describe('the entries of a reading', () => {
	it.each([
		['usual', uuid(1), uuid(2)],
		['short', 'u', 'v'],
		['not of ASCII', `ü${uuid(1).slice(1)}`, `ü${uuid(2).slice(1)}`],
	])('are new once for each version, never for an older one (%s ids)', (_what, first, second) => {
		const seen = new Seen();
		expect(seen.isNew(version(first, 1))).toBe(true);
		expect(seen.isNew(version(first, 1))).toBe(false);
		expect(seen.isNew(version(first, 0))).toBe(false);
		expect(seen.isNew(version(first, 2))).toBe(true);
		expect(seen.isNew(version(first, 1))).toBe(false);
		expect(seen.isNew({ ec5_uuid: second })).toBe(true);
		expect(seen.isNew({ ec5_uuid: second })).toBe(false);
		expect(seen.isNew({ ec5_uuid: second, uploaded_at: 'soon' })).toBe(false);
		expect(seen.isNew(version(second, 0))).toBe(true);
		expect(seen.size).toBe(2);
	});

	it('are told apart by the id of the branch entry in a branch', () => {
		const seen = new Seen();
		expect(seen.isNew({ ec5_branch_owner_uuid: uuid(0), ec5_branch_uuid: uuid(1) })).toBe(true);
		expect(seen.isNew({ ec5_branch_owner_uuid: uuid(0), ec5_branch_uuid: uuid(2) })).toBe(true);
		expect(seen.size).toBe(2);
	});

	it.each<[string, (i: number) => string]>([
		['count up', uuid],
		['differ in their first letters', (i) => uuid(0).replace(/^.{8}/, i.toString(16).padStart(8, '0'))],
		['hold the same letters in another order', withThree],
	])('are all known again, and nobody else is, where ids %s', (_what, idOf) => {
		const seen = new Seen();
		const ids = [...new Set(Array.from({ length: 60_000 }, (_, i) => idOf(i)))];
		expect(ids.filter((id) => !seen.isNew(version(id, 1)))).toEqual([]);
		expect(seen.size).toBe(ids.length);
		expect(ids.filter((id) => seen.isNew(version(id, 1)))).toEqual([]);
		expect(ids.filter((id) => !seen.isNew(version(id, 2)))).toEqual([]);
		expect(seen.size).toBe(ids.length);
		expect(seen.isNew(version(uuid(999_999), 1))).toBe(true);
	});
});
