import { clientKey } from '../../core/auth/clientKey';
import { normaliseServerUrl } from '../../core/epicollect5/address';
import { Epicollect5Client } from '../../core/epicollect5/client';
import { EPICOLLECT5_RULES, epicollect5Codes } from '../../core/epicollect5/rules';
import type { Tokens } from '../../core/http/caller';
import { clock } from '../shared/clock';
import { textParameter } from '../shared/parameter';
import { keepers, limiters, placeholders } from '../shared/process';
import { n8nTokenSource } from '../shared/tokenSource';
import { n8nTransport, type HostContext } from '../shared/transport';

export const CREDENTIAL = 'epicollect5OAuth2Api';

export interface Connection {
	client: Epicollect5Client;
	/** Names server and client app: what one may see, the other may not. */
	key: string;
}

/** The client for the node's present settings. */
export async function connect(context: HostContext, itemIndex = 0): Promise<Connection> {
	if (textParameter(context, 'authentication', itemIndex) === 'none') {
		const baseUrl = normaliseServerUrl(textParameter(context, 'serverUrl', itemIndex));
		return { client: clientFor(context, baseUrl), key: baseUrl };
	}
	const { serverUrl, clientId, clientSecret } = await context.getCredentials<{
		serverUrl: string;
		clientId: string;
		clientSecret: string;
	}>(CREDENTIAL);
	const baseUrl = normaliseServerUrl(serverUrl);
	const key = clientKey(baseUrl, String(clientId), String(clientSecret));
	const source = n8nTokenSource(context, CREDENTIAL, {
		rules: EPICOLLECT5_RULES,
		codesOf: epicollect5Codes,
		request: `POST ${baseUrl}/api/oauth/token`,
	});
	return { client: clientFor(context, baseUrl, { keeper: keepers.get(key), source }), key };
}

function clientFor(context: HostContext, baseUrl: string, tokens?: Tokens): Epicollect5Client {
	return new Epicollect5Client({
		transport: n8nTransport(context),
		clock,
		limiters,
		placeholders,
		baseUrl,
		...(tokens && { tokens }),
	});
}
