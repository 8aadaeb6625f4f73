import { startSandbox, type Sandbox, type SandboxOptions } from '../../../sandbox/src';
import { answersOf, asMap } from '../../../sandbox/src/epicollect5/model';
import { formsOf } from '../../../sandbox/src/epicollect5/definition';
import { N8nDriver, type Credential } from './driver';
import { N8nHost, type N8nOptions } from './host';

/** The first start on a machine installs n8n and builds its database driver. */
export const FIRST_START_MS = 20 * 60_000;

/** A real n8n with the packed package, and the services it talks to. */
export interface World {
	host: N8nHost;
	n8n: N8nDriver;
	sandbox: Sandbox;
	/** What a user enters for a project's client app. */
	app(project: string): Record<string, string>;
	/** The same, saved in n8n. Each call makes one that has no token yet. */
	savedApp(project: string): Promise<Credential>;
	stop(): Promise<void>;
}

export async function startWorld(options: SandboxOptions, hostOptions?: N8nOptions): Promise<World> {
	const sandbox = await startSandbox(options);
	const host = await N8nHost.start(hostOptions);
	const n8n = new N8nDriver(host);
	const app = (project: string) => {
		const client = sandbox.clients.find((candidate) => candidate.project === project);
		if (!client) throw new Error(`No client app for ${project}`);
		return {
			serverUrl: sandbox.addresses.epicollect5,
			clientId: client.id,
			clientSecret: client.secret,
		};
	};
	return {
		host,
		n8n,
		sandbox,
		app,
		savedApp: async (project) => await n8n.createCredential('epicollect5OAuth2Api', app(project)),
		stop: async () => {
			await host.stop();
			await sandbox.stop();
		},
	};
}

/** One entry as the sandbox keeps it, with its answers as they were stored, under the names of the export. */
export interface HeldEntry {
	uuid: string;
	title: string;
	createdAt: string;
	uploadedAt: string;
	answers: Record<string, unknown>;
}

/** What the sandbox holds of the first form of a project, past the whole export. */
export function heldEntries(sandbox: Sandbox, slug: string): HeldEntry[] {
	const project = sandbox.epicollect5.store.projects.find(({ row }) => row.slug === slug);
	const form = project && formsOf(project.definition)[0];
	if (!project || !form) throw new Error(`No project ${slug}`);
	const names = asMap(project.mappings.get(0)?.forms[form.ref]);
	return project
		.stream(form.ref)
		.all()
		.map((entry) => ({
			uuid: entry.uuid,
			title: entry.title,
			createdAt: new Date(entry.createdAt).toISOString(),
			uploadedAt: new Date(entry.uploadedAt).toISOString(),
			answers: Object.fromEntries(
				Object.entries(answersOf(entry)).flatMap(([ref, { answer }]) => {
					const name = names[ref]?.map_to;
					return name === undefined ? [] : [[name, answer]];
				}),
			),
		}));
}
