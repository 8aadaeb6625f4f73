/** The alphabet of base64url: six bits in each letter, and none that JSON has to escape. */
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const NO_VALUE = 64;
const VALUES = new Uint8Array(128).fill(NO_VALUE);
for (let value = 0; value < LETTERS.length; value++) VALUES[LETTERS.charCodeAt(value)] = value;
const WIDTH = 6;

/** @returns a whole number below 2^53 in so many letters */
export function lettersOf(value: number, letters: number): string {
	let text = '';
	let rest = value;
	for (let i = 0; i < letters; i++) {
		const high = Math.floor(rest / LETTERS.length);
		text = LETTERS.charAt(rest - high * LETTERS.length) + text;
		rest = high;
	}
	return text;
}

/** Reads what {@link lettersOf} wrote. @throws RangeError for a letter that is none */
export function numberOf(text: string, from: number, letters: number): number {
	let value = 0;
	for (let at = from; at < from + letters; at++) value = value * LETTERS.length + valueAt(text, at);
	return value;
}

/** @throws RangeError behind the end and for a letter that is none */
function valueAt(text: string, at: number): number {
	const value = VALUES[text.charCodeAt(at)] ?? NO_VALUE;
	if (value === NO_VALUE) throw new RangeError('The text is damaged');
	return value;
}

/** Writes numbers of any width into a text, six bits to a letter. */
export class BitWriter {
	private readonly letters: string[] = [];
	private rest = 0;
	private held = 0;

	/** @param width bits, at most 24 */
	write(value: number, width: number): void {
		this.rest = (this.rest << width) | value;
		this.held += width;
		while (this.held >= WIDTH) {
			this.held -= WIDTH;
			this.letters.push(LETTERS.charAt(this.rest >>> this.held));
			this.rest &= (1 << this.held) - 1;
		}
	}

	/** The text; the last letter is filled up with zeros. */
	end(): string {
		if (this.held > 0) this.write(0, WIDTH - this.held);
		return this.letters.join('');
	}
}

/** Reads what {@link BitWriter} wrote. */
export class BitReader {
	private at = 0;
	private rest = 0;
	private held = 0;

	constructor(private readonly text: string) {}

	/**
	 * @param width bits, at most 24
	 * @throws RangeError behind the end and for a letter that is none
	 */
	read(width: number): number {
		while (this.held < width) {
			this.rest = (this.rest << WIDTH) | valueAt(this.text, this.at++);
			this.held += WIDTH;
		}
		this.held -= width;
		const value = this.rest >>> this.held;
		this.rest &= (1 << this.held) - 1;
		return value;
	}
}
