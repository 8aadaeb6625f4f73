import { clientKey } from '../../core/auth/clientKey';
import { normaliseAccountsUrl, normaliseGatewayUrl } from '../../core/workfloplus/address';
import { WorkfloPlusClient } from '../../core/workfloplus/client';
import { ENDPOINTS } from '../../core/workfloplus/endpoints';
import { workfloPlusCodes } from '../../core/workfloplus/problem';
import { WORKFLOPLUS_TOKEN_RULES } from '../../core/workfloplus/token';
import { clock } from '../shared/clock';
import { keepers, limiters } from '../shared/process';
import { n8nTokenSource } from '../shared/tokenSource';
import { n8nTransport, type HostContext } from '../shared/transport';

export const CREDENTIAL = 'workfloPlusOAuth2Api';

/** The client for the node's credential. */
export async function connect(context: HostContext): Promise<WorkfloPlusClient> {
	const credential = await context.getCredentials<{
		accountsUrl: string;
		gatewayUrl: string;
		clientId: string;
		clientSecret: string;
	}>(CREDENTIAL);
	const accountsUrl = normaliseAccountsUrl(credential.accountsUrl);
	const gatewayUrl = normaliseGatewayUrl(credential.gatewayUrl);
	const key = clientKey(accountsUrl, String(credential.clientId), String(credential.clientSecret));
	const source = n8nTokenSource(context, CREDENTIAL, {
		rules: WORKFLOPLUS_TOKEN_RULES,
		codesOf: workfloPlusCodes,
		request: `POST ${accountsUrl}${ENDPOINTS.C2.path}`,
	});
	return new WorkfloPlusClient({
		transport: n8nTransport(context),
		clock,
		limiters,
		accountsUrl,
		gatewayUrl,
		tokens: { keeper: keepers.get(key), source },
	});
}
