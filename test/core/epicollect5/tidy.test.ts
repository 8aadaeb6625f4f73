import type { Column } from '../../../core/epicollect5/columns';
import { tidyEntry, tidyValue } from '../../../core/epicollect5/tidy';

const value = (type: string, raw: unknown, datetimeFormat?: string) =>
	tidyValue(raw, { type, datetimeFormat });
const column = (key: string, type = 'text', name = key): Column => ({
	...{ ref: `ref_${key}`, question: key, datetimeFormat: undefined },
	...{ key, type, name },
});
const stream = { formRef: 'form' };
const identity = {
	ec5_uuid: 'uuid-1',
	created_at: '2024-05-03T08:12:41.000Z',
	uploaded_at: '2024-05-03T08:15:30.000Z',
	created_by: 'ana@example.org',
	title: 'North pond',
};

describe('a tidy value', () => {
	it.each(['text', 'textarea', 'phone', 'barcode', 'radio', 'dropdown', 'a type of tomorrow'])(
		'%s is text, or null',
		(type) => {
			expect(value(type, 'x')).toBe('x');
			expect(value(type, ' ')).toBe(' ');
			expect(value(type, 41791234567)).toBe('41791234567');
			expect(value(type, 0)).toBe('0');
			expect(value(type, false)).toBe('false');
			expect(value(type, { a: [1] })).toBe('{"a":[1]}');
			for (const none of ['', null, undefined]) expect(value(type, none)).toBeNull();
		},
	);

	it.each(['integer', 'decimal', 'branch'])('%s is a number, or null', (type) => {
		expect(value(type, 7)).toBe(7);
		expect(value(type, 0)).toBe(0);
		expect(value(type, -2.5)).toBe(-2.5);
		expect(value(type, '007')).toBe(7);
		expect(value(type, ' 1.5 ')).toBe(1.5);
		for (const none of ['', ' ', null, undefined, 'seven', [], {}, 'Infinity', true]) {
			expect(value(type, none)).toBeNull();
		}
	});

	it('dates and times follow the format of the question', () => {
		expect(value('date', '07/01/2017', 'dd/MM/YYYY')).toBe('2017-01-07');
		expect(value('date', '07/01/2017')).toBe('07/01/2017');
		expect(value('time', '09:40', 'HH:mm')).toBe('09:40:00');
		expect(value('date', '', 'dd/MM/YYYY')).toBeNull();
		expect(value('time', undefined, 'HH:mm')).toBeNull();
		expect(value('date', '07/01/2017', 'constructor')).toBe('07/01/2017');
	});

	it.each(['checkbox', 'searchmultiple'])('%s is a list, an empty one where nothing was chosen', (type) => {
		expect(value(type, ['a', 'b, c'])).toEqual(['a', 'b, c']);
		expect(value(type, ['a', '', 'b'])).toEqual(['a', 'b']);
		expect(value(type, [1])).toEqual(['1']);
		expect(value(type, 'a')).toEqual(['a']);
		for (const none of [[], '', null, undefined, ['', null]]) expect(value(type, none)).toEqual([]);
	});

	it('searchsingle is one text', () => {
		expect(value('searchsingle', ['Ada'])).toBe('Ada');
		expect(value('searchsingle', 'Ada')).toBe('Ada');
		for (const none of [[], [''], '']) expect(value('searchsingle', none)).toBeNull();
	});

	it('a location is three numbers', () => {
		const utm = { UTM_Northing: 5709807, UTM_Easting: 699872, UTM_Zone: '30U' };
		const full = { latitude: 51.504, longitude: -0.12, accuracy: 4, ...utm };
		expect(value('location', full)).toEqual({ latitude: 51.504, longitude: -0.12, accuracy: 4 });
		expect(value('location', { latitude: '51.5', longitude: '-0.12', accuracy: '' })).toEqual({
			...{ latitude: 51.5, longitude: -0.12, accuracy: null },
		});
		expect(value('location', { latitude: 0, longitude: 0, accuracy: 0, UTM_Zone: '' })).toEqual({
			...{ latitude: 0, longitude: 0, accuracy: 0 },
		});
	});

	it.each([
		{ latitude: '', longitude: '', accuracy: '' },
		{ latitude: 51.5, longitude: '', accuracy: 4 },
		{ latitude: '', longitude: 1 },
		{},
		'',
		null,
		undefined,
		[],
		'51.5, -0.12',
	])('%j is no location', (raw) => {
		expect(value('location', raw)).toBeNull();
	});

	it.each(['photo', 'audio', 'video'])(
		'%s is a file: by name in private projects, by address in public ones',
		(type) => {
			expect(value(type, 'a b.jpg')).toEqual({ name: 'a b.jpg', type, url: null });
			const url = 'https://ec5.test/api/media/x?type=photo&format=entry_original&name=a+b.jpg&v=1714724130';
			expect(value(type, url)).toEqual({ name: 'a b.jpg', type, url });
			expect(value(type, 'https://ec5.test/x')).toEqual({
				...{ name: 'https://ec5.test/x', type, url: 'https://ec5.test/x' },
			});
			expect(value(type, 'https://')).toEqual({ name: 'https://', type, url: 'https://' });
			for (const none of ['', null, undefined]) expect(value(type, none)).toBeNull();
		},
	);
});

describe('a tidy entry', () => {
	it("has its own properties, then the answers, then the event's ID, which is long, and nothing else", () => {
		const row = { ...identity, '1_Site': 'North', '2_Count': 3, hidden_one: 'x' };
		const columns = [column('1_Site'), column('2_Count', 'integer')];
		const tidy = tidyEntry(row, { slug: 'birds', stream, columns });
		expect(Object.entries(tidy)).toEqual([
			['ec5_uuid', 'uuid-1'],
			['created_at', identity.created_at],
			['uploaded_at', identity.uploaded_at],
			['title', 'North pond'],
			['1_Site', 'North'],
			['2_Count', 3],
			['eventId', 'birds/form/uuid-1/2024-05-03T08:15:30.000Z'],
		]);
	});

	it('names its uploader on request only', () => {
		const options = { slug: 'birds', stream, columns: [] };
		expect(tidyEntry(identity, options)).not.toHaveProperty('created_by');
		expect(tidyEntry(identity, { ...options, withUploader: true })).toMatchObject({
			created_by: 'ana@example.org',
		});
	});

	it('says whose child or branch it is, and takes the ID of the branch entry', () => {
		const row = { ec5_branch_owner_uuid: 'o', ec5_branch_uuid: 'b', uploaded_at: 't' };
		const branch = { formRef: 'form', branchRef: 'branch' };
		expect(tidyEntry(row, { slug: 's', stream: branch, columns: [] })).toEqual({
			...row,
			eventId: 's/branch/b/t',
		});
		expect(
			tidyEntry({ ec5_uuid: 'u', ec5_parent_uuid: '' }, { slug: 's', stream, columns: [] }),
		).toMatchObject({
			ec5_parent_uuid: null,
		});
	});

	it('has every column, also where the service sent none', () => {
		const tidy = tidyEntry(identity, {
			...{ slug: 's', stream },
			columns: [column('a'), column('b', 'checkbox'), column('c', 'location')],
		});
		expect(tidy).toMatchObject({ a: null, b: [], c: null });
	});

	it('shows a question called title under another name, and no wrong title', () => {
		const columns = [column('title', 'text', 'title_2'), column('eventId', 'text', 'eventId_2')];
		const row = { ...identity, title: 'the answer', eventId: 'mine' };
		expect(tidyEntry(row, { slug: 's', stream, columns })).toMatchObject({
			title: null,
			title_2: 'the answer',
			eventId: 's/form/uuid-1/2024-05-03T08:15:30.000Z',
			eventId_2: 'mine',
		});
	});

	it('keeps prototypes clean, whatever questions are called', () => {
		const row = JSON.parse('{"ec5_uuid":"u","__proto__":"evil","constructor":"c","7":"seven"}') as Record<
			string,
			unknown
		>;
		const columns = ['__proto__', 'constructor', '7', 'toString'].map((key) => column(key));
		const tidy = tidyEntry(row, { slug: 's', stream, columns });
		expect(Object.getPrototypeOf(tidy)).toBe(Object.prototype);
		expect(Object.getOwnPropertyDescriptor(tidy, '__proto__')?.value).toBe('evil');
		expect(tidy.constructor).toBe('c');
		expect(tidy['7']).toBe('seven');
		// Not the function that every object inherits.
		expect(Object.getOwnPropertyDescriptor(tidy, 'toString')?.value).toBeNull();
		expect(({} as { evil?: unknown }).evil).toBeUndefined();
	});
});
