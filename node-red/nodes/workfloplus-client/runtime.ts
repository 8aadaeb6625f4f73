import type { NodeDef } from 'node-red';
import type { WorkfloPlusClient } from '../../../core/workfloplus/client';
import { Run } from '../../../core/run';
import {
	LIST_TIME_MS,
	refuseVariables,
	secretNeeded,
	serveList,
	STORED,
	textFrom,
	type ListRequest,
} from '../../shared/lists';
import type { Red, RedNode } from '../../shared/red';
import { runtime } from '../../shared/runtime';
import { workfloPlusClient } from '../../shared/workfloplus';

interface ClientDef extends NodeDef {
	accountsUrl?: string;
	gatewayUrl?: string;
}

interface ClientCredentials {
	clientId?: string;
	clientSecret?: string;
}

export interface ClientNode extends RedNode {
	/** @throws InputError: what is wrong with the settings is said by the node that uses them. */
	api(): WorkfloPlusClient;
}

const TYPE = 'workfloplus-client';

export default function register(red: Red): void {
	function WorkfloPlusClientNode(this: ClientNode, def: ClientDef): void {
		red.nodes.createNode(this, def);
		const credentials = (this.credentials ?? {}) as ClientCredentials;
		let client: WorkfloPlusClient | undefined;
		this.api = () => {
			client ??= workfloPlusClient(red, {
				accountsUrl: def.accountsUrl ?? '',
				gatewayUrl: def.gatewayUrl ?? '',
				clientId: (credentials.clientId ?? '').trim(),
				clientSecret: (credentials.clientSecret ?? '').trim(),
			});
			return client;
		};
	}

	red.nodes.registerType(TYPE, WorkfloPlusClientNode as never, {
		credentials: { clientId: { type: 'text' }, clientSecret: { type: 'password' } },
	});
	serveList(red, '/field-data/workfloplus/users', async (request) => {
		const users = await (await clientFor(red, request)).users(listRun());
		return users.filter(({ locked }) => !locked).map(({ userId, name }) => userLine(userId, name));
	});
	serveList(red, '/field-data/workfloplus/workflows', async (request) => {
		const workflows = await (await clientFor(red, request)).workflows(listRun());
		return workflows.map(({ workflowId, name }) => ({ value: workflowId, label: name }));
	});
}

/** The running client while servers and client ID are the deployed ones; otherwise one from what was typed. */
async function clientFor(red: Red, { body, access }: ListRequest): Promise<WorkfloPlusClient> {
	const id = textFrom(body, 'id');
	const [accountsUrl, gatewayUrl] = [textFrom(body, 'accountsUrl'), textFrom(body, 'gatewayUrl')];
	const [clientId, clientSecret] = [textFrom(body, 'clientId'), textFrom(body, 'clientSecret')];
	const bound = { accountsUrl, gatewayUrl, clientId };
	const { deployed, withheld } = await access({ id, bound, clientSecret }, TYPE);
	if (deployed) return (red.nodes.getNode(id) as ClientNode).api();
	if (clientSecret === STORED) throw secretNeeded(withheld);
	refuseVariables({
		'Accounts server': accountsUrl,
		'Gateway server': gatewayUrl,
		'Client ID': clientId,
		'Client secret': clientSecret,
	});
	return workfloPlusClient(red, { accountsUrl, gatewayUrl, clientId, clientSecret });
}

/** The label is saved in the flow, and flows are passed on: an address (the username is one, contract 5.1) never is. */
function userLine(userId: string, name: string): { value: string; label: string } {
	const isName = name.trim() !== '' && !name.includes('@');
	return { value: userId, label: isName ? name : userId };
}

function listRun(): Run {
	return new Run(runtime.clock, { deadline: runtime.clock.now() + LIST_TIME_MS });
}
