import { Fresh, Recent, UNKNOWN_HASH } from '../../../../core/epicollect5/sync/recent';
import { RowHasher } from '../../../../core/epicollect5/sync/rowHash';
import { SECOND, START } from '../support/world';

const at = (second: number) => START + second * SECOND;
/** A version of an entry, told by its mark, at that second. */
const fresh = (mark: number, second: number, says = 'x') =>
	new Fresh(at(second), mark, { ec5_uuid: 'u', uploaded_at: 't', says }, new RowHasher(new Set()));
const NOTHING_FORGOTTEN = -Infinity;
const kept = (...versions: Fresh[]) => Recent.EMPTY.with(versions, NOTHING_FORGOTTEN);
const throughJson = (recent: Recent) => Recent.unpack(JSON.parse(JSON.stringify(recent.pack())) as string);
const marksAt = (recent: Recent, second: number) => [...(recent.at(at(second))?.keys() ?? [])];

describe('the versions that may be sent again', () => {
	it('are found by their second and their mark, and by no other', () => {
		const one = fresh(7, 1);
		const recent = kept(one, fresh(8, 1), fresh(7, 2, 'other'));
		expect(recent.size).toBe(3);
		expect(recent.at(at(1))?.get(7)).toBe(one.hash);
		expect(recent.at(at(2))?.get(7)).not.toBe(one.hash);
		expect(recent.at(at(2))?.get(8)).toBeUndefined();
		expect(recent.at(at(3))).toBeUndefined();
	});

	it('come through JSON as they are, in whatever order they came', () => {
		const recent = kept(
			...[fresh(2 ** 36 - 1, 90_000), fresh(0, 3), fresh(5, 1), fresh(6, 1, 'y'), fresh(2 ** 35, 40)],
		);
		const after = throughJson(recent);
		expect(after.size).toBe(5);
		for (const second of [1, 3, 40, 90_000]) {
			expect([...after.at(at(second))!]).toEqual([...recent.at(at(second))!]);
		}
		expect(after.pack()).toBe(recent.pack());
	});

	it('are an empty text where there are none', () => {
		expect(Recent.EMPTY.pack()).toBe('');
		expect(throughJson(Recent.EMPTY).size).toBe(0);
	});

	it('take eleven letters for a second of its own, and ten for each more within it', () => {
		const one = kept(fresh(1, 0)).pack().length;
		expect(kept(fresh(1, 0), fresh(2, 0)).pack().length - one).toBe(10);
		expect(kept(fresh(1, 0), fresh(2, 1)).pack().length - one).toBe(10 + ',1.'.length);
	});

	it('that are asked for no longer are forgotten, and those of the bound are not', () => {
		const recent = kept(fresh(1, 1), fresh(2, 2), fresh(3, 3));
		const after = recent.with([fresh(4, 1), fresh(5, 2), fresh(6, 4)], at(2));
		expect([1, 2, 3, 4].map((second) => marksAt(after, second))).toEqual([[], [2, 5], [3], [6]]);
		expect(throughJson(after).with([], at(3)).size).toBe(2);
	});

	it('are a value: taking in makes another one, and taking in nothing the same', () => {
		const recent = kept(fresh(1, 1), fresh(2, 1));
		const later = recent.with([fresh(3, 1), fresh(4, 1)], NOTHING_FORGOTTEN);
		expect([marksAt(recent, 1), marksAt(later, 1)]).toEqual([
			[1, 2],
			[1, 2, 3, 4],
		]);
		expect(recent.with([], at(1))).toBe(recent);
		expect(recent.with([], at(2))).not.toBe(recent);
		expect(recent.with([fresh(9, 0)], at(1))).toBe(recent);
	});

	it('are the last version of an entry in its second', () => {
		const [before, after] = [fresh(1, 1, 'before'), fresh(1, 1, 'after')];
		expect(kept(before).with([after], NOTHING_FORGOTTEN).at(at(1))?.get(1)).toBe(after.hash);
	});

	it('cannot be compared any more after the columns have changed, also not after a restart', () => {
		const recent = kept(fresh(1, 1), fresh(2, 2)).withoutHashes();
		for (const one of [recent, throughJson(recent)]) {
			expect([one.at(at(1))?.get(1), one.at(at(2))?.get(2)]).toEqual([UNKNOWN_HASH, UNKNOWN_HASH]);
			expect(one.size).toBe(2);
			expect(one.with([], at(2)).size).toBe(1);
		}
		expect(UNKNOWN_HASH).toBeLessThan(0);
	});

	it.each(['!.AAAAAAAAAA', '1.AAAAAAAAA', '1.AAAAAAAAAAA', '.AAAAAAAAAA', '1.AAAAAAAAA!', 'zzzzzzzzzzzz.'])(
		'are not read from %j',
		(text) => {
			expect(() => Recent.unpack(text)).toThrow(RangeError);
		},
	);
});
