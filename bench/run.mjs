/**
 * Prints one JSON line a metric: { metric, value, goal, holds }. Values are ratios taken in one run, so that they mean
 * the same on every machine. Ends non-zero when a goal is missed.
 */
import { limitUse } from './limitUse.mjs';
import { throughput } from './throughput.mjs';

let missed = 0;
for (const measure of [limitUse, throughput]) {
	for (const { metric, value, goal } of await measure()) {
		const holds = value >= goal;
		if (!holds) missed += 1;
		console.log(JSON.stringify({ metric, value: Math.round(value * 1000) / 1000, goal, holds }));
	}
}
process.exitCode = missed === 0 ? 0 : 1;
