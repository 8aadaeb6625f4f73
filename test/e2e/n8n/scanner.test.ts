import { execFile } from 'node:child_process';
import { appendFile, copyFile, cp, mkdir, readFile, rename, symlink } from 'node:fs/promises';
import path from 'node:path';
import { promisify, stripVTControlCharacters } from 'node:util';
import { childEnvironment } from '../shared/child';
import { removeFolder, temporaryFolder } from '../shared/folder';
import { ensureInstalled } from '../shared/installed';
import { say } from '../shared/say';
import { node24, packedTarball, repository } from './install';

const run = promisify(execFile);

const FOLDER = path.join(repository, 'test/hosts/n8n-scanner');
const CLI = path.join(FOLDER, 'node_modules/@n8n/node-cli');
/** What the scanner looks at: in the source that a package was built from, and in the package. */
const IN_SOURCE = ['package.json', '{nodes,credentials}/**/*.{js,ts,json}'];
const IN_TARBALL = ['**/*.js', 'package.json'];
const FIRST_INSTALL_MS = 10 * 60_000;

interface Scan {
	passed: boolean;
	files: number;
	messages: string[];
}

let folder: string;
let source: string;
let tarball: string;

beforeAll(async () => {
	await ensureInstalled(FOLDER, '@n8n/node-cli/bin/n8n-node.mjs', ['--ignore-scripts']);
	folder = await temporaryFolder('scanner');
	[source, tarball] = [path.join(folder, 'source'), path.join(folder, 'tarball')];
	await run('tar', ['-xzf', await packedTarball(), '-C', folder]);
	await rename(path.join(folder, 'package'), tarball);
	await mkdir(source);
	for (const name of ['package.json', 'tsconfig.base.json', 'nodes', 'credentials', 'core', 'icons']) {
		await cp(path.join(repository, name), path.join(source, name), { recursive: true });
	}
	// The linter walks through no links, and finds what is imported behind them.
	await rename(path.join(source, 'core'), path.join(folder, 'core'));
	await symlink(path.join(folder, 'core'), path.join(source, 'core'));
	for (const each of [source, tarball]) {
		await copyFile(
			path.join(CLI, 'dist/template/templates/shared/default/eslint.config.mjs'),
			path.join(each, 'eslint.config.mjs'),
		);
		await symlink(path.join(FOLDER, 'node_modules'), path.join(each, 'node_modules'));
	}
}, FIRST_INSTALL_MS);
afterAll(() => removeFolder(folder));

/** `n8n-node lint` with n8n's own settings, which it compares with those of the folder. @returns what it printed */
async function lint(cwd: string): Promise<{ passed: boolean; printed: string }> {
	const args = [path.join(CLI, 'bin/n8n-node.mjs'), 'lint'];
	const options = { cwd, env: childEnvironment(), maxBuffer: 16 * 1024 * 1024 };
	const answer = await run(node24, args, options).then(
		(output) => ({ passed: true, ...output }),
		(error: { stdout: string; stderr: string }) => ({ passed: false, ...error }),
	);
	const printed = stripVTControlCharacters(`${answer.stdout}${answer.stderr}`);
	return { passed: answer.passed, printed };
}

async function scan(cwd: string, patterns: readonly string[]): Promise<Scan> {
	const args = [path.join(FOLDER, 'scan.mjs'), cwd, ...patterns];
	const { stdout } = await run(node24, args, { cwd: FOLDER, env: childEnvironment() });
	const found = JSON.parse(stdout) as Scan;
	say({ shown: "n8n's scanner", of: path.basename(cwd), ...found });
	return found;
}

const complaints = (printed: string) => printed.split('\n').filter((line) => /error|warning|✖/i.test(line));

describe("n8n's own checks", () => {
	it('n8n-node lint has no error and no warning, in the source and in the package', async () => {
		for (const cwd of [source, tarball]) {
			const { passed, printed } = await lint(cwd);
			expect({ cwd, passed, complaints: complaints(printed) }).toEqual({ cwd, passed: true, complaints: [] });
			expect(printed).toContain('n8n-node lint');
		}
	});

	it('the community scanner has no error and no warning, in the source and in the package', async () => {
		const inSource = await scan(source, IN_SOURCE);
		expect(inSource).toMatchObject({ passed: true, messages: [] });
		expect(inSource.files).toBeGreaterThan(50);
		const { n8n } = JSON.parse(await readFile(path.join(tarball, 'package.json'), 'utf8')) as {
			n8n: { nodes: string[]; credentials: string[] };
		};
		const inTarball = await scan(tarball, IN_TARBALL);
		expect(inTarball).toMatchObject({ passed: true, messages: [] });
		// The manifest, the file that holds all code, and one for each node and credential.
		expect(inTarball.files).toBe(2 + n8n.nodes.length + n8n.credentials.length);
	});

	it('both see what is forbidden, so that their silence says something', async () => {
		const forbidden = 'export const stolen = process.env;\n';
		await appendFile(path.join(source, 'nodes/shared/zone.ts'), forbidden);
		await appendFile(path.join(tarball, 'dist/field-data.js'), 'exports.stolen = process.env;\n');
		const { passed, printed } = await lint(source);
		expect(passed).toBe(false);
		expect(printed).toContain('no-restricted-globals');
		for (const [cwd, patterns] of [
			[source, IN_SOURCE],
			[tarball, IN_TARBALL],
		] as const) {
			const { passed: clean, messages } = await scan(cwd, patterns);
			expect(clean).toBe(false);
			expect(messages).toEqual([expect.stringContaining('no-restricted-globals')]);
		}
	});
});
