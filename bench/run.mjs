/**
 * Prints one JSON line a metric: { metric, value, goal, holds }. Values are ratios taken in one run, so that they mean
 * the same on every machine, or numbers of requests. Ends non-zero when a goal is missed.
 */
import { limitUse } from './limitUse.mjs';
import { memory } from './memory.mjs';
import { requestThrift } from './requestThrift.mjs';
import { state } from './state.mjs';
import { throughput } from './throughput.mjs';

let missed = 0;
for (const measure of [limitUse, requestThrift, throughput, memory, state]) {
	for (const { metric, value, atLeast, atMost } of await measure()) {
		const goal = atLeast ?? atMost;
		const holds = atLeast === undefined ? value <= goal : value >= goal;
		if (!holds) missed += 1;
		console.log(JSON.stringify({ metric, value: Math.round(value * 1000) / 1000, goal, holds }));
	}
}
process.exitCode = missed === 0 ? 0 : 1;
