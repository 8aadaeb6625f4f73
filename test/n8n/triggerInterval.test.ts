import { Epicollect5Trigger } from '../../nodes/Epicollect5/Epicollect5Trigger.node';
import { pollsOfARound } from '../../nodes/Epicollect5/trigger/interval';
import { startSandbox, type Sandbox } from '../../sandbox/src';
import { fakeDialog } from './fakeHost';
import { parametersOf, serverWorld, TriggerHost } from './triggerHost';

let sandbox: Sandbox;
const { loadOptions } = new Epicollect5Trigger().methods;

beforeAll(async () => {
	sandbox = await startSandbox({ limits: 'off', entries: 5 });
});
afterAll(async () => await sandbox.stop());

const shown = async (watch: string) => {
	const parameters = {
		authentication: 'none',
		serverUrl: sandbox.addresses.epicollect5,
		project: { __rl: true, mode: 'slug', value: 'sandbox-public' },
		watch,
	};
	return await loadOptions.getShortestInterval.call(fakeDialog({ parameters }));
};

describe('The shortest sensible interval', () => {
	it.each([
		[1, 1],
		[2, 1],
		[3, 2],
		[5, 3],
		[7, 4],
		[100, 50],
	])('for %i forms and branches lets each have its turn after %i polls', (streams, polls) => {
		expect(pollsOfARound(streams)).toBe(polls);
	});

	it('is shown for the chosen project without being chosen', async () => {
		const streams = 5;
		const name = `${streams} forms and branches: every minute, each every 3 minutes`;
		expect(await shown('project')).toEqual([{ name, value: '' }]);
		expect(await shown('form')).toEqual([{ name: 'One form or branch: every minute', value: '' }]);
	});

	it.each(['now', '2026-05-01'])(
		'is kept when the trigger polls every minute, also while it reads what was there before (%s)',
		async (start) => {
			const world = serverWorld();
			world.add(1_200);
			const from = start === 'now' ? { startFrom: start } : { startFrom: 'date', startDate: start };
			const host = new TriggerHost(world, parametersOf({ watch: 'project', ...from }));
			const minutes = 60;
			const asked = new Map<string, number[]>();
			for (let minute = 0; minute < minutes; minute++) {
				const before = world.asked.length;
				await host.poll();
				for (const query of world.asked.slice(before)) {
					const ref = String(query.get('branch_ref') ?? query.get('form_ref'));
					if (query.get('sort_order') === 'ASC') asked.set(ref, [...(asked.get(ref) ?? []), minute]);
				}
				world.clock.advance(60_000 - (world.clock.now() % 60_000));
			}
			expect(asked.size).toBe(4);
			const gaps = [...asked.values()].flatMap((at) => at.slice(1).map((minute, i) => minute - (at[i] ?? 0)));
			expect(Math.max(...gaps)).toBeLessThanOrEqual(pollsOfARound(4) + 1);
			const mean = (minutes * asked.size) / [...asked.values()].flat().length;
			expect(mean).toBeLessThan(pollsOfARound(4) * 1.15);
		},
	);
});
