/** Small seeded random numbers: the same seed gives the same demo data on every machine. */
export interface Random {
	/** 0 ≤ n < 1. */
	next(): number;
	/** Whole number, min and max included. */
	int(min: number, max: number): number;
	pick<T>(items: readonly T[]): T;
	chance(probability: number): boolean;
	/** n lower-case hex digits. */
	hex(digits: number): string;
	/** A version-4 UUID. */
	uuid(): string;
}

/** mulberry32: tiny, fast, good enough for demo data. */
export function seededRandom(seed: number): Random {
	let state = seed >>> 0;
	const next = (): number => {
		state = (state + 0x6d2b79f5) >>> 0;
		let t = state;
		t = Math.imul(t ^ (t >>> 15), t | 1);
		t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
	};
	const int = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));
	const hex = (digits: number): string => {
		let out = '';
		while (out.length < digits) {
			out += Math.floor(next() * 0x100000000)
				.toString(16)
				.padStart(8, '0');
		}
		return out.slice(0, digits);
	};
	return {
		next,
		int,
		hex,
		pick: <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)] as T,
		chance: (probability) => next() < probability,
		uuid: () => {
			const h = hex(32);
			const variant = '89ab'.charAt(int(0, 3));
			return `${h.slice(0, 8)}-${h.slice(8, 12)}-4${h.slice(13, 16)}-${variant}${h.slice(17, 20)}-${h.slice(20)}`;
		},
	};
}
