import type { Sandbox } from '../../../../sandbox/src';
import type { Sink } from './sink';

/** When n8n is ended: as it asks the service, a while after the answer, or a while after the workflow has delivered. */
export type Moment = { at: 'asked' | 'answered' | 'delivered'; afterMs: number };

/** Spread over what happens in a poll: n8n saves and creates the execution in the first tens of milliseconds. */
export function momentOf(random: () => number): Moment {
	const dice = random();
	if (dice < 0.15) return { at: 'asked', afterMs: 0 };
	if (dice < 0.75) return { at: 'answered', afterMs: Math.floor(random() * 120) };
	return { at: 'delivered', afterMs: Math.floor(random() * 30) };
}

/** Calls `act` at that moment, once. @returns resolves when it was called */
export async function atMoment(
	sandbox: Sandbox,
	sink: Sink,
	{ at, afterMs }: Moment,
	act: () => Promise<void>,
): Promise<void> {
	const service = sandbox.epicollect5;
	const handle = service.handle.bind(service);
	let isOver = false;
	await new Promise<void>((resolve, reject) => {
		const begin = () => {
			if (isOver) return;
			isOver = true;
			setTimeout(() => act().then(resolve, reject), afterMs);
		};
		if (at === 'delivered') sink.onCall = begin;
		service.handle = async (request) => {
			const isEntries = request.path.startsWith('/api/export/entries/');
			if (isEntries && at === 'asked') begin();
			const response = await handle(request);
			if (isEntries && at === 'answered') begin();
			return response;
		};
	});
	service.handle = handle;
	sink.onCall = () => undefined;
}

/** A small generator of numbers, the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
	let a = seed;
	return () => {
		a = (a + 0x6d2b79f5) | 0;
		let t = Math.imul(a ^ (a >>> 15), 1 | a);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
	};
}
