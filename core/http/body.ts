import { ApiError } from './errors';
import type { HttpResponse } from './transport';

/**
 * The most of one answer that is kept in memory. The largest that the services really give, 500 entries with long texts,
 * are a tenth of it: whatever answers with more is not one of them.
 */
export const MOST_BYTES = 100 * 1024 * 1024;

/** A refusal is short. Of a longer page nothing is to be learnt but the status. */
const MOST_OF_REFUSAL = 64 * 1024;

/**
 * @param body its pieces are the reader's own: they may be empty afterwards (see {@link giveBack})
 * @throws ApiError with code `too_large` before more than {@link MOST_BYTES} are kept; whatever the stream breaks with
 */
export async function readAll(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
	const pieces: Uint8Array[] = [];
	let length = 0;
	for await (const piece of body) {
		length += piece.length;
		if (length > MOST_BYTES) throw tooLarge();
		pieces.push(piece);
	}
	const all = joined(pieces, length);
	pieces.forEach(giveBack);
	return all;
}

/**
 * Gives the memory of bytes back at once, where the runtime can (Node 21 and later). It is outside of V8's heap, so that
 * V8 sees little of it: a reading leaves a page behind it so fast that dozens are there before it looks for them.
 * @param bytes nobody else's, with nothing else in their buffer; empty then
 */
export function giveBack({ buffer, byteLength }: Uint8Array | Uint32Array): void {
	const { transfer } = buffer as { transfer?: (length: number) => unknown };
	if (byteLength > 0 && byteLength === buffer.byteLength) transfer?.call(buffer, 0);
}

export function tooLarge(): ApiError {
	return new ApiError('The answer is larger than the service can give', {
		code: 'too_large',
		hint: 'Check the server URL: something else seems to answer there.',
	});
}

/** @returns a refusal with its body at hand: what it says is read, whatever was asked for */
export async function atHand({ body, ...answer }: HttpResponse): Promise<HttpResponse<string | Uint8Array>> {
	return { ...answer, body: isStream(body) ? await readStart(body) : body };
}

/** Lets go of an answer that nobody reads, and with it of its connection. */
export async function letGo({ body }: Pick<HttpResponse, 'body'>): Promise<void> {
	if (!isStream(body)) return;
	const pieces = body[Symbol.asyncIterator]();
	// One of node's streams that was never read does not hear that it is given up.
	await pieces.next();
	await pieces.return?.();
}

export function isStream(body: HttpResponse['body']): body is AsyncIterable<Uint8Array> {
	return typeof body === 'object' && Symbol.asyncIterator in body;
}

async function readStart(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
	const pieces: Uint8Array[] = [];
	let length = 0;
	for await (const piece of body) {
		pieces.push(piece);
		length += piece.length;
		if (length >= MOST_OF_REFUSAL) break;
	}
	return joined(pieces, length);
}

function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
	const all = new Uint8Array(length);
	let at = 0;
	for (const piece of pieces) {
		all.set(piece, at);
		at += piece.length;
	}
	return all;
}
