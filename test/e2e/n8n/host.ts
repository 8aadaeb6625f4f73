import { Child, childEnvironment } from '../shared/child';
import { removeFolder, temporaryFolder } from '../shared/folder';
import { freePort } from '../shared/ports';
import { waitFor } from '../shared/waitFor';
import { ensureN8n, hostFolder, installTarball, n8nBinary, node24, packedTarball } from './install';
import { Session } from './session';

export interface N8nOptions {
	/** Defaults to the one in `packs/`. */
	tarball?: string;
	/** More environment for n8n. */
	env?: NodeJS.ProcessEnv;
}

/** Switched off: whatever would call home or nag. */
const OFF = [
	'N8N_DIAGNOSTICS_ENABLED',
	'N8N_VERSION_NOTIFICATIONS_ENABLED',
	'N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED',
	'N8N_TEMPLATES_ENABLED',
	'N8N_PERSONALIZATION_ENABLED',
	'N8N_HIRING_BANNER_ENABLED',
	'N8N_DYNAMIC_BANNERS_ENABLED',
	'N8N_LICENSE_AUTO_RENEW_ENABLED',
	'N8N_PYTHON_ENABLED',
	'N8N_VERIFIED_PACKAGES_ENABLED',
];
const ON = ['N8N_COMMUNITY_PACKAGES_ENABLED', 'N8N_UNVERIFIED_PACKAGES_ENABLED'];

/** A real n8n on loopback with a folder of its own and the packed package installed as a user has it. */
export class N8nHost {
	private child: Child | undefined;
	readonly session: Session;

	private constructor(
		readonly userFolder: string,
		readonly port: number,
		private readonly brokerPort: number,
		private readonly env: NodeJS.ProcessEnv,
	) {
		this.session = new Session(this.url);
	}

	static async start(options: N8nOptions = {}): Promise<N8nHost> {
		await ensureN8n();
		const userFolder = await temporaryFolder('n8n');
		const host = new N8nHost(userFolder, await freePort(), await freePort(), options.env ?? {});
		await installTarball(userFolder, options.tarball ?? (await packedTarball()));
		await host.boot();
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

	/** The same folder in a new process. With a tarball: as after an update of the package. */
	async restart(tarball?: string): Promise<void> {
		await this.child?.stop();
		if (tarball !== undefined) await installTarball(this.userFolder, tarball);
		await this.boot();
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
		const child = Child.start(node24, [n8nBinary, 'start'], { cwd: hostFolder, env: this.environment() });
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

	private environment(): NodeJS.ProcessEnv {
		return {
			...childEnvironment(),
			...Object.fromEntries(OFF.map((name) => [name, 'false'])),
			...Object.fromEntries(ON.map((name) => [name, 'true'])),
			N8N_USER_FOLDER: this.userFolder,
			N8N_HOST: '127.0.0.1',
			N8N_LISTEN_ADDRESS: '127.0.0.1',
			N8N_PORT: String(this.port),
			N8N_SECURE_COOKIE: 'false',
			WEBHOOK_URL: `${this.url}/`,
			N8N_EDITOR_BASE_URL: this.url,
			N8N_ENCRYPTION_KEY: 'field-data-host-tests',
			DB_TYPE: 'sqlite',
			N8N_RUNNERS_MODE: 'internal',
			N8N_RUNNERS_BROKER_PORT: String(this.brokerPort),
			GENERIC_TIMEZONE: 'UTC',
			...this.env,
		};
	}
}
