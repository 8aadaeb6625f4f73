import type { RawEntry } from '../../../../core/epicollect5/entry';
import { advance, newCursor, nextRequest, type StreamCursor } from '../../../../core/epicollect5/sync/cursor';
import { idKey, IdSet } from '../../../../core/epicollect5/sync/idSet';
import { RowHasher, rowShape } from '../../../../core/epicollect5/sync/rowHash';
import { SECOND, START, uuid } from '../support/world';
import { MINUTE } from './support';

const context = {
	slug: 's',
	stream: { formRef: 'f', counts: ['trees'] },
	mapIndex: 0,
	overlapMs: 5 * MINUTE,
};
const iso = (second: number) => new Date(START + second * SECOND).toISOString();
const row = (id: string, second: number, more: RawEntry = {}): RawEntry => ({
	...{ ec5_uuid: id, created_at: iso(0), uploaded_at: iso(second), title: id },
	...more,
});
const page = (rows: RawEntry[], servedAt?: number) => ({ rows, total: rows.length, size: 500, servedAt });
/** A cursor and the ids that are known with it. */
interface Place {
	cursor: StreamCursor;
	known: IdSet;
}
const told = ({ cursor, known }: Place, rows: RawEntry[], servedAt?: number) => {
	const step = advance(cursor, page(rows, servedAt), { ...context, known });
	return {
		events: step.events.map(({ type, eventId }) => `${type} ${eventId}`),
		after: { cursor: step.cursor, known: step.known },
	};
};
const begun = (start: string): Place => ({ cursor: newCursor(start), known: IdSet.EMPTY });
const known = () => told(begun('beginning'), [row('a', 0), row('b', 1)]).after;

describe('advancing the cursor', () => {
	it('changes neither the cursor nor the page', () => {
		const { cursor, known: ids } = known();
		const [size, recent] = [ids.size, cursor.recent.pack()];
		const rows = [row('b', 1), row('c', 2)].map((given) => Object.freeze(given));
		const given = Object.freeze({ ...page(Object.freeze(rows) as RawEntry[]) });
		const whole = Object.freeze({ ...context, known: ids });
		const first = advance(Object.freeze(cursor), given, whole);
		const second = advance(cursor, given, whole);
		expect(first.events).toEqual(second.events);
		expect(first.known.pack()).toBe(second.known.pack());
		expect([ids.size, cursor.recent.pack()]).toEqual([size, recent]);
	});

	it('tells created from updated, and leaves out what was delivered', () => {
		const rows = [row('a', 0), row('b', 3), row('c', 3), row('a', 0, { title: 'other' })];
		expect(told(known(), rows).events).toEqual([
			`updated s/f/b/${iso(3)}`,
			`created s/f/c/${iso(3)}`,
			`updated s/f/a/${iso(0)}`,
		]);
	});

	it('delivers a version with an earlier stamp too: the clocks of two servers may differ', () => {
		const { events, after } = told(known(), [row('b', 0)]);
		expect(events).toEqual([`updated s/f/b/${iso(0)}`]);
		expect(told(after, [row('b', 0)]).events).toEqual([]);
	});

	it('loses no version of an entry whose ID was made to look like that of another', () => {
		const [first, second] = [uuid(294_663), uuid(888_285)];
		expect(idKey(first)).toBe(idKey(second));
		const { after } = told(known(), [row(first, 1), row('c', 2)]);
		const both = told(after, [row(first, 1), row(second, 1), row('c', 2)]);
		expect(both.events).toEqual([`updated s/f/${second}/${iso(1)}`]);
		const edited = told(both.after, [row(first, 1), row('c', 2), row(second, 3)]);
		expect(edited.events).toEqual([`updated s/f/${second}/${iso(3)}`]);
		expect(told(edited.after, [row(first, 1), row('c', 2), row(second, 3)]).events).toEqual([]);
		expect(told(edited.after, [row(first, 4)]).events).toEqual([`updated s/f/${first}/${iso(4)}`]);
	});

	it('delivers no version again that the server shows once more after a newer one', () => {
		const { after } = told(known(), [row('b', 3)]);
		expect(told(after, [row('b', 1), row('b', 3)]).events).toEqual([]);
	});

	it('takes no notice of known rows that were not asked for', () => {
		const settled = told(known(), [], START + 60 * MINUTE).after;
		expect(settled.cursor.recent.size).toBe(0);
		expect(nextRequest(settled.cursor).filter).toEqual({ by: 'uploaded_at', from: START + 2 * SECOND });
		const { events } = told(settled, [row('a', 0), row('b', 1, { title: 'x' }), row('z', 0)]);
		expect(events).toEqual([`created s/f/z/${iso(0)}`]);
	});

	it('never lets the floor go back, whatever the server says of its time', () => {
		const settled = told(known(), [], START + 60 * MINUTE).after;
		const after = told(settled, [], START).after;
		expect(after.cursor.floor).toBe(settled.cursor.floor);
	});

	it('keeps the overlap while the server could still commit into it', () => {
		const at = (servedAt: number | undefined) => told(known(), [], servedAt).after.cursor.floor;
		expect(at(undefined)).toBe(START + SECOND - 5 * MINUTE);
		expect(at(START + SECOND + 5 * MINUTE)).toBe(START + SECOND - 5 * MINUTE);
		expect(at(START + SECOND + 9 * MINUTE)).toBe(START + SECOND - MINUTE);
		expect(at(START + SECOND + 10 * MINUTE)).toBe(START + SECOND);
		expect(at(START + SECOND + 11 * MINUTE)).toBe(START + 2 * SECOND);
	});

	it('refuses a row without a date rather than putting it anywhere', () => {
		expect(() => told(known(), [row('c', 2, { uploaded_at: '' })])).toThrow(
			expect.objectContaining({ kind: 'incomplete', code: 'no_date' }),
		);
	});

	it('asks for a mark of the newest first "from now", and from the second of a date', () => {
		expect(nextRequest(newCursor('now'))).toEqual({ page: 1, sortBy: 'uploaded_at', sortOrder: 'DESC' });
		expect(nextRequest(newCursor('2026-05-01T08:00:00.900Z')).filter).toEqual({
			by: 'uploaded_at',
			from: START,
		});
		expect(nextRequest(newCursor('beginning')).filter).toBeUndefined();
	});
});

describe('what an entry says', () => {
	const hash = (more: RawEntry) => new RowHasher(new Set(['trees'])).hash(row('a', 0, more));
	const url = 'https://s.test/api/media/p?type=photo&format=entry_original&name=a.jpg&v=';

	it.each<[string, RawEntry, RawEntry]>([
		['the order of its answers', { x: 1, y: { p: 1, q: 2 } }, { y: { q: 2, p: 1 }, x: 1 }],
		['the version in the address of a file', { x: `${url}1` }, { x: `${url}2` }],
		['the address of a file, public or not', { x: `${url}1` }, { x: 'a.jpg' }],
		['who uploaded it', { created_by: 'ana@example.org' }, {}],
		['the number of its branch entries', { trees: 1 }, { trees: 2 }],
	])('is not %s', (_what, a, b) => {
		expect(hash(a)).toBe(hash(b));
	});

	it.each<[string, RawEntry, RawEntry]>([
		['a text', { x: 'a' }, { x: 'b' }],
		['the kind of a value', { x: '1' }, { x: 1 }],
		['no answer', { x: '' }, { x: 0 }],
		['the order of chosen answers', { x: ['a', 'b'] }, { x: ['b', 'a'] }],
		['part of a location', { x: { latitude: 1 } }, { x: { latitude: 2 } }],
		['the name of a file', { x: `${url}1` }, { x: `${url.replace('a.jpg', 'b.jpg')}1` }],
		['an address that is no file', { x: 'https://s.test/?name=a&v=1' }, { x: 'https://s.test/?name=a&v=2' }],
		['which question has the answer', { x: 'a', y: '' }, { x: '', y: 'a' }],
		['a number that counts no branch', { x: 1 }, { x: 2 }],
	])('is %s', (_what, a, b) => {
		expect(hash(a)).not.toBe(hash(b));
	});

	it('is told of anything, however deep', () => {
		let deep: unknown = 'x';
		for (let i = 0; i < 50_000; i++) deep = [deep];
		expect(Number.isInteger(hash({ deep }))).toBe(true);
	});

	it('has a shape of its columns and their mapping', () => {
		expect(rowShape({ a: 1, b: 2 }, 0)).toBe(rowShape({ b: 3, a: 4, created_by: 'x' }, 0));
		expect(rowShape({ a: 1 }, 0)).not.toBe(rowShape({ b: 1 }, 0));
		expect(rowShape({ a: 1 }, 0)).not.toBe(rowShape({ a: 1 }, 1));
	});
});
