/** Packs both packages as they are published, into packs/. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const packs = join(root, 'packs');
rmSync(packs, { recursive: true, force: true });
mkdirSync(packs);
for (const folder of ['.', 'node-red']) {
	const options = { cwd: join(root, folder), encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] };
	const printed = execFileSync('npm', ['pack', '--json', '--silent', '--pack-destination', packs], options);
	const [{ filename, size, files }] = Object.values(JSON.parse(printed));
	console.log(`${filename}: ${files.length} files, ${Math.ceil(size / 1024)} kB`);
}
