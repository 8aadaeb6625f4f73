import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';

/** What npm and jest leave in the environment for their own children would mislead an npm in another folder. */
export function ownEnvironment(root) {
	const own = Object.entries(process.env).filter(([name]) => !/^(npm_|init_cwd|node_path)/i.test(name));
	const bin = join(root, 'node_modules/node/bin');
	return { ...Object.fromEntries(own), PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` };
}

/** Runs npm in a folder. @throws Error with what it printed */
export async function npm(root, folder, args) {
	const child = spawn('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], {
		cwd: folder,
		env: ownEnvironment(root),
		stdio: ['ignore', 'pipe', 'pipe'],
		shell: process.platform === 'win32',
	});
	let printed = '';
	child.stdout.on('data', (chunk) => (printed += chunk));
	child.stderr.on('data', (chunk) => (printed += chunk));
	const code = await new Promise((resolve, reject) => {
		child.once('error', reject);
		child.once('close', resolve);
	});
	if (code !== 0) throw new Error(`npm ${args.join(' ')} in ${folder} failed:\n${printed.trim()}`);
	return printed;
}
