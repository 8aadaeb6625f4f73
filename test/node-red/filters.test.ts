import { filtersFrom, type FiltersDef } from '../../node-red/shared/filters';
import type { Message } from '../../node-red/shared/red';
import { Settings } from '../../node-red/shared/values';
import { FakeNode, fakeRed } from './fakes';

const NOW = Date.UTC(2026, 4, 31, 12);
const filtersOf = (def: FiltersDef, message: object = {}) =>
	filtersFrom(
		new Settings({ red: fakeRed(), node: new FakeNode().asNode, def, message: message as Message }),
		NOW,
	);

describe('Which entries are read', () => {
	it('are all, in whatever order, where nothing is chosen', async () => {
		const none = { title: undefined, uuid: undefined, created: undefined, uploaded: undefined };
		const all = { sortBy: undefined, sortOrder: undefined, ...none };
		expect(await filtersOf({})).toEqual(all);
		expect(
			await filtersOf({ sortBy: '', sortByType: 'list', createdFromType: 'none', createdFrom: '' }),
		).toEqual(all);
	});

	it('begin so many days ago', async () => {
		const { created } = await filtersOf({ createdFrom: '1.5', createdFromType: 'ago' });
		expect(created).toEqual({ from: new Date(NOW - 36 * 3_600_000), to: undefined });
	});

	it('end where the message says it, as a date, as milliseconds, or as a text for the core to read', async () => {
		const def = { uploadedTo: 'at', uploadedToType: 'msg' };
		const at = async (value: unknown) => (await filtersOf(def, { at: value })).uploaded?.to;
		expect(await at(new Date(NOW))).toEqual(new Date(NOW));
		expect(await at(NOW)).toEqual(new Date(NOW));
		expect(await at(' 2026-05-31 ')).toBe('2026-05-31');
	});

	describe.each(['createdFrom', 'uploadedTo', 'titleContains', 'entryId'])('by %s', (name) => {
		const refusal = { code: 'nothing', field: expect.any(String) as string };

		it.each([undefined, null, '', ' '])('are never all because the message has %p there', async (at) => {
			const def = { [name]: 'at', [`${name}Type`]: 'msg' };
			await expect(filtersOf(def, { at })).rejects.toMatchObject(refusal);
		});

		it('are never all because a variable is not set', async () => {
			await expect(filtersOf({ [name]: '', [`${name}Type`]: 'env' })).rejects.toMatchObject(refusal);
		});

		it('are all where the field was left empty in the dialog', async () => {
			expect(await filtersOf({ [name]: '', [`${name}Type`]: 'str' })).toEqual(await filtersOf({}));
		});
	});

	it.each([
		[{ createdFrom: '-1', createdFromType: 'ago' }, {}, 'Created after'],
		[{ createdFrom: 'at', createdFromType: 'msg' }, { at: new Date(NaN) }, 'Created after'],
		[{ uploadedTo: 'at', uploadedToType: 'msg' }, { at: Infinity }, 'Uploaded before'],
		[{ uploadedTo: 'at', uploadedToType: 'msg' }, { at: [1] }, 'Uploaded before'],
		[{ sortBy: 'at', sortByType: 'msg' }, { at: 'size' }, 'Order'],
		[{ sortOrder: 'at', sortOrderType: 'msg' }, { at: 'sideways' }, 'Direction'],
		[{ entryId: 'at', entryIdType: 'msg' }, { at: () => 1 }, 'Entry ID'],
		[{ titleContains: '(', titleContainsType: 'jsonata' }, {}, 'Title contains'],
	])('are refused with the name of the field: %p', async (def, message, field) => {
		await expect(filtersOf(def, message)).rejects.toMatchObject({ kind: 'input', field });
	});
});
