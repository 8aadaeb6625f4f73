import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { childEnvironment } from './child';

const run = promisify(execFile);

/**
 * `npm ci` once per checkout in a folder of test/hosts, which is kept between runs.
 * @param file what is there when it was done, below node_modules
 */
export async function ensureInstalled(folder: string, file: string, options: string[] = []): Promise<void> {
	if (existsSync(path.join(folder, 'node_modules', file))) return;
	await run('npm', ['ci', '--no-workspaces', '--no-audit', '--no-fund', ...options], {
		cwd: folder,
		env: childEnvironment(),
		maxBuffer: 16 * 1024 * 1024,
	});
}
