import { joined, labelsOf, savedItems } from '../../node-red/shared/editor/items';

const people = [
	{ value: 'u1', label: 'Field, Ada' },
	{ value: 'u2', label: 'Bo Walker' },
];

describe('The names that are saved with what was chosen', () => {
	it('come back to the right people, whatever signs they hold', () => {
		const saved = JSON.parse(JSON.stringify(labelsOf(['u1', 'u2'], people))) as unknown;
		expect(savedItems(['u1', 'u2'], saved)).toEqual(people);
	});

	it('keep their places when one of them is not known', () => {
		expect(labelsOf(['gone', 'u1'], people)).toEqual(['', 'Field, Ada']);
		expect(savedItems(['gone', 'u1'], ['', 'Field, Ada'])).toEqual([
			{ value: 'gone', label: 'gone' },
			{ value: 'u1', label: 'Field, Ada' },
		]);
	});

	it.each([undefined, null, '', 'Bo Walker', [], [null]])(
		'may be missing in a flow made by hand: %p',
		(labels) => {
			expect(savedItems(['u2'], labels)).toEqual([{ value: 'u2', label: 'u2' }]);
			expect(joined(labels)).toBe('');
		},
	);

	it('are one text on the canvas, without the unknown ones', () => {
		expect(joined(['Field, Ada', '', 'Bo Walker'])).toBe('Field, Ada, Bo Walker');
	});
});
