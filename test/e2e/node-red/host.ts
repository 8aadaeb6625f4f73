import { existsSync } from 'node:fs';
import { readFile, realpath, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Child, childEnvironment } from '../shared/child';
import { removeFolder, temporaryFolder } from '../shared/folder';
import { ensureInstalled } from '../shared/installed';
import { freePort } from '../shared/ports';
import { waitFor } from '../shared/waitFor';
import { Comms, type CommsEvent, type DebugMessage, type NodeStatus } from './comms';
import { PASSWORD, settingsFile, type HostSettings } from './settings';

export const repository = path.resolve(__dirname, '../../..');
const node24 = path.join(repository, 'node_modules/node/bin/node');

/** The Node-RED versions that are promised to work; each has a folder with a lock file of its own. */
export const hostVersions = ['5', '4'] as const;
export type HostVersion = (typeof hostVersions)[number];

/** For suites in which the older one repeats the newest: it is tried in the night only, with `FIELD_DATA_NIGHTLY=1`. */
export const newestOrAll: readonly HostVersion[] =
	process.env.FIELD_DATA_NIGHTLY === '1' ? hostVersions : ['5'];

export type DeployType = 'full' | 'nodes' | 'flows' | 'reload';

/** One node of a flow as it is stored. Everything else is the node's own business. */
export interface FlowNode {
	id: string;
	type: string;
	[property: string]: unknown;
}

export type HostOptions = Omit<HostSettings, 'port' | 'coreNodes'> & { userDir?: string };

/** A real Node-RED with a folder, a port and a process of its own, driven as its editor drives it. */
export class NodeRedHost {
	private child: Child | undefined;
	private openComms: Comms | undefined;

	private constructor(
		readonly version: HostVersion,
		readonly userDir: string,
		readonly port: number,
		private readonly options: HostOptions,
	) {}

	static async start(version: HostVersion, options: HostOptions = {}): Promise<NodeRedHost> {
		await ensureInstalled(hostFolder(version), 'node-red/red.js');
		const userDir = options.userDir ?? (await temporaryFolder(`node-red-${version}`));
		const host = new NodeRedHost(version, userDir, await freePort(), options);
		const coreNodes = await ownCoreNodes(version, userDir);
		await writeFile(
			path.join(userDir, 'settings.js'),
			settingsFile({ ...options, coreNodes, port: host.port }),
		);
		try {
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

	get comms(): Comms {
		if (!this.openComms) throw new Error('This Node-RED is not running');
		return this.openComms;
	}

	/** What the runtime printed, for the message of a failed test. */
	get log(): string {
		return this.child?.output ?? '';
	}

	/** Uploads a packed tarball as the palette manager does; the nodes are there at once. */
	async installPack(tarball: string, bearer?: string): Promise<void> {
		const form = new FormData();
		form.append('tarball', new Blob([new Uint8Array(await readFile(tarball))]), path.basename(tarball));
		const answer = await this.admin('/nodes', {
			method: 'POST',
			headers: authorization(bearer),
			body: form,
		});
		if (!answer.ok) throw new Error(`Upload of ${tarball}: ${answer.status} ${await answer.text()}`);
	}

	/** Deploys flows and waits until they run: the answer to the request comes before they start. */
	async deploy(flows: readonly FlowNode[], type: DeployType = 'full', bearer?: string): Promise<void> {
		const from = this.comms.events.length;
		const answer = await this.admin('/flows', {
			method: 'POST',
			headers: {
				'content-type': 'application/json',
				'node-red-api-version': 'v2',
				'node-red-deployment-type': type,
				...authorization(bearer),
			},
			body: JSON.stringify({ flows }),
		});
		if (!answer.ok) throw new Error(`Deploy: ${answer.status} ${await answer.text()}`);
		const { rev } = (await answer.json()) as { rev: string };
		const isOurs = ({ topic, data }: CommsEvent): boolean =>
			topic === 'notification/runtime-deploy' && (data as { revision?: string }).revision === rev;
		await this.comms.next(isOurs, 'the deploy', from);
	}

	/** Any request to the admin API or to an HTTP In node. */
	async admin(address: string, init: RequestInit = {}): Promise<Response> {
		return fetch(`${this.url}${address}`, init);
	}

	async json<T>(address: string, init: RequestInit = {}): Promise<T> {
		const answer = await this.admin(address, init);
		const text = await answer.text();
		if (!answer.ok) throw new Error(`${address}: ${answer.status} ${text.slice(0, 500)}`);
		return JSON.parse(text) as T;
	}

	/** Waits after a start until the flow behind an HTTP In node is there, without starting it. */
	async until(address: string): Promise<void> {
		await waitFor(async () => (await this.admin(address, { method: 'OPTIONS' })).status !== 404, {
			what: `the flow at ${address}`,
			timeoutMs: 10_000,
		});
	}

	/** Presses the button of an Inject node; after a start the flows take a moment to be there. */
	async inject(nodeId: string, bearer?: string): Promise<void> {
		await waitFor(
			async () =>
				(await this.admin(`/inject/${nodeId}`, { method: 'POST', headers: authorization(bearer) })).ok,
			{
				what: `the Inject node ${nodeId}`,
				timeoutMs: 10_000,
			},
		);
	}

	/** @returns the token that the editor gets for a user of the settings */
	async login(username: string): Promise<string> {
		const body = { client_id: 'node-red-editor', grant_type: 'password', scope: '', username };
		const { access_token } = await this.json<{ access_token: string }>('/auth/token', {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ ...body, password: PASSWORD }),
		});
		return access_token;
	}

	/** The next debug message of a node after position `from` of the events. */
	async debugOf(nodeId: string, from = 0, ms?: number): Promise<DebugMessage> {
		const event = await this.comms.next(
			({ topic, data }) => topic === 'debug' && (data as DebugMessage).id === nodeId,
			`a debug message of ${nodeId}`,
			from,
			ms,
		);
		return event.data as DebugMessage;
	}

	/** The next status of a node that fits, after position `from` of the events. */
	async statusOf(nodeId: string, fits: (status: NodeStatus) => boolean, from = 0): Promise<NodeStatus> {
		const event = await this.comms.next(
			({ topic, data }) => topic === `status/${nodeId}` && fits(data as NodeStatus),
			`a status of ${nodeId}`,
			from,
		);
		return event.data as NodeStatus;
	}

	/** Stops the process and starts another one on the same folder. */
	async restart(): Promise<void> {
		await this.halt();
		await this.boot();
	}

	/** Ends the process as a power cut does, and starts another one on the same folder. */
	async crash(): Promise<void> {
		await this.halt('SIGKILL');
		await this.boot();
	}

	/** Stops the process and removes the folder. */
	async stop(): Promise<void> {
		await this.halt();
		await removeFolder(this.userDir);
	}

	private async boot(): Promise<void> {
		const red = path.join(hostFolder(this.version), 'node_modules/node-red/red.js');
		const settings = path.join(this.userDir, 'settings.js');
		this.child = Child.start(node24, [red, '--userDir', this.userDir, '--settings', settings], {
			cwd: this.userDir,
			env: { ...childEnvironment(), ...this.options.env },
		});
		const child = this.child;
		await waitFor(
			async () => {
				if (child.exited) throw new Error(`Node-RED ${this.version} ended:\n${child.output}`);
				return (await fetch(`${this.url}/settings/user`).catch(() => undefined))?.status !== undefined;
			},
			{ what: `Node-RED ${this.version} on ${this.url}`, timeoutMs: 60_000 },
		);
		const { tokens, users } = this.options;
		const owner = Object.entries(tokens ?? users ?? {}).find(([, rights]) => rights.includes('*'))?.[0];
		const token = owner !== undefined && users ? await this.login(owner) : owner;
		this.openComms = await Comms.connect(this.url, token);
	}

	private async halt(signal?: NodeJS.Signals): Promise<void> {
		this.openComms?.close();
		this.openComms = undefined;
		await this.child?.stop(signal);
		this.child = undefined;
	}
}

function authorization(bearer: string | undefined): Record<string, string> {
	return bearer === undefined ? {} : { authorization: `Bearer ${bearer}` };
}

function hostFolder(version: HostVersion): string {
	return path.join(repository, 'test/hosts', `node-red-${version}`);
}

/**
 * Node-RED looks for nodes in every node_modules above its core nodes, and would find this workspace there instead of the
 * packed tarball. Through a link in the user's folder there is nothing above.
 */
async function ownCoreNodes(version: HostVersion, userDir: string): Promise<string> {
	const link = path.join(userDir, 'core-nodes');
	const real = await realpath(path.join(hostFolder(version), 'node_modules/@node-red/nodes'));
	if (!existsSync(link)) await symlink(real, link);
	return link;
}
