import { CASES, everySetting, isFor } from '../e2e/n8n/settingCases';

const nameOf = ({ operation, path, choice }: ReturnType<typeof everySetting>[number]) =>
	[operation, path, ...(choice === undefined ? [] : [`"${choice}"`])].join(' ');

describe('The settings of the node', () => {
	it('are all run through the real n8n, with each of their choices and modes', () => {
		const settings = everySetting();
		expect(settings.length).toBeGreaterThan(150);
		const without = settings.filter((setting) => !CASES.some((one) => isFor(one, setting)));
		expect(without.map(nameOf)).toEqual([]);
	});

	it('have no case of one that is gone', () => {
		const settings = everySetting();
		const idle = CASES.filter((one) => !settings.some((setting) => isFor(one, setting)));
		expect(idle.map(({ path, choice }) => `${path} ${choice ?? ''}`)).toEqual([]);
	});
});
