const WITHOUT_ZONE = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const OF_DAY = { first: 'T00:00:00', last: 'T23:59:59.999' };

/**
 * n8n's date field gives the time on the user's clock without a zone, an expression may give a date object.
 * @param ofDay which moment of a bare day is meant; left out, a day stays a day
 * @returns the same moment in a form that names its zone; anything else as it came, for the core to judge
 */
export function zonedDate(value: unknown, zone: string, ofDay?: keyof typeof OF_DAY): string | undefined {
	if (typeof value === 'string') {
		const text = value.trim();
		if (ofDay && DAY.test(text)) return inZone(text + OF_DAY[ofDay], zone);
		return WITHOUT_ZONE.test(text) ? inZone(text.replace(' ', 'T'), zone) : value;
	}
	if (value instanceof Date) return Number.isNaN(value.getTime()) ? String(value) : value.toISOString();
	// The date object of n8n's expressions (Luxon), whose text is null where it is no date.
	const toISO: unknown = (value as { toISO?: unknown } | null | undefined)?.toISO;
	return (typeof toISO === 'function' ? String(toISO.call(value)) : value) as string | undefined;
}

function inZone(local: string, zone: string): string {
	const asUtc = Date.parse(`${local}Z`);
	// 30 February would be taken for a day of March.
	if (Number.isNaN(asUtc) || !new Date(asUtc).toISOString().startsWith(local.slice(0, 10))) return local;
	// The offset is that of the moment looked for: a second look matters on the day when the clocks change.
	const guess = asUtc - offsetOf(asUtc, zone);
	return new Date(asUtc - offsetOf(guess, zone)).toISOString();
}

/** How far the zone's clocks are ahead of UTC, in milliseconds. */
function offsetOf(moment: number, zone: string): number {
	const format = new Intl.DateTimeFormat('en-GB', {
		timeZone: zone,
		hourCycle: 'h23',
		year: 'numeric',
		month: '2-digit',
		day: '2-digit',
		hour: '2-digit',
		minute: '2-digit',
		second: '2-digit',
	});
	const part = Object.fromEntries(format.formatToParts(moment).map(({ type, value }) => [type, value]));
	const shown = Date.parse(
		`${part.year}-${part.month}-${part.day}T${part.hour}:${part.minute}:${part.second}Z`,
	);
	return shown - Math.floor(moment / 1_000) * 1_000;
}
