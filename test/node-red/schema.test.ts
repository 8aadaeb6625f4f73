import fc from 'fast-check';
import { adding, migrated } from '../../node-red/shared/schema';
import { MIGRATIONS, SCHEMA } from '../../node-red/nodes/epicollect5-entries/migrations';

describe('A node that was saved by an older version', () => {
	const steps = [
		adding({ colour: 'red' }),
		(saved: object) => ({ ...saved, size: (saved as { wide?: boolean }).wide ? 2 : 1 }),
	];

	it('goes through every step from its own schema on, and has the newest then', () => {
		expect(migrated({ schema: 1, wide: true }, steps)).toEqual({
			...{ schema: 3, wide: true, colour: 'red', size: 2 },
		});
		expect(migrated({ schema: 2 }, steps)).toEqual({ schema: 3, size: 1 });
	});

	it('keeps what was chosen', () => {
		expect(migrated({ schema: 1, colour: 'blue' }, steps)).toMatchObject({ colour: 'blue' });
	});

	it.each([undefined, null, '', 'x', 0, -1, 1.5, {}])(
		'is taken for the oldest where it tells nothing: %p',
		(schema) => {
			expect(migrated({ schema }, steps)).toMatchObject({ schema: 3, colour: 'red' });
		},
	);

	it('is left alone where it is of this version or a newer one', () => {
		for (const schema of [3, 4]) {
			const saved = { schema, colour: 'green' };
			expect(migrated(saved, steps)).toBe(saved);
		}
	});

	it('loses no setting of its own, whatever it holds', () => {
		fc.assert(
			fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (saved) => {
				const { schema: _, ...rest } = saved;
				expect(migrated({ ...rest, schema: 1 }, MIGRATIONS)).toMatchObject({ ...rest, schema: SCHEMA });
			}),
		);
	});
});
