/** After the compiler: what is no TypeScript goes beside it, for both packages. */
import { cpSync, globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildNodeRed } from './build-node-red.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

// n8n wants a node's description, the shape of what it gives, and icons beside its compiled file.
for (const file of globSync(['nodes/*/*.node.json', 'nodes/*/__schema__/**/*.json'], { cwd: root })) {
	cpSync(join(root, file), join(root, 'dist', file));
}
cpSync(join(root, 'icons'), join(root, 'dist/icons'), { recursive: true });

await buildNodeRed();
