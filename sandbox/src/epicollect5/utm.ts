/** What the server adds to a location (contract 8.1). */
export interface Utm {
	northing: number;
	easting: number;
	zone: string;
}

const A = 6378137;
const E2 = 0.00669438;
const K0 = 0.9996;
const BANDS = 'CDEFGHJKLMNPQRSTUVWX';
const RADIANS = Math.PI / 180;

/** WGS-84 latitude and longitude as UTM: Snyder's forward series, truncated to whole metres. */
export function toUtm(latitude: number, longitude: number): Utm {
	// 180 is wrapped to -180.
	const wrapped = longitude + 180 - Math.floor((longitude + 180) / 360) * 360 - 180;
	const zone = zoneNumber(latitude, wrapped);
	const phi = latitude * RADIANS;
	const lambda = wrapped * RADIANS;
	const origin = ((zone - 1) * 6 - 180 + 3) * RADIANS;
	const prime = E2 / (1 - E2);
	const n = A / Math.sqrt(1 - E2 * Math.sin(phi) ** 2);
	const t = Math.tan(phi) ** 2;
	const c = prime * Math.cos(phi) ** 2;
	const a = Math.cos(phi) * (lambda - origin);
	const easting =
		K0 * n * (a + ((1 - t + c) * a ** 3) / 6 + ((5 - 18 * t + t * t + 72 * c - 58 * prime) * a ** 5) / 120) +
		500000;
	let northing =
		K0 *
		(meridian(phi) +
			n *
				Math.tan(phi) *
				((a * a) / 2 +
					((5 - t + 9 * c + 4 * c * c) * a ** 4) / 24 +
					((61 - 58 * t + t * t + 600 * c - 330 * prime) * a ** 6) / 720));
	if (latitude < 0) northing += 10000000;
	return { northing: Math.trunc(northing), easting: Math.trunc(easting), zone: `${zone}${band(latitude)}` };
}

function meridian(phi: number): number {
	const e4 = E2 * E2;
	const e6 = e4 * E2;
	return (
		A *
		((1 - E2 / 4 - (3 * e4) / 64 - (5 * e6) / 256) * phi -
			((3 * E2) / 8 + (3 * e4) / 32 + (45 * e6) / 1024) * Math.sin(2 * phi) +
			((15 * e4) / 256 + (45 * e6) / 1024) * Math.sin(4 * phi) -
			((35 * e6) / 3072) * Math.sin(6 * phi))
	);
}

function zoneNumber(latitude: number, longitude: number): number {
	// Norway and Svalbard have zones of their own widths.
	if (latitude >= 56 && latitude < 64 && longitude >= 3 && longitude < 12) return 32;
	if (latitude >= 72 && latitude < 84) {
		if (longitude >= 0 && longitude < 9) return 31;
		if (longitude >= 9 && longitude < 21) return 33;
		if (longitude >= 21 && longitude < 33) return 35;
		if (longitude >= 33 && longitude < 42) return 37;
	}
	return Math.floor((longitude + 180) / 6) + 1;
}

function band(latitude: number): string {
	if (latitude > 84 || latitude < -80) return 'Z';
	return BANDS.charAt(Math.min(19, Math.floor((latitude + 80) / 8)));
}
