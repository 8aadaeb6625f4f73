import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';

const KEPT_OUTPUT = 200_000;
const STOP_GRACE_MS = 8_000;

export interface ChildOptions {
	cwd: string;
	env?: NodeJS.ProcessEnv;
	/** Another user than the own one. */
	uid?: number;
	gid?: number;
}

/** What npm, jest and a shell put there for their own children. The way to the registry stays. */
const NOT_FOR_HOSTS =
	/^(npm_(?!config_(registry|cafile|userconfig|cache)$)|jest_|n8n_|node_(env|options|path)$|init_cwd$)/i;

/** The environment of a host, with Node 24 first on the PATH: npm's scripts and task runners start `node` by name. */
export function childEnvironment(): NodeJS.ProcessEnv {
	const own = Object.entries(process.env).filter(([name]) => !NOT_FOR_HOSTS.test(name));
	const bin = path.resolve(__dirname, '../../../node_modules/node/bin');
	return { ...Object.fromEntries(own), PATH: `${bin}${path.delimiter}${process.env.PATH ?? ''}` };
}

/** A process of our own with its whole group, ended by its id and never by name. */
export class Child {
	private text = '';
	private over = false;

	private constructor(private readonly process: ChildProcess) {
		const keep = (chunk: Buffer) => {
			this.text = (this.text + chunk.toString()).slice(-KEPT_OUTPUT);
		};
		process.stdout?.on('data', keep);
		process.stderr?.on('data', keep);
		process.on('error', (error) => {
			this.text += `\n${error.message}`;
			this.over = true;
		});
		process.on('exit', () => {
			this.over = true;
		});
	}

	static start(command: string, args: readonly string[], options: ChildOptions): Child {
		return new Child(spawn(command, args, { ...options, detached: true, stdio: ['ignore', 'pipe', 'pipe'] }));
	}

	get pid(): number | undefined {
		return this.process.pid;
	}

	get exited(): boolean {
		return this.over;
	}

	/** The end of what it printed. */
	get output(): string {
		return this.text;
	}

	/** Asks the group to end and, when it does not in time, ends it. */
	async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
		if (this.over) return;
		const ended = new Promise<void>((resolve) => this.process.once('exit', () => resolve()));
		this.signalGroup(signal);
		const timer = setTimeout(() => this.signalGroup('SIGKILL'), STOP_GRACE_MS);
		await ended;
		clearTimeout(timer);
	}

	private signalGroup(signal: NodeJS.Signals): void {
		const { pid } = this.process;
		if (pid === undefined) return;
		try {
			process.kill(-pid, signal);
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
		}
	}
}
