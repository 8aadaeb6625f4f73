import { clock } from '../../nodes/shared/clock';

describe("n8n's clock", () => {
	it('sleeps', async () => {
		const before = clock.now();
		await clock.sleep(20);
		expect(clock.now() - before).toBeGreaterThanOrEqual(15);
	});

	it('wakes at once when the execution is cancelled', async () => {
		const stop = new AbortController();
		const before = clock.now();
		const sleeping = clock.sleep(400, stop.signal);
		stop.abort(new Error('cancelled'));
		await expect(sleeping).rejects.toThrow('cancelled');
		expect(clock.now() - before).toBeLessThan(300);
	});

	it('does not fall asleep in a cancelled execution', async () => {
		await expect(clock.sleep(2_000, AbortSignal.abort(new Error('cancelled')))).rejects.toThrow('cancelled');
	});
});
