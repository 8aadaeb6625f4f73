import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { childEnvironment } from '../shared/child';
import { removeFolder, temporaryFolder } from '../shared/folder';
import { ensureInstalled } from '../shared/installed';
import { repository } from './host';
import { packedNodes } from './pack';

const run = promisify(execFile);

const FOLDER = path.join(repository, 'test/hosts/node-red-dev');

type Scorecard = Record<string, { test?: boolean; nodes?: string[] }>;

describe("Node-RED's scorecard of the packed nodes", () => {
	let folder: string;
	let printed: string;
	let scorecard: Scorecard;

	beforeAll(async () => {
		await ensureInstalled(FOLDER, 'node-red-dev/bin/run', ['--ignore-scripts']);
		folder = await temporaryFolder('scorecard');
		const [pack, output] = [path.join(folder, 'package'), path.join(folder, 'scorecard.json')];
		await mkdir(pack, { recursive: true });
		await run('tar', ['-xzf', packedNodes(), '-C', folder]);
		const args = ['-r', path.join(FOLDER, 'offline.cjs')];
		const validate = [path.join(FOLDER, 'node_modules/node-red-dev/bin/run'), 'validate'];
		const { stdout, stderr } = await run(
			path.join(repository, 'node_modules/node/bin/node'),
			[...args, ...validate, '--path', pack, '--output', output],
			{ cwd: FOLDER, env: childEnvironment() },
		);
		printed = stdout + stderr;
		scorecard = JSON.parse(await readFile(output, 'utf8')) as Scorecard;
	});
	afterAll(() => removeFolder(folder));

	test('has no failure and no warning', () => {
		const { package: named, ...tests } = scorecard;
		expect(named).toMatchObject({ name: '@field-data/node-red' });
		expect(Object.keys(tests).length).toBeGreaterThan(10);
		expect(Object.entries(tests).filter(([, { test: passed }]) => passed !== true)).toEqual([]);
		expect(printed).not.toMatch(/Warning|Error/);
	});

	test('has read the editor file of every node, and found an example of each', async () => {
		expect(printed).not.toContain('Unable to parse');
		const nodes = await readdir(path.join(repository, 'node-red/nodes'));
		const config = ['epicollect5-project', 'workfloplus-client'];
		expect(scorecard.N02?.nodes?.sort()).toEqual(nodes.filter((node) => !config.includes(node)).sort());
	});

	test('is of a package below 100 kB', async () => {
		expect((await stat(packedNodes())).size).toBeLessThan(100_000);
	});
});
