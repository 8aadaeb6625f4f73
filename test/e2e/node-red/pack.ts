import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { repository } from './host';

/** The tarball that `npm run pack:all` made: what a user installs. */
export function packedNodes(): string {
	const manifest = readFileSync(path.join(repository, 'node-red/package.json'), 'utf8');
	const { version } = JSON.parse(manifest) as { version: string };
	const tarball = path.join(repository, 'packs', `field-data-node-red-${version}.tgz`);
	if (!existsSync(tarball)) throw new Error(`${tarball} is missing. Run: npm run pack:all`);
	return tarball;
}
