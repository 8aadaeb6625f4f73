import { uuid } from '../core/epicollect5/support/world';
import { MODES, serverWorld, TriggerHost, parametersOf } from './triggerHost';

describe.each(MODES)('A trigger in an n8n that polls %s', (mode) => {
	it('delivers each version once: what is there, what comes, and every edit', async () => {
		const world = serverWorld();
		world.add(3);
		const host = new TriggerHost(world, parametersOf(), mode);
		await host.toRest();
		world.upload({ uploadedAt: world.clock.now() });
		await host.toRest();
		world.edit(uuid(1));
		await host.toRest();
		expect(host.delivered.map(({ event, ec5_uuid }) => `${String(event)} ${String(ec5_uuid)}`)).toEqual([
			`created ${uuid(0)}`,
			`created ${uuid(1)}`,
			`created ${uuid(2)}`,
			`created ${uuid(3)}`,
			`updated ${uuid(1)}`,
		]);
	});
});
