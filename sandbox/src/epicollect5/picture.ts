import { createHash } from 'node:crypto';

/** Baseline JPEG made of flat 8×8 blocks: small, valid, and drawn by the sandbox itself. */

// Standard luminance DC table (ITU T.81 K.3): enough for all three components here.
const DC_COUNTS = [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0];
const DC_SYMBOLS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
const QUANT = 8;

const DC_CODES = huffmanCodes();

function huffmanCodes(): Map<number, { code: number; length: number }> {
	const codes = new Map<number, { code: number; length: number }>();
	let code = 0;
	let at = 0;
	DC_COUNTS.forEach((count, index) => {
		for (let n = 0; n < count; n += 1) {
			codes.set(DC_SYMBOLS[at] as number, { code, length: index + 1 });
			code += 1;
			at += 1;
		}
		code <<= 1;
	});
	return codes;
}

class BitWriter {
	readonly bytes: number[] = [];
	private buffer = 0;
	private count = 0;

	write(value: number, length: number): void {
		for (let bit = length - 1; bit >= 0; bit -= 1) {
			this.buffer = (this.buffer << 1) | ((value >> bit) & 1);
			this.count += 1;
			if (this.count === 8) this.flushByte();
		}
	}

	finish(): void {
		while (this.count !== 0) this.write(1, 1);
	}

	private flushByte(): void {
		this.bytes.push(this.buffer);
		// A data byte of 0xFF is followed by a zero so that it is no marker.
		if (this.buffer === 0xff) this.bytes.push(0);
		this.buffer = 0;
		this.count = 0;
	}
}

type Rgb = [number, number, number];

function segment(marker: number, payload: number[] | Buffer): Buffer {
	const head = Buffer.from([0xff, marker, 0, 0]);
	head.writeUInt16BE(payload.length + 2, 2);
	return Buffer.concat([head, Buffer.from(payload)]);
}

/** Encodes a mosaic: `paint` gives the colour of each 8×8 block. */
export function encodeJpeg(
	width: number,
	height: number,
	paint: (x: number, y: number) => Rgb,
): { head: Buffer; tail: Buffer } {
	const bits = new BitWriter();
	const previous = [0, 0, 0];
	for (let y = 0; y < Math.ceil(height / 8); y += 1) {
		for (let x = 0; x < Math.ceil(width / 8); x += 1) {
			toYcc(paint(x, y)).forEach((level, component) => {
				const dc = Math.round((level * 8) / QUANT);
				writeDc(bits, dc - (previous[component] as number));
				previous[component] = dc;
				// AC: the only code of the table, "end of block".
				bits.write(0, 1);
			});
		}
	}
	bits.finish();
	const head = Buffer.concat([
		Buffer.from([0xff, 0xd8]),
		segment(0xe0, [0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0]),
	]);
	const tail = Buffer.concat([
		segment(0xdb, [0, ...new Array<number>(64).fill(QUANT)]),
		segment(0xc0, [
			8,
			height >> 8,
			height & 255,
			width >> 8,
			width & 255,
			3,
			...[1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0],
		]),
		segment(0xc4, [0x00, ...DC_COUNTS, ...DC_SYMBOLS]),
		segment(0xc4, [0x10, 1, ...new Array<number>(15).fill(0), 0x00]),
		segment(0xda, [3, 1, 0, 2, 0, 3, 0, 0, 63, 0]),
		Buffer.from(bits.bytes),
		Buffer.from([0xff, 0xd9]),
	]);
	return { head, tail };
}

function toYcc([r, g, b]: Rgb): Rgb {
	return [
		0.299 * r + 0.587 * g + 0.114 * b - 128,
		-0.1687 * r - 0.3313 * g + 0.5 * b,
		0.5 * r - 0.4187 * g - 0.0813 * b,
	];
}

function writeDc(bits: BitWriter, difference: number): void {
	const size = difference === 0 ? 0 : Math.floor(Math.log2(Math.abs(difference))) + 1;
	const { code, length } = DC_CODES.get(size) as { code: number; length: number };
	bits.write(code, length);
	if (size > 0) bits.write(difference > 0 ? difference : difference + (1 << size) - 1, size);
}

/** A little landscape whose colours come from the name: no two sites look alike. */
function landscape(seed: string, columns: number, rows: number): (x: number, y: number) => Rgb {
	const hash = createHash('sha256').update(seed).digest();
	const byte = (index: number): number => hash[index % 32] as number;
	const horizon = rows * (0.35 + (byte(0) / 255) * 0.25);
	const sun = { x: columns * (byte(1) / 255), y: rows * 0.18, r: columns * 0.07 };
	const green = 90 + (byte(2) % 90);
	return (x, y) => {
		const hill = horizon + Math.sin((x / columns) * (3 + (byte(3) % 4)) + byte(4)) * rows * 0.08;
		if (Math.hypot(x - sun.x, y - sun.y) < sun.r) return [250, 220, 120];
		if (y < hill) return [120 + (y / rows) * 120, 170 + (y / rows) * 70, 235];
		const shade = ((x * 7 + y * 13 + byte((x + y) % 32)) % 24) - 12;
		const depth = 1 - (y - hill) / rows / 1.6;
		return [
			(60 + (byte(5) % 80)) * depth + shade,
			green * depth + shade,
			(40 + (byte(6) % 60)) * depth + shade,
		];
	};
}

function grey(columns: number, rows: number): (x: number, y: number) => Rgb {
	// A crossed frame: "there is no picture here".
	return (x, y) => {
		const edge = x === 0 || y === 0 || x === columns - 1 || y === rows - 1;
		const cross = Math.abs(x / columns - y / rows) < 0.02 || Math.abs(1 - x / columns - y / rows) < 0.02;
		return edge || cross ? [150, 150, 150] : [225, 225, 225];
	};
}

function padded(head: Buffer, tail: Buffer, size: number): Buffer {
	let missing = size - head.length - tail.length;
	const fill: Buffer[] = [];
	while (missing >= 4) {
		const length = Math.min(missing, 65537);
		// Never leave one to three bytes: a comment needs four.
		const step = missing - length > 0 && missing - length < 4 ? length - 4 : length;
		fill.push(segment(0xfe, Buffer.alloc(step - 4, 0x20)));
		missing -= step;
	}
	// Fill bytes before a marker are allowed (T.81 B.1.1.2).
	if (missing > 0) fill.push(Buffer.alloc(missing, 0xff));
	return Buffer.concat([head, ...fill, tail]);
}

/** A JPEG of exactly that many bytes; smaller in pixels where the size would not do. */
export function jpegOfSize(seed: string, size: number, width = 640, height = 480, plain = false): Buffer {
	for (let scale = 1; scale <= 64; scale *= 2) {
		const w = Math.max(8, Math.floor(width / scale));
		const h = Math.max(8, Math.floor(height / scale));
		const paint = (plain ? grey : landscape.bind(null, seed))(Math.ceil(w / 8), Math.ceil(h / 8));
		const { head, tail } = encodeJpeg(w, h, paint);
		if (head.length + tail.length <= size) return padded(head, tail, size);
	}
	// No JPEG is that small: the promise is the number of bytes.
	return Buffer.alloc(size, 0xff);
}

/** A JPEG in its natural size. */
export function jpegPicture(seed: string, width: number, height: number): Buffer {
	const { head, tail } = encodeJpeg(
		width,
		height,
		landscape(seed, Math.ceil(width / 8), Math.ceil(height / 8)),
	);
	return Buffer.concat([head, tail]);
}
