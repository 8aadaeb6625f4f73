/** Packs both packages as they are published, into packs/. */
import { transform } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const packs = join(root, 'packs');

// n8n reads every file of its package at each start. Names stay, so that the traces of errors can be read.
for (const file of globSync('dist/**/*.js', { cwd: root })) {
	const path = join(root, file);
	const options = { minifyWhitespace: true, minifySyntax: true, target: 'node20', legalComments: 'none' };
	const { code } = await transform(readFileSync(path, 'utf8'), options);
	writeFileSync(path, code);
}

rmSync(packs, { recursive: true, force: true });
mkdirSync(packs);
for (const folder of ['.', 'node-red']) {
	const options = { cwd: join(root, folder), encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] };
	const printed = execFileSync('npm', ['pack', '--json', '--silent', '--pack-destination', packs], options);
	const [{ filename, size, files }] = Object.values(JSON.parse(printed));
	console.log(`${filename}: ${files.length} files, ${Math.ceil(size / 1024)} kB`);
}
