import { zoneReader } from '../../../../core/epicollect5/zone';

describe('a date in a time zone', () => {
	it('follows the changes of summer time to the second', () => {
		const berlin = zoneReader(' Europe/Berlin ');
		expect(berlin('2026-03-29T00:59:59.000Z')).toBe('2026-03-29T01:59:59+01:00');
		expect(berlin('2026-03-29T01:00:00.000Z')).toBe('2026-03-29T03:00:00+02:00');
		expect(berlin('2026-10-25T00:59:59.000Z')).toBe('2026-10-25T02:59:59+02:00');
		expect(berlin('2026-10-25T01:00:00.000Z')).toBe('2026-10-25T02:00:00+01:00');
	});

	it.each(['Asia/Kathmandu', 'Australia/Lord_Howe', 'America/St_Johns', 'Pacific/Kiritimati', 'UTC'])(
		'of %s is the same moment',
		(zone) => {
			const read = zoneReader(zone);
			for (let ms = Date.UTC(2024, 0, 1); ms < Date.UTC(2026, 0, 1); ms += 54_321_000) {
				const text = read(new Date(ms).toISOString());
				expect(text).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/);
				expect(Date.parse(text)).toBe(ms);
			}
		},
	);

	it('remembers no more than it needs, however many dates there are', () => {
		const read = zoneReader('Europe/Paris');
		for (let i = 0; i < 10_050; i++) read(new Date(i * 900_000).toISOString());
		expect(read('2026-05-31T10:00:00.000Z')).toBe('2026-05-31T12:00:00+02:00');
	});

	it.each(['', 'yesterday', '+275760-09-13T00:00:00.000Z'])('%j stays as it is', (text) => {
		expect(zoneReader('Europe/Paris')(text)).toBe(text);
	});

	it.each(['Mars/Phobos', 'Europe', '__proto__', '+99:99'])('%s is no zone', (zone) => {
		expect(() => zoneReader(zone)).toThrow(
			expect.objectContaining({ kind: 'input', code: 'time_zone', field: 'Time Zone' }),
		);
	});

	it.each([null, 0, 2, true, {}, ['Europe/Berlin'], Symbol('UTC')])(
		'%p, as an expression may give it, is refused by the name of its field',
		(zone) => {
			expect(() => zoneReader(zone as string)).toThrow(
				expect.objectContaining({ kind: 'input', code: 'time_zone', field: 'Time Zone' }),
			);
		},
	);

	it.each([undefined, '', '  '])('is not asked for with %j: dates stay as the service sends them', (zone) => {
		expect(zoneReader(zone)('2026-05-31T10:00:00.000Z')).toBe('2026-05-31T10:00:00.000Z');
	});
});
