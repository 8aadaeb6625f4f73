import { CASES, everySetting, isFor } from '../e2e/n8n/settingCases';
import { BY_FLOW, everyTriggerSetting, sharedCases } from '../e2e/n8n/triggerCases';

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

describe('The settings of the trigger', () => {
	it('are all run through the real n8n, with each of their choices and modes', () => {
		const settings = everyTriggerSetting();
		expect(settings.length).toBeGreaterThan(40);
		const own = settings.filter((setting) => sharedCases(setting).length === 0);
		const names = own.map(({ path, choice }) => [path, ...(choice === undefined ? [] : [choice])].join(' '));
		expect(names.sort()).toEqual(Object.values(BY_FLOW).flat().sort());
	});
});
