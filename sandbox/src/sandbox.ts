import { AdminDoor } from './adminDoor';
import { Epicollect5Admin } from './epicollect5/admin';
import { loadDataset } from './epicollect5/dataset';
import type { LimitProfile } from './epicollect5/limits';
import { seedDemo, type DemoProjectName } from './epicollect5/seed/demo';
import { Epicollect5Service } from './epicollect5/service';
import type { StatsReport } from './epicollect5/stats';
import { realClock, virtualClock, type SandboxClock } from './shared/clock';
import { listen, type ListeningServer } from './shared/server';
import type { SandboxClient, SandboxService } from './shared/types';
import { createWorkfloPlus, type WorkfloPlus, type WorkfloPlusClient } from './workfloplus';

/** How to start a sandbox. Everything has a default. */
export interface SandboxOptions {
	/** Port of the Epicollect5 server; 0 or absent: a free one. The others are always free ones. */
	port?: number;
	/** Default `production`: the public service's numbers. */
	limits?: LimitProfile;
	/** Rows of the first form of each demo project; default 1000. */
	entries?: number;
	seed?: number;
	/** Most rows of the demo data that share one second; default 10. */
	ties?: number;
	/** Which demo projects; default all three. */
	projects?: DemoProjectName[];
	/** Demo rows of child forms and branches too; default true. */
	children?: boolean;
	/** Load this folder instead of the demo data. */
	dataDir?: string;
	/** Life of a token; default 7200. */
	tokenSeconds?: number;
	/** Default `real`. */
	clock?: 'real' | 'virtual' | SandboxClock;
	/** Serve Epicollect5 under this path. */
	basePath?: string;
}

/** The services without any socket: for tests in one process. */
export interface SandboxCore {
	clock: SandboxClock;
	epicollect5: Epicollect5Service;
	admin: Epicollect5Admin;
	workfloplus: WorkfloPlus;
	clients: SandboxClient[];
	projects: string[];
	stats(): StatsReport;
}

/** A running sandbox. */
export interface Sandbox extends SandboxCore {
	addresses: {
		epicollect5: string;
		admin: string;
		/** Origin of S3 redirect mode. */
		storage: string;
		/** Both of WorkfloPlus's servers are one here. */
		workfloplus: { accounts: string; gateway: string };
	};
	workfloplusClients: WorkfloPlusClient[];
	stop(): Promise<void>;
}

/** Builds the services in this process, without listening anywhere. */
export function createSandbox(options: SandboxOptions = {}): SandboxCore {
	const clock = chooseClock(options.clock);
	const seed = options.seed ?? 1;
	const epicollect5 = new Epicollect5Service({
		clock,
		seed,
		limits: options.limits,
		tokenSeconds: options.tokenSeconds,
	});
	if (options.dataDir !== undefined) loadDataset(epicollect5, options.dataDir);
	else seedDemo(epicollect5, { ...options, entries: options.entries ?? 1000, seed });
	return {
		clock,
		epicollect5,
		admin: new Epicollect5Admin(epicollect5, seed),
		workfloplus: createWorkfloPlus({ clock, seed }),
		get clients() {
			return [...epicollect5.tokens.clients.values()].map(({ id, secret, project }) => ({
				id: String(id),
				secret,
				project: project ?? '',
			}));
		},
		get projects() {
			return epicollect5.store.projects.map((project) => project.row.slug);
		},
		stats: () => epicollect5.stats.read(),
	};
}

/** Starts the sandbox on loopback ports. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
	const core = createSandbox(options);
	const servers: ListeningServer[] = [];
	const open = async (
		service: SandboxService,
		port?: number,
		basePath?: string,
	): Promise<ListeningServer> => {
		const server = await listen(service, { port, basePath });
		servers.push(server);
		return server;
	};
	const stop = async (): Promise<void> => {
		await Promise.all(servers.map((server) => server.stop()));
	};
	try {
		const epicollect5 = await open(core.epicollect5, options.port, options.basePath);
		const storage = await open(core.epicollect5.storage);
		core.epicollect5.storage.origin = storage.url;
		const workfloplus = await open(core.workfloplus);
		const admin = await open(new AdminDoor({ '': core.admin, workfloplus: core.workfloplus.admin }));
		return Object.assign(core, {
			addresses: {
				epicollect5: epicollect5.url,
				admin: admin.url,
				storage: storage.url,
				workfloplus: { accounts: workfloplus.url, gateway: workfloplus.url },
			},
			workfloplusClients: core.workfloplus.clients,
			stop,
		});
	} catch (error) {
		await stop();
		throw error;
	}
}

function chooseClock(clock: SandboxOptions['clock']): SandboxClock {
	if (clock === undefined || clock === 'real') return realClock();
	return clock === 'virtual' ? virtualClock() : clock;
}
