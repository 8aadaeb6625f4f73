import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chmod, chown, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { Child, childEnvironment } from './child';
import { fromDebian } from './debian';
import { removeFolder, temporaryFolder } from './folder';
import { freePort } from './ports';
import { waitFor } from './waitFor';

const run = promisify(execFile);
/** Where Debian puts it: one folder for each version. */
const DEBIAN = '/usr/lib/postgresql';
const CLIENT = path.resolve(__dirname, '../../hosts/postgres');
export const USER = 'field';

/** A real PostgreSQL on a free loopback port, in a folder of its own, without a password. */
export class Postgres {
	private server: Child | undefined;

	private constructor(
		readonly port: number,
		private readonly bin: string,
		private readonly folder: string,
	) {}

	static async start(): Promise<Postgres> {
		const bin = fromDebian('postgresql', installed);
		const folder = await temporaryFolder('postgres');
		const data = path.join(folder, 'data');
		await mkdir(data);
		const user = owner();
		if (user) for (const each of [folder, data]) await chown(each, user.uid, user.gid);
		await chmod(data, 0o700);
		const initdb = ['-D', data, '-U', USER, '-A', 'trust', '-E', 'UTF8', '--no-sync'];
		await run(path.join(bin, 'initdb'), initdb, { ...user, cwd: folder });
		const postgres = new Postgres(await freePort(), bin, folder);
		try {
			await postgres.boot();
		} catch (error) {
			await postgres.stop();
			throw error;
		}
		return postgres;
	}

	/** Ends the server as a power cut does, and starts another one on the same data. */
	async crash(): Promise<void> {
		await this.server?.stop('SIGKILL');
		await this.boot();
	}

	private async boot(): Promise<void> {
		await waitFor(
			async () => {
				// The clients' processes outlive a killed server by a moment, in which no other one may start.
				if (!this.server || this.server.exited) this.server = this.run();
				return await this.query('SELECT 1').catch(() => undefined);
			},
			{ what: 'PostgreSQL', timeoutMs: 30_000 },
		).catch((error: unknown) => {
			throw new Error(this.server?.output, { cause: error });
		});
	}

	private run(): Child {
		const { port, bin, folder } = this;
		const settings = { port, listen_addresses: '127.0.0.1', unix_socket_directories: folder };
		const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
		const options = { ...owner(), cwd: folder, env: childEnvironment() };
		return Child.start(path.join(bin, 'postgres'), ['-D', path.join(folder, 'data'), ...args], options);
	}

	/** @returns the rows, each with its columns separated by `|` */
	async query(sql: string): Promise<string[]> {
		const where = ['-h', '127.0.0.1', '-p', String(this.port), '-U', USER, '-d', 'postgres'];
		const { stdout } = await run(path.join(this.bin, 'psql'), [...where, '-XAtq', '-c', sql], {
			maxBuffer: 64 * 1024 * 1024,
		});
		return stdout.split('\n').filter(Boolean);
	}

	/** A fast shutdown: it waits for no client. */
	async stop(): Promise<void> {
		await this.server?.stop('SIGINT');
		await removeFolder(this.folder);
	}
}

/** @returns the folder of the client `pg`, for a flow's `require`; installed once per checkout */
export function postgresClient(): string {
	const client = path.join(CLIENT, 'node_modules/pg');
	if (!existsSync(client)) {
		const args = ['ci', '--no-workspaces', '--no-audit', '--no-fund', '--ignore-scripts'];
		execFileSync('npm', args, { cwd: CLIENT, env: childEnvironment(), stdio: 'ignore' });
	}
	return client;
}

/** The server's programs. */
function installed(): string | undefined {
	const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : [];
	return versions
		.map((version) => path.join(DEBIAN, version, 'bin'))
		.find((bin) => existsSync(path.join(bin, 'initdb')));
}

/** The server refuses to run as root: the package's own user does it then. */
function owner(): { uid: number; gid: number } | undefined {
	if (process.getuid?.() !== 0) return undefined;
	const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
	return { uid: id('-u'), gid: id('-g') };
}
