import type { NodeDef } from 'node-red';
import { normaliseServerUrl } from '../../../core/epicollect5/address';
import { FieldDataError } from '../../../core/http/errors';
import { Run } from '../../../core/run';
import {
	Epicollect5Connection,
	epicollect5Client,
	runOptions,
	type Epicollect5Settings,
} from '../../shared/epicollect5';
import {
	LIST_TIME_MS,
	refuseVariables,
	secretNeeded,
	serveList,
	STORED,
	textFrom,
	typedSecret,
	type ListRequest,
} from '../../shared/lists';
import type { Red, RedNode } from '../../shared/red';
import { runtime } from '../../shared/runtime';

interface ProjectDef extends NodeDef {
	baseUrl?: string;
	project?: string;
}

interface ProjectCredentials {
	clientId?: string;
	clientSecret?: string;
}

export interface ProjectNode extends RedNode {
	/** @throws InputError: what is wrong with the settings is said by the node that uses them. */
	connection(project?: string): Epicollect5Connection;
}

const TYPE = 'epicollect5-project';

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

	red.nodes.registerType(TYPE, Epicollect5Project as never, {
		credentials: { clientId: { type: 'text' }, clientSecret: { type: 'password' } },
	});
	serveList(red, '/field-data/epicollect5/projects', (request) => projectList(red, request));
	serveList(red, '/field-data/epicollect5/forms', (request) => formList(red, request));
}

/** Projects whose name begins with what was typed. No token is needed, and none is sent. */
async function projectList(red: Red, { body, mayWrite }: ListRequest) {
	const server = textFrom(body, 'baseUrl');
	await mayWrite();
	refuseVariables({ Server: server });
	const client = epicollect5Client(red, {
		baseUrl: normaliseServerUrl(server),
		clientId: '',
		clientSecret: '',
	});
	const found = await client.searchProjects(textFrom(body, 'search'), listRun());
	return found.map(({ name, slug }) => ({ value: slug, label: name }));
}

/** The forms of the project that the dialog shows, deployed or not. */
async function formList(red: Red, { body, access }: ListRequest) {
	const posted: PostedProject = {
		...{ id: textFrom(body, 'id'), baseUrl: textFrom(body, 'baseUrl'), project: textFrom(body, 'project') },
		...{ clientId: textFrom(body, 'clientId'), clientSecret: textFrom(body, 'clientSecret') },
	};
	const { id, baseUrl, clientId, clientSecret } = posted;
	const { deployed, withheld } = await access({ id, bound: { baseUrl, clientId }, clientSecret }, TYPE);
	const connection = deployed ? running(red, posted, deployed) : typed(red, posted);
	try {
		const project = await connection.project({ deadline: runtime.clock.now() + LIST_TIME_MS });
		return project.forms.map(({ ref, name }) => ({ value: ref, label: name }));
	} catch (error) {
		const wanted = error instanceof FieldDataError && error.kind === 'auth' && !connection.hasClient;
		throw wanted && clientSecret === STORED ? secretNeeded(withheld) : error;
	}
}

/** What the dialog of a project holds, and the config node's id. */
type PostedProject = Epicollect5Settings & { id: string };

/** The running connection; the project may be another one than the deployed one. */
function running(red: Red, { id, project }: PostedProject, deployed: object): Epicollect5Connection {
	const node = red.nodes.getNode(id) as ProjectNode;
	if (String((deployed as ProjectDef).project ?? '') === project) return node.connection();
	refuseVariables({ Project: project });
	return node.connection(project);
}

/** A connection from what was typed. Without a secret it can be a public project only. */
function typed(red: Red, { baseUrl, project, clientId, clientSecret }: PostedProject): Epicollect5Connection {
	const secret = typedSecret(clientSecret);
	refuseVariables({ Server: baseUrl, Project: project, 'Client ID': clientId, 'Client secret': secret });
	return new Epicollect5Connection(red, {
		baseUrl,
		project,
		clientId: secret === '' ? '' : clientId,
		clientSecret: secret,
	});
}

function listRun(): Run {
	return new Run(runtime.clock, runOptions({ deadline: runtime.clock.now() + LIST_TIME_MS }));
}

function textOf(value: string | undefined): string {
	return (value ?? '').trim();
}
