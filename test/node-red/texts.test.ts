import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const source = path.resolve(__dirname, '../../node-red');
const sets = readdirSync(path.join(source, 'nodes'));
const languages = readdirSync(path.join(source, 'locales'));

type Catalogue = { [key: string]: string | Catalogue };

const read = (...parts: string[]): string => readFileSync(path.join(source, ...parts), 'utf8');
const json = (...parts: string[]): Catalogue => JSON.parse(read(...parts)) as Catalogue;

function keysOf(catalogue: Catalogue, prefix = ''): string[] {
	return Object.entries(catalogue).flatMap(([key, value]) =>
		typeof value === 'string' ? [prefix + key] : keysOf(value, `${prefix}${key}.`),
	);
}

/** What stands between double underscores is filled in. */
const blanks = (text: string): string[] => [...text.matchAll(/__\w+__/g)].map(([blank]) => blank).sort();

function textAt(catalogue: Catalogue, key: string): string {
	return key
		.split('.')
		.reduce<Catalogue | string>((at, part) => (at as Catalogue)[part] ?? '', catalogue) as string;
}

describe.each(languages)('The texts in %s', (lang) => {
	it.each(sets)('are complete for %s', (set) => {
		const english = json('nodes', set, 'locales', 'en-US.json');
		expect(keysOf(json('nodes', set, 'locales', `${lang}.json`))).toEqual(keysOf(english));
	});

	it('are complete for what all nodes share, with the same blanks to fill in', () => {
		const [english, translated] = [
			json('locales', 'en-US', 'shared.json'),
			json('locales', lang, 'shared.json'),
		];
		expect(keysOf(translated)).toEqual(keysOf(english));
		for (const key of keysOf(english))
			expect(blanks(textAt(translated, key))).toEqual(blanks(textAt(english, key)));
	});
});

describe.each(sets)('The dialog of %s', (set) => {
	const known = new Set(keysOf(json('nodes', set, 'locales', 'en-US.json')));

	it('uses texts that exist', () => {
		const used = [...read('nodes', set, 'editor.html').matchAll(/data-i18n="(?:\[\w+\])?([\w.-]+)"/g)];
		expect(used.length).toBeGreaterThan(3);
		for (const [, key = ''] of used) expect(known).toContain(key.replace(`${set}.`, ''));
		for (const [, key = ''] of read('nodes', set, 'editor.ts').matchAll(/say\('([\w.]+)'\)/g)) {
			expect(known).toContain(key);
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

it('the shared texts that the code names exist', () => {
	const known = keysOf(json('locales', 'en-US', 'shared.json'));
	const folders = ['shared', ...sets.map((set) => `nodes/${set}`)];
	const code = folders
		.flatMap((folder) => readdirSync(path.join(source, folder)).map((file) => path.join(folder, file)))
		.filter((file) => file.endsWith('.ts'))
		.map((file) => read(file))
		.join('\n');
	for (const [, key = ''] of code.matchAll(/'shared\.([\w.]+)'/g)) expect(known).toContain(key);
	for (const [, key = ''] of code.matchAll(/this\.say\((?:[^'()]*\? )?'(\w+)'/g))
		expect(known).toContain(`status.${key}`);
});
