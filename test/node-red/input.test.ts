import { AbortedError, NotFoundError } from '../../core/http/errors';
import { onMessage, QUEUE_LENGTH, type Work } from '../../node-red/shared/input';
import { StatusLine } from '../../node-red/shared/status';
import { FakeNode, fakeRed } from './fakes';

function nodeThat(work: (work: Work) => Promise<void>): FakeNode {
	const node = new FakeNode();
	const red = fakeRed();
	onMessage(node.asNode, { red, status: new StatusLine(node, red), work });
	return node;
}

const notFound = () =>
	new NotFoundError('There is no such project', {
		code: 'ec5_11',
		status: 404,
		hint: 'Choose another',
		field: 'Project',
	});

describe('A node that gets messages', () => {
	it('works on them one after the other, in their order', async () => {
		const order: string[] = [];
		const node = nodeThat(async ({ message }) => {
			order.push(`start ${String(message.payload)}`);
			await new Promise((resolve) => setImmediate(resolve));
			order.push(`end ${String(message.payload)}`);
		});
		await Promise.all([node.receive({ payload: 1 }), node.receive({ payload: 2 })]);
		expect(order).toEqual(['start 1', 'end 1', 'start 2', 'end 2']);
	});

	it('turns a failure into a red status and an error with code, cause and what to do next', async () => {
		const node = nodeThat(() => Promise.reject(notFound()));
		const error = await node.receive({});
		expect(node.shown).toEqual([{ fill: 'red', shape: 'ring', text: 'There is no such project' }]);
		expect(error).toMatchObject({
			message: 'There is no such project. Choose another',
			code: 'ec5_11',
			cause: { kind: 'notFound', code: 'ec5_11', status: 404, field: 'Project', hint: 'Choose another' },
		});
		expect(String(error)).toBe('There is no such project. Choose another');
	});

	it('goes on with the next message after a failure', async () => {
		let turn = 0;
		const node = nodeThat(() => (turn++ === 0 ? Promise.reject(notFound()) : Promise.resolve()));
		expect(await node.receive({})).toBeInstanceOf(Error);
		expect(await node.receive({})).toBeUndefined();
	});

	it.each([new TypeError('x is not a function'), 'a text', undefined, null, { odd: true }])(
		'survives anything that is thrown: %p',
		async (thrown) => {
			const node = nodeThat(() => {
				throw thrown;
			});
			expect(await node.receive({})).toMatchObject({ code: 'unexpected' });
		},
	);

	it('refuses what it could never catch up with, and says so', async () => {
		let go = (): void => undefined;
		const node = nodeThat(() => new Promise<void>((resolve) => (go = resolve)));
		for (let i = 0; i < QUEUE_LENGTH; i++) void node.receive({});
		expect(await node.receive({})).toMatchObject({ code: 'queue_full' });
		go();
	});

	it('stops at once when it is closed, without an error, and shows nothing any more', async () => {
		const node = nodeThat(
			({ signal }) =>
				new Promise((_resolve, reject) => {
					signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
				}),
		);
		const running = node.receive({});
		await new Promise((resolve) => setImmediate(resolve));
		const began = performance.now();
		await node.close();
		expect(performance.now() - began).toBeLessThan(200);
		expect(await running).toBeUndefined();
		expect(node.shown).toEqual([{}]);
		expect(node.complaints).toEqual([]);
	});

	it.each([
		[
			'leaves a change in doubt',
			() =>
				new AbortedError(undefined, 'POST https://gateway.example/scheduledjobs/v1', {
					message: 'It may have been created: look before you repeat.',
					hint: 'Look in WorkfloPlus first.',
				}),
			/It may have been created: look before you repeat\..*Look in WorkfloPlus first\./,
		],
		['has failed already', notFound, /^There is no such project\. Choose another$/],
	])('warns when it is closed and its work %s: the status is gone by then', async (_, error, words) => {
		const node = nodeThat(
			({ signal }) =>
				new Promise((_resolve, reject) => {
					signal.addEventListener('abort', () => reject(error()), { once: true });
				}),
		);
		const running = node.receive({});
		await new Promise((resolve) => setImmediate(resolve));
		await node.close();
		expect(await running).toBeUndefined();
		expect(node.complaints).toEqual([expect.stringMatching(words)]);
	});

	describe('that can be cancelled', () => {
		const hanging = ({ signal }: Work): Promise<void> =>
			new Promise((_resolve, reject) => {
				signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
			});
		const nodeWith = (work: (work: Work) => Promise<void>, cancellable = true): FakeNode => {
			const node = new FakeNode();
			const red = fakeRed();
			onMessage(node.asNode, { red, status: new StatusLine(node, red), work, cancellable });
			return node;
		};

		it('ends what it is at and what waits, and says so; the cancelled ones are not complete', async () => {
			const node = nodeWith(hanging);
			const [running, waiting] = [node.receive({}), node.receive({})];
			await new Promise((resolve) => setImmediate(resolve));
			expect(await node.receive({ cancel: true })).toBeUndefined();
			expect(await running).toMatchObject({ code: 'aborted', hint: expect.any(String) });
			expect(await waiting).toMatchObject({ code: 'aborted' });
			expect(node.shown.at(-1)).toMatchObject({ fill: 'grey', text: expect.stringMatching(/cancelled/) });
		});

		it('works on the next message as if nothing had been', async () => {
			let turn = 0;
			const node = nodeWith((work) => (turn++ === 0 ? hanging(work) : Promise.resolve()));
			const running = node.receive({});
			await new Promise((resolve) => setImmediate(resolve));
			await node.receive({ cancel: true });
			await running;
			expect(await node.receive({})).toBeUndefined();
			expect(turn).toBe(2);
		});

		it('has nothing to cancel when it is idle, and does not work on the message', async () => {
			let worked = 0;
			const node = nodeWith(() => Promise.resolve(void (worked += 1)));
			expect(await node.receive({ cancel: true })).toBeUndefined();
			expect([worked, node.shown]).toEqual([0, []]);
		});

		it.each([
			['says anything but true', { cancel: 'true' }, true],
			['comes to a node that cannot be cancelled', { cancel: true }, false],
		])('works on a message that %s', async (_, message, cancellable) => {
			let worked = 0;
			const node = nodeWith(() => Promise.resolve(void (worked += 1)), cancellable);
			await node.receive(message);
			expect(worked).toBe(1);
		});
	});
});
