/**
 * Runs the suites in test/e2e against real hosts, with the packed tarballs. Words on the command line choose suites:
 * `npm run test:hosts -- node-red`. The first run installs the hosts, which takes minutes; later ones find them there.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

if (!existsSync('/usr/bin/chromium')) {
	console.log('test:hosts: installing chromium for the browser tests');
	for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'chromium']]) {
		const { status } = spawnSync('apt-get', args, { stdio: ['ignore', 'ignore', 'inherit'] });
		if (status !== 0) {
			console.error(
				'test:hosts: chromium could not be installed. Install it by hand: apt-get install chromium',
			);
			process.exit(1);
		}
	}
}

const jest = join(root, 'node_modules/jest/bin/jest.js');
const args = [jest, '-c', join(root, 'jest.hosts.config.js'), '--runInBand', ...process.argv.slice(2)];
const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
process.exit(status ?? 1);
