import { Latest } from '../../node-red/shared/latest';
import { Sequence } from '../../node-red/shared/output';
import { fakeRed } from './fakes';

describe('Messages made from one', () => {
	it('keep every other property, each in a copy of its own', () => {
		const sequence = new Sequence(fakeRed(), { topic: 'kept', payload: 'old', deep: { a: 1 } }, 'payload');
		const [first, last] = [sequence.next({ n: 1 }), sequence.last({ n: 2 })];
		expect([first, last]).toMatchObject([
			{ topic: 'kept', deep: { a: 1 }, payload: { n: 1 } },
			{ topic: 'kept', deep: { a: 1 }, payload: { n: 2 } },
		]);
		expect(first.deep).not.toBe(last.deep);
	});

	it('know their place, and the last one how many there are, as after a Split node', () => {
		const sequence = new Sequence(fakeRed(), {}, 'payload');
		const parts = [sequence.next('a'), sequence.next('b'), sequence.last('c')].map(({ parts }) => parts);
		expect(parts).toEqual([
			{ id: 'id1', type: 'array', len: 1, index: 0 },
			{ id: 'id1', type: 'array', len: 1, index: 1 },
			{ id: 'id1', type: 'array', len: 1, index: 2, count: 3 },
		]);
		expect(sequence.length).toBe(3);
	});

	it('remember the sequence they came from', () => {
		const outer = { id: 'outer', index: 4, count: 9 };
		const message = new Sequence(fakeRed(), { parts: outer }, 'payload').last('a');
		expect(message.parts).toMatchObject({ index: 0, count: 1, parts: outer });
	});

	it('leave the incoming message itself when there is only one to send', () => {
		const message = { topic: 'kept', payload: 'old' };
		expect(new Sequence(fakeRed(), message, 'payload').whole([1])).toBe(message);
		expect(message).toEqual({ topic: 'kept', payload: [1] });
	});

	it('tell a Join node where to look, and how long a page is', () => {
		const sequence = new Sequence(fakeRed(), {}, 'rows', 500);
		expect(sequence.next([1]).parts).toMatchObject({ len: 500, index: 0, property: 'rows' });
	});

	it.each([() => false, () => thrown()])(
		'fail loudly where the property cannot be set',
		(setMessageProperty) => {
			const sequence = new Sequence(
				fakeRed({ util: { generateId: () => '1', setMessageProperty } }),
				{},
				'a.b',
			);
			expect(() => sequence.whole([])).toThrow(expect.objectContaining({ code: 'property', field: 'To' }));
		},
	);
});

function thrown(): never {
	throw new Error('Invalid property expression');
}

describe('Rows of entries that come again in a newer version', () => {
	it('take the place of the older ones, all rows of an entry at once', () => {
		const latest = new Latest<string>();
		latest.take(['a', 'b', 'b'], ['a1', 'b1', 'b2']);
		latest.take(['c', 'b'], ['c1', 'b3']);
		expect(latest.rows).toEqual(['a1', 'b3', 'c1']);
	});
});
