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

/** All texts of a language by where they stand and their key. */
function textsIn(lang: string): Map<string, string> {
	const catalogues = [
		['shared', json('locales', lang, 'shared.json')] as const,
		...sets.map((set) => [set, ownTexts(set, lang)] as const),
	];
	return new Map(
		catalogues.flatMap(([name, catalogue]) =>
			keysOf(catalogue).map((key): [string, string] => [`${name} ${key}`, textAt(catalogue, key)]),
		),
	);
}

/** Words that are the same in English, each looked at: names, and what both languages really call it so. */
const SAME: Readonly<Record<string, readonly string[]>> = {
	de: ['Name', 'Server', 'Client', 'Workflows', 'Token', 'Logo (JPEG)', 'Videos'],
	es: ['Mapping', 'Mappings', 'Workflows', 'Token', 'Logo (JPEG)', 'Audios', 'Videos'],
	fr: [
		...['Client', 'Description', 'Workflows', 'Token', 'Logo (JPEG)', 'Mapping', 'Mappings', 'Branches'],
		...['Date', 'date', 'Minutes', 'minutes', 'Position', 'public', 'Photos'],
	],
	pt: ['Workflows', 'Token', 'Logo (JPEG)'],
};

/** What fits into one line beside the icon, in the 140 px that the layout gives a label. */
const LABEL = 17;

/** The labels in front of fields, in all dialogs. */
function labels(): string[] {
	const parts = readdirSync(path.join(source, 'shared/editor')).filter((file) => file.endsWith('.html'));
	const html = [
		...parts.map((file) => read('shared/editor', file)),
		...sets.map((set) => read('nodes', set, 'editor.html')),
	].join('\n');
	const rows = [
		...html.matchAll(/<label[^>]*><i class="fa [^>]*><\/i>\s*<span data-i18n="([\w-]+)\.([\w.]+)"/g),
	];
	return rows.map(([, name = '', key = '']) => `${name} ${key}`);
}

it('No node has a language that the others have not', () => {
	const found = sets.flatMap((set) => readdirSync(path.join(source, 'nodes', set, 'locales')));
	const known = languages.flatMap((lang) => [`${lang}.json`, `${lang}.help.md`]);
	expect(found.filter((file) => !known.includes(file))).toEqual([]);
});

describe.each(translations)('The texts in %s', (lang) => {
	const [english, translated] = [textsIn(ENGLISH), textsIn(lang)];

	it('are there for every node', () => {
		for (const set of sets)
			expect(readdirSync(path.join(source, 'nodes', set, 'locales'))).toContain(`${lang}.json`);
	});

	it('have the keys of the English ones, in their order', () => {
		expect([...translated.keys()]).toEqual([...english.keys()]);
	});

	it('have the same blanks to fill in', () => {
		for (const [key, text] of translated)
			expect([key, ...blanks(text)]).toEqual([key, ...blanks(english.get(key) ?? '')]);
	});

	it('are all translated, but for words that are the same', () => {
		const left = [...translated].filter(([key, text]) => text === english.get(key) || text.trim() === '');
		expect(new Set(left.map(([, text]) => text))).toEqual(new Set(SAME[lang]));
	});

	it('fit beside their fields, where they are labels', () => {
		expect(labels().length).toBeGreaterThan(60);
		const long = labels().filter((key) => (translated.get(key) ?? key).length > LABEL);
		expect(long.map((key) => translated.get(key))).toEqual([]);
	});

	it('leave no blank at either end', () => {
		for (const [key, text] of translated) expect([key, text]).toEqual([key, text.trim()]);
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
