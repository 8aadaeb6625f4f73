import { spawnSync } from 'node:child_process';

/** Finds what a package of Debian brings, and installs the package where that is absent. */
export function fromDebian(name: string, find: () => string | undefined): string {
	const installed = find();
	if (installed !== undefined) return installed;
	for (const args of [['update'], ['install', '-y', '--no-install-recommends', name]]) {
		spawnSync('apt-get', args, { stdio: ['ignore', 'ignore', 'inherit'] });
	}
	const found = find();
	if (found === undefined) throw new Error(`${name} is missing. Install it: apt-get install ${name}`);
	return found;
}
