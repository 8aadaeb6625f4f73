/**
 * Puts the Node-RED package together after `tsc -b`: what tsc cannot know is which file Node-RED wants beside which.
 *
 *   node-red/dist/nodes/field-data.js    all code of the runtime and the core; Node-RED derives all other names from it
 *   node-red/dist/nodes/field-data.html  the bundled editor.ts of all nodes + dialog.css + each editor.html and help.md;
 *                                        in editor.html stands `<!-- include shape -->` for shared/editor/shape.html
 *   node-red/dist/nodes/locales/<lang>/field-data.json and field-data.html (help in that language)
 *   node-red/dist/nodes/icons/
 *
 * Not packed, for the measurements in bench/ only:
 *   node-red/dist/core/**              the compiled core, where the emitted `../../../core/…` finds it
 *   node-red/dist/node-red/**          the compiled runtime (by tsc)
 */
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { minify } from '@swc/core';
import { build, transform } from 'esbuild';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const source = path.join(root, 'node-red');
const dist = path.join(source, 'dist');
const nodes = path.join(dist, 'nodes');
/**
 * All nodes are one set of Node-RED's: what they have in common, texts and dialogs above all, is packed and loaded once
 * in each language, and nobody can switch off the connection that the others need.
 */
const SET = 'field-data';
/** In the order of the palette. */
const NODES = [
	...['epicollect5-project', 'epicollect5-entries', 'epicollect5-branch-entries', 'epicollect5-in'],
	...['epicollect5-media', 'epicollect5-deleted', 'epicollect5-project-info', 'epicollect5-search'],
	...['workfloplus-client', 'workfloplus-scheduled-jobs'],
];

const LANGUAGES = ['en-US', 'de', 'es', 'fr', 'pt'];

export async function buildNodeRed() {
	const folders = await readdir(path.join(source, 'nodes'));
	const missing = folders.filter((folder) => !NODES.includes(folder) || !BUNDLED.includes(folder));
	if (missing.length > 0) throw new Error(`Not built, add them to NODES and BUNDLED: ${missing.join(', ')}`);
	await Promise.all(
		[nodes, path.join(dist, 'core')].map((folder) => rm(folder, { recursive: true, force: true })),
	);
	await mkdir(nodes, { recursive: true });
	await Promise.all([copyCore(), bundleRuntime(), writeEditor()]);
	await cp(path.join(source, 'icons'), path.join(nodes, 'icons'), { recursive: true });
	await Promise.all(LANGUAGES.map(writeLanguage));
}

async function copyCore() {
	const from = path.join(root, 'dist/core');
	await cp(from, path.join(dist, 'core'), {
		recursive: true,
		filter: (file) => !/\.d\.ts$|\.tsbuildinfo$/.test(file),
	});
}

/** In an order in which what is alike lies close together, which packs a hundredth smaller than the palette's. */
const BUNDLED = [
	...['workfloplus-client', 'epicollect5-project', 'epicollect5-in', 'epicollect5-search'],
	...['epicollect5-deleted', 'epicollect5-branch-entries', 'epicollect5-media', 'epicollect5-project-info'],
	...['epicollect5-entries', 'workfloplus-scheduled-jobs'],
];

/** All names are made short, or the package would be a twentieth larger; errors keep theirs, which users see. */
async function bundleRuntime() {
	const { dependencies } = JSON.parse(await readFile(path.join(source, 'package.json'), 'utf8'));
	const contents = [
		...BUNDLED.map((node, i) => `import node${i} from './nodes/${node}/runtime';`),
		`export default (RED) => [${BUNDLED.map((_, i) => `node${i}`)}].forEach((register) => register(RED));`,
	];
	const { outputFiles } = await build({
		...SMALL,
		stdin: { contents: contents.join('\n'), resolveDir: source },
		platform: 'node',
		external: Object.keys(dependencies),
		target: 'node18',
		// What is imported on first use is required then: a CommonJS axios is one file, its ES modules are dozens.
		supported: { 'dynamic-import': false },
		footer: { js: 'module.exports = module.exports.default;' },
		plugins: [errorsKeepNames, onlyWhatIsCalled(await calledOfWorkfloPlus())],
	});
	await writeFile(path.join(nodes, `${SET}.js`), await smaller(outputFiles[0].text, 2022));
}

const errorsKeepNames = {
	name: 'errors keep their names',
	setup({ onLoad }) {
		onLoad({ filter: /[/\\]errors\.ts$/ }, async ({ path: file }) => {
			const code = await readFile(file, 'utf8');
			const named = "$&\n\tstatic { Object.defineProperty(this, 'name', { value: '$1' }); }";
			return {
				contents: code.replace(/^export (?:abstract )?class (\w+Error) .*\{$/gm, named),
				loader: 'ts',
			};
		});
	},
};

/**
 * Endpoints and policies of WorkfloPlus are tables, of which no tool can tell what is used: 80 rows, where the nodes call
 * four.
 */
function onlyWhatIsCalled({ endpoints, policies }) {
	const rows = (code, name, called) =>
		code.replace(new RegExp(`^\\t(\\w+): ${name}\\(.*\\),\\n`, 'gm'), (row, key) =>
			called.has(key) ? row : '',
		);
	return {
		name: 'only what is called',
		setup({ onLoad }) {
			onLoad({ filter: /[/\\]workfloplus[/\\](endpoints|policies)\.ts$/ }, async ({ path: file }) => {
				const code = await readFile(file, 'utf8');
				return { contents: rows(rows(code, 'row', endpoints), 'policy', policies), loader: 'ts' };
			});
		},
	};
}

/** An endpoint is called by its name, such as `'S8'` or `ENDPOINTS.C2`, and names its policy. */
async function calledOfWorkfloPlus() {
	const folder = path.join(root, 'core/workfloplus');
	const files = (await readdir(folder)).filter((file) => file.endsWith('.ts') && file !== 'endpoints.ts');
	const code = await Promise.all(files.map((file) => readFile(path.join(folder, file), 'utf8')));
	const named = [...code.join('\n').matchAll(/(?:'|ENDPOINTS\.)([A-Z]\d+)\b/g)].map(([, name]) => name);
	const table = await readFile(path.join(folder, 'endpoints.ts'), 'utf8');
	const policyOf = (name) => new RegExp(`^\\t${name}: row\\(.*'(\\w+)'\\),$`, 'm').exec(table)?.[1];
	return { endpoints: new Set(named), policies: new Set(named.map(policyOf)) };
}

const SMALL = {
	bundle: true,
	write: false,
	charset: 'utf8',
	legalComments: 'none',
	minify: true,
	// A field that the constructor sets is not declared as well.
	tsconfigRaw: { compilerOptions: { useDefineForClassFields: false, target: 'ES2022' } },
};

/** A twenty-fifth smaller than what esbuild leaves. */
async function smaller(code, ecma) {
	const compress = { passes: 5, sequences: false, toplevel: true };
	return (await minify(code, { compress, mangle: { toplevel: true }, module: false, ecma })).code;
}

/** The dialogs before the help, not a node's own one after the other, as what is alike packs smaller side by side. */
async function writeEditor() {
	const dialogs = NODES.map(async (node) =>
		small(await withIncludes(await readText('nodes', node, 'editor.html'))),
	);
	const helps = NODES.map(async (node) => help(node, await readText('nodes', node, 'help.md')));
	const parts = [
		`<script type="text/javascript">\n${await editors()}</script>`,
		`<style>\n${await smallStyle(await readText('shared/editor/dialog.css'))}</style>`,
		...(await Promise.all([...dialogs, ...helps])),
	];
	await writeFile(path.join(nodes, `${SET}.html`), `${parts.join('\n\n')}\n`);
}

/** Rows that several dialogs have in common are written once; such a part may hold others. */
async function withIncludes(template) {
	const parts = template.split(/<!-- include ([\w-]+) -->/);
	const include = async (part) => await withIncludes(await readText('shared/editor', `${part}.html`));
	return (await Promise.all(parts.map((part, i) => (i % 2 === 0 ? part : include(part))))).join('');
}

/** The words of all nodes in a language: those that they share, and under its name those of each. */
async function writeLanguage(lang) {
	const folder = path.join(nodes, 'locales', lang);
	await mkdir(folder, { recursive: true });
	const catalogue = { shared: JSON.parse(await readText('locales', lang, 'shared.json')) };
	const helps = [];
	for (const node of NODES) {
		catalogue[node] = JSON.parse(await readText('nodes', node, 'locales', `${lang}.json`));
		const translated = path.join('nodes', node, 'locales', `${lang}.help.md`);
		if (existsSync(path.join(source, translated))) helps.push(help(node, await readText(translated)));
	}
	await writeFile(path.join(folder, `${SET}.json`), `${JSON.stringify(catalogue)}\n`);
	if (helps.length > 0) await writeFile(path.join(folder, `${SET}.html`), `${helps.join('\n')}\n`);
}

/** One function: nothing of it becomes a global of Node-RED's page. */
async function editors() {
	const result = await build({
		...SMALL,
		stdin: {
			contents: NODES.map((node) => `import './nodes/${node}/editor';`).join('\n'),
			resolveDir: source,
		},
		format: 'iife',
		// Without the spread of objects, which Node-RED's scorecard cannot read in `defaults`.
		supported: { 'object-rest-spread': false },
		target: 'es2020',
	});
	return await smaller(result.outputFiles[0].text, 2020);
}

function readText(...parts) {
	return readFile(path.join(source, ...parts), 'utf8');
}

async function smallStyle(css) {
	return (await transform(css, { loader: 'css', minify: true })).code;
}

/** A dialog has no text whose blanks are shown, and a tag needs no lines of its own for what is in it. */
function small(html) {
	const lines = html.replace(/^\s+/gm, '').trim();
	return lines.replace(/<[^>]*>/g, (tag) => tag.replace(/\s+/g, ' ').replace(/ (\/?>)$/, '$1'));
}

function help(node, markdown) {
	return `<script type="text/markdown" data-help-name="${node}">\n${markdown.trim()}\n</script>`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await buildNodeRed();
