import { atHand, giveBack, letGo, MOST_BYTES, readAll } from '../../../core/http/body';

const MB = 1024 * 1024;

/** An endless body, and how much of it was taken. */
function endless(piece = new Uint8Array(MB)) {
	const seen = { bytes: 0, isOpen: false };
	async function* flow(): AsyncGenerator<Uint8Array> {
		seen.isOpen = true;
		try {
			for (;;) {
				seen.bytes += piece.length;
				yield piece;
			}
		} finally {
			seen.isOpen = false;
		}
	}
	return { seen, body: flow() };
}

describe('the body of an answer', () => {
	it('is put together from its pieces', async () => {
		async function* pieces() {
			yield* [Uint8Array.of(1, 2), Uint8Array.of(), Uint8Array.of(3)];
		}
		expect(await readAll(pieces())).toEqual(Uint8Array.of(1, 2, 3));
	});

	it('takes over its pieces, whose memory it gives back', async () => {
		const pieces = [Uint8Array.of(1, 2), Buffer.from('x')];
		async function* flow() {
			yield* pieces;
		}
		expect(await readAll(flow())).toHaveLength(3);
		// Node puts a short Buffer into memory that it shares with others.
		expect(pieces.map(({ length }) => length)).toEqual([0, 1]);
	});

	it('that is larger than the service can give is left alone before it fills the memory', async () => {
		const { seen, body } = endless();
		await expect(readAll(body)).rejects.toMatchObject({ kind: 'api', code: 'too_large' });
		expect(seen).toEqual({ bytes: MOST_BYTES + MB, isOpen: false });
	});

	it('gives its memory back, unless others have theirs in it', () => {
		const own = new Uint8Array(9);
		giveBack(own);
		expect(own.byteLength).toBe(0);
		const shared = new Uint8Array(9);
		giveBack(shared.subarray(1));
		expect(shared.byteLength).toBe(9);
	});

	it('of a refusal is read as far as a refusal goes', async () => {
		const { seen, body } = endless(new Uint8Array(1024));
		const refusal = await atHand({ status: 500, headers: {}, body });
		expect(refusal).toMatchObject({ status: 500 });
		expect(refusal.body).toHaveLength(64 * 1024);
		expect(seen.isOpen).toBe(false);
	});

	it('that is at hand stays as it is', async () => {
		expect(await atHand({ status: 400, headers: {}, body: 'x' })).toMatchObject({ body: 'x' });
		expect(await atHand({ status: 400, headers: {}, body: Uint8Array.of(1) })).toMatchObject({
			body: Uint8Array.of(1),
		});
	});

	it('that nobody reads is let go', async () => {
		const { seen, body } = endless();
		await body.next();
		await letGo({ body });
		expect(seen.isOpen).toBe(false);
		await expect(letGo({ body: 'x' })).resolves.toBeUndefined();
	});
});
