import { zonedDate } from '../../nodes/shared/zone';

describe('A date from n8n', () => {
	it("without a zone is meant on the workflow's clock", () => {
		expect(zonedDate('2026-12-01T08:00:00', 'America/New_York')).toBe('2026-12-01T13:00:00.000Z');
		expect(zonedDate('2026-07-01 08:00', 'America/New_York')).toBe('2026-07-01T12:00:00.000Z');
		expect(zonedDate('2026-12-01T08:00:00', 'UTC')).toBe('2026-12-01T08:00:00.000Z');
	});

	it('is right on the day when the clocks change', () => {
		expect(zonedDate('2026-03-29T01:30:00', 'Europe/London')).toMatch(/^2026-03-29T0[01]:30/);
		expect(zonedDate('2026-03-29T00:30:00', 'Europe/London')).toBe('2026-03-29T00:30:00.000Z');
		expect(zonedDate('2026-03-29T02:30:00', 'Europe/London')).toBe('2026-03-29T01:30:00.000Z');
	});

	it('with a zone, or as a day, stays as it is', () => {
		expect(zonedDate('2026-12-01T08:00:00+02:00', 'America/New_York')).toBe('2026-12-01T08:00:00+02:00');
		expect(zonedDate('2026-12-01', 'America/New_York')).toBe('2026-12-01');
		expect(zonedDate(undefined, 'UTC')).toBeUndefined();
	});

	it('as a day begins and ends on the clock of the workflow, where its beginning or end is meant', () => {
		expect(zonedDate('2026-12-01', 'America/New_York', 'first')).toBe('2026-12-01T05:00:00.000Z');
		expect(zonedDate(' 2026-12-01 ', 'America/New_York', 'last')).toBe('2026-12-02T04:59:59.999Z');
		// The day on which the clocks of Berlin go forward has 23 hours.
		expect(zonedDate('2026-03-29', 'Europe/Berlin', 'first')).toBe('2026-03-28T23:00:00.000Z');
		expect(zonedDate('2026-03-29', 'Europe/Berlin', 'last')).toBe('2026-03-29T21:59:59.999Z');
		expect(zonedDate('2026-02-30', 'UTC', 'last')).toBe('2026-02-30T23:59:59.999');
	});

	it.each(['2026-02-30T08:00:00', '2026-13-01 08:00', '2025-02-29T08:00'])(
		'%s is no day of another month, but left for the core to refuse',
		(text) => {
			expect(zonedDate(text, 'Europe/Berlin')).toBe(text.replace(' ', 'T'));
		},
	);

	it('that is none stays none, whatever object it is in', () => {
		expect(zonedDate(new Date(NaN), 'UTC')).toBe('Invalid Date');
		expect(zonedDate({ toISO: () => null }, 'UTC')).toBe('null');
		expect(zonedDate(null, 'UTC')).toBeNull();
		expect(zonedDate(0, 'UTC')).toBe(0);
	});

	it('may be the date object of an expression', () => {
		const luxon = { toISO: () => '2026-12-01T08:00:00.000+01:00' };
		expect(zonedDate(luxon, 'UTC')).toBe('2026-12-01T08:00:00.000+01:00');
		expect(zonedDate(new Date(0), 'America/New_York')).toBe('1970-01-01T00:00:00.000Z');
	});
});
