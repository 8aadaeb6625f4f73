import fc from 'fast-check';
import { FORM } from '../core/epicollect5/support/definition';
import { SECOND } from '../core/epicollect5/support/world';
import { datedWorld, MINUTE } from '../core/epicollect5/sync/support';
import type { InDef } from '../../node-red/nodes/epicollect5-in/settings';
import type { Message } from '../../node-red/shared/red';
import { eventsOf, idsOf, InBench } from './inBench';

let b: InBench;

const CONFIRMED: Partial<InDef> = { advance: 'confirmed', timeout: '10', batchSize: '2', stream: FORM };

beforeEach(() => {
	b = new InBench(datedWorld({ limits: 'off' }));
});
afterEach(async () => await b.node.close());

const batchOf = (message: Message | undefined) => message?.batch as { id: string; size: number };
const again = (messages: readonly Message[]) => messages.map(({ redelivered }) => redelivered ?? false);

/** Starts a poll and lets it run until it waits. */
async function begin(): Promise<Promise<Error | undefined>[]> {
	const done = b.ask();
	await b.pass(SECOND);
	return [done];
}

describe('When the flow confirms', () => {
	it('the next batch is sent when the messages of the last have come back, and the position moves then', async () => {
		b.world.add(3);
		await b.deploy(CONFIRMED);
		const [done] = await begin();
		const [first, second, ...more] = b.taken();
		expect(more).toEqual([]);
		expect(b.status).toBe('shared.in.unconfirmed {"number":"2","time":"12:10"}');
		expect(b.store.cursor.state).toBeUndefined();
		await b.ask(first);
		await b.pass(SECOND);
		expect(b.taken()).toEqual([]);
		await b.ask(second);
		await b.pass(SECOND);
		const third = b.taken();
		expect(eventsOf(third)).toEqual(['created Site 2']);
		expect(b.store.cursor.state).toBeUndefined();
		await b.ask(third[0]);
		expect(await done).toBeUndefined();
		expect(b.store.cursor.upTo).toEqual({ Site: '2026-05-01T08:00:02.000Z' });
		expect(b.store.cursor).not.toHaveProperty('open');
		expect(b.taken()).toEqual([]);
	});

	it('a batch is confirmed as a whole by its id, and by its message with a list', async () => {
		b.world.add(4);
		await b.deploy({ ...CONFIRMED, output: 'array' });
		const [done] = await begin();
		const [first] = b.taken();
		await b.ask({ confirm: batchOf(first).id });
		await b.pass(SECOND);
		const [second] = b.taken();
		expect((second?.payload as unknown[]).length).toBe(2);
		await b.ask(second);
		expect(await done).toBeUndefined();
	});

	it('what was not confirmed in time is sent again with the same ids, and a late confirmation counts', async () => {
		b.world.add(2);
		await b.deploy(CONFIRMED);
		const [done] = await begin();
		const [first, second] = b.taken();
		await b.ask(second);
		await b.pass(10 * MINUTE);
		const repeated = b.taken();
		expect(idsOf(repeated)).toEqual(idsOf([first as Message]));
		expect(again(repeated)).toEqual([true]);
		expect(repeated[0]).toMatchObject({
			batch: { id: batchOf(first).id, size: 1 },
			parts: { index: 0, count: 1 },
		});
		await b.pass(10 * MINUTE);
		expect(idsOf(b.taken())).toEqual(idsOf(repeated));
		await b.ask(first);
		expect(await done).toBeUndefined();
		await b.ask(repeated[0]);
		expect(b.taken()).toEqual([]);
	});

	it('what was not confirmed before a restart is sent again and marked, what was confirmed is not', async () => {
		b.world.add(5);
		await b.deploy(CONFIRMED);
		await begin();
		const first = b.taken();
		for (const message of first) await b.ask(message);
		await b.pass(SECOND);
		const second = b.taken();
		await b.deploy(CONFIRMED);
		await begin();
		const repeated = b.taken();
		expect(idsOf(repeated)).toEqual(idsOf(second));
		expect(again(repeated)).toEqual([true, true]);
		for (const message of repeated) await b.ask(message);
		await b.pass(SECOND);
		const last = b.taken();
		expect([eventsOf(last), again(last)]).toEqual([['created Site 4'], [false]]);
	});

	it('nothing is sent that the store would not remember', async () => {
		b.world.add(2);
		await b.deploy(CONFIRMED);
		b.store.set = (_key, _value, _store, done) => done(new Error('EROFS'));
		expect(await b.ask()).toMatchObject({ code: 'store' });
		expect(b.taken()).toEqual([]);
	});

	it('a message that asks meanwhile waits, and is answered after the confirmation', async () => {
		b.world.add(1);
		await b.deploy({ ...CONFIRMED, poll: 'interval', interval: '1' });
		await b.pass(SECOND);
		const asked = b.ask();
		await b.pass(5 * MINUTE);
		const [only, ...others] = b.taken();
		expect(others).toEqual([]);
		b.world.upload({ name: 'late', uploadedAt: b.world.clock.now() });
		await b.ask(only);
		await b.pass(SECOND);
		const late = b.taken();
		expect(eventsOf(late)).toEqual(['created late']);
		await b.ask(late[0]);
		expect(await asked).toBeUndefined();
	});

	it('begins anew when it is told to, whatever is open', async () => {
		b.world.add(2);
		await b.deploy(CONFIRMED);
		await begin();
		const old = b.taken();
		const reset = b.ask({ reset: true });
		await b.pass(SECOND);
		const anew = b.taken();
		expect([idsOf(anew), again(anew)]).toEqual([idsOf(old), [false, false]]);
		// The batch that was open is none any more.
		await b.ask({ confirm: batchOf(old[0]).id });
		await b.ask({ confirm: batchOf(anew[0]).id });
		expect(await reset).toBeUndefined();
	});

	it('begins anew once where the messages of the reset come back by a wire', async () => {
		b.world.add(2);
		await b.deploy(CONFIRMED);
		const reset = b.ask({ reset: true, cancel: true, topic: 'kept' });
		await b.pass(SECOND);
		const sent = b.taken();
		expect(sent).toEqual([0, 1].map(() => expect.objectContaining({ topic: 'kept' }) as Message));
		for (const message of sent) await b.ask(message);
		expect(await reset).toBeUndefined();
		expect(b.taken()).toEqual([]);
		// A node behind this one would take it as its own.
		for (const message of sent)
			expect([message.cancel, (message as { reset?: unknown }).reset]).toEqual([undefined, undefined]);
	});

	it('tells the dialog at once that the position is forgotten, however long the next round takes', async () => {
		b.world.add(2);
		await b.deploy(CONFIRMED);
		await begin();
		b.taken();
		expect(await b.post('in/reset', { id: 'n1' })).toEqual({});
		await b.pass(SECOND);
		expect(b.taken()).toHaveLength(2);
	});

	it('a batch that is open when the round is cancelled is sent again by the next one', async () => {
		b.world.add(2);
		await b.deploy(CONFIRMED);
		const [done] = await begin();
		const waiting = b.ask();
		const open = b.taken();
		await b.ask({ cancel: true });
		expect(await Promise.all([done, waiting])).toEqual(
			[1, 2].map(() => expect.objectContaining({ code: 'aborted' }) as Error),
		);
		expect(b.taken()).toEqual([]);
		const [next] = await begin();
		const repeated = b.taken();
		expect([idsOf(repeated), again(repeated)]).toEqual([idsOf(open), [true, true]]);
		await b.ask({ confirm: batchOf(repeated[0]).id });
		expect(await next).toBeUndefined();
	});

	it.each(['wrong', 'n2-id1'])(
		'an id that is none of its own, as %s, is refused with what to do',
		async (confirm) => {
			await b.deploy(CONFIRMED);
			expect(await b.ask({ confirm })).toMatchObject({
				code: 'unknown_batch',
				hint: expect.stringContaining('msg.batch.id') as string,
			});
			expect(await b.ask({ confirm: 'n1-over' })).toBeUndefined();
		},
	);

	it('a message of another node of this type asks, and takes along nothing that node said', async () => {
		b.world.add(1);
		await b.deploy({ ...CONFIRMED, output: 'array' });
		const done = b.ask({
			batch: { id: 'n2-id1', size: 3 },
			eventId: 'e',
			event: 'updated',
			redelivered: true,
		});
		await b.pass(SECOND);
		const [message] = b.taken();
		expect(message).not.toHaveProperty('redelivered');
		expect(message).not.toHaveProperty('event');
		await b.ask(message);
		expect(await done).toBeUndefined();
	});
});

describe('When sent', () => {
	it('a message that comes back by a wire asks for nothing, so that no circle runs for ever', async () => {
		b.world.add(2);
		await b.deploy({ stream: FORM });
		await b.ask();
		const requests = b.world.asked.length;
		for (const message of b.taken()) expect(await b.ask(message)).toBeUndefined();
		expect(b.world.asked).toHaveLength(requests);
	});
});

describe('Whatever message comes', () => {
	/** Values that no sensible flow sends. */
	const odd = fc.oneof(
		fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true, withSet: true }),
		fc.constantFrom(
			() => 1,
			Symbol('odd'),
			new Proxy(
				{},
				{
					get: () => {
						throw new Error('trap');
					},
				},
			),
		),
	);
	const message = fc.oneof(
		{
			weight: 4,
			arbitrary: fc.dictionary(
				fc.constantFrom(
					'payload',
					'reset',
					'cancel',
					'confirm',
					'batch',
					'eventId',
					'parts',
					'topic',
					'_msgid',
					'__proto__',
					'stream',
					'events',
				),
				odd,
			),
		},
		{
			weight: 2,
			arbitrary: fc.record({
				batch: fc.record({ id: fc.constantFrom('n1-', 'n1-id3', 'n2-', '') }),
				eventId: odd,
			}),
		},
		{ weight: 1, arbitrary: fc.record({ confirm: fc.string(), reset: odd }) },
		{ weight: 1, arbitrary: odd as fc.Arbitrary<unknown> },
	);

	it.each<[string, Partial<InDef>]>([
		['when sent', { poll: 'interval', interval: '1' }],
		['when confirmed', { ...CONFIRMED, poll: 'message' }],
		[
			'with settings from the message',
			{ shape: 'payload', shapeType: 'msg', mapping: 'topic', mappingType: 'msg' },
		],
	])(
		'1,000 of them leave the runtime and the node alive, %s',
		async (_, settings) => {
			const unhandled = jest.fn();
			process.on('unhandledRejection', unhandled);
			b.world.add(3);
			await b.deploy(settings);
			const messages = fc.sample(message, { numRuns: 1_000, seed: 7 });
			for (const one of messages) {
				const done = b.node.receive(one as Message);
				if (settings.poll !== 'message') await Promise.race([done, b.pass(MINUTE)]);
			}
			await b.pass(MINUTE);
			process.off('unhandledRejection', unhandled);
			expect(unhandled).not.toHaveBeenCalled();
			await b.deploy({ stream: FORM });
			b.world.upload({ name: 'afterwards', uploadedAt: b.world.clock.now() });
			await b.ask({ reset: true });
			expect(eventsOf(b.taken()).at(-1)).toBe('created afterwards');
		},
		20_000,
	);
});
