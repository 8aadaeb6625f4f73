import { Child } from '../shared/child';
import { removeFolder, temporaryFolder } from '../shared/folder';
import { freePort } from '../shared/ports';
import { waitFor } from '../shared/waitFor';
import { n8nEnvironment } from './environment';
import { hostFolder, installTarball, n8nBinary, node24, packedTarball } from './install';

/** A worker of n8n's queue mode, with a folder of its own and the package installed there, as on another machine. */
export class N8nWorker {
	private child: Child | undefined;

	private constructor(
		private readonly userFolder: string,
		private readonly env: NodeJS.ProcessEnv,
	) {}

	/** @param env where the queue and the database are, as the main process has it */
	static async start(env: NodeJS.ProcessEnv): Promise<N8nWorker> {
		const worker = new N8nWorker(await temporaryFolder('n8n-worker'), env);
		try {
			await installTarball(worker.userFolder, await packedTarball());
			await worker.boot();
		} catch (error) {
			await worker.stop();
			throw error;
		}
		return worker;
	}

	/** How many executions it has begun. */
	get executions(): number {
		return this.child?.output.match(/started execution/g)?.length ?? 0;
	}

	async stop(): Promise<void> {
		await this.child?.stop();
		await removeFolder(this.userFolder);
	}

	private async boot(): Promise<void> {
		const [port, brokerPort, healthPort] = [await freePort(), await freePort(), await freePort()];
		const child = Child.start(node24, [n8nBinary(), 'worker', '--concurrency=5'], {
			cwd: hostFolder(),
			env: {
				...n8nEnvironment({ userFolder: this.userFolder, port, brokerPort }),
				...this.env,
				QUEUE_HEALTH_CHECK_ACTIVE: 'true',
				QUEUE_HEALTH_CHECK_PORT: String(healthPort),
			},
		});
		this.child = child;
		await waitFor(
			async () => {
				if (child.exited) throw new Error(`The worker ended:\n${child.output}`);
				const ready = `http://127.0.0.1:${healthPort}/healthz/readiness`;
				return (await fetch(ready).catch(() => undefined))?.ok === true;
			},
			{ what: 'a worker of n8n', timeoutMs: 120_000, everyMs: 250 },
		);
	}
}
