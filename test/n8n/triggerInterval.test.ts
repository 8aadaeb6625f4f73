import { Epicollect5Trigger } from '../../nodes/Epicollect5/Epicollect5Trigger.node';
import { shortestInterval } from '../../nodes/Epicollect5/trigger/interval';
import { startSandbox, type Sandbox } from '../../sandbox/src';
import { fakeDialog } from './fakeHost';

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
		[5, 2],
		[7, 3],
		[100, 40],
	])('for %i forms and branches is %i minutes', (streams, minutes) => {
		expect(shortestInterval(streams)).toBe(minutes);
	});

	it('is shown for the chosen project without being chosen', async () => {
		const [only, ...more] = await shown('project');
		expect(more).toEqual([]);
		expect(only).toEqual({
			name: expect.stringMatching(
				/^This project has \d forms and branches: every 2 minutes or more$/,
			) as string,
			value: '',
		});
		expect(await shown('form')).toEqual([{ name: 'One form or branch: every minute or more', value: '' }]);
	});
});
