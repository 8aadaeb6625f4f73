import { Epicollect5Trigger } from '../../../nodes/Epicollect5/Epicollect5Trigger.node';
import { CASES, isFor, settingsIn, type Case, type Setting } from './settingCases';

/** Everything that can be set in the trigger, read from its description: what is new there is new here. */
export function everyTriggerSetting(): Setting[] {
	return new Epicollect5Trigger().description.properties
		.filter(({ type }) => type !== 'notice')
		.flatMap((property) => settingsIn('trigger', property, ''));
}

/** Settings that show in workflows that are published, by the test that shows them. */
export const BY_FLOW: Readonly<Record<string, readonly string[]>> = {
	'triggerSettings.test.ts': [
		...['watch form', 'watch branch', 'watch project', 'events created', 'events updated'],
		...['events mediaArrived', 'startFrom now', 'startFrom beginning', 'startFrom date', 'startDate'],
		'options.batchSize',
	],
	'trigger.test.ts': [...['options.beginAnew', 'options.afterRestart again', 'options.afterRestart never']],
};

/** A setting that does for the trigger what it does for Get, of an entry or of a branch entry. */
export function sharedCases({ path, choice }: Setting): Case[] {
	const operation = path === 'branch' ? 'branchEntry get' : 'entry get';
	return CASES.filter((one) => isFor(one, { operation, path, choice }));
}
