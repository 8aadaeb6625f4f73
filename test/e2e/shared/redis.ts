import { existsSync } from 'node:fs';
import { createConnection } from 'node:net';
import { Child, childEnvironment } from './child';
import { fromDebian } from './debian';
import { removeFolder, temporaryFolder } from './folder';
import { freePort } from './ports';
import { waitFor } from './waitFor';

const SERVER = '/usr/bin/redis-server';

/** A real Redis on a free loopback port, which keeps nothing. */
export class Redis {
	private constructor(
		readonly port: number,
		private readonly folder: string,
		private readonly server: Child,
	) {}

	static async start(): Promise<Redis> {
		const program = fromDebian('redis-server', () => (existsSync(SERVER) ? SERVER : undefined));
		const [folder, port] = [await temporaryFolder('redis'), await freePort()];
		const settings = { port, bind: '127.0.0.1', dir: folder, save: '', appendonly: 'no' };
		const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
		const server = Child.start(program, args, { cwd: folder, env: childEnvironment() });
		const redis = new Redis(port, folder, server);
		try {
			await waitFor(async () => await answersPing(port), { what: 'Redis' });
		} catch (error) {
			await redis.stop();
			throw new Error(server.output, { cause: error });
		}
		return redis;
	}

	async stop(): Promise<void> {
		await this.server.stop();
		await removeFolder(this.folder);
	}
}

async function answersPing(port: number): Promise<boolean> {
	const socket = createConnection(port, '127.0.0.1');
	try {
		return await new Promise<boolean>((resolve) => {
			socket.once('error', () => resolve(false));
			socket.once('data', (data) => resolve(data.toString().startsWith('+PONG')));
			socket.write('PING\r\n');
		});
	} finally {
		socket.destroy();
	}
}
