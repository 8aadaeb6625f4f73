/**
 * Plays stories of use, faults and restarts against the whole core (test/core/soak), 10,000 of them where nothing else is
 * said, on all cores of the machine: `npm run test:soak -- --seed N --runs N`. The last line is the result; a story that
 * breaks a promise is named by its seed, which plays it again on any machine.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
/** Stories of one process: their number is told as each of them ends. */
const SHARE = 250;

const { values } = parseArgs({
	options: { seed: { type: 'string' }, runs: { type: 'string', default: '10000' } },
});
const seed = values.seed === undefined ? Math.floor(Math.random() * 0x7fffffff) : Number(values.seed);
const runs = Number(values.runs);
if (!Number.isSafeInteger(seed) || !Number.isSafeInteger(runs) || runs < 1) {
	console.error('test:soak: --seed and --runs are whole numbers');
	process.exit(2);
}

const folder = await mkdtemp(join(tmpdir(), 'soak-'));
try {
	const program = join(folder, 'soak.cjs');
	await build({
		...{ entryPoints: [join(root, 'test/core/soak/main.ts')], outfile: program, bundle: true },
		...{ platform: 'node', target: 'node20', logLevel: 'error' },
	});
	console.log(`${runs} stories from seed ${seed}`);
	process.exitCode = report(await playAll(program)) ? 0 : 1;
} finally {
	await rm(folder, { recursive: true });
}

/** One process per core, each with a share of the seeds at a time. */
async function playAll(program) {
	const shares = Array.from({ length: Math.ceil(runs / SHARE) }, (_, index) => index * SHARE);
	const tallies = [];
	let done = 0;
	const work = async () => {
		for (let from = shares.shift(); from !== undefined; from = shares.shift()) {
			const count = Math.min(SHARE, runs - from);
			const words = [program, '--seed', String(seed + from), '--runs', String(count)];
			const { stdout } = await promisify(execFile)(process.execPath, words, { maxBuffer: 2 ** 28 });
			const tally = JSON.parse(stdout);
			for (const one of tally.broken) tell(one);
			tallies.push(tally);
			done += count;
			if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${runs} `);
		}
	};
	await Promise.all(Array.from({ length: availableParallelism() }, work));
	if (process.stderr.isTTY) process.stderr.write('\r');
	return tallies;
}

function tell({ seed: number, violations }) {
	console.log(`npm run test:soak -- --seed ${number} --runs 1`);
	for (const { kind, what } of violations) console.log(`  ${kind}: ${what}`);
}

/** @returns whether every promise was kept */
function report(tallies) {
	const sum = (kind) => tallies.reduce((total, { found }) => total + found[kind], 0);
	const played = tallies.reduce((total, tally) => total + tally.runs, 0);
	const [lost, duplicated, falseSuccess] = ['lost', 'duplicated', 'falseSuccess'].map(sum);
	const kinds = Object.keys(tallies[0].found);
	const others = kinds.filter((kind) => !['lost', 'duplicated', 'falseSuccess'].includes(kind));
	for (const kind of others.filter((one) => sum(one) > 0))
		console.log(`${kind}: ${sum(kind)} times, see above`);
	console.log(
		`{ "runs": ${played}, "lost": ${lost}, "duplicated": ${duplicated}, "falseSuccess": ${falseSuccess} }`,
	);
	return played === runs && kinds.every((kind) => sum(kind) === 0);
}
