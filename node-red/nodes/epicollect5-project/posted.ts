import type { InputError } from '../../../core/http/errors';
import { Epicollect5Connection, type Epicollect5Settings, type ProjectNode } from '../../shared/epicollect5';
import {
	refuseVariables,
	secretNeeded,
	STORED,
	textFrom,
	typedSecret,
	type Access,
	type ListRequest,
} from '../../shared/lists';
import type { Red } from '../../shared/red';

export const PROJECT_TYPE = 'epicollect5-project';

/** What the dialog of a project holds, and the config node's id. */
type PostedProject = Epicollect5Settings & { id: string };

/** A project as a dialog shows it, deployed or not. */
export interface OpenedProject {
	connection: Epicollect5Connection;
	/** Why the stored secret is not used, where it would be wanted. */
	withheld: InputError | undefined;
}

/** @throws InputError naming the setting that makes no sense */
export async function openPosted(red: Red, { body, access }: ListRequest): Promise<OpenedProject> {
	const posted: PostedProject = {
		...{ id: textFrom(body, 'id'), baseUrl: textFrom(body, 'baseUrl'), project: textFrom(body, 'project') },
		...{ clientId: textFrom(body, 'clientId'), clientSecret: textFrom(body, 'clientSecret') },
	};
	const { id, baseUrl, clientId, clientSecret } = posted;
	const { deployed, withheld } = await access(
		{ id, bound: { baseUrl, clientId }, clientSecret },
		PROJECT_TYPE,
	);
	const connection = deployed ? running(red, posted, deployed) : typed(red, posted);
	const isWithheld = !deployed && clientSecret === STORED;
	return { connection, withheld: isWithheld ? secretNeeded(withheld) : undefined };
}

/** The running connection; the project may be another one than the deployed one. */
function running(
	red: Red,
	{ id, project }: PostedProject,
	deployed: NonNullable<Access['deployed']>,
): Epicollect5Connection {
	const node = red.nodes.getNode(id) as ProjectNode;
	if (String(deployed.project ?? '') === project) return node.connection();
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
