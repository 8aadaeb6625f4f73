/**
 * Puts the Node-RED package together after `tsc -b`: what tsc cannot know is which file Node-RED wants beside which.
 *
 *   node-red/dist/runtime.js           all code of the runtime and the core in one file, which all sets share
 *   node-red/dist/nodes/<set>.js       what package.json names; Node-RED derives all other names from it
 *   node-red/dist/nodes/<set>.html     the bundled editor.ts + dialog.css + editor.html + help.md; in editor.html stands
 *                                      `<!-- include shape -->` for shared/editor/shape.html
 *   node-red/dist/nodes/locales/<lang>/<set>.json and <set>.html (help in that language)
 *   node-red/dist/nodes/icons/
 *   node-red/resources/editor.js       what the dialogs have in common; Node-RED serves this folder to the editor
 *
 * Not packed, for the measurements in bench/ only:
 *   node-red/dist/core/**              the compiled core, where the emitted `../../../core/…` finds it
 *   node-red/dist/node-red/**          the compiled runtime (by tsc)
 */
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, transform } from 'esbuild';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const source = path.join(root, 'node-red');
const dist = path.join(source, 'dist');
const nodes = path.join(dist, 'nodes');
const resources = path.join(source, 'resources');
const DIALOG_STYLE = path.join(source, 'shared/editor/dialog.css');

export async function buildNodeRed() {
	const manifest = JSON.parse(await readFile(path.join(source, 'package.json'), 'utf8'));
	const sets = Object.keys(manifest['node-red'].nodes);
	await Promise.all(
		[nodes, resources, path.join(dist, 'core')].map((folder) => rm(folder, { recursive: true, force: true })),
	);
	await mkdir(nodes, { recursive: true });
	await Promise.all([copyCore(), bundleRuntime(sets), bundleDialogs()]);
	await cp(path.join(source, 'icons'), path.join(nodes, 'icons'), { recursive: true });
	await Promise.all(sets.map(buildSet));
}

async function copyCore() {
	const from = path.join(root, 'dist/core');
	await cp(from, path.join(dist, 'core'), {
		recursive: true,
		filter: (file) => !/\.d\.ts$|\.tsbuildinfo$/.test(file),
	});
}

/**
 * One file, not one a set: the sets share their tokens and limits, and all of it is packed and read once. Functions and
 * classes keep their names, so that the traces of errors can be read.
 */
async function bundleRuntime(sets) {
	const { dependencies } = JSON.parse(await readFile(path.join(source, 'package.json'), 'utf8'));
	const exports = sets.map((set) => `export { default as '${set}' } from './nodes/${set}/runtime';`);
	await build({
		stdin: { contents: exports.join('\n'), resolveDir: source },
		outfile: path.join(dist, 'runtime.js'),
		bundle: true,
		platform: 'node',
		external: Object.keys(dependencies),
		target: 'node18',
		// What is imported on first use is required then: a CommonJS axios is one file, its ES modules are dozens.
		supported: { 'dynamic-import': false },
		charset: 'utf8',
		legalComments: 'none',
		minify: true,
		keepNames: true,
	});
}

async function buildSet(set) {
	const folder = path.join(source, 'nodes', set);
	const start = `module.exports = require('../runtime.js')['${set}'];\n`;
	await writeFile(path.join(nodes, `${set}.js`), start);
	const [style, template, markdown] = await Promise.all(
		[DIALOG_STYLE, path.join(folder, 'editor.html'), path.join(folder, 'help.md')].map((file) =>
			readFile(file, 'utf8'),
		),
	);
	const parts = [
		// Each set loads it: whichever of them is switched off, the others have it.
		`<script type="text/javascript" src="resources/@field-data/node-red/editor.js"></script>`,
		`<script type="text/javascript">\n${await editor(folder)}</script>`,
		// The same in each set: whichever of them is switched off, the others keep their layout.
		`<style>\n${await smallStyle(style)}</style>`,
		withoutIndent(await withIncludes(template)),
		help(set, markdown),
	];
	const html = `${parts.join('\n\n')}\n`;
	await writeFile(path.join(nodes, `${set}.html`), html);
	const hasDialog = html.includes('shared.dialog.');
	for (const lang of await readdir(path.join(source, 'locales'))) {
		await buildLanguage({ set, folder, lang, hasDialog });
	}
}

/** Rows that several dialogs have in common are written once. */
async function withIncludes(template) {
	const parts = template.split(/<!-- include ([\w-]+) -->/);
	const filled = parts.map((part, i) =>
		i % 2 === 0 ? part : readFile(path.join(source, 'shared/editor', `${part}.html`), 'utf8'),
	);
	return (await Promise.all(filled)).join('');
}

async function buildLanguage({ set, folder, lang, hasDialog }) {
	const text = await readFile(path.join(source, 'locales', lang, 'shared.json'), 'utf8');
	const { dialog, ...others } = JSON.parse(text);
	const own = await readFile(path.join(folder, 'locales', `${lang}.json`), 'utf8');
	const target = path.join(nodes, 'locales', lang);
	await mkdir(target, { recursive: true });
	const shared = hasDialog ? { dialog, ...others } : others;
	const catalogue = { shared, [set]: JSON.parse(own) };
	await writeFile(path.join(target, `${set}.json`), `${JSON.stringify(catalogue)}\n`);
	const translated = path.join(folder, 'locales', `${lang}.help.md`);
	if (!existsSync(translated)) return;
	await writeFile(path.join(target, `${set}.html`), `${help(set, await readFile(translated, 'utf8'))}\n`);
}

const FOR_EDITOR = {
	bundle: true,
	format: 'iife',
	// Without the spread of objects, which Node-RED's scorecard cannot read in `defaults`.
	target: 'es2017',
	charset: 'utf8',
	legalComments: 'none',
	minify: true,
};

/** The one name that the dialogs add to the globals of Node-RED's page. */
const SHARED = 'fieldDataEditor';

/** What the dialogs have in common, once and not in each of them. */
async function bundleDialogs() {
	const files = (await readdir(path.dirname(DIALOG_STYLE))).filter((file) => file.endsWith('.ts'));
	await build({
		...FOR_EDITOR,
		stdin: {
			contents: files.map((file) => `export * from './${path.parse(file).name}';`).join('\n'),
			resolveDir: path.dirname(DIALOG_STYLE),
		},
		outfile: path.join(resources, 'editor.js'),
		globalName: SHARED,
	});
}

/** Takes from the page what {@link bundleDialogs} has put there. */
const sharedFromPage = {
	name: 'shared from page',
	setup({ onResolve, onLoad }) {
		onResolve({ filter: /\/shared\/editor\// }, () => ({ path: SHARED, namespace: SHARED }));
		onLoad({ filter: /.*/, namespace: SHARED }, () => ({ contents: `module.exports = ${SHARED};` }));
	},
};

/** One function of its own per editor. */
async function editor(folder) {
	const result = await build({
		...FOR_EDITOR,
		entryPoints: [path.join(folder, 'editor.ts')],
		plugins: [sharedFromPage],
		write: false,
	});
	return result.outputFiles[0].text;
}

async function smallStyle(css) {
	return (await transform(css, { loader: 'css', minify: true })).code;
}

/** A dialog has no text whose blanks are shown. */
function withoutIndent(html) {
	return html.replace(/^[\t ]+/gm, '').trim();
}

function help(set, markdown) {
	return `<script type="text/markdown" data-help-name="${set}">\n${markdown.trim()}\n</script>`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await buildNodeRed();
