import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { childEnvironment } from '../shared/child';

const run = promisify(execFile);

export const repository = path.resolve(__dirname, '../../..');
export const node24 = path.join(repository, 'node_modules/node/bin/node');

/** A folder of test/hosts: n8n 2, or the last of n8n 1. */
export type Edition = 'n8n' | 'n8n-1';

export function hostFolder(edition: Edition = 'n8n'): string {
	return path.join(repository, 'test/hosts', edition);
}

export function n8nBinary(edition?: Edition): string {
	return path.join(hostFolder(edition), 'node_modules/n8n/bin/n8n');
}

async function npm(cwd: string, ...args: string[]): Promise<void> {
	await run('npm', args, { cwd, env: childEnvironment(), maxBuffer: 64 * 1024 * 1024 });
}

/**
 * An n8n once per checkout; the folder is kept between runs. Its own install scripts build a Kafka client and
 * fail where there is no library for it, so only the database driver's is run (hosts.md).
 */
export async function ensureN8n(edition?: Edition): Promise<void> {
	const folder = hostFolder(edition);
	if (!existsSync(n8nBinary(edition))) await npm(folder, 'ci', '--no-workspaces', '--ignore-scripts');
	const driver = path.join(folder, 'node_modules/sqlite3/build/Release/node_sqlite3.node');
	if (!existsSync(driver)) await npm(folder, 'rebuild', '--no-workspaces', 'sqlite3');
}

/** The package as it would be published: `npm run pack:all` puts it there. */
export async function packedTarball(): Promise<string> {
	const packs = path.join(repository, 'packs');
	const names = existsSync(packs) ? await readdir(packs) : [];
	const name = names
		.filter((candidate) => /^n8n-nodes-field-data-.*\.tgz$/.test(candidate))
		.sort()
		.at(-1);
	if (name === undefined) throw new Error(`No n8n-nodes-field-data-*.tgz in ${packs}: npm run pack:all`);
	return path.join(packs, name);
}

/** Puts the package where n8n's own installer puts it, with the installer's options. */
export async function installTarball(userFolder: string, tarball: string): Promise<void> {
	const nodes = path.join(userFolder, '.n8n/nodes');
	// npm takes a tarball of the same name and version for the one that is there.
	await rm(nodes, { recursive: true, force: true });
	await mkdir(nodes, { recursive: true });
	await writeFile(
		path.join(nodes, 'package.json'),
		JSON.stringify({ name: 'installed-nodes', private: true }),
	);
	await npm(
		nodes,
		'install',
		tarball,
		'--ignore-scripts',
		'--omit=peer',
		'--omit=dev',
		'--no-audit',
		'--no-fund',
	);
}
