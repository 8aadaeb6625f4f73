import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { npm, ownEnvironment } from './npm.mjs';

const START_MS = 60_000;

const settings = (port) => ({
	uiHost: '127.0.0.1',
	uiPort: port,
	flowFile: 'flows.json',
	credentialSecret: 'field-data-demo',
	logging: { console: { level: 'warn', metrics: false, audit: false } },
	telemetry: { enabled: false, updateNotification: false },
	editorTheme: { tours: false, projects: { enabled: false } },
});

/** A Node-RED 5 in a folder that is removed with it, with the packed nodes installed as a user installs them. */
export class DemoNodeRed {
	#child;
	#folder;
	#printed = '';

	constructor(root, port) {
		this.root = root;
		this.url = `http://127.0.0.1:${port}`;
		this.port = port;
	}

	/** @param say told what is being done, since the first start takes a while */
	async start(say) {
		const host = join(this.root, 'test/hosts/node-red-5');
		if (!existsSync(join(host, 'node_modules/node-red/red.js'))) {
			say('Installing Node-RED 5 (once) …');
			await npm(this.root, host, ['ci', '--no-workspaces']);
		}
		this.#folder = await mkdtemp(join(tmpdir(), 'field-data-demo-'));
		say('Installing the packed nodes …');
		await this.#installPack();
		const file = join(this.#folder, 'settings.js');
		await writeFile(file, `module.exports = ${JSON.stringify(settings(this.port), null, '\t')};\n`);
		say('Starting Node-RED …');
		const red = join(host, 'node_modules/node-red/red.js');
		const node = join(this.root, 'node_modules/node/bin/node');
		this.#child = spawn(existsSync(node) ? node : process.execPath, [red, '-u', this.#folder, '-s', file], {
			cwd: this.#folder,
			env: ownEnvironment(this.root),
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		for (const stream of [this.#child.stdout, this.#child.stderr]) {
			stream.on('data', (chunk) => (this.#printed = (this.#printed + chunk).slice(-20_000)));
		}
		await this.#ready();
	}

	/** Resolves when the process ends by itself. */
	get ended() {
		return new Promise((resolve) => this.#child?.once('exit', resolve));
	}

	get printed() {
		return this.#printed;
	}

	async deploy(flows) {
		const answer = await fetch(`${this.url}/flows`, {
			method: 'POST',
			headers: { 'content-type': 'application/json', 'node-red-api-version': 'v2' },
			body: JSON.stringify({ flows }),
		});
		if (!answer.ok)
			throw new Error(`Node-RED refused the example flow: ${answer.status} ${await answer.text()}`);
	}

	/** Ends the process by its id and removes its folder. */
	async stop() {
		const child = this.#child;
		if (child?.pid !== undefined && child.exitCode === null && child.signalCode === null) {
			const ended = new Promise((resolve) => child.once('exit', resolve));
			child.kill('SIGTERM');
			const timer = setTimeout(() => child.kill('SIGKILL'), 8_000);
			await ended;
			clearTimeout(timer);
		}
		if (this.#folder) await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
	}

	async #installPack() {
		await npm(this.root, join(this.root, 'node-red'), ['pack', '--pack-destination', this.#folder]);
		const tarball = (await readdir(this.#folder)).find((name) => name.endsWith('.tgz'));
		const manifest = { name: 'field-data-demo', private: true, description: 'A Node-RED project' };
		await writeFile(join(this.#folder, 'package.json'), JSON.stringify(manifest));
		await npm(this.root, this.#folder, ['install', `./${tarball}`, '--omit=dev', '--prefer-offline']);
	}

	async #ready() {
		const end = Date.now() + START_MS;
		while (Date.now() < end) {
			if (this.#child.exitCode !== null) throw new Error(`Node-RED ended at once:\n${this.#printed}`);
			const answer = await fetch(`${this.url}/nodes`, { headers: { accept: 'application/json' } }).catch(
				() => {},
			);
			if (answer?.ok) return await this.#checkNodes(await answer.json());
			await new Promise((resolve) => setTimeout(resolve, 100));
		}
		throw new Error(`Node-RED did not answer within ${START_MS / 1000} s:\n${this.#printed}`);
	}

	async #checkNodes(sets) {
		const ours = sets.filter(({ module }) => module === '@field-data/node-red');
		const broken = ours.filter(({ enabled, err }) => !enabled || err);
		if (ours.length > 0 && broken.length === 0) return;
		throw new Error(`Node-RED did not load the nodes:\n${JSON.stringify(broken)}\n${this.#printed}`);
	}
}
