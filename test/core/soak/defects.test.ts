import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundle, changed, DEFECTS, type Defect } from './defects';
import type { Tally } from './runner';

const RUNS = 300;
/** A defect may be one that never ends. */
const LONGEST_MS = 120_000;

let folder = '';
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'soak-'));
});
afterAll(async () => {
	await rm(folder, { recursive: true });
});

/** Plays the stories of soak.test.ts against a core with that defect, until one of them breaks that promise. */
async function tally({ name, kind, changes }: Defect): Promise<Tally> {
	const program = join(folder, `${name.replace(/\W+/g, '-')}.cjs`);
	await bundle(program, changes);
	const words = [program, '--seed', '1', '--runs', String(RUNS), '--until', kind];
	const options = { timeout: LONGEST_MS, maxBuffer: 2 ** 26 };
	const { stdout } = await promisify(execFile)(process.execPath, words, options);
	return JSON.parse(stdout) as Tally;
}

describe('a core with a deliberate defect', () => {
	it.each(DEFECTS)(
		'is caught by the stories, for what it breaks ($kind): $name',
		async (defect) => {
			const { found } = await tally(defect);
			expect(found[defect.kind]).toBeGreaterThan(0);
		},
		LONGEST_MS,
	);

	it('is no longer that defect where the core has changed, which is said at once', () => {
		const change = { file: 'a.ts', from: 'b', to: 'c' };
		expect(changed('abd', change)).toBe('acd');
		expect(() => changed('ad', change)).toThrow('a.ts: found 0 times instead of once: b');
		expect(() => changed('abbd', change)).toThrow('found 2 times');
	});
});
