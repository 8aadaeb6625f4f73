import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { SCHEMA as ENTRIES_SCHEMA } from '../../node-red/nodes/epicollect5-entries/migrations';

interface ExampleNode {
	id: string;
	type: string;
	z?: string;
	name?: string;
	info?: string;
	schema?: number;
	wires?: string[][];
	[property: string]: unknown;
}

const root = path.resolve(__dirname, '../../node-red');
const examples = readdirSync(path.join(root, 'examples')).map((file) => path.parse(file).name);
const text = (name: string): string => readFileSync(path.join(root, 'examples', `${name}.json`), 'utf8');
const nodesOf = (name: string): ExampleNode[] => JSON.parse(text(name)) as ExampleNode[];

/** The schema that a new node has, as its editor says. */
function schemaOf(set: string): number {
	if (set === 'epicollect5-entries') return ENTRIES_SCHEMA;
	const editor = readFileSync(path.join(root, 'nodes', set, 'editor.ts'), 'utf8');
	return Number(/schema: \{ value: (\d+) \}/.exec(editor)?.[1]);
}
const sets = readdirSync(path.join(root, 'nodes'));

it('No id is in two examples, so that one can be imported after the other', () => {
	const ids = examples.flatMap((name) => nodesOf(name).map(({ id }) => id));
	expect(new Set(ids).size).toBe(ids.length);
});

describe.each(examples)('The example %s', (name) => {
	const nodes = nodesOf(name);

	it('is explained in the README', () => {
		expect(readFileSync(path.join(root, 'README.md'), 'utf8')).toContain(`| \`${name}\``);
	});

	it('says on the canvas and in the help of its comments what to do', () => {
		const comments = nodes.filter(({ type }) => type === 'comment');
		expect(comments.length).toBeGreaterThan(0);
		expect(comments.map((comment) => comment.name).filter((line) => !line)).toEqual([]);
		expect(comments.some(({ info }) => info)).toBe(true);
	});

	it('has nodes as the dialogs of today save them', () => {
		const own = nodes.filter(({ type }) => sets.includes(type));
		expect(own.length).toBeGreaterThan(0);
		for (const { type, schema } of own) expect([type, schema]).toEqual([type, schemaOf(type)]);
	});

	it('is wired to nodes that are there, and tells what went wrong', () => {
		const ids = new Set(nodes.map(({ id }) => id));
		const wired = nodes.flatMap(({ z, wires }) => [z ?? [], wires ?? []].flat(2));
		expect(wired.filter((id) => !ids.has(id))).toEqual([]);
		expect(nodes.some(({ type }) => type === 'catch')).toBe(true);
	});

	it('leaves project, client app and password to whoever imports it', () => {
		for (const { type, project, credentials } of nodes) {
			expect(credentials).toBeUndefined();
			if (type === 'epicollect5-project') expect(project).toBe('');
		}
		expect(text(name)).not.toMatch(/"client(Id|Secret)"|\w@[\w-]+\.\w/);
	});
});
