import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { removeFolder, temporaryFolder } from './shared/folder';
import { say } from './shared/say';

const ROOT = join(__dirname, '../..');
const PACKS = join(ROOT, 'packs');

interface Packed {
	tarball: string;
	files: string[];
	kilobytes: number;
	read: (file: string) => string;
}

/** A tarball as `npm run pack:all` made it, from a clean build. */
function packed(prefix: string): Packed {
	const [name, ...others] = readdirSync(PACKS).filter((file) => file.startsWith(prefix));
	if (name === undefined || others.length > 0) throw new Error(`One ${prefix}*.tgz is expected in packs/.`);
	const tarball = join(PACKS, name);
	const tar = (...args: string[]) => execFileSync('tar', args, { encoding: 'utf8', maxBuffer: 1 << 26 });
	return {
		tarball,
		files: tar('-tzf', tarball)
			.split('\n')
			.filter((file) => file !== '')
			.map((file) => file.replace(/^package\//, '')),
		kilobytes: statSync(tarball).size / 1024,
		read: (file) => tar('-xzOf', tarball, `package/${file}`),
	};
}

/**
 * How long a fresh process works to load a file, with n8n-workflow loaded before. In milliseconds of its own work: a busy
 * machine makes none of them longer.
 */
function loading(file: string): number {
	const script = `require('n8n-workflow');
		const before = process.cpuUsage();
		const [name] = require('path').basename(process.argv[1]).split('.');
		if (require(process.argv[1])[name].name !== name) throw new Error('n8n looks for a class called ' + name);
		const { user, system } = process.cpuUsage(before);
		console.log((user + system) / 1000);`;
	const env = { ...process.env, NODE_PATH: join(ROOT, 'node_modules') };
	return Number(execFileSync(process.execPath, ['-e', script, file], { encoding: 'utf8', env }));
}

/** As {@link loading}, for all sets of the Node-RED package, each of which registers its types. */
function registering(folder: string): { milliseconds: number; types: string[]; axios: boolean } {
	const script = `const folder = process.argv[1];
		const { 'node-red': { nodes } } = require(folder + '/package.json');
		const types = [];
		const red = {
			nodes: { registerType: (type) => types.push(type) },
			auth: { needsPermission: () => () => {} },
			httpAdmin: { get() {}, post() {} },
		};
		const before = process.cpuUsage();
		for (const file of Object.values(nodes)) require(folder + '/' + file)(red);
		const { user, system } = process.cpuUsage(before);
		const axios = Object.keys(require.cache).some((file) => file.includes('axios'));
		console.log(JSON.stringify({ milliseconds: (user + system) / 1000, types, axios }));`;
	const env = { ...process.env, NODE_PATH: join(ROOT, 'node_modules') };
	const printed = execFileSync(process.execPath, ['-e', script, folder], { encoding: 'utf8', env });
	return JSON.parse(printed) as ReturnType<typeof registering>;
}

function median(values: number[]): number {
	return values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

const n8n = packed('n8n-nodes-field-data-');
const nodeRed = packed('field-data-node-red-');

describe('the packed n8n nodes', () => {
	it('hold what n8n loads, with all code in one file that the nodes share', () => {
		const { credentials, nodes } = (
			JSON.parse(n8n.read('package.json')) as { n8n: { nodes: string[]; credentials: string[] } }
		).n8n;
		const code = n8n.files.filter((file) => file.endsWith('.js'));
		expect(code.sort()).toEqual([...credentials, ...nodes, 'dist/field-data.js'].sort());
		for (const file of [...credentials, ...nodes]) {
			const source = file.replace(/^dist\//, '').replace(/\.js$/, '.ts');
			expect([file, existsSync(join(ROOT, source))]).toEqual([file, true]);
		}
	});

	it('hold no other kinds of files than code, descriptions, pictures and words', () => {
		const others = n8n.files.filter((file) => !/^dist\/.+\.(js|json|svg)$/.test(file));
		expect(others.sort()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json']);
	});

	it('depend on nothing, and are at most 80 kB', () => {
		const manifest = JSON.parse(n8n.read('package.json')) as Record<string, unknown>;
		expect(manifest.dependencies).toBeUndefined();
		expect(manifest.overrides).toBeUndefined();
		expect(manifest.peerDependencies).toEqual({ 'n8n-workflow': '*' });
		expect(manifest.peerDependenciesMeta).toEqual({ 'n8n-workflow': { optional: true } });
		expect(n8n.kilobytes).toBeLessThanOrEqual(80);
	});

	it('are loaded in 25 ms each, as n8n loads them at every start', async () => {
		const folder = await temporaryFolder('load');
		try {
			execFileSync('tar', ['-xzf', n8n.tarball, '-C', folder]);
			const { nodes } = (JSON.parse(n8n.read('package.json')) as { n8n: { nodes: string[] } }).n8n;
			for (const file of nodes) {
				const milliseconds = median(Array.from({ length: 15 }, () => loading(join(folder, 'package', file))));
				say({ shown: 'n8n loads', file, milliseconds });
				expect(milliseconds).toBeLessThanOrEqual(25);
			}
		} finally {
			await removeFolder(folder);
		}
	});
});

describe('the packed Node-RED nodes', () => {
	it('hold one set with all nodes, its dialogs, and its words', () => {
		const { nodes } = (JSON.parse(nodeRed.read('package.json')) as { 'node-red': { nodes: object } })[
			'node-red'
		];
		expect(nodes).toEqual({ 'field-data': 'dist/nodes/field-data.js' });
		expect(nodeRed.files.filter((file) => /\.(js|html)$/.test(file)).sort()).toEqual([
			'dist/nodes/field-data.html',
			'dist/nodes/field-data.js',
		]);
	});

	it('speak every language that there are words in, completely', () => {
		const languages = readdirSync(join(ROOT, 'node-red/locales'));
		expect(languages).toEqual(expect.arrayContaining(['de', 'en-US', 'es', 'fr', 'pt']));
		const words = languages.map((lang) => `dist/nodes/locales/${lang}/field-data.json`);
		expect(nodeRed.files.filter((file) => file.startsWith('dist/nodes/locales/')).sort()).toEqual(
			words.sort(),
		);
		const keysOf = (file: string) => nodeRed.read(file).match(/"[^"]+":/g);
		const english = keysOf('dist/nodes/locales/en-US/field-data.json');
		expect(english?.length).toBeGreaterThan(200);
		for (const file of words) expect([file, keysOf(file)]).toEqual([file, english]);
	});

	it('know the endpoints of WorkfloPlus that they call, and none of the others', () => {
		const code = nodeRed.read('dist/nodes/field-data.js');
		const called = ['/connect/token', '/api/team/user', '/workflows/v2', '/scheduledjobs/v1'];
		expect(called.filter((path) => !code.includes(`"${path}"`))).toEqual([]);
		expect(['Schedule_Admin', 'Workflow_Read'].filter((policy) => !code.includes(`${policy}:`))).toEqual([]);
		expect(/reporttemplates\/v1|Trigger_Execute/.test(code)).toBe(false);
	});

	it('hold no other kinds of files than code, dialogs, pictures, words and examples', () => {
		const others = nodeRed.files.filter(
			(file) => !/^(dist\/.+\.(js|html|json|svg)|examples\/[\w-]+\.json)$/.test(file),
		);
		expect(others.sort()).toEqual(['LICENSE', 'README.md', 'package.json']);
	});

	it('keep the names of errors, which users see in the log', () => {
		const code = nodeRed.read('dist/nodes/field-data.js');
		for (const name of ['AuthError', 'InputError', 'RateLimitError']) expect(code).toContain(`"${name}"`);
	});

	it('depend on two packages, and are at most 100 kB', () => {
		const manifest = JSON.parse(nodeRed.read('package.json')) as { dependencies: object };
		expect(Object.keys(manifest.dependencies).sort()).toEqual(['axios', 'csv-stringify']);
		expect(nodeRed.kilobytes).toBeLessThanOrEqual(100);
	});

	it('add 30 ms to the start of Node-RED, and leave axios for the first request', async () => {
		const folder = await temporaryFolder('load');
		try {
			execFileSync('tar', ['-xzf', nodeRed.tarball, '-C', folder]);
			const starts = Array.from({ length: 15 }, () => registering(join(folder, 'package')));
			const milliseconds = median(starts.map((start) => start.milliseconds));
			say({ shown: 'Node-RED loads', milliseconds });
			expect(milliseconds).toBeLessThanOrEqual(30);
			for (const { types, axios } of starts) {
				expect(types).toContain('epicollect5-entries');
				expect(axios).toBe(false);
			}
		} finally {
			await removeFolder(folder);
		}
	});
});

it('both packages carry the same version', () => {
	const versions = ['package.json', 'node-red/package.json'].map(
		(file) => (JSON.parse(readFileSync(join(ROOT, file), 'utf8')) as { version: string }).version,
	);
	expect(new Set(versions).size).toBe(1);
});
