import { Readable } from 'node:stream';
import { NodeApiError } from 'n8n-workflow';
import type { HttpRequest } from '../../core/http/transport';
import { uuid, type World } from '../core/epicollect5/support/world';
import { idsOf, MODES, parametersOf, serverWorld, TriggerHost, type Json } from './triggerHost';
import { VirtualTimeouts } from './virtualTimeouts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const BUDGET = 36_000;

let timeouts: VirtualTimeouts;
afterEach(() => timeouts.restore());

const following = (count: number, more: Json = {}) => {
	const world = serverWorld();
	world.add(count);
	timeouts = new VirtualTimeouts(world.clock);
	return { world, host: new TriggerHost(world, parametersOf(more)) };
};
/** Requests that `isSlow` names are not answered as others are until the returned function is called. */
const slow = (
	world: World,
	isSlow: (request: HttpRequest) => boolean,
	answer: (request: HttpRequest) => Promise<never>,
) => {
	const send = world.transport.request.bind(world.transport);
	world.transport.request = async (request) => await (isSlow(request) ? answer(request) : send(request));
	return () => (world.transport.request = send);
};
/** The connection stays open, and nothing comes. */
const never = async ({ signal }: HttpRequest): Promise<never> => {
	timeouts.pass(10 * MINUTE, signal!);
	return await new Promise((_, reject) => {
		const stop = () => reject(Object.assign(new Error('aborted'), { code: 'ERR_CANCELED' }));
		if (signal!.aborted) stop();
		else signal!.addEventListener('abort', stop);
	});
};
/** A byte every second. */
const drip = async ({ signal }: HttpRequest): Promise<never> => {
	const body = async function* () {
		for (;;) {
			timeouts.pass(1_000, signal!);
			signal!.throwIfAborted();
			yield Buffer.from('{');
			await new Promise(setImmediate);
		}
	};
	return await Promise.resolve({ status: 200, headers: {}, body: Readable.from(body()) } as never);
};
const isEntries = ({ url }: HttpRequest) => url.includes('/entries/');
const isLater = (request: HttpRequest) => isEntries(request) && request.url.includes('filter_from');

describe.each([
	['never comes', never],
	['comes a byte at a time', drip],
])('A poll whose answer %s', (_, answer) => {
	it('ends in time with what it has, and the next polls deliver the rest, each entry once', async () => {
		const { world, host } = following(700);
		const heal = slow(world, isLater, answer);
		const begun = world.clock.now();
		const { items, error } = await host.poll();
		expect(error).toBeUndefined();
		expect(items?.length).toBeGreaterThan(490);
		expect(world.clock.now() - begun).toBeLessThan(BUDGET);
		expect(host.log.join()).toContain('gave no complete answer within the time of a poll');
		heal();
		world.clock.advance(MINUTE);
		await host.toRest();
		expect(host.delivered).toHaveLength(700);
		expect(new Set(idsOf(host.delivered)).size).toBe(700);
	});

	it('says so where there is nothing to hand over, in time too, and loses nothing', async () => {
		const { world, host } = following(3);
		const heal = slow(world, isEntries, answer);
		const begun = world.clock.now();
		const { error } = await host.poll();
		expect(world.clock.now() - begun).toBeLessThan(BUDGET);
		expect(error).toBeInstanceOf(NodeApiError);
		expect(error?.message).toBe('The server gave no complete answer within the time of a poll');
		expect(error?.description).toContain('the next poll asks again');
		heal();
		world.clock.advance(MINUTE);
		expect((await host.poll()).items).toHaveLength(3);
	});

	it('waits no longer for the definition of the project', async () => {
		const { world, host } = following(3);
		slow(world, ({ url }) => url.includes('/project/'), answer);
		const begun = world.clock.now();
		expect((await host.poll()).error?.message).toContain('gave no complete answer');
		expect(world.clock.now() - begun).toBeLessThan(BUDGET);
	});
});

describe('A poll that n8n throws away, as it comes too late', () => {
	it.each(MODES.filter((mode) => mode !== 'plain'))(
		'delivers the last batch again with the next one after a restart (%s)',
		async (mode) => {
			const world = serverWorld();
			timeouts = new VirtualTimeouts(world.clock);
			world.add(3);
			const host = new TriggerHost(world, parametersOf(), mode);
			const lost = await host.poll('killed');
			host.startProcess();
			await host.poll('discarded');
			world.clock.advance(MINUTE);
			const { items } = await host.poll();
			expect(items).toEqual(lost.items?.map((item) => ({ ...item, redelivered: true })));
			expect(await host.toRest()).toEqual([]);
		},
	);

	it('does not make "now" later', async () => {
		const world = serverWorld();
		timeouts = new VirtualTimeouts(world.clock);
		world.add(3);
		const host = new TriggerHost(world, parametersOf({ startFrom: 'now' }), 'durable');
		await host.poll('discarded');
		world.upload({ uploadedAt: world.clock.now() });
		world.clock.advance(HOUR);
		expect((await host.toRest()).flat()).toMatchObject([{ ec5_uuid: uuid(3) }]);
	});
});
