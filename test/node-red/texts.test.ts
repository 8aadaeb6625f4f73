import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const source = path.resolve(__dirname, '../../node-red');
const sets = readdirSync(path.join(source, 'nodes'));
const ENGLISH = 'en-US';
const languages = readdirSync(path.join(source, 'locales'));
const translations = languages.filter((lang) => lang !== ENGLISH);

type Catalogue = { [key: string]: string | Catalogue };

const read = (...parts: string[]): string => readFileSync(path.join(source, ...parts), 'utf8');
const json = (...parts: string[]): Catalogue => JSON.parse(read(...parts)) as Catalogue;

function keysOf(catalogue: Catalogue, prefix = ''): string[] {
	return Object.entries(catalogue).flatMap(([key, value]) =>
		typeof value === 'string' ? [prefix + key] : keysOf(value, `${prefix}${key}.`),
	);
}

const ownTexts = (set: string, lang = ENGLISH): Catalogue => json('nodes', set, 'locales', `${lang}.json`);

/** What stands between double underscores is filled in. */
const blanks = (text: string): string[] => [...text.matchAll(/__\w+__/g)].map(([blank]) => blank).sort();

function textAt(catalogue: Catalogue, key: string): string {
	return key
		.split('.')
		.reduce<Catalogue | string>((at, part) => (at as Catalogue)[part] ?? '', catalogue) as string;
}

describe.each(translations)('The texts in %s', (lang) => {
	it.each(sets)('are complete for %s', (set) => {
		expect(keysOf(ownTexts(set, lang))).toEqual(keysOf(ownTexts(set)));
	});

	it('are complete for what all nodes share, with the same blanks to fill in', () => {
		const [english, translated] = [
			json('locales', ENGLISH, 'shared.json'),
			json('locales', lang, 'shared.json'),
		];
		expect(keysOf(translated)).toEqual(keysOf(english));
		for (const key of keysOf(english))
			expect(blanks(textAt(translated, key))).toEqual(blanks(textAt(english, key)));
	});
});

/** The keys in full of a dialog: in its HTML, or by `this._('<set>.…')`. */
const inFull = (html: string, code: string): string[] =>
	[...html.matchAll(/data-i18n="(?:\[\w+\])?([^"]+)"/g), ...code.matchAll(/\._\('([^']+)'\)/g)].map(
		([, key = '']) => key,
	);

/** The keys that code names by `say('…')`, with values or without. */
const said = (code: string): string[] =>
	[...code.matchAll(/\bsay\('([^']+)'[,)]/g)].map(([, key = '']) => key);

const isShared = (key: string): boolean => key.startsWith('shared.');

/** The keys of its own that a node's dialog names. */
function namedByDialog(set: string): string[] {
	const [html, code] = [read('nodes', set, 'editor.html'), read('nodes', set, 'editor.ts')];
	const full = inFull(html, code).filter((key) => !isShared(key));
	for (const key of full) expect(key).toMatch(new RegExp(`^${set}\\.`));
	return [...full.map((key) => key.slice(set.length + 1)), ...said(code)];
}

/** The shared keys that dialogs name: in the parts that they have in common, or in their own. */
function namedByDialogs(): string[] {
	const folder = path.join(source, 'shared/editor');
	const parts = readdirSync(folder).map((file) => read('shared/editor', file));
	const own = sets.flatMap((set) => ['editor.html', 'editor.ts'].map((file) => read('nodes', set, file)));
	return [
		...[...parts, ...own]
			.flatMap((text) => inFull(text, text))
			.filter(isShared)
			.map((key) => key.slice(7)),
		...parts.flatMap(said).map((key) => `dialog.${key}`),
	];
}

/** The shared keys that the code of the runtime names: `'shared.…'`, and by the status line `say('…')` or its choice of two. */
function namedByCode(): string[] {
	const folders = ['shared', ...sets.map((set) => `nodes/${set}`)];
	const code = folders
		.flatMap((folder) => readdirSync(path.join(source, folder)).map((file) => path.join(folder, file)))
		.filter((file) => file.endsWith('.ts'))
		.map((file) => read(file))
		.join('\n');
	const status = read('shared', 'status.ts');
	const choices = [...status.matchAll(/\bsay\(([^;]*)/g), ...status.matchAll(/\bkey = ([^;]*);/g)];
	return [
		...[...code.matchAll(/'shared\.([\w.]+)'/g)].map(([, key = '']) => key),
		...choices
			.flatMap(([, chosen = '']) => [...chosen.matchAll(/(?<!=== )'(\w+)'/g)])
			.map(([, key = '']) => `status.${key}`),
	];
}

/** i18next finds `<key>_plural` by itself where a count is given. */
const withoutPlurals = (keys: readonly string[]): string[] => [
	...new Set(keys.map((key) => key.replace(/_plural$/, ''))),
];

describe.each(sets)('The dialog of %s', (set) => {
	it('uses every text that there is, and none that is not', () => {
		expect(namedByDialog(set).length).toBeGreaterThan(0);
		for (const lang of languages) {
			const known = keysOf(ownTexts(set, lang));
			expect([...new Set(namedByDialog(set))].sort()).toEqual(known.sort());
		}
	});

	it('has help whose lists Node-RED shows whole: name (kind) and description, no other colon', () => {
		const lines = read('nodes', set, 'help.md')
			.split('\n')
			.filter((line) => line.startsWith(': '));
		expect(lines.length).toBeGreaterThan(0);
		for (const line of lines) expect(line).toMatch(/^: [^:()]+ \([^:()]+\) : [^:]+$/);
	});
});

it.each(languages)('The code uses every shared text in %s, and none that is not there', (lang) => {
	const known = withoutPlurals(keysOf(json('locales', lang, 'shared.json')));
	expect([...new Set([...namedByCode(), ...namedByDialogs()])].sort()).toEqual(known.sort());
});
