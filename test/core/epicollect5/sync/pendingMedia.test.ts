import { HOUR, MINUTE } from '../../../../core/clock';
import {
	addMissing,
	dueMedia,
	GIVE_UP_AFTER_MS,
	MOST_PENDING,
	triedInVain,
	type MissingMedia,
	type PendingMedia,
} from '../../../../core/epicollect5/sync/pendingMedia';
import { START } from '../support/world';

const NOW = START;
const missing = (name: string, version = 'v1'): MissingMedia => ({
	...{ name, type: 'photo', questionRef: 'q', entryId: 'e', eventId: `s/f/e/${version}` },
});
const pending = (name: string, more: Partial<PendingMedia> = {}): PendingMedia => ({
	...{ ...missing(name), since: NOW, tries: 0, nextAt: NOW + 10 * MINUTE },
	...more,
});
const namesOf = (files: readonly PendingMedia[]) => files.map(({ name }) => name);

describe('a file that is missing', () => {
	it('is asked for again ten minutes later', () => {
		const { pending: kept, dropped } = addMissing([], [missing('a.jpg')], NOW);
		expect(kept).toEqual([pending('a.jpg')]);
		expect(dropped).toEqual([]);
	});

	it('that is missing in a newer version too keeps its age and tries, and tells the newer one', () => {
		const times = { since: NOW - HOUR, tries: 3, nextAt: NOW + HOUR };
		const before = [pending('a.jpg', times), pending('b.jpg')];
		const { pending: kept } = addMissing(before, [missing('a.jpg', 'v2')], NOW);
		expect(kept).toEqual([{ ...missing('a.jpg', 'v2'), ...times }, pending('b.jpg')]);
	});

	it('is one file, however often it is missed at once', () => {
		const { pending: kept } = addMissing([], [missing('a.jpg'), missing('a.jpg', 'v2')], NOW);
		expect(kept).toEqual([{ ...pending('a.jpg'), ...missing('a.jpg', 'v2') }]);
	});

	it('makes the oldest ones be given up where there are too many', () => {
		const old = Array.from({ length: MOST_PENDING }, (_, i) =>
			pending(`old-${i}`, { since: NOW - 1000 + i }),
		);
		const full = addMissing(old, [], NOW);
		expect([full.pending.length, full.dropped.length]).toEqual([MOST_PENDING, 0]);
		const { pending: kept, dropped } = addMissing([...old].reverse(), [missing('x'), missing('y')], NOW);
		expect(kept).toHaveLength(MOST_PENDING);
		expect(namesOf(dropped)).toEqual(['old-0', 'old-1']);
		expect(namesOf(kept).slice(-2)).toEqual(['x', 'y']);
	});
});

describe('whose turn it is', () => {
	it('is told to the millisecond, who waits longest first', () => {
		const files = [
			pending('soon', { nextAt: NOW + 1 }),
			pending('now', { nextAt: NOW }),
			pending('long ago', { nextAt: NOW - 5 }),
		];
		expect(namesOf(dueMedia(files, NOW))).toEqual(['long ago', 'now']);
		expect(namesOf(files)).toEqual(['soon', 'now', 'long ago']);
	});

	it('is not put off for ever by a clock that was set back', () => {
		const waits = pending('waits', { nextAt: NOW + 16 * HOUR });
		const never = pending('never', { nextAt: NOW + 16 * HOUR + 1 });
		expect(namesOf(dueMedia([waits, never], NOW))).toEqual(['never']);
	});
});

describe('a try in vain', () => {
	it('is followed by longer and longer waits, up to sixteen hours', () => {
		let file: PendingMedia | undefined = pending('a.jpg');
		const waits: number[] = [];
		for (let i = 0; i < 9 && file; i++) {
			file = triedInVain(file, NOW);
			waits.push(((file?.nextAt ?? NaN) - NOW) / MINUTE);
		}
		expect(waits).toEqual([30, 60, 120, 240, 480, 960, 960, 960, 960]);
		expect(file).toMatchObject({ tries: 9, since: NOW, name: 'a.jpg' });
	});

	it('is the last one after thirty days', () => {
		const file = pending('a.jpg');
		expect(triedInVain(file, NOW + GIVE_UP_AFTER_MS - 1)).toMatchObject({ tries: 1 });
		expect(triedInVain(file, NOW + GIVE_UP_AFTER_MS)).toBeUndefined();
		expect(GIVE_UP_AFTER_MS).toBe(30 * 24 * HOUR);
	});
});
