import type { NodeDef } from 'node-red';
import { normaliseServerUrl } from '../../../core/epicollect5/address';
import { Run } from '../../../core/run';
import { clientOf, Epicollect5Connection, runOptions, type ProjectNode } from '../../shared/epicollect5';
import { LIST_TIME_MS, refuseVariables, serveList, textFrom, type ListRequest } from '../../shared/lists';
import type { Red } from '../../shared/red';
import { runtime } from '../../shared/runtime';
import { testConnection } from './connectionTest';
import { serveProjectLists } from './lists';
import { openPosted, PROJECT_TYPE } from './posted';

interface ProjectDef extends NodeDef {
	baseUrl?: string;
	project?: string;
}

interface ProjectCredentials {
	clientId?: string;
	clientSecret?: string;
}

export default function register(red: Red): void {
	function Epicollect5Project(this: ProjectNode, def: ProjectDef): void {
		red.nodes.createNode(this, def);
		const credentials = (this.credentials ?? {}) as ProjectCredentials;
		const connections = new Map<string, Epicollect5Connection>();
		this.connection = (project = def.project ?? '') => {
			let connection = connections.get(project);
			if (!connection) {
				connection = new Epicollect5Connection(red, {
					baseUrl: def.baseUrl ?? '',
					project,
					clientId: textOf(credentials.clientId),
					clientSecret: textOf(credentials.clientSecret),
				});
				connections.set(project, connection);
			}
			return connection;
		};
	}

	red.nodes.registerType(PROJECT_TYPE, Epicollect5Project as never, {
		credentials: { clientId: { type: 'text' }, clientSecret: { type: 'password' } },
	});
	serveList(red, '/field-data/epicollect5/projects', projectList);
	serveProjectLists(red);
	serveList(red, '/field-data/epicollect5/test', (request) => testConnection(red, request));
	serveList(red, '/field-data/epicollect5/token', (request) => tokenState(red, request));
}

/** Projects whose name begins with what was typed. No token is needed, and none is sent. */
async function projectList({ body, mayWrite }: ListRequest) {
	const server = textFrom(body, 'baseUrl');
	await mayWrite();
	refuseVariables({ Server: server });
	const found = await clientOf(normaliseServerUrl(server)).searchProjects(
		textFrom(body, 'search'),
		listRun(),
	);
	return found.map(({ name, slug }) => ({ value: slug, label: name }));
}

/** What the dialog says of the token; null where no client app is given. */
async function tokenState(red: Red, request: ListRequest) {
	const { tokens } = (await openPosted(red, request)).connection;
	return tokens ? await tokens.keeper.state(tokens.source) : null;
}

function listRun(): Run {
	return new Run(runtime.clock, runOptions({ deadline: runtime.clock.now() + LIST_TIME_MS }));
}

function textOf(value: string | undefined): string {
	return (value ?? '').trim();
}
