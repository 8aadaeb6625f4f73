import { Child } from '../shared/child';
import { removeFolder, temporaryFolder } from '../shared/folder';
import { freePort } from '../shared/ports';
import { waitFor } from '../shared/waitFor';
import { n8nEnvironment } from './environment';
import {
	ensureN8n,
	hostFolder,
	installTarball,
	n8nBinary,
	node24,
	packedTarball,
	type Edition,
} from './install';
import { Session } from './session';

export interface N8nOptions {
	/** n8n 2 unless it is told. */
	edition?: Edition;
	/** Defaults to the one in `packs/`. */
	tarball?: string;
	/** More environment for n8n. */
	env?: NodeJS.ProcessEnv;
}

/**
 * n8n 2.41 ends while it starts where it was ended before between noting an execution and beginning it: it looks for the
 * time of the begin. The execution is marked as crashed by then, so that the next start is a good one; a service manager
 * makes it.
 */
const RECOVERY_FAILED = "Cannot read properties of null (reading 'getTime')";

/** A real n8n on loopback with a folder of its own and the packed package installed as a user has it. */
export class N8nHost {
	private child: Child | undefined;
	readonly session: Session;

	private constructor(
		readonly userFolder: string,
		readonly port: number,
		readonly brokerPort: number,
		private readonly env: NodeJS.ProcessEnv,
		readonly edition: Edition = 'n8n',
	) {
		this.session = new Session(this.url);
	}

	static async start(options: N8nOptions = {}): Promise<N8nHost> {
		const { edition, env = {} } = options;
		await ensureN8n(edition);
		const userFolder = await temporaryFolder('n8n');
		const host = new N8nHost(userFolder, await freePort(), await freePort(), env, edition);
		try {
			await installTarball(userFolder, options.tarball ?? (await packedTarball()));
			await host.boot();
		} catch (error) {
			await host.stop();
			throw error;
		}
		return host;
	}

	get url(): string {
		return `http://127.0.0.1:${this.port}`;
	}

	/** Of the process that runs the workflows. */
	get pid(): number {
		if (this.child?.pid === undefined) throw new Error('n8n is not running');
		return this.child.pid;
	}

	/** What n8n printed, for the message of a failed test and for looking for secrets in it. */
	get log(): string {
		return this.child?.output ?? '';
	}

	/** The same folder in a new process, and in another one where n8n stumbles over how it was ended. With a tarball: as after an update of the package. */
	async restart(tarball?: string): Promise<void> {
		await this.child?.stop();
		if (tarball !== undefined) await installTarball(this.userFolder, tarball);
		try {
			await this.boot();
		} catch (error) {
			if (!this.log.includes(RECOVERY_FAILED)) throw error;
			await this.boot();
		}
	}

	/** How far the publication of a workflow is. n8n 1 has published it when it answers. */
	async publication(workflowId: string): Promise<{ status: string }> {
		if (this.edition === 'n8n-1') return { status: 'published' };
		return await this.session.get(`/workflows/${workflowId}/publication-status`);
	}

	/** Ends the process as a power cut does. Then {@link restart}. */
	async kill(): Promise<void> {
		await this.child?.stop('SIGKILL');
	}

	/** Ends the process and removes the folder. */
	async stop(): Promise<void> {
		await this.child?.stop();
		this.child = undefined;
		await removeFolder(this.userFolder);
	}

	private async boot(): Promise<void> {
		const child = Child.start(node24, [n8nBinary(this.edition), 'start'], {
			cwd: hostFolder(this.edition),
			env: { ...n8nEnvironment(this), ...this.env },
		});
		this.child = child;
		const answers = async (address: string) => {
			if (child.exited) throw new Error(`n8n ended:\n${child.output}`);
			return (await fetch(`${this.url}${address}`).catch(() => undefined))?.ok === true;
		};
		const ready = { what: `n8n on ${this.url}`, timeoutMs: 120_000, everyMs: 250 };
		await waitFor(async () => await answers('/healthz/readiness'), ready);
		await waitFor(async () => await answers('/rest/settings'), ready);
		await this.session.open();
	}
}
