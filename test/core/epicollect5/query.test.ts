import {
	isoText,
	parseInstant,
	planQuery,
	type EntriesQuery,
	type Plan,
} from '../../../core/epicollect5/query';
import { uuid } from './support/world';

const plan = (query: Partial<EntriesQuery>) => planQuery({ formRef: 'f', mapIndex: 0, ...query });
const from = '2026-05-01T10:00:00Z';
const to = '2026-05-02T10:00:00Z';
const at = Date.parse;

describe('how a query is read', () => {
	const key = { method: 'keyset', reorder: undefined, limit: Infinity } as const;
	const numbered = { method: 'numbered', reorder: undefined } as const;
	const created = { created: { from } };
	const uploaded = { uploaded: { from } };
	it.each([
		[{}, { ...key, sortBy: 'uploaded_at', sortOrder: 'ASC', filterBy: undefined }],
		[
			{ sortBy: 'uploaded_at', sortOrder: 'ASC' },
			{ ...key, sortBy: 'uploaded_at', sortOrder: 'ASC' },
		],
		[{ sortBy: 'uploaded_at' }, { ...key, sortOrder: 'ASC', reorder: { by: 'uploaded_at', order: 'DESC' } }],
		[{ sortBy: 'created_at' }, { ...key, sortBy: 'created_at', sortOrder: 'DESC' }],
		[
			{ sortBy: 'created_at', sortOrder: 'ASC' },
			{ ...key, sortBy: 'created_at', sortOrder: 'ASC' },
		],
		[created, { ...key, sortBy: 'created_at', sortOrder: 'ASC', filterBy: 'created_at' }],
		[
			{ ...created, sortBy: 'created_at' },
			{ ...key, sortBy: 'created_at', sortOrder: 'DESC' },
		],
		[
			{ ...created, sortBy: 'uploaded_at', sortOrder: 'ASC' },
			{ ...key, sortBy: 'created_at', sortOrder: 'ASC', reorder: { by: 'uploaded_at', order: 'ASC' } },
		],
		[uploaded, { ...key, sortBy: 'uploaded_at', filterBy: 'uploaded_at' }],
		[
			{ ...uploaded, sortBy: 'created_at' },
			{ ...key, sortBy: 'uploaded_at', reorder: { by: 'created_at', order: 'DESC' } },
		],
		[
			{ ...uploaded, ...created },
			{ ...key, sortBy: 'uploaded_at', filterBy: 'uploaded_at' },
		],
		[
			{ ...created, uploaded: {} },
			{ ...key, sortBy: 'created_at', filterBy: 'created_at' },
		],
		[
			{ ...created, uploaded: { from: '', to: undefined } },
			{ ...key, filterBy: 'created_at' },
		],
		[
			{ created: {}, uploaded: {} },
			{ ...key, sortBy: 'uploaded_at', filterBy: undefined },
		],
		[{ uploaded: { to } }, { ...key, filterBy: 'uploaded_at' }],
		[{ limit: 5 }, { ...numbered, limit: 5, sortBy: 'created_at', sortOrder: 'DESC', filterBy: undefined }],
		[
			{ limit: 5, sortBy: 'uploaded_at' },
			{ ...numbered, sortBy: 'uploaded_at', sortOrder: 'DESC' },
		],
		[
			{ limit: 5, sortBy: 'title' },
			{ ...numbered, sortBy: 'title', sortOrder: 'ASC' },
		],
		[
			{ sortBy: 'title', sortOrder: 'DESC' },
			{ ...numbered, sortBy: 'title', sortOrder: 'DESC', limit: Infinity },
		],
		[
			{ ...created, sortBy: 'title' },
			{ ...numbered, sortBy: 'title', filterBy: 'created_at' },
		],
		[
			{ ...uploaded, ...created, limit: 1 },
			{ ...numbered, filterBy: 'uploaded_at' },
		],
		[{ uuid: uuid(1) }, { ...numbered, sortBy: 'created_at', limit: Infinity }],
	] as Array<[Partial<EntriesQuery>, Partial<Plan>]>)('%j', (query, wanted) => {
		expect(plan(query)).toMatchObject(wanted);
	});
});

describe('dates of a query', () => {
	const span = (text: string | Date) => plan({ created: { from: text } }).created.from;

	it.each([
		['2026-05-31', '2026-05-31T00:00:00.000Z'],
		['2026-05-31T10:00', '2026-05-31T10:00:00.000Z'],
		['2026-05-31 10:00:05', '2026-05-31T10:00:05.000Z'],
		['2026-05-31T10:00:05.25', '2026-05-31T10:00:05.250Z'],
		[' 2026-05-31T10:00:05Z ', '2026-05-31T10:00:05.000Z'],
		['2026-05-31t10:00:05z', '2026-05-31T10:00:05.000Z'],
		['2026-05-31T10:00:05.000+02:00', '2026-05-31T08:00:05.000Z'],
		['2026-05-31T10:00:05-0530', '2026-05-31T15:30:05.000Z'],
		['2026-05-31 10:00+02', '2026-05-31T08:00:00.000Z'],
		['2026-05-31 10:00 Z', '2026-05-31T10:00:00.000Z'],
		['2024-02-29', '2024-02-29T00:00:00.000Z'],
	])('%s is %s, on every machine', (text, wanted) => {
		expect(isoText(span(text))).toBe(wanted);
	});

	it('may be dates of JavaScript', () => {
		expect(span(new Date(5))).toBe(5);
		expect(plan({ uploaded: { to: new Date(5) } }).uploaded.to).toBe(5);
	});

	it('a bare date as the end includes its whole day', () => {
		expect(isoText(plan({ uploaded: { to: '2026-05-31' } }).uploaded.to)).toBe('2026-05-31T23:59:59.999Z');
		expect(plan({ created: { from: '2026-05-31', to: '2026-05-31' } }).created.from).toBe(at('2026-05-31'));
	});

	it('no date is no bound', () => {
		for (const none of [undefined, '', '  ']) {
			expect(plan({ created: { from: none, to: none } }).created).toEqual({ from: -Infinity, to: Infinity });
		}
	});

	it.each([
		'yesterday',
		'31/05/2026',
		'05/31/2026',
		'20260531',
		'2026-05',
		'2026',
		'1',
		'2026-02-30',
		'2025-02-29',
		'2026-13-01',
		'2026-05-31T25:00',
		'2026-05-31T10',
		'2026-05-31T10:00 CET',
		'2026-05-31x',
	])('%s is refused rather than guessed at', (text) => {
		expect(() => span(text)).toThrow(
			expect.objectContaining({ kind: 'input', code: 'date', field: 'Created After' }),
		);
		expect(() => plan({ uploaded: { to: text } })).toThrow(
			expect.objectContaining({ field: 'Uploaded Before' }),
		);
	});

	it.each([new Date(NaN), null, 0, 1_780_000_000_000, true, {}, [], { toISO: () => null }, Symbol('now')])(
		'%p is refused by the name of its field, also where a host did not look at it',
		(value) => {
			for (const [field, query] of Object.entries({
				'Created After': { created: { from: value as string } },
				'Created Before': { created: { to: value as string } },
				'Uploaded After': { uploaded: { from: value as string } },
				'Uploaded Before': { uploaded: { to: value as string } },
			})) {
				expect(() => plan(query)).toThrow(
					expect.objectContaining({
						kind: 'input',
						code: 'date',
						field,
						message: `"${field}" is not a date`,
					}),
				);
			}
		},
	);

	it.each([null, undefined, 0, {}, new Date(0), ''])(
		'%p is no instant, rather than a fault of ours',
		(value) => {
			expect(parseInstant(value)).toBeNaN();
		},
	);

	it('bounds the wrong way round are said to be so', () => {
		expect(() => plan({ uploaded: { from: to, to: from } })).toThrow(
			expect.objectContaining({ kind: 'input', field: 'Uploaded After', hint: 'Exchange the two dates.' }),
		);
		expect(plan({ uploaded: { from, to: from } }).uploaded).toEqual({ from: at(from), to: at(from) });
	});
});

describe('what the service would ignore without a word', () => {
	it.each([0, -1, 1.5, NaN, Infinity])('the limit %d', (limit) => {
		expect(() => plan({ limit })).toThrow(
			expect.objectContaining({ kind: 'input', code: 'limit', field: 'Limit' }),
		);
	});

	it.each(['', 'short', ` ${uuid(1)}`, `${uuid(1)}x`, '%'.repeat(36)])('the entry ID %j', (id) => {
		for (const [field, query] of Object.entries({
			'Entry ID': { uuid: id },
			'Parent Entry ID': { parentUuid: id, parentFormRef: 'p' },
			'Owner Entry ID': { ownerUuid: id, branchRef: 'b' },
		})) {
			expect(() => plan(query)).toThrow(expect.objectContaining({ kind: 'input', code: 'id', field }));
		}
	});

	it('a parent without the form above, an owner without a branch', () => {
		expect(() => plan({ parentUuid: uuid(1) })).toThrow(
			expect.objectContaining({ field: 'Parent Entry ID' }),
		);
		expect(() => plan({ ownerUuid: uuid(1) })).toThrow(expect.objectContaining({ field: 'Owner Entry ID' }));
		expect(plan({ parentUuid: uuid(1), parentFormRef: 'p' }).method).toBe('keyset');
		expect(plan({ ownerUuid: uuid(1), branchRef: 'b' }).method).toBe('keyset');
	});
});
