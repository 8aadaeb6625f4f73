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

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

const DIGITS = '0123456789abcdef';
// One buffer for all: a string cut from it is flat, and millions of rows need little memory.
const uuidText = Buffer.from('00000000-0000-0000-0000-000000000000');
const UUID_PLACES = [...uuidText.keys()].filter((place) => ![8, 13, 18, 23].includes(place));

/** mulberry32: tiny, fast, good enough for demo data. */
class Mulberry implements Random {
	constructor(private state: number) {}

	next(): number {
		this.state = (this.state + 0x6d2b79f5) >>> 0;
		let t = this.state;
		t = Math.imul(t ^ (t >>> 15), t | 1);
		t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
	}

	int(min: number, max: number): number {
		return min + Math.floor(this.next() * (max - min + 1));
	}

	pick<T>(items: readonly T[]): T {
		return items[Math.floor(this.next() * items.length)] as T;
	}

	chance(probability: number): boolean {
		return this.next() < probability;
	}

	hex(digits: number): string {
		let out = '';
		while (out.length < digits) {
			const word = Math.floor(this.next() * 0x100000000);
			out += HEX[word >>> 24];
			out += HEX[(word >>> 16) & 255];
			out += HEX[(word >>> 8) & 255];
			out += HEX[word & 255];
		}
		return out.length === digits ? out : out.slice(0, digits);
	}

	uuid(): string {
		for (let at = 0; at < 32; at += 8) {
			const word = Math.floor(this.next() * 0x100000000);
			for (let digit = 0; digit < 8; digit += 1) {
				uuidText[UUID_PLACES[at + digit] as number] = DIGITS.charCodeAt((word >>> (digit * 4)) & 15);
			}
		}
		uuidText[14] = DIGITS.charCodeAt(4);
		uuidText[19] = '89ab'.charCodeAt(this.int(0, 3));
		return uuidText.toString('latin1');
	}
}

/** A new sequence that the seed decides. */
export function seededRandom(seed: number): Random {
	return new Mulberry(seed >>> 0);
}

/** A number that several numbers or texts decide together, to seed a sequence of its own. */
export function mixSeed(...parts: (number | string)[]): number {
	let hash = 0x811c9dc5;
	for (const part of parts) {
		if (typeof part === 'number') {
			hash = Math.imul(hash ^ part, 0x01000193);
			hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
			hash ^= hash >>> 13;
		} else {
			for (let at = 0; at < part.length; at += 1) hash = Math.imul(hash ^ part.charCodeAt(at), 0x01000193);
		}
	}
	return hash >>> 0;
}
