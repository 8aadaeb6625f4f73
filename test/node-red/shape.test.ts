import { shapeFrom, type ShapeDef } from '../../node-red/shared/shape';
import type { Message } from '../../node-red/shared/red';
import { Settings } from '../../node-red/shared/values';
import { FakeNode, fakeRed } from './fakes';

const shapeOf = (def: ShapeDef, message: Message = {}) =>
	shapeFrom(new Settings({ red: fakeRed(), node: new FakeNode().asNode, def, message }));

describe('The shape of entries', () => {
	it('is tidy and as the project has it where nothing is chosen, as in a node of the first schema', async () => {
		expect(await shapeOf({})).toEqual({
			raw: false,
			request: {
				...{ mapIndex: undefined, names: 'mapping', timeZone: undefined },
				...{ utm: false, choiceFields: false, withUploader: false },
			},
		});
	});

	it('is taken from the dialog', async () => {
		const def = {
			...{
				shape: 'raw',
				shapeType: 'list',
				mapping: '2',
				mappingType: 'list',
				names: 'ref',
				namesType: 'list',
			},
			...{ timeZone: 'Europe/Berlin', timeZoneType: 'str', utm: 'true', utmType: 'bool' },
			...{ choiceFields: 'true', choiceFieldsType: 'bool', withUploader: 'true', withUploaderType: 'bool' },
		};
		expect(await shapeOf(def)).toEqual({
			raw: true,
			request: {
				...{ mapIndex: '2', names: 'ref', timeZone: 'Europe/Berlin' },
				...{ utm: true, choiceFields: true, withUploader: true },
			},
		});
	});

	it('is taken from the message', async () => {
		const names = ['shape', 'mapping', 'names', 'timeZone', 'utm', 'choiceFields', 'withUploader'];
		const def = Object.fromEntries(
			names.flatMap((name) => [
				[name, name],
				[`${name}Type`, 'msg'],
			]),
		);
		const message = {
			...{ shape: 'RAW', mapping: 'short NAMES', names: 'question', timeZone: 'UTC' },
			...{ utm: 'true', choiceFields: true, withUploader: false },
		};
		expect(await shapeOf(def, message)).toEqual({
			raw: true,
			request: {
				...{ mapIndex: 'short NAMES', names: 'question', timeZone: 'UTC' },
				...{ utm: true, choiceFields: true, withUploader: false },
			},
		});
	});

	it('has the time zone of this machine on request, and none for UTC', async () => {
		const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
		expect((await shapeOf({ timeZone: '', timeZoneType: 'local' })).request.timeZone).toBe(timeZone);
		expect(
			(await shapeOf({ timeZone: 'Europe/Rome', timeZoneType: 'none' })).request.timeZone,
		).toBeUndefined();
	});

	it.each([
		[{ names: 'payload', namesType: 'msg' }, { payload: 'colour' }, 'value', /mapping, ref, question/],
		[{ names: 'payload', namesType: 'msg' }, { payload: { a: 1 } }, 'value', /text/],
		[{ utm: 'payload', utmType: 'msg' }, { payload: 'perhaps' }, 'value', /true or false/],
	])('says which field makes no sense, and what would: %p', async (def, message, code, hint) => {
		await expect(shapeOf(def, message)).rejects.toMatchObject({ code, hint: expect.stringMatching(hint) });
	});
});
