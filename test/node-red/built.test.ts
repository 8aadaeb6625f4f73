import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(__dirname, '../../node-red');
const nodes = readdirSync(path.join(root, 'nodes'));
const style = readFileSync(path.join(root, 'shared/editor/dialog.css'), 'utf8').trim();

const html = readFileSync(path.join(root, 'dist/nodes/field-data.html'), 'utf8');

it('The editor file brings the layout of the dialogs along, once', () => {
	expect(html.split('<style>')).toHaveLength(2);
	const brought = /<style>(.*?)<\/style>/s.exec(html)?.[1] ?? '';
	expect(brought.split('.field-data-form')).toHaveLength(style.split('.field-data-form').length);
});

it.each(nodes)('The editor file has script, dialog and help of %s', (node) => {
	const parts = [`registerType("${node}"`, `data-template-name="${node}"`, `data-help-name="${node}"`];
	expect(parts.filter((part) => !html.includes(part))).toEqual([]);
	expect(html.includes('<!-- include')).toBe(false);
});

/** Names that Node-RED's editor keeps to itself: a property so named is thrown away (`internalProperties` in its red.js). */
const RESERVED = new Set([
	...['changed', 'dirty', 'id', 'inputLabels', 'moved', 'outputLabels', 'selected', 'type', 'users', 'valid'],
	...['validationErrors', 'wires', '_', '_config', '_def', '_orig', ...'abcdefghijklmnopqrstuvwxyz'],
]);

it.each(nodes)('%s saves its settings under names that Node-RED leaves to it', (node) => {
	const code = readFileSync(path.join(root, 'nodes', node, 'editor.ts'), 'utf8');
	const defaults = /\n\tdefaults: \{\n(.*?)\n\t\},/s.exec(code)?.[1] ?? '';
	const names = [...defaults.matchAll(/^\t\t(\w+):/gm)].map(([, name = '']) => name);
	expect(names).toContain('schema');
	expect(names.filter((name) => RESERVED.has(name))).toEqual([]);
});

it('Settings that several nodes have in common are saved under such names too', () => {
	const shared = path.join(root, 'shared/editor');
	const code = readdirSync(shared).map((file) => readFileSync(path.join(shared, file), 'utf8'));
	const groups = code.flatMap((text) => [...text.matchAll(/_DEFAULTS = \{\n(.*?)\n\}/gs)]);
	const names = groups.flatMap(([, group = '']) =>
		[...group.matchAll(/^\t(\w+):/gm)].map(([, name = '']) => name),
	);
	expect(names).toContain('mapping');
	expect(names.filter((name) => RESERVED.has(name))).toEqual([]);
});

it('The layout touches nothing but the own dialogs', () => {
	const selectors = [...style.matchAll(/([^{}]+)\{/g)].flatMap(([, list = '']) =>
		list.replace(/\/\*.*?\*\//gs, '').split(','),
	);
	expect(selectors.length).toBeGreaterThan(5);
	for (const selector of selectors) expect(selector.trim()).toMatch(/^\.field-data-form /);
});
