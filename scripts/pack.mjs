/** Packs both packages as they are published, into packs/. */
import { gzipAsync } from '@gfx/zopfli';
import { build } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const packs = join(root, 'packs');
/** Of a tar, in bytes. */
const BLOCK = 512;

await bundleN8n();
rmSync(packs, { recursive: true, force: true });
mkdirSync(packs);
for (const folder of ['.', 'node-red']) {
	const options = { cwd: join(root, folder), encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] };
	const printed = execFileSync('npm', ['pack', '--json', '--silent', '--pack-destination', packs], options);
	const [{ filename, files }] = Object.values(JSON.parse(printed));
	const size = await packTighter(join(packs, filename));
	console.log(`${filename}: ${files.length} files, ${Math.ceil(size / 1024)} kB`);
}

/** The same files in gzip's own format, a twentieth smaller. @returns bytes */
async function packTighter(file) {
	const tar = sideBySide(gunzipSync(readFileSync(file)));
	const packed = Buffer.from(await gzipAsync(tar, { numiterations: 50 }));
	writeFileSync(file, packed);
	return packed.length;
}

/**
 * gzip finds again what lies at most 32 kB back, so files that are alike are put side by side: code and what begins with
 * code, English and the other languages, examples from the largest on. npm sorts them by their names, and reads them in
 * any order.
 */
function sideBySide(tar) {
	const kinds = [
		/\.js$/,
		/\.html$/,
		/\.md$/,
		/package\.json$/,
		/LICENSE$/,
		/en-US/,
		/locales/,
		/examples/,
		/\.svg$/,
	];
	const rank = ({ name }) => [...kinds, /./].findIndex((kind) => kind.test(name));
	const files = filesOf(tar).sort((a, b) => rank(a) - rank(b) || b.size - a.size);
	return Buffer.concat([...files.map(({ bytes }) => bytes), Buffer.alloc(2 * BLOCK)]);
}

/** A tar holds of each file a block with its name and, in octal digits, its size; then its blocks; zeros end it. */
function filesOf(tar) {
	const files = [];
	for (let at = 0; tar[at] !== 0;) {
		const field = (from, to) => tar.toString('latin1', at + from, at + to).replace(/\0.*/s, '');
		if (field(156, 157) !== '0') throw new Error(`Not a plain file: ${field(0, 100)}`);
		const size = parseInt(field(124, 136), 8);
		const end = at + BLOCK + Math.ceil(size / BLOCK) * BLOCK;
		files.push({ name: field(0, 100), size, bytes: tar.subarray(at, end) });
		at = end;
	}
	return files;
}

/**
 * All code of the n8n package becomes one file: a fifth smaller, and read faster at each start of n8n. One, not one a
 * node: the nodes share their tokens and limits. n8n finds in a node's own file what it looks for there.
 */
async function bundleN8n() {
	const { n8n } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
	const entries = [...n8n.credentials, ...n8n.nodes].map((file) => file.replace(/^dist\/|\.js$/g, ''));
	// The compiler is to write its files again after this.
	for (const file of globSync('dist/**/*.{js,tsbuildinfo}', { cwd: root })) {
		rmSync(join(root, file));
	}
	await build({
		minify: true,
		// Functions and classes still say their names, so that the traces of errors can be read.
		keepNames: true,
		target: 'node20',
		legalComments: 'none',
		stdin: { contents: entries.map((entry) => `export * from './${entry}';`).join('\n'), resolveDir: root },
		outfile: join(root, 'dist/field-data.js'),
		bundle: true,
		platform: 'node',
		external: ['n8n-workflow'],
	});
	for (const entry of entries) {
		const [name] = entry.split('/').at(-1).split('.');
		const bundle = relative(dirname(entry), 'field-data.js');
		const file = join(root, `dist/${entry}.js`);
		writeFileSync(file, `exports.${name} = require(${JSON.stringify(bundle)}).${name};\n`);
	}
}
